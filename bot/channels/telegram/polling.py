"""Long polling: an update is confirmed to Telegram only after its turn is committed."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine, Iterable
from typing import Any

from telegram.error import TelegramError

from bot.channels.intake import Intake, NotStored
from bot.channels.telegram.updates import take

PAUSE = 1.0  # seconds before the next try when storage or the network fails

Raw = dict[str, object]
log = logging.getLogger(__name__)


class Polling:
    """Fetches updates; chats side by side, each chat's updates one after the other."""

    def __init__(
        self,
        intake: Intake,
        fetch: Callable[[int], Awaitable[list[Raw]]],
        answer_tap: Callable[[str], Coroutine[Any, Any, None]],
    ) -> None:
        self._intake, self._fetch, self._answer_tap = intake, fetch, answer_tap
        self._answers: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        """Poll until cancelled."""
        offset = 0
        while True:
            try:
                updates = await self._fetch(offset)
            except TelegramError as error:
                log.warning("no updates", extra={"error": type(error).__name__})
                await asyncio.sleep(PAUSE)
                continue
            async with asyncio.TaskGroup() as chats:
                for lane in _by_chat(updates):
                    chats.create_task(self._take_all(lane))
            numbers = [n for update in updates if isinstance(n := update.get("update_id"), int)]
            offset = max(numbers, default=offset - 1) + 1

    async def _take_all(self, lane: Iterable[Raw]) -> None:
        for raw in lane:
            while True:
                try:
                    tapped = await take(self._intake, raw)
                except NotStored:
                    await asyncio.sleep(PAUSE)
                    continue
                if tapped:
                    task = asyncio.create_task(self._answer_tap(tapped))
                    self._answers.add(task)
                    task.add_done_callback(self._answers.discard)
                break


def _by_chat(updates: Iterable[Raw]) -> list[list[Raw]]:
    lanes: dict[object, list[Raw]] = {}
    for update in updates:
        lanes.setdefault(_sender(update), []).append(update)
    return list(lanes.values())


def _sender(update: Raw) -> object:
    """Name who an update is from: in a private chat, the chat."""
    for part in update.values():
        if isinstance(part, dict) and isinstance(part.get("from"), dict):
            return part["from"].get("id")
    return None
