"""How fast we may send: so many a second overall, about one a second in a chat, with short bursts."""

import asyncio
import time
from collections.abc import Callable

from bot.adapters.buckets import Bucket, Buckets


class Pace:
    """Telegram's limits. `overall` is for all processes together: each keeps to its share. 0: no limit."""

    def __init__(
        self,
        overall: float = 30.0,
        chat: float = 1.0,
        burst: float = 20.0,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._overall, self._chat, self._monotonic = overall, chat, monotonic
        self._common = Bucket(overall, overall, overall, monotonic())
        self._chats: Buckets[bytes, Bucket] = Buckets(Bucket, chat, burst)

    async def wait(self, chat: bytes, processes: int = 1) -> None:
        """Wait until one more message may go to this chat."""
        pause = self.reserve(chat, processes)
        if pause > 0:
            await asyncio.sleep(pause)

    def reserve(self, chat: bytes, processes: int = 1) -> float:
        """Take one from both measures; gives the seconds to wait."""
        now, pause = self._monotonic(), 0.0
        if self._overall:
            self._common.rate = self._common.size = self._overall / processes
            pause = self._common.take(now)
        if self._chat:
            pause = max(pause, self._chats.of(chat, now).take(now))
        return pause
