"""The result, the answers, a card and a reminder in words and buttons."""

from collections.abc import Sequence

from bot import guidance
from bot.content.questionnaire import Answers
from bot.content.templates import MOST, length
from bot.dialogue.conversation import LATER, MARKS
from bot.dialogue.replies import Card, Remind, ShowResult
from bot.guidance import Advised, Scores
from bot.render import letters
from bot.render.message import Button, Keyboard, Message, in_rows
from bot.render.tools import check
from bot.render.view import View

# What is left out of a result so that it is read in one go: nothing, reasons, how far each risk is covered,
# the names of what changed, and that the next time is uncertain.
BRIEF = (0, 1, 2, 3, 4)


def report(sheet: View, reply: ShowResult) -> Message:
    """Render both risks, what goes together with them, and what to do first."""
    if sheet.talk is not None and sheet.talk.unscored:
        by_answers = sheet.outcome_of(sheet.answers, scored=False).guidance.first
        text = sheet.render("unscored.j2", pieces=_pieces(sheet, by_answers, sheet.answers))
        return Message(text, (*_opening(sheet, by_answers), *sheet.rows(("tips", "scored"))))
    found = sheet.outcome
    first = found.guidance.first
    pieces = _pieces(sheet, first, sheet.answers)
    changed = sheet.changed(reply.before)
    told = {"pieces": pieces, **changed, **sheet.told()}
    worded = (sheet.render("report.j2", brief=brief, **told) for brief in BRIEF)
    text = next((text for text in worded if length(text) <= MOST), "")
    text = text or sheet.render("report.j2", brief=BRIEF[-1], **told)
    research = (("research",),) if _may_ask_research(sheet) else ()
    steering = sheet.rows(("tips", "review"), ("picture", "printout"), ("explain", "pass_on"), *research)
    return Message(text, (*_opening(sheet, first), *_asking_more(sheet, found.scores), *steering))


def _pieces(sheet: View, advised: Sequence[Advised], answers: Answers) -> list[tuple[str, str]]:
    """Title and benefit of each piece."""
    ids = [a.id for a in advised]
    benefits = guidance.benefits(sheet.knowledge, ids, answers, sheet.language, sheet.today)
    return list(zip(map(sheet.title, ids), benefits, strict=True))


def _opening(sheet: View, advised: Sequence[Advised]) -> Keyboard:
    return tuple(
        (Button(f"{number}. {sheet.title(a.id)}", f"open:{a.id}"),) for number, a in enumerate(advised, 1)
    )


def _asking_more(sheet: View, scores: Scores) -> Keyboard:
    """Offer the skipped question whose answer would narrow a score most."""
    wanted = {score.ask_next for score in scores.values() if score.ask_next}
    return tuple(
        (Button(f"{sheet.label('sharpen')} {question.text.in_(sheet.language)}", f"edit:{question.id}"),)
        for question in sheet.knowledge.questionnaire.questions
        if question.feature in wanted and question.id in sheet.answers
    )[:1]


def _may_ask_research(sheet: View) -> bool:
    talk = sheet.talk
    if talk is None or "research" not in (talk.consent or ()) or talk.research:
        return False
    return sheet.knowledge.questionnaire.next(talk.answers, research=True) is not None


def review(sheet: View) -> Message:
    """Render all answers, each with a button to change it; only what has room is said beside the buttons."""
    edits = [Button(f"✎ {sheet.name(id)}", f"edit:{id}") for id in sheet.answers]
    questionnaire = sheet.knowledge.questionnaire
    research = sheet.talk is not None and sheet.talk.research
    onward = "continue" if questionnaire.next(sheet.answers, research=research) else "result"
    return Message(_answered(sheet), (*in_rows(edits), *sheet.rows((onward,))))


def _answered(sheet: View) -> str:
    known = sheet.knowledge.questionnaire.by_id

    def listed(named: int, left: int) -> str:
        ids = list(sheet.answers)[: len(sheet.answers) - left]
        said = [(sheet.name(id), sheet.said(known[id], sheet.answers[id], named)) for id in ids]
        return sheet.render("review.j2", lines=said, left=left)

    tries = ((99, 0), (2, 0), *((1, left) for left in range(len(sheet.answers))))
    return next(text for text in (listed(*how) for how in tries) if len(text) <= MOST)


def card(sheet: View, reply: Card) -> Message:
    """Render a page of a piece of advice, with the buttons that set it aside or take it up again."""
    text = guidance.card(sheet.knowledge, reply.piece, sheet.answers, sheet.language, sheet.today)
    pages = guidance.pages(text)
    page = min(reply.page, len(pages) - 1)  # an old button may lead where the text no longer goes
    marking = _marking(sheet, reply.piece, f":{page}" if page else "")
    later = (_later(sheet, reply.piece),) if sheet.talk and sheet.talk.consent else ()
    passing = Button(sheet.label("pass_on"), f"pass:{reply.piece}")
    (leaving,) = sheet.rows(("result" if sheet.answers else "start", "tips"))
    offered = (*letters.offered(sheet, reply.piece), *check.offered(sheet, reply.piece))
    rows = (*_turning(sheet, reply.piece, page, len(pages)), *offered, marking, *later, (*leaving, passing))
    return Message(pages[page], rows, replaces=reply.replaces)


def _turning(sheet: View, piece: str, page: int, pages: int) -> Keyboard:
    back = Button(sheet.label("page_back"), f"open:{piece}:{page - 1}")
    onward = Button(sheet.label("page_on", page=page + 2, pages=pages), f"open:{piece}:{page + 1}")
    row = (*([back] if page > 0 else []), *([onward] if page + 1 < pages else []))
    return (row,) if row else ()


def _later(sheet: View, piece: str, end: str = "") -> tuple[Button, ...]:
    return tuple(Button(sheet.label(verb), f"{verb}:{piece}{end}") for verb in ("remind", "stuck"))


def _marking(sheet: View, piece: str, end: str = "") -> tuple[Button, ...]:
    # Each button names the state that it leads to, so that a double tap changes nothing.
    mark = sheet.talk.marks.get(piece) if sheet.talk else None
    if mark is not None:
        return (Button(sheet.label("unmark", what=sheet.label(f"mark_{mark}")), f"mark:{piece}:none{end}"),)
    return tuple(Button(sheet.label(f"mark_{mark}"), f"mark:{piece}:{mark}{end}") for mark in MARKS)


def remind(sheet: View, reply: Remind) -> Message:
    """Render what the worker asked to be reminded of."""
    piece = reply.what if reply.what in sheet.knowledge.pieces else None
    text = sheet.render("reminder.j2", title=sheet.title(piece) if piece else None)
    if piece is None:
        return Message(text, sheet.rows(("continue",), ("tips",)))
    opening = (Button(sheet.title(piece), f"open:{piece}"),)
    outcome = (_marking(sheet, piece, LATER), _later(sheet, piece, LATER))
    return Message(text, (opening, *outcome, *sheet.rows(("tips",))))
