"""What a channel must do with a message, and the four ways in which it can say that it did not."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Protocol

from bot.turns.contract import Capabilities, Outbound

# Sends a message if it may, asked as late as can be. Returns when the channel took it; raises NotDelivered.
Deliver = Callable[[Outbound, Callable[[], bool]], Awaitable[None]]


class NotDelivered(Exception):
    """A message did not arrive, or perhaps did not."""


class Refused(NotDelivered):
    """The channel will never take this message; `reason` can't repeat a worker's words."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Blocked(NotDelivered):
    """The person wants nothing of us until they write again."""


class SlowDown(NotDelivered):
    """We send faster than the channel allows; it may be tried again after `seconds`."""

    def __init__(self, seconds: float) -> None:
        super().__init__(seconds)
        self.seconds = seconds


class Unreachable(NotDelivered):
    """The channel gave no answer, or none that tells; another try may help. `kind` names the trouble."""

    def __init__(self, kind: str) -> None:
        super().__init__(kind)
        self.kind = kind


class Port(Protocol):
    """The sending side of a channel."""

    @property
    def capabilities(self) -> Capabilities:
        """What the channel can do."""

    async def deliver(self, outbound: Outbound, may: Callable[[], bool]) -> None:
        """Send one message if it may, asked as the bytes leave; with `edits` put it in that one's place.

        Returns when the channel took it. Raises NotDelivered: Refused, Blocked, SlowDown or Unreachable.
        """


def routed(ports: Mapping[str, Port]) -> Deliver:
    """Return the delivery that sends each message by its own channel's port."""

    async def deliver(outbound: Outbound, may: Callable[[], bool]) -> None:
        port = ports.get(outbound.chat.channel)
        if port is None:
            raise Refused("no such channel")
        await port.deliver(port.capabilities.fitted(outbound), may)

    return deliver
