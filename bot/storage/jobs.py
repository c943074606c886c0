"""What a transaction of the store is asked to do beside turns, and what it did."""

from dataclasses import dataclass, field

from bot.storage.outbox import Claimed, Queued
from bot.turns.contract import Inbound
from bot.turns.turn import Events


@dataclass(frozen=True, slots=True)
class Sent:
    """A message that Telegram took; a farewell is one to somebody of whom nothing else is kept."""

    message: int
    person: bytes
    farewell: bool


@dataclass(frozen=True, slots=True)
class Claim:
    """The wish for the messages that nobody holds, those of processes that have ended among them or not."""

    inherited: bool


Job = Inbound | Sent | Claim


@dataclass(slots=True)
class Committed:
    """What one transaction did: what its turns did, messages to send, who went.

    `behind` counts the messages written that wait, because another process holds earlier ones of their chat.
    `claimed` is what was taken over, if that was asked for, and its messages are among those to send.
    """

    events: Events = field(default_factory=Events)
    messages: list[Queued] = field(default_factory=list)
    behind: int = 0
    claimed: Claimed | None = None
    forgotten: frozenset[bytes] = frozenset()
