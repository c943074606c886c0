"""The lists of advice, shelf by shelf and page by page, so that no list is longer than a phone's screen."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot import guidance
from bot.content.knowledge import THEMES
from bot.dialogue.replies import Tips
from bot.guidance import NotEligible
from bot.render.message import Button, Keyboard, Message
from bot.render.view import View

ROWS = 6  # entries of a page; with turning pages and going back it has eight rows of buttons
ROOM = 440  # characters of a page's entries; with its heading it has 700
BEWARE = 240  # characters of a threshold's explanation; the card has the rest
OWN = ("not_yet", "one_more", "marked")  # the shelves behind the themes, in one row
NAMED = 2  # pieces that are named for a question; the rest are counted


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a list: what is read of it (Telegram HTML, "" where the button says it) and its button."""

    text: str
    button: Button


def tips(sheet: View, reply: Tips) -> Message:
    """Render the shelves of advice, or a page of one; an empty or unknown shelf shows all of them."""
    shelves = _shelves(sheet)
    entries = shelves.get(reply.shelf or "", ())
    if reply.shelf is None or not entries:
        return _all(sheet, shelves, reply)
    shared = pages(entries)
    page = min(reply.page, len(shared) - 1)
    lines = [entry.text for entry in shared[page] if entry.text]
    text = sheet.render("tips.j2", shelf=reply.shelf, name=_name(sheet, reply.shelf), lines=lines)
    buttons = tuple((entry.button,) for entry in shared[page])
    left = sum(map(len, shared[page + 1 :]))
    turning = tuple(
        Button(label, f"theme:{reply.shelf}:{to}")
        for label, to, offered in (
            (sheet.label("earlier"), page - 1, page > 0),
            (sheet.label("more", left=left), page + 1, left > 0),
        )
        if offered
    )
    back = (Button(sheet.label("themes"), "theme:"),)
    return Message(text, (*buttons, *((turning,) if turning else ()), back), replaces=True)


def pages(entries: Sequence[Entry]) -> tuple[tuple[Entry, ...], ...]:
    """Share entries out in their order: ROWS a page at most, ROOM characters unless one alone has more."""
    shared: list[list[Entry]] = []
    used = 0
    for entry in entries:
        length = len(entry.text) + 1
        if not shared or len(shared[-1]) == ROWS or used + length > ROOM:
            shared.append([])
            used = 0
        shared[-1].append(entry)
        used += length
    return tuple(map(tuple, shared))


def _all(sheet: View, shelves: dict[str, tuple[Entry, ...]], reply: Tips) -> Message:
    themes = tuple((_shelf(sheet, id, _name(sheet, id), shelves[id]),) for id in THEMES if shelves[id])
    own = tuple(_shelf(sheet, id, sheet.label(f"short_{id}"), shelves[id]) for id in OWN if shelves.get(id))
    rows: Keyboard = (*themes, *((own,) if own else ()))
    changed = sheet.changed(reply.before)
    told = sheet.told() if changed["changes"] else {}
    text = sheet.render("tips.j2", shelf=None, personal=bool(sheet.answers), brief=0, **changed, **told)
    return Message(text, rows, replaces=reply.replaces)


def _shelf(sheet: View, shelf: str, name: str, entries: Sequence[Entry]) -> Button:
    return Button(sheet.label("counted", what=name, count=len(entries)), f"theme:{shelf}")


def _name(sheet: View, shelf: str) -> str:
    return sheet.label(f"theme_{shelf}")


def _shelves(sheet: View) -> dict[str, tuple[Entry, ...]]:
    """Put every piece on its shelf: the themes of what is advised, then the rest."""
    found = sheet.outcome.guidance
    marked = tuple(_marked(sheet, aside.id, aside.mark) for aside in found.set_aside)
    themes: dict[str, tuple[Entry, ...]] = {
        theme: tuple(_opening(sheet, a.id) for a in found.advised if a.theme == theme) for theme in THEMES
    }
    if not sheet.answers:
        return {**themes, "marked": marked}
    not_yet = tuple(_not_yet(sheet, piece) for piece in found.not_eligible)
    one_more = tuple(
        entry for question, ids in found.by_question.items() for entry in _one_more(sheet, question, ids)
    )
    return {**themes, "not_yet": not_yet, "one_more": one_more, "marked": marked}


def _opening(sheet: View, piece: str, text: str = "") -> Entry:
    return Entry(text, Button(sheet.title(piece), f"open:{piece}"))


def _not_yet(sheet: View, piece: NotEligible) -> Entry:
    """Return the answers that fall short in words, and what the card says of the threshold."""
    questionnaire = sheet.knowledge.questionnaire
    known = questionnaire.by_id
    asked = dict.fromkeys(id for fact in piece.failed for id in guidance.questions_of(fact, questionnaire))
    said = [
        sheet.label("answered", what=sheet.name(id), said=sheet.said(known[id], sheet.answers[id]))
        for id in asked
        if id in sheet.answers
    ]
    beware = guidance.beware(sheet.knowledge, piece.id, sheet.answers, sheet.language, sheet.today)
    lines: list[str] = []
    for line in beware.splitlines():
        if lines and sum(map(len, lines)) + len(line) > BEWARE:
            break
        lines.append(line)
    what, told = sheet.title(piece.id), "\n".join(lines)
    text = sheet.label("short_of", what=what, said=sheet.label("listed", words=said), beware=told)
    return _opening(sheet, piece.id, text)


def _one_more(sheet: View, question: str | None, pieces: tuple[str, ...]) -> tuple[Entry, ...]:
    """Offer the question that settles some pieces; those that none settles are for the worker to read."""
    titles = [sheet.title(piece) for piece in pieces]
    if question is None:
        return tuple(
            _opening(sheet, piece, sheet.label("look_yourself", what=title))
            for piece, title in zip(pieces, titles, strict=True)
        )
    asked = sheet.question(question)
    named = sheet.label("listed", words=[f"“{title}”" for title in titles[:NAMED]])
    left = len(titles) - NAMED
    text = sheet.label("settles", what=asked, named=named, left=left)
    return (Entry(text, Button(f"✎ {asked}", f"edit:{question}:tips")),)


def _marked(sheet: View, piece: str, mark: str) -> Entry:
    title = sheet.title(piece)
    text = sheet.label("marked_as", title=title, mark=sheet.label(f"mark_{mark}"))
    return Entry(text, Button(sheet.label("unmark", what=title), f"mark:{piece}:none:list"))
