"""Floods: whoever sends faster than a hand can tap is told once, and then not heard until it is over."""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace

from bot.rights import TO_DELETION
from bot.service import Envelope, Group, Hurry

MANY = 10_000  # chats remembered before the calm ones are dropped


@dataclass(slots=True)
class _Bucket:
    level: float
    at: float
    told: bool = False


class Floods:
    """A bucket for each chat: `burst` updates at once, then `rate` a second (0: no limit); by process."""

    def __init__(
        self, rate: float = 1.0, burst: float = 20.0, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._rate, self._burst, self._monotonic = rate, burst, monotonic
        self._buckets: dict[int, _Bucket] = {}

    def admitted(self, envelope: Envelope) -> Envelope | None:
        """Give what is to be handled: the update, in its place one word of calm, or nothing.

        The way to a deletion is always open.
        """
        if not self._rate or envelope.incoming in TO_DELETION:
            return envelope
        now = self._monotonic()
        bucket = self._buckets.get(envelope.chat)
        if bucket is None:
            self._forget_calm(now)
            bucket = self._buckets[envelope.chat] = _Bucket(self._burst, now)
        bucket.level = min(self._burst, bucket.level + (now - bucket.at) * self._rate)
        bucket.at = now
        if bucket.level >= 1:
            bucket.level -= 1
            bucket.told = bucket.told and bucket.level < self._burst / 2
            return envelope
        if bucket.told or isinstance(envelope.incoming, Group):
            return None
        bucket.told = True
        return replace(envelope, incoming=Hurry())

    def give_back(self, envelope: Envelope) -> None:
        """Count it not: the update comes again, or came again, through no doing of the worker."""
        if bucket := self._buckets.get(envelope.chat):
            bucket.level = min(self._burst, bucket.level + 1)

    def _forget_calm(self, now: float) -> None:
        if len(self._buckets) >= MANY:
            full = self._burst / self._rate
            self._buckets = {chat: b for chat, b in self._buckets.items() if now - b.at < full}
