"""The store on SQLAlchemy: SQLite (WAL) by default, PostgreSQL when the address says so."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from pydantic import TypeAdapter
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from alembic import command
from bot.adapters.tables import conversations, outbox, updates
from bot.conversation import Conversation
from bot.messages import Message
from bot.service import Conflict, Envelope, Loaded, Outgoing

PROJECT = Path(__file__).parents[2]
KEEP_UPDATES = 48 * 3600  # seconds; Telegram redelivers for 24 hours at most

_conversation = TypeAdapter(Conversation)
_message = TypeAdapter(Message)


class DatabaseBehind(RuntimeError):
    """The server database's schema is not the one that this version needs."""


def open_engine(url: str) -> AsyncEngine:
    """Open the database at an SQLAlchemy address such as sqlite+aiosqlite:///var/bot.sqlite."""
    engine = create_async_engine(url, hide_parameters=True)
    if engine.dialect.name == "sqlite":
        sa.event.listen(engine.sync_engine, "connect", _prepare_sqlite)
        sa.event.listen(engine.sync_engine, "begin", _begin_immediate)
        if engine.url.database:
            Path(engine.url.database).parent.mkdir(parents=True, exist_ok=True)
    return engine


def _prepare_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # or the driver would begin transactions of its own, deferred
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=5000", "secure_delete=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_immediate(connection: sa.Connection) -> None:
    # A deferred transaction that reads and then writes fails at once when another one wrote meanwhile.
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def alembic_config(connection: sa.Connection | None = None) -> Config:
    """Give Alembic its settings from pyproject.toml, and the connection to work on."""
    config = Config(toml_file=str(PROJECT / "pyproject.toml"))
    config.attributes["connection"] = connection
    return config


async def prepare(engine: AsyncEngine) -> None:
    """Bring an embedded database up to date; refuse a server database that is behind.

    Raises DatabaseBehind, which says what to run.
    """
    async with engine.begin() as connection:
        if engine.dialect.name == "sqlite":
            await connection.run_sync(lambda c: command.upgrade(alembic_config(c), "head"))
            return
        current = await connection.run_sync(lambda c: MigrationContext.configure(c).get_current_revision())
    head = ScriptDirectory.from_config(alembic_config()).get_current_head()
    if current != head:
        raise DatabaseBehind(
            f"the database is at schema {current or 'none'}, this version needs {head}: "
            "back it up, then run `python -m bot migrate`"
        )


async def migrate(engine: AsyncEngine) -> None:
    """Bring any database up to date."""
    async with engine.begin() as connection:
        await connection.run_sync(lambda c: command.upgrade(alembic_config(c), "head"))


class Database:
    """Conversations, handled updates and the outbox in one database."""

    def __init__(self, engine: AsyncEngine, clock: Callable[[], float] = time.time) -> None:
        self.engine = engine
        self._clock = clock
        self.written = asyncio.Event()  # set when the outbox has something new

    async def load(self, chat: int, update: int) -> Loaded:
        """Load a chat's conversation and say whether the update was handled before."""
        async with self.engine.connect() as connection:
            seen = await connection.scalar(sa.select(updates.c.update).where(updates.c.update == update))
            row = (
                await connection.execute(
                    sa.select(conversations.c.state, conversations.c.version).where(
                        conversations.c.chat == chat
                    )
                )
            ).first()
        if row is None:
            return Loaded(None, 0, seen is not None)
        return Loaded(_conversation.validate_json(row.state), row.version, seen is not None)

    async def save(
        self,
        envelope: Envelope,
        loaded: Loaded,
        conversation: Conversation | None,
        outgoing: tuple[Outgoing, ...],
    ) -> None:
        """Save the turn as a whole or not at all; raises Conflict when another turn came first."""
        try:
            async with self.engine.begin() as connection:
                now = int(self._clock())
                await connection.execute(sa.insert(updates).values(update=envelope.update, handled_at=now))
                await self._save_conversation(connection, envelope.chat, loaded, conversation, now)
                if outgoing:
                    await connection.execute(sa.insert(outbox), [_row(o, now) for o in outgoing])
        except sa.exc.IntegrityError as error:
            raise Conflict("the same update or chat was saved first") from error
        if outgoing:
            self.written.set()

    async def _save_conversation(
        self,
        connection: AsyncConnection,
        chat: int,
        loaded: Loaded,
        conversation: Conversation | None,
        now: int,
    ) -> None:
        same = (conversations.c.chat == chat) & (conversations.c.version == loaded.version)
        if conversation is None:
            if loaded.version:
                _expect_one(await connection.execute(sa.delete(conversations).where(same)))
            return
        values = {
            "state": _conversation.dump_json(conversation).decode(),
            "version": loaded.version + 1,
            "changed_at": now,
        }
        if loaded.version == 0:
            await connection.execute(sa.insert(conversations).values(chat=chat, **values))
        else:
            _expect_one(await connection.execute(sa.update(conversations).where(same).values(values)))

    async def waiting(self, limit: int = 100) -> list[tuple[int, Outgoing]]:
        """List the oldest outgoing messages with their outbox ids, in the order of writing."""
        async with self.engine.connect() as connection:
            rows = await connection.execute(sa.select(outbox).order_by(outbox.c.id).limit(limit))
            return [(row.id, Outgoing(row.chat, _message.validate_json(row.body), row.edits)) for row in rows]

    async def sent(self, id: int) -> None:
        """Take a message out of the outbox: it was sent, or never can be."""
        async with self.engine.begin() as connection:
            await connection.execute(sa.delete(outbox).where(outbox.c.id == id))

    async def forget_old_updates(self) -> int:
        """Drop the ids of updates that can't come again; returns how many."""
        oldest = int(self._clock()) - KEEP_UPDATES
        async with self.engine.begin() as connection:
            result = await connection.execute(sa.delete(updates).where(updates.c.handled_at < oldest))
        return result.rowcount


def _row(outgoing: Outgoing, now: int) -> dict[str, object]:
    return {
        "chat": outgoing.chat,
        "edits": outgoing.edits,
        "body": _message.dump_json(outgoing.message).decode(),
        "written_at": now,
    }


def _expect_one(result: sa.CursorResult[Any]) -> None:
    if result.rowcount != 1:
        raise Conflict("another turn of the same chat was saved first")


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[Database]:
    """Open the store at `url`, ready for use, and close it at the end."""
    engine = open_engine(url)
    try:
        await prepare(engine)
        yield Database(engine)
    finally:
        await engine.dispose()
