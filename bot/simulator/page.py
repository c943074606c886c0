"""The chat page's routes: the page itself, what people do on it, and what changes, as server-sent events."""

from starlette.routing import BaseRoute

from bot.simulator.state import State


class Page:
    """The chat page of one double."""

    def __init__(self, state: State) -> None:
        self._state = state

    def routes(self) -> list[BaseRoute]:
        """Give the page's routes."""
        return []

    def close(self) -> None:
        """Let go of everybody who watches."""
