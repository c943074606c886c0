"""What is planned to go wrong: calls that fail, break off or wait, and updates that come twice or out of
order.
"""

from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from bot.demo.double.calls import Call
from bot.demo.double.refusals import Refusal, forbidden, too_many_requests

JSON = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Fault:
    """What happens to one call.

    With a refusal, the call has no effect and is answered with it. Dropped: the call has its effect, and the
    connection breaks before the answer. Seconds are waited first in either case.
    """

    refusal: Refusal | None = None
    dropped: bool = False
    delay: float = 0.0  # seconds


def rate_limited(seconds: int = 1) -> Fault:
    """Make a 429 that asks to wait so many seconds."""
    return Fault(too_many_requests(seconds))


def blocked() -> Fault:
    """Make a 403, as for a worker who blocked the bot."""
    return Fault(forbidden("bot was blocked by the user"))


def broken(status: int = 502) -> Fault:
    """Make a failure inside Telegram."""
    return Fault(Refusal(status))


def dropped() -> Fault:
    """Make a connection that breaks after the call had its effect."""
    return Fault(dropped=True)


def delayed(seconds: float) -> Fault:
    """Make a slow call."""
    return Fault(delay=seconds)


Choice = Callable[[Call], Fault | None]


class Faults:
    """The faults to come. Methods are named as in the Bot API, in any case; `*` stands for all.

    `choose` decides for each call that no plan covers: seeded simulation puts its generator there.
    `copies` says how many times an update is delivered; `arrange` reorders a batch before it is delivered.
    """

    def __init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        """Let nothing go wrong any more."""
        self._planned: dict[str, deque[Fault]] = defaultdict(deque)
        self._lasting: dict[str, Fault] = {}
        self.choose: Choice = lambda _call: None
        self.copies: Callable[[int], int] = lambda _update_id: 1
        self.arrange: Callable[[list[JSON]], list[JSON]] = lambda batch: batch

    def plan(self, method: str, *faults: Fault) -> None:
        """Let the method's next calls go wrong, each with one of these."""
        self._planned[method.lower()].extend(faults)

    def keep(self, method: str, fault: Fault) -> None:
        """Let every call of the method go wrong until `clear`."""
        self._lasting[method.lower()] = fault

    def take(self, call: Call) -> Fault | None:
        """Return what happens to this call, and use it up if it was planned."""
        for name in (call.method.lower(), "*"):
            if self._planned[name]:
                return self._planned[name].popleft()
            if name in self._lasting:
                return self._lasting[name]
        return self.choose(call)
