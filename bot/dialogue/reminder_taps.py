"""Coming back to advice: reminders that the worker sets and stops, and a way on for a worker who is stuck."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime

from bot.dialogue.conversation import Conversation
from bot.dialogue.reminders import WHENS, Reminder, When, added
from bot.dialogue.replies import AskDay, AskReminder, Reminders, Say, Stuck, Turn

TALK = "survey"  # what is come back to when it is no piece of advice
STOP = "stop"

# Returns the time of a choice for a piece of advice, or None when it can't be chosen now.
Due = Callable[[str, When | date], datetime | None]


def tap(talk: Conversation, pieces: frozenset[str], due: Due, verb: str, what: str, when: str) -> Turn | None:
    """Take a tap on `remind:<what>[:<when>]` or `stuck:<piece>`; None when it is neither."""
    if verb not in ("remind", "stuck"):
        return None
    if what not in pieces and (what != TALK or verb == "stuck"):
        return talk, (Say("unknown_advice"),)
    if verb == "stuck":
        stuck = tuple(sorted({*talk.stuck, what}))
        return replace(talk, stuck=stuck), (Stuck(what),)
    if when == STOP:
        left = tuple(reminder for reminder in talk.reminders if reminder.what != what)
        return replace(talk, reminders=left), (Reminders(replaces=True),)
    return _choose(talk, due, what, when)


def stopped(talk: Conversation | None) -> Turn:
    """Stop all that comes by itself, yearly dates too: the words name none of them."""
    if talk is None or not (talk.reminders or talk.calendar):
        return talk, (Reminders(),)
    return replace(talk, reminders=(), calendar=()), (Say("reminders_stopped"),)


def _choose(talk: Conversation, due: Due, what: str, when: str) -> Turn:
    """Read a choice: one of the usual times, `day`, a month (2026-12) or a day of it (2026-12-15)."""
    for known in WHENS:
        if when == known:
            return _set(talk, due, what, known)
    match len(when), _day(when), _day(f"{when}-01"):
        case 10, date() as day, _:
            return _set(talk, due, what, day)
        case 7, _, date() as month:
            return talk, (AskDay(what, month),)
    return talk, (AskDay(what) if when == "day" else AskReminder(what),)


def _set(talk: Conversation, due: Due, what: str, when: When | date) -> Turn:
    at = due(what, when)
    if at is None:
        return talk, (AskReminder(what),)
    reminders = added(talk.reminders, Reminder(what, int(at.timestamp())))
    return replace(talk, reminders=reminders), (Reminders(replaces=True),)


def _day(written: str) -> date | None:
    try:
        return date.fromisoformat(written)
    except ValueError:
        return None
