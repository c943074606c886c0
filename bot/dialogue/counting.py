"""What is counted of everybody's turns: how often, how long, and of which question or card, never of whom."""

from collections import Counter
from collections.abc import Hashable, Iterator, Mapping
from typing import TypeVar

from bot.dialogue.conversation import LATER, MARKS, Conversation, Incoming, Tap
from bot.dialogue.replies import Card, Remind, Reply, Stuck

PAUSE = 300  # seconds; a worker who takes longer has put the phone away
SHADOW = "shadow"  # counted when a model that waits scores beside the one that serves, with both bands

Count = tuple[str, str]
"""What is counted (a time, a screen, an outcome), and of which question, piece of advice or mark."""

IMAGINED: Count = ("imagined", "people")  # counted in the database of a town, so that none takes it for real

Chat = TypeVar("Chat", bound=Hashable)


def counts(
    before: Conversation | None,
    incoming: Incoming,
    after: Conversation | None,
    replies: tuple[Reply, ...],
) -> Iterator[Count]:
    """Yield what is counted of one step: cards opened, what came of a reminder, questions answered.

    A step that changes nothing, such as a double tap, has no outcome.
    """
    for reply in replies:
        match reply:
            case Card(piece, replaces=False):
                yield "opened", piece
            case Remind(what):
                yield "reminded", what
            case Stuck(piece) if before != after:
                yield "stuck", piece
    if isinstance(incoming, Tap) and incoming.data.endswith(LATER) and before != after:
        verb, _, state = (*incoming.data.split(":"), "", "")[:3]
        if verb == "stuck" or (verb == "mark" and state in MARKS):
            yield "followed", "stuck" if verb == "stuck" else state
    if before is not None and after is not None and before.answers is not after.answers:
        for id, answer in after.answers.items():
            if before.answers.get(id) != answer:
                yield "answered", id


def times(stood: Mapping[Chat, str | None], before: Mapping[Chat, int], now: int) -> Counter[Count]:
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
