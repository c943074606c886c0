"""Coming back to advice: reminders that the worker sets and stops, and a way on for who is stuck."""

from dataclasses import replace

from bot.conversation import AskReminder, Conversation, Reminders, Say, SetReminder, Stuck, Turn
from bot.reminders import WHENS

TALK = "survey"  # what is come back to when it is no piece of advice
STOP = "stop"


def tap(talk: Conversation, pieces: frozenset[str], verb: str, what: str, when: str) -> Turn | None:
    """Take a tap on `remind:<what>[:<when>]` or `stuck:<piece>`; None when it is neither."""
    if verb not in ("remind", "stuck"):
        return None
    if what not in pieces and what != TALK:
        return talk, (Say("unknown_advice"),)
    if verb == "stuck":
        stuck = tuple(sorted({*talk.stuck, what} - {TALK}))
        return replace(talk, stuck=stuck), (Stuck(what),)
    if when == STOP:
        left = tuple(reminder for reminder in talk.reminders if reminder.what != what)
        return replace(talk, reminders=left), (Reminders(here=True),)
    chosen = next((known for known in WHENS if known == when), None)
    return talk, (SetReminder(what, chosen) if chosen else AskReminder(what),)
