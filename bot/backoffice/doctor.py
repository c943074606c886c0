"""Looks at everything that a serving process needs and says, line by line, what is well and what to do."""

import shutil
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError
from telegram.error import TelegramError

from bot.app.mistakes import told
from bot.app.settings import Settings
from bot.channels.telegram.client import Telegram
from bot.check import outdated
from bot.content.knowledge import Knowledge
from bot.privacy.keyring import Keyring
from bot.storage.engine import check_keys, check_schema, open_database
from bot.storage.tables import counts

LEAST_DISK = 500_000_000  # bytes
LARGEST_DRIFT = 60.0  # seconds
CONNECT = 5.0  # seconds for the database to answer


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that was looked at."""

    well: bool
    what: str
    found: str

    def __str__(self) -> str:
        return f"{'ok' if self.well else '!!'}  {self.what}: {self.found}"


async def examine(
    settings: Settings, knowledge: Knowledge, today: date, now: Callable[[], float] = time.time
) -> AsyncIterator[Line]:
    """Look at token, webhook, clock, database, keys, disk and figures, one after the other."""
    async for line in _telegram(settings, now):
        yield line
    async for line in _database(settings):
        yield line
    yield _disk(settings)
    yield _contact(settings)
    found = outdated(knowledge, today).findings
    sentence = f"{len(found)} to look at: `python -m bot check --outdated`" if found else "none ends soon"
    yield Line(not found, "figures", sentence)


async def _telegram(settings: Settings, now: Callable[[], float]) -> AsyncIterator[Line]:
    if not settings.token.get_secret_value():
        yield Line(False, "BOT_TOKEN", "not set: get one from @BotFather")
        return
    telegram = Telegram(settings.token, settings.telegram_api)
    try:
        name = await telegram.greet()
        yield Line(True, "BOT_TOKEN", f"Telegram knows it as @{name}")
        theirs = await telegram.clock()
        drift = abs(now() - theirs) if theirs is not None else None
        if drift is not None:
            sentence = "right" if drift <= LARGEST_DRIFT else f"{drift:.0f} seconds off: set it (ntp)"
            yield Line(drift <= LARGEST_DRIFT, "clock", sentence)
        info = await telegram.webhook_info()
        if settings.webhook_url and info.url != settings.webhook_url:
            yield Line(False, "webhook", "Telegram pushes elsewhere: is another process set up otherwise?")
        elif not settings.webhook_url and info.url:
            yield Line(False, "webhook", "one is set, so polling gets nothing: set WEBHOOK_URL or delete it")
        elif info.last_error_message and info.pending_update_count:
            yield Line(False, "webhook", f"Telegram's last try failed: {info.last_error_message}")
        else:
            yield Line(True, "webhook", f"{info.pending_update_count} updates wait at Telegram")
    except TelegramError as error:
        sentence, _ = told(error) or (type(error).__name__, 0)
        yield Line(False, "Telegram", sentence)
    finally:
        await telegram.close()


async def _database(settings: Settings) -> AsyncIterator[Line]:
    path = settings.database_file
    if path is not None and not path.exists():
        yield Line(False, "database", f"{path} is not there; the first start makes it")
        return
    database = open_database(settings.database_url)

    async def write() -> str:
        none = sa.delete(counts).where(counts.c.what == "doctor")
        await database.read(lambda connection: connection.execute(none))
        return "it takes writes"

    async def schema() -> str:
        await check_schema(database)
        return "the one of this release"

    async def keys() -> str:
        keyring = Keyring(settings.keys(make=False))
        await database.read(check_keys, keyring)
        return "they open this database"

    looks: tuple[tuple[str, Callable[[], Awaitable[str]]], ...] = (
        ("database", write), ("schema", schema), ("keys", keys),
    )  # fmt: skip
    try:
        for what, look in looks:
            try:
                yield Line(True, what, await look())
            except (SQLAlchemyError, OSError, RuntimeError, ValueError) as error:
                sentence, _ = told(error) or (type(error).__name__, 0)
                yield Line(False, what, sentence)
    finally:
        await database.dispose()


def _disk(settings: Settings) -> Line:
    path = settings.database_file or settings.tombstones_file
    folder = next((parent for parent in path.absolute().parents if parent.exists()), Path("/"))
    free = shutil.disk_usage(folder).free
    return Line(free >= LEAST_DISK, "disk", f"{free // 1_000_000} MB free at {folder}")


def _contact(settings: Settings) -> Line:
    if settings.operator_contact:
        return Line(True, "OPERATOR_CONTACT", "set")
    return Line(False, "OPERATOR_CONTACT", "not set: the law asks that workers see who runs this")
