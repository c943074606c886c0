"""Yearly dates in words and buttons: the list, the consent they need, the reminder, and how it went."""

from datetime import datetime

from bot.dialogue.calendar import ASKED, PURPOSE, VERB
from bot.dialogue.reminders import CHINA
from bot.dialogue.replies import AskCalendar, Calendar, FollowUp, RemindYearly
from bot.render.message import Button, Message
from bot.render.view import View

WORDS = "calendar.j2"
ANSWERS = ("done", "stuck", "later")


def calendar(sheet: View, reply: Calendar) -> Message:
    """List the yearly dates; each button names the state that it leads to."""
    held = _held(sheet)
    rows = tuple(
        (
            Button(
                ("☑ " if date in held else "☐ ") + sheet.block(WORDS, f"name_{date}"),
                f"{VERB}:{date}" + (":stop" if date in held else ""),
            ),
        )
        for date in sheet.knowledge.calendar
    )
    stopped = sheet.block(WORDS, f"name_{reply.stopped}") if reply.stopped else ""
    text = sheet.block(WORDS, "list", lines=lines(sheet), stopped=stopped)
    return Message(text, (*rows, *sheet.rows(("tips",))), replaces=reply.replaces)


def ask(sheet: View, reply: AskCalendar) -> Message:
    """Ask for the purpose that yearly dates need, by its own words."""
    (purpose,) = (one for one in sheet.consent.purposes if one.id == PURPOSE)
    name = sheet.block(WORDS, f"name_{reply.date}")
    text = sheet.block(WORDS, "ask", name=name, purpose=purpose.in_(sheet.language))
    agree = Button(sheet.block(WORDS, "agree"), f"{VERB}:{reply.date}:agree")
    return Message(text, ((agree,), (Button(sheet.block(WORDS, "decline"), f"{VERB}:"),)), replaces=True)


def remind(sheet: View, reply: RemindYearly) -> Message:
    """Remind of a yearly date: what to do, the card, and whether to go on next year."""
    told = sheet.block(WORDS, f"tell_{reply.date}")
    text = sheet.block(WORDS, "remind", name=sheet.block(WORDS, f"name_{reply.date}"), told=told)
    piece = sheet.knowledge.piece_of(reply.date, sheet.today)
    card = ((Button(sheet.title(piece), f"open:{piece}"),),) if piece is not None else ()
    going_on = tuple(
        Button(sheet.block(WORDS, how), f"{VERB}:{reply.date}:{how}") for how in ("keep", "stop")
    )
    return Message(text, (*card, going_on, *sheet.rows(("tips",))))


def follow_up(sheet: View, reply: FollowUp) -> Message:
    """Ask how it went, with a way on for a worker who is stuck."""
    text = sheet.block(WORDS, "follow_up", title=sheet.title(reply.piece))
    answers = tuple(Button(sheet.block(WORDS, how), f"{ASKED}:{reply.piece}:{how}") for how in ANSWERS)
    opening = (Button(sheet.title(reply.piece), f"open:{reply.piece}"),)
    return Message(text, (answers, opening))


def lines(sheet: View) -> list[str]:
    """Render what is kept: each yearly date with its next day, and when it is asked how something went."""
    talk, today = sheet.talk, sheet.today
    due = {date: sheet.knowledge.piece_of(date, today) for date in sheet.knowledge.calendar}
    ends = {date: sheet.knowledge.deadline(piece, today) for date, piece in due.items() if piece}
    return [
        sheet.block(
            WORDS,
            entry.kind,
            at=datetime.fromtimestamp(entry.due, CHINA).date(),
            name=_name(sheet, entry.kind, entry.what),
            ends=ends.get(entry.what),
        )
        for entry in (talk.calendar if talk is not None else ())
    ]


def _name(sheet: View, kind: str, what: str) -> str:
    if kind == "asked":
        return sheet.title(what) if what in sheet.knowledge.pieces else what
    return sheet.block(WORDS, f"name_{what}") if what in sheet.knowledge.calendar else what


def _held(sheet: View) -> frozenset[str]:
    entries = sheet.talk.calendar if sheet.talk is not None else ()
    return frozenset(entry.what for entry in entries if entry.kind == "yearly")
