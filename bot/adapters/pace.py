"""How fast we may send: so many a second overall, about one a second in a chat, with short bursts."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass

MANY = 10_000  # chats remembered before the idle ones are dropped


@dataclass(slots=True)
class Bucket:
    """Fills by `rate` a second up to `size`; each message takes one, and may take it in advance."""

    size: float
    level: float
    at: float

    def take(self, now: float, rate: float) -> float:
        """Take one; gives the seconds to wait for it."""
        self.level = min(self.size, self.level + (now - self.at) * rate) - 1
        self.at = now
        return max(0.0, -self.level / rate)


class Pace:
    """Telegram's limits. `overall` is for all processes together: each keeps to its share. 0: no limit."""

    def __init__(
        self,
        overall: float = 30.0,
        chat: float = 1.0,
        burst: float = 20.0,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._overall, self._chat, self._burst, self._monotonic = overall, chat, burst, monotonic
        self._common = Bucket(overall, overall, monotonic())
        self._chats: dict[bytes, Bucket] = {}

    async def wait(self, chat: bytes, processes: int = 1) -> None:
        """Wait until one more message may go to this chat."""
        pause = self.reserve(chat, processes)
        if pause > 0:
            await asyncio.sleep(pause)

    def reserve(self, chat: bytes, processes: int = 1) -> float:
        """Take one from both measures; gives the seconds to wait."""
        now, pause = self._monotonic(), 0.0
        if self._overall:
            share = self._overall / processes
            self._common.size = share
            pause = self._common.take(now, share)
        if self._chat:
            bucket = self._chats.get(chat)
            if bucket is None:
                self._forget_idle(now)
                bucket = self._chats[chat] = Bucket(self._burst, self._burst, now)
            pause = max(pause, bucket.take(now, self._chat))
        return pause

    def _forget_idle(self, now: float) -> None:
        if len(self._chats) >= MANY:
            full = self._burst / self._chat
            self._chats = {chat: b for chat, b in self._chats.items() if now - b.at < full}
