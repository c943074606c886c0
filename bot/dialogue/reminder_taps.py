"""Coming back to advice: reminders that the worker sets and stops, and a way on for who is stuck."""

from dataclasses import replace
from datetime import date

from bot.dialogue.conversation import Conversation
from bot.dialogue.reminders import WHENS
from bot.dialogue.replies import AskDay, AskReminder, Reminders, Reply, Say, SetReminder, Stuck, Turn

TALK = "survey"  # what is come back to when it is no piece of advice
STOP = "stop"


def tap(talk: Conversation, pieces: frozenset[str], verb: str, what: str, when: str) -> Turn | None:
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
        return replace(talk, reminders=left), (Reminders(here=True),)
    return talk, (_chosen(what, when),)


def _chosen(what: str, when: str) -> Reply:
    """Read a choice: one of the usual times, `day`, a month (2026-12) or a day of it (2026-12-15)."""
    for known in WHENS:
        if when == known:
            return SetReminder(what, known)
    match len(when), _day(when), _day(f"{when}-01"):
        case 10, date() as day, _:
            return SetReminder(what, day)
        case 7, _, date() as month:
            return AskDay(what, month)
    return AskDay(what) if when == "day" else AskReminder(what)


def _day(written: str) -> date | None:
    try:
        return date.fromisoformat(written)
    except ValueError:
        return None
