"""The updates that wait for the bot: one queue, confirmed by offset or by a webhook's 2xx."""

from collections.abc import Callable, Sequence
from typing import Any

JSON = dict[str, Any]

KEPT = 24 * 3600.0  # seconds that Telegram keeps an update
MOST_IN_BATCH = 100
# What comes only when it is asked for by name.
ON_REQUEST = ("chat_member", "message_reaction", "message_reaction_count")
FIRST_ID = 700_000_001


class Updates:
    """What waits, oldest first. No waiting happens here: `arrived` is called at each arrival."""

    def __init__(self, clock: Callable[[], float], first: int = FIRST_ID) -> None:
        self._clock = clock
        self._waiting: dict[int, tuple[float, JSON]] = {}  # by id, so oldest first
        self._next = first
        self.allowed: tuple[str, ...] = ()  # () stands for all but those on request
        self.arrived: Callable[[], None] = lambda: None

    def push(self, kind: str, content: JSON) -> int | None:
        """Queue an update for the bot; give its id, or None when the bot didn't ask for its kind."""
        if self.allowed and kind not in self.allowed:
            return None
        if not self.allowed and kind in ON_REQUEST:
            return None
        id, self._next = self._next, self._next + 1
        self._waiting[id] = (self._clock(), {"update_id": id, kind: content})
        self.arrived()
        return id

    def waiting(self) -> list[JSON]:
        """Return what waits and isn't older than a day."""
        too_old = self._clock() - KEPT
        for id in [id for id, (since, _) in self._waiting.items() if since < too_old]:
            del self._waiting[id]
        return [update for _, update in self._waiting.values()]

    def fetch(self, offset: int, limit: int) -> list[JSON]:
        """Confirm what lies before the offset, then give what waits from it.

        A negative offset keeps that many of the newest and forgets the rest, as Telegram does.
        """
        if offset < 0:
            self._confirm(list(self._waiting)[:offset])
        else:
            self._confirm([id for id in self._waiting if id < offset])
        return self.waiting()[: max(1, min(limit, MOST_IN_BATCH))]

    def confirm(self, id: int) -> None:
        """Forget one update: a webhook took it."""
        self._confirm([id])

    def drop(self) -> None:
        """Forget all that waits (drop_pending_updates)."""
        self._waiting.clear()

    def _confirm(self, ids: Sequence[int]) -> None:
        for id in ids:
            self._waiting.pop(id, None)
