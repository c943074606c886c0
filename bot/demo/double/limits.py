"""Telegram's published sending limits as faults: `simulator.faults.choose = Limits(time.monotonic)`.

About one message a second in a chat with short bursts, 20 a minute in a group, 30 a second overall:
https://core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this. The size of a burst is ours.
That edits share the chat's measure is what its makers say: tdlib/td issue 3034.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

from bot.demo.double.calls import Call
from bot.demo.double.faults import Fault, rate_limited


@dataclass(slots=True)
class Bucket:
    """Fills by `rate` a second up to `size`; each message takes one."""

    rate: float
    size: float
    level: float
    at: float

    def wait(self, now: float) -> float:
        """Return the seconds until one may be taken; 0 when it may be now."""
        self.level = min(self.size, self.level + (now - self.at) * self.rate)
        self.at = now
        return max(0.0, (1 - self.level) / self.rate)


class Limits:
    """Chooses a 429 for what is beyond the limits; an edit counts in its chat, an answer to a tap nowhere."""

    def __init__(
        self, clock: Callable[[], float], *, overall: float = 30, chat: float = 1, burst: float = 5
    ) -> None:
        self._clock = clock
        self._chat_rate, self._burst = chat, burst
        self._overall = Bucket(overall, overall, overall, clock())
        self._chats: dict[int, Bucket] = {}

    def __call__(self, call: Call) -> Fault | None:
        """Take one from the chat's and the common measure, or refuse."""
        method = call.method.lower()
        edits = method.startswith("edit")
        if (not edits and not method.startswith(("send", "copy", "forward"))) or "chataction" in method:
            return None
        now, chat = self._clock(), call.integer("chat_id")
        rate, size = (20 / 60, 20.0) if chat < 0 else (self._chat_rate, self._burst)
        bucket = self._chats.setdefault(chat, Bucket(rate, size, size, now))
        wait = max(bucket.wait(now), 0.0 if edits else self._overall.wait(now))
        if wait > 1e-9:
            return rate_limited(math.ceil(wait))
        bucket.level -= 1
        self._overall.level -= not edits
        return None
