"""Empties the outbox: in order for each chat, many chats at once, again after every kind of trouble."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress

from sqlalchemy.exc import SQLAlchemyError
from telegram.error import BadRequest, Forbidden, NetworkError, RetryAfter, TelegramError

from bot.adapters.database import Database
from bot.service import Outgoing

LOOK_AGAIN = 5.0  # seconds between looks at the outbox when nothing is announced
PAUSE = 1.0  # seconds before the second try; doubled up to LONGEST_PAUSE
LONGEST_PAUSE = 60.0

log = logging.getLogger(__name__)
Letters = list[tuple[int, Outgoing]]


class Courier:
    """Delivers at least once: what was accepted but not yet recorded as sent is sent again."""

    def __init__(self, database: Database, deliver: Callable[[Outgoing], Awaitable[None]]) -> None:
        self._database = database
        self._deliver = deliver
        self._busy: set[int] = set()

    async def run(self) -> None:
        """Deliver until cancelled; storage in trouble only makes it wait."""
        async with asyncio.TaskGroup() as tasks:
            while True:
                self._database.written.clear()
                for chat, letters in _by_chat(await self._waiting()).items():
                    if chat not in self._busy:
                        self._busy.add(chat)
                        tasks.create_task(self._deliver_chat(chat, letters))
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._database.written.wait(), LOOK_AGAIN)

    async def _waiting(self) -> Letters:
        try:
            return await self._database.waiting()
        except (SQLAlchemyError, OSError) as error:
            log.error("outbox not read: %s", type(error).__name__)
            return []

    async def _deliver_chat(self, chat: int, letters: Letters) -> None:
        try:
            for id, outgoing in letters:
                await self._deliver_one(outgoing)
                await self._database.sent(id)
        except (SQLAlchemyError, OSError) as error:
            log.error("not recorded as sent, so it will be sent again: %s", type(error).__name__)
            await asyncio.sleep(PAUSE)
        finally:
            self._busy.discard(chat)
            self._database.written.set()

    async def _deliver_one(self, outgoing: Outgoing) -> None:
        pause = PAUSE
        while True:
            try:
                await self._deliver(outgoing)
            except RetryAfter as error:
                await asyncio.sleep(_seconds(error))
            except (Forbidden, BadRequest) as error:
                # The worker blocked the bot, or Telegram will never take this message.
                log.warning("message dropped: %s", type(error).__name__)
                return
            except (NetworkError, TelegramError) as error:
                log.warning("message waits %.0f s: %s", pause, type(error).__name__)
                await asyncio.sleep(pause)
                pause = min(2 * pause, LONGEST_PAUSE)
            else:
                return


def _seconds(error: RetryAfter) -> float:
    pause = error.retry_after  # the library is moving this from int to timedelta
    return float(pause) if isinstance(pause, int) else pause.total_seconds()


def _by_chat(letters: Letters) -> dict[int, Letters]:
    chats: dict[int, Letters] = {}
    for letter in letters:
        chats.setdefault(letter[1].chat, []).append(letter)
    return chats
