"""Runs the bot by long polling: an update is confirmed to Telegram only after its turn is committed."""

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from datetime import date, datetime, timedelta, timezone
from typing import Any

from sqlalchemy.exc import SQLAlchemyError
from telegram import Update
from telegram.error import TelegramError
from telegram.ext import Application

from bot.adapters import telegram
from bot.adapters.courier import Courier
from bot.adapters.database import Database
from bot.adapters.settings import Secret
from bot.conversation import Media, Say
from bot.messages import Speaker
from bot.service import Conflict, Envelope, Loaded, Outgoing, take_turn

CHINA = timezone(timedelta(hours=8))
WAIT = 30  # seconds that Telegram holds an empty poll
TIDY = 3600.0  # seconds between rounds of dropping what is no longer needed
PAUSE = 1.0  # seconds before the next try when storage or the network fails

log = logging.getLogger(__name__)


def today_in_china() -> date:
    """Give the day by which figures and windows are looked up."""
    return datetime.now(CHINA).date()


class Bot:
    """The bot in Telegram: one intake for every update, one courier for every message."""

    def __init__(
        self,
        token: Secret,
        api: str,
        database: Database,
        speaker: Speaker,
        today: Callable[[], date] = today_in_china,
    ) -> None:
        self._database = database
        self._speaker = speaker
        self._today = today
        self._application = telegram.build_application(token, api, self._receive)
        self._telegram = telegram.Telegram(self._application)
        self._unsaved = False

    async def run(self) -> None:
        """Introduce the bot, then receive and deliver until cancelled."""
        async with self._application:
            await self._introduce()
            courier = Courier(self._database, self._telegram.deliver)
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(courier.run())
                tasks.create_task(self._tidy())
                tasks.create_task(self._poll(self._application))

    async def _introduce(self) -> None:
        def word(language: Any, name: str) -> str:
            return self._speaker.knowledge.wording.block(language, "commands.j2", name, on=self._today())

        try:
            await self._telegram.introduce(self._speaker.knowledge, word)
        except TelegramError as error:
            log.warning("commands not registered: %s", type(error).__name__)

    async def _poll(self, application: Application[Any, Any, Any, Any, Any, Any]) -> None:
        offset = 0
        while True:
            try:
                updates = await application.bot.get_updates(
                    offset=offset, timeout=WAIT, allowed_updates=telegram.ALLOWED_UPDATES
                )
            except TelegramError as error:
                log.warning("no updates: %s", type(error).__name__)
                await asyncio.sleep(PAUSE)
                continue
            for update in updates:
                await application.process_update(update)
                while self._unsaved:
                    await asyncio.sleep(PAUSE)
                    await application.process_update(update)
                offset = update.update_id + 1

    async def _tidy(self) -> None:
        """Drop what is no longer needed, for as long as the bot runs."""
        while True:
            with suppress(SQLAlchemyError, OSError):  # storage in trouble is the turns' to tell
                await self._database.forget_old_updates()
            await asyncio.sleep(TIDY)

    async def _receive(self, update: Update) -> None:
        """Take the update's turn; an update that storage refused is kept for another try."""
        try:
            await self._take_turn(update)
            self._unsaved = False
        except (Conflict, SQLAlchemyError, OSError) as error:
            self._unsaved = True
            log.error("turn not saved, will be tried again: %s", type(error).__name__)
        except Exception as error:  # noqa: BLE001 - one bad update must not stop the others
            self._unsaved = False
            log.error("turn failed: %s", _place(error))
            await self._apologise(update)
        finally:
            if update.callback_query is not None:
                await self._telegram.answer_tap(update.callback_query.id)

    async def _take_turn(self, update: Update) -> None:
        envelope = telegram.open_envelope(update)
        if envelope is not None:
            await take_turn(self._database, self._speaker, envelope, self._today())
        elif telegram.concerns_group(update) and update.effective_chat is not None:
            await self._point_to_private_chat(update.update_id, update.effective_chat.id)

    async def _point_to_private_chat(self, update: int, chat: int) -> None:
        (line,) = self._speaker.word(Say("group"), None, "zh", self._today())
        envelope = Envelope(update, chat, Media())
        with suppress(Conflict):  # the update was handled before
            await self._database.save(envelope, Loaded(None, 0, False), None, (Outgoing(chat, line),))

    async def _apologise(self, update: Update) -> None:
        """Tell the worker that we failed; the conversation stays as it was."""
        envelope = telegram.open_envelope(update)
        if envelope is None:
            return
        (sorry,) = self._speaker.word(Say("sorry"), None, envelope.language, self._today())
        with suppress(Conflict, SQLAlchemyError, OSError):
            loaded = await self._database.load(envelope.chat, envelope.update)
            outgoing = (Outgoing(envelope.chat, sorry),)
            await self._database.save(envelope, loaded, loaded.conversation, outgoing)


def _place(error: Exception) -> str:
    """Name an error by its kind and line: its text may hold what a worker wrote."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    where = f"{trace.tb_frame.f_code.co_filename.rsplit('/', 1)[-1]}:{trace.tb_lineno}" if trace else "?"
    return f"{type(error).__name__} at {where}"
