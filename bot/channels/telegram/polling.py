"""Long polling: an update is confirmed to Telegram only after its turn is committed."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine, Iterable
from datetime import timedelta
from typing import Any

from telegram.error import Conflict, InvalidToken, RetryAfter, TelegramError

from bot.channels.intake import Intake, NotStored
from bot.channels.telegram.updates import take

LONG = 10.0  # seconds before the next try when only an operator can help
LARGEST_ID = 2**53  # an update with a larger number is not Telegram's
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
        see: Callable[[str], None] = lambda _trouble: None,
    ) -> None:
        self._intake, self._fetch, self._answer_tap, self._see = intake, fetch, answer_tap, see
        self._answers: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        offset = 0
        while True:
            try:
                updates = await self._fetch(offset)
            except TelegramError as error:
                await asyncio.sleep(self._troubled(error))
                continue
            self._see("")
            async with asyncio.TaskGroup() as chats:
                for lane in _by_chat(updates):
                    chats.create_task(self._take_all(lane))
            numbers = [n for u in updates if isinstance(n := u.get("update_id"), int) and n < LARGEST_ID]
            offset = max(numbers, default=offset - 1) + 1

    def _troubled(self, error: TelegramError) -> float:
        """Note why there are no updates; returns for how many seconds to wait before asking again."""
        match error:
            case RetryAfter():
                asked = error.retry_after
                seconds = asked.total_seconds() if isinstance(asked, timedelta) else float(asked)
                sentence, pause = "Telegram asks us to wait", max(PAUSE, seconds)
            case InvalidToken():
                sentence, pause = "Telegram refuses BOT_TOKEN: it was revoked, or it is another bot's", LONG
            case Conflict():
                sentence = "another process polls with this token, or a webhook is set: stop it or delete it"
                pause = LONG
            case _:
                sentence, pause = "Telegram can't be reached", PAUSE
        self._see(sentence)
        log.warning("no updates", extra={"error": type(error).__name__, "seconds": round(pause)})
        return pause

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
