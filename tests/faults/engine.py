"""What the store sees of an async engine, over SQLite in the same thread: each statement may fail or kill."""

import asyncio
import sqlite3
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, ClassVar, Self, TypeVar

import sqlalchemy as sa
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import StaticPool
from sqlalchemy.util import await_only, greenlet_spawn

from bot.storage.embedded import begin_immediate, prepare

if TYPE_CHECKING:
    from tests.faults.process import Process

Result = TypeVar("Result")
BUSY = 5.0  # seconds for which SQLite waits for another's transaction


class File:
    """A connection to a database file as the bot makes it. Closed files are used again: they have compiled.

    `before` and `after` are told of each statement.
    """

    _closed: ClassVar[list["File"]] = []

    @classmethod
    def open(cls, path: Path) -> "File":
        """Open the database; no fsync, for the machine stays up."""
        file = cls._closed.pop() if cls._closed else cls()
        file._path = path
        return file

    def __init__(self) -> None:
        self._path = Path()
        self._drivers: list[sqlite3.Connection] = []
        self.sync = sa.create_engine("sqlite://", creator=self._connect, poolclass=StaticPool)
        sa.event.listen(self.sync, "connect", prepare)
        sa.event.listen(self.sync, "connect", _hurry)
        for closing in ("invalidate", "close"):  # or a statement half read would keep the transaction
            sa.event.listen(self.sync, closing, lambda driver, *_: driver.rollback())
        sa.event.listen(self.sync, "begin", self._begin)
        sa.event.listen(self.sync, "before_cursor_execute", lambda *args: self.before(args[2]))
        sa.event.listen(self.sync, "after_cursor_execute", lambda *args: self.after(args[2]))
        self._forget()

    def _forget(self) -> None:
        self.begins = False
        self.before: Callable[[str], None] = lambda statement: None
        self.after: Callable[[str], None] = lambda statement: None

    def _begin(self, connection: sa.Connection) -> None:
        if self.begins:
            begin_immediate(connection)

    def _connect(self) -> sqlite3.Connection:
        self._drivers.append(sqlite3.connect(self._path))
        return self._drivers[-1]

    def roll_back(self) -> None:
        """Roll back what is left of a transaction, even one that was cut off while it began."""
        for driver in self._drivers:
            with suppress(sqlite3.ProgrammingError):  # closed already
                driver.rollback()

    def close(self) -> None:
        """Close every connection, as the end of a process does."""
        self.roll_back()
        self.sync.dispose()
        for driver in self._drivers:
            driver.close()
        self._drivers.clear()
        self._forget()
        self._closed.append(self)


def _hurry(driver: Any, _record: object) -> None:
    driver.execute("PRAGMA synchronous=OFF")
    driver.execute("PRAGMA busy_timeout=0")  # who waits, waits in the loop's time


class Engine:
    """One process's engine. One transaction at a time, among all processes, as SQLite has it.

    `committed` is told of each commit that happened, whether or not the process lives to hear of it.
    """

    def __init__(
        self, path: Path, process: "Process", turn: asyncio.Lock, committed: Callable[["Process"], None]
    ) -> None:
        self.file = File.open(path)
        self.file.begins, self.file.before, self.file.after = True, self._before, self._after
        self.sync, self.dialect = self.file.sync, self.file.sync.dialect
        self.process, self.turn, self.committed = process, turn, committed

    def begin(self) -> "Transaction":
        return Transaction(self, commits=True)

    def connect(self) -> "Transaction":
        return Transaction(self, commits=False)

    def _before(self, statement: str) -> None:
        process = self.process
        await_only(asyncio.sleep(process.chaos.delay()))
        process.pass_point(f"before {name_of(statement)}")
        process.meet_storage()

    def _after(self, statement: str) -> None:
        self.process.pass_point(f"after {name_of(statement)}")
        self.process.meet_storage()


class Transaction:
    """A connection in a transaction, committed at the end or not."""

    def __init__(self, engine: Engine, *, commits: bool) -> None:
        self._engine, self._commits = engine, commits
        self._connection: sa.Connection

    async def __aenter__(self) -> Self:
        engine = self._engine
        engine.process.pass_point("begin")
        engine.process.meet_storage()
        try:
            async with asyncio.timeout(BUSY):
                await engine.turn.acquire()
        except TimeoutError:
            raise OperationalError("BEGIN", {}, OSError("database is locked")) from None
        try:
            self._connection = engine.sync.connect()
        except BaseException:
            engine.turn.release()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        process = self._engine.process
        try:
            if error is None and self._commits:
                await asyncio.sleep(process.chaos.delay())
                process.pass_point("before commit")
                process.meet_storage()
                self._connection.commit()
                self._engine.committed(process)
        finally:
            self._connection.close()
            self._engine.file.roll_back()
            process.written.clear()
            self._engine.turn.release()
        if error is None and self._commits:
            process.pass_point("after commit")
            process.meet_storage()

    async def run_sync(self, work: Callable[..., Result], *args: Any) -> Result:
        return await greenlet_spawn(work, self._connection, *args)

    async def execute(self, *args: Any) -> Any:
        return await greenlet_spawn(self._connection.execute, *args)

    async def scalar(self, *args: Any) -> Any:
        return await greenlet_spawn(self._connection.scalar, *args)

    async def scalars(self, *args: Any) -> Any:
        return await greenlet_spawn(self._connection.scalars, *args)

    async def get_raw_connection(self) -> "Raw":
        return Raw(self._engine.process, self._connection)


class Raw:
    """A driver's connection, for the pragma that scrubs the log."""

    def __init__(self, process: "Process", connection: sa.Connection) -> None:
        self._process, self._connection = process, connection
        self.driver_connection = self

    async def execute_fetchall(self, statement: str) -> None:
        self._process.pass_point("before scrub")
        self._connection.connection.cursor().execute(statement).fetchall()
        self._process.pass_point("after scrub")


def name_of(statement: str) -> str:
    """Name a statement by its verb and table."""
    words = statement.split()
    verb = words[0]
    for before in ("FROM", "INTO", "UPDATE"):
        if before in words:
            return f"{verb} {words[words.index(before) + 1]}"
    return verb
