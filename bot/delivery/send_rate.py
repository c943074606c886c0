"""How fast we may send: so many a second overall, about one a second in a chat, with short bursts."""

import asyncio
import time
from collections.abc import Callable, Hashable
from contextlib import suppress

from bot.delivery.token_bucket import Bucket, Buckets

CAREFUL = 60.0  # seconds after a refusal for which edits keep to the common measure too


async def pause(seconds: float, unless: asyncio.Event) -> None:
    """Wait so long, or until the event."""
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await unless.wait()


class SendRate:
    """A channel's limits, in messages a second, overall and in a chat; 0 is without limit.

    `overall` is for all processes together, and each keeps to its share. `burst` is how many may go to a chat
    at once. An edit answers somebody's tap: it counts in its chat's measure alone, until the channel refuses.
    """

    def __init__(
        self,
        overall: float = 0.0,
        chat: float = 0.0,
        burst: float = 1.0,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._overall, self._chat, self._monotonic = overall, chat, monotonic
        self._common = Bucket(overall, overall, overall, monotonic())
        self._chats: Buckets[Hashable, Bucket] = Buckets(Bucket, chat, burst)
        self._careful_until = monotonic()

    def refused(self) -> None:
        """Note that the channel found us too fast."""
        self._careful_until = self._monotonic() + CAREFUL

    async def wait(
        self, chat: Hashable, unless: asyncio.Event, processes: int = 1, *, edits: bool = False
    ) -> bool:
        """Wait until one more message, or edit of one, may go to this chat, or until the event.

        Says whether it took any time.
        """
        seconds = self.reserve(chat, processes, edits=edits)
        if seconds > 0:
            await pause(seconds, unless)
        return seconds > 0

    def reserve(self, chat: Hashable, processes: int = 1, *, edits: bool = False) -> float:
        """Take one from the measures that count it; returns the seconds to wait."""
        now, pause = self._monotonic(), 0.0
        if self._overall and (not edits or now < self._careful_until):
            self._common.rate = self._common.size = self._overall / processes
            pause = self._common.take(now)
        if self._chat:
            pause = max(pause, self._chats.of(chat, now).take(now))
        return pause
