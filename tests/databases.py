"""A test's own look into a database, beside the process that it tests: by connections of its own."""

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from bot.storage.database import Database
from bot.storage.embedded import Embedded, begin_immediate, prepare
from bot.storage.server import Server

Result = TypeVar("Result")


class Beside(Database):
    """A database that does what another one does; for what goes wrong on the way."""

    def __init__(self, inner: Database) -> None:
        self.inner = inner
        self.postgres = inner.postgres  # type: ignore[misc]

    async def within(
        self, seconds: float | None, work: Callable[[sa.Connection], Result], *, commits: bool
    ) -> Result:
        return await self.inner.within(seconds, work, commits=commits)

    async def scrub(self) -> None:
        await self.inner.scrub()

    def alone(self) -> None:
        self.inner.alone()

    async def dispose(self) -> None:
        await self.inner.dispose()


class Look:
    """A connection, whatever the driver."""

    def __init__(self, sync: sa.Connection) -> None:
        self.sync = sync

    async def execute(self, *args: Any) -> Any:
        return self.sync.execute(*args)

    async def scalar(self, *args: Any) -> Any:
        return self.sync.scalar(*args)

    async def scalars(self, *args: Any) -> Any:
        return self.sync.scalars(*args)

    async def exec_driver_sql(self, *args: Any) -> Any:
        return self.sync.exec_driver_sql(*args)

    async def run_sync(self, work: Callable[..., Result], *args: Any) -> Result:
        return work(self.sync, *args)

    async def commit(self) -> None:
        self.sync.commit()

    async def rollback(self) -> None:
        self.sync.rollback()


@asynccontextmanager
async def begin(database: Database) -> AsyncIterator[Any]:
    """A transaction that is committed at the end of the block."""
    async with connect(database) as look:
        yield look
        await look.commit()


@asynccontextmanager
async def connect(database: Database) -> AsyncIterator[Any]:
    """A transaction that is rolled back at the end of the block."""
    if isinstance(database, Embedded):
        engine = sa.create_engine(f"sqlite:///{database.path}", poolclass=NullPool)
        sa.event.listen(engine, "connect", prepare)
        sa.event.listen(engine, "begin", begin_immediate)
        with engine.connect() as connection:
            yield Look(connection)
    else:
        assert isinstance(database, Server)
        own = create_async_engine(database.engine.url, poolclass=NullPool)
        async with own.connect() as connection:
            yield connection


def sync(database: Database) -> sa.Engine:
    """The engine by which the process works, to listen to."""
    assert isinstance(database, Embedded | Server)
    return database.engine if isinstance(database, Embedded) else database.engine.sync_engine


@contextmanager
def listening(database: Database, event: str, listener: Callable[..., object]) -> Iterator[None]:
    """Subscribe a listener to an event of the process's engine while the block runs."""
    sa.event.listen(sync(database), event, listener)
    try:
        yield
    finally:
        sa.event.remove(sync(database), event, listener)
