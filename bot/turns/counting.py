"""What is counted of everybody's turns: how often and how long, of which question or card; never of whom."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from bot.dialogue.conversation import LATER, MARKS, Conversation, Tap, Typed
from bot.dialogue.replies import Ask, Card, Remind, Reply, Stuck
from bot.render import Message
from bot.turns.contract import Address

PAUSE = 300  # seconds: who takes longer has put the phone away
ON_A_QUESTION = frozenset({"a", "+", "-", "done", "skip", "back"})

Count = tuple[str, str]
"""What is counted (a time, a screen, an outcome), and of which question, piece of advice or mark."""


def counts(
    incoming: object, replies: Iterable[Reply], messages: Iterable[Message], *, changed: bool
) -> Iterator[Count]:
    """Count what one turn showed, and what came of a reminder.

    messages: the replies in words. changed: whether the turn changed the talk; a double tap doesn't.
    """
    for reply in replies:
        match reply:
            case Card(piece, here=False):
                yield "opened", piece
            case Remind(what):
                yield "reminded", what
            case Stuck(piece) if changed:
                yield "stuck", piece
    offered = {
        button.data.removeprefix("open:")
        for message in messages
        for row in message.buttons
        for button in row
        if button.data.startswith("open:")
    }
    yield from (("offered", piece) for piece in sorted(offered))
    if changed and isinstance(incoming, Tap) and incoming.data.endswith(LATER):
        verb, _, state = (*incoming.data.split(":"), "", "")[:3]
        if verb == "stuck" or (verb == "mark" and state in MARKS):
            yield "followed", "stuck" if verb == "stuck" else state


def answered(before: Conversation | None, after: Conversation | None) -> list[str]:
    """Name the questions whose answers a turn gave or changed."""
    if before is None or after is None or before.answers is after.answers:
        return []
    return [id for id, answer in after.answers.items() if before.answers.get(id) != answer]


def stood_at(incoming: object, given: list[str], replies: Iterable[Reply]) -> str | None:
    """Name the question that was on the screen until this turn, as far as the turn itself tells it.

    given: the questions that it answered. A typed word that answered none has the question asked again.
    """
    match incoming:
        case Tap(data):
            verb, question = (*data.split(":"), "", "")[:2]
            return question if verb in ON_A_QUESTION and question else None
        case _ if given:
            return given[0]
        case Typed():
            again = (reply for reply in replies if isinstance(reply, Ask) and (reply.note or reply.ticks))
            return next((reply.question for reply in again), None)
    return None


def times(stood: Mapping[Address, str | None], before: Mapping[Address, int], now: int) -> Counter[Count]:
    """Count how long questions took: from the turn before (in seconds, by chat) until now."""
    found: Counter[Count] = Counter()
    for chat, question in stood.items():
        if question and chat in before:
            seconds = max(0, now - before[chat])
            if seconds > PAUSE:
                found["put_away", question] += 1
            else:
                found["seconds", question] += seconds
    return found
