"""InboundRate: warns a chat that sends faster than a hand can tap, then ignores it until it slows down."""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace

from bot.delivery.token_bucket import Bucket, Buckets
from bot.dialogue.conversation import Group, Hurry
from bot.dialogue.data_rights import leads_to_deletion
from bot.turns.contract import Address, Inbound


@dataclass(slots=True)
class _Updates(Bucket):
    """A chat's updates, and whether it was warned to take its time."""

    told: bool = False


class InboundRate:
    """A bucket for each chat, by process: `burst` updates at once, then `rate` a second (0 for no limit)."""

    def __init__(
        self, rate: float = 1.0, burst: float = 20.0, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._rate, self._monotonic = rate, monotonic
        self._chats: Buckets[Address, _Updates] = Buckets(_Updates, rate, burst)
        self._deletions: Buckets[Address, _Updates] = Buckets(_Updates, rate / 4, burst / 2)

    def admitted(self, inbound: Inbound) -> Inbound | None:
        """Return what is to be handled: the update, in its place a warning, or nothing.

        The way to a deletion has a bucket of its own: it is open in any flood, and makes none.
        """
        if not self._rate:
            return inbound
        if leads_to_deletion(inbound.incoming):
            deletions = self._deletions.of(inbound.chat, self._monotonic())
            if deletions.level < 1:
                return None  # what its first ones were answered with stands in the chat
            deletions.level -= 1
            return inbound
        bucket = self._chats.of(inbound.chat, self._monotonic())
        if bucket.level >= 1:
            bucket.level -= 1
            bucket.told = bucket.told and bucket.level < bucket.size / 2
            return inbound
        if bucket.told or isinstance(inbound.incoming, Group):
            return None
        bucket.told = True
        return replace(inbound, incoming=Hurry())

    def give_back(self, inbound: Inbound) -> None:
        """Count it not: the update comes again, or came again, through no doing of the worker."""
        buckets = self._deletions if leads_to_deletion(inbound.incoming) else self._chats
        if bucket := buckets.get(inbound.chat):
            bucket.level = min(bucket.size, bucket.level + 1)
