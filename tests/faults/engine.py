"""The database of a simulated process, SQLite in the loop's own time: each statement may fail or kill."""

import asyncio
import sqlite3
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import sqlalchemy as sa
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import StaticPool
from sqlalchemy.util import await_only, greenlet_spawn

from bot.storage.database import Database, Result
from bot.storage.embedded import begin_immediate, prepare

if TYPE_CHECKING:
    from tests.faults.process import Process

BUSY = 5.0  # seconds for which SQLite waits for another's transaction


class File:
    """A connection to a database file as the bot makes it. Closed files are used again: they have compiled.

    `before` and `after` receive each statement.
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

    def checkpoint(self) -> None:
        """Truncate the write-ahead log."""
        connection = self.sync.raw_connection()
        connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)").close()
        connection.close()

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


class Engine(Database):
    """One process's database. One transaction at a time, among all processes, as SQLite has it.

    `committed` receives each commit that happened, whether or not the process lives to learn it.
    """

    postgres = False

    def __init__(
        self, path: Path, process: "Process", turn: asyncio.Lock, committed: Callable[["Process"], None]
    ) -> None:
        self.file = File.open(path)
        self.file.begins, self.file.before, self.file.after = True, self._before, self._after
        self.process, self.turn, self.committed = process, turn, committed

    def _before(self, statement: str) -> None:
        process = self.process
        await_only(asyncio.sleep(process.chaos.delay()))
        process.pass_point(f"before {name_of(statement)}")
        process.meet_storage()

    def _after(self, statement: str) -> None:
        self.process.pass_point(f"after {name_of(statement)}")
        self.process.meet_storage()

    async def within(
        self, seconds: float | None, work: Callable[[sa.Connection], Result], *, commits: bool
    ) -> Result:
        """Do the work in a transaction, statement by statement in the loop's time."""
        process = self.process
        process.pass_point("begin")
        process.meet_storage()
        try:
            async with asyncio.timeout(BUSY):
                await self.turn.acquire()
        except TimeoutError:
            raise OperationalError("BEGIN", {}, OSError("database is locked")) from None
        try:
            connection = self.file.sync.connect()
            try:
                result = await greenlet_spawn(work, connection)
                if commits:
                    await asyncio.sleep(process.chaos.delay())
                    process.pass_point("before commit")
                    process.meet_storage()
                    connection.commit()
                    self.committed(process)
            finally:
                connection.close()
                self.file.roll_back()
                process.written.clear()
        finally:
            self.turn.release()
        if commits:
            process.pass_point("after commit")
            process.meet_storage()
        return result

    async def scrub(self) -> None:
        """Wipe the log, or die in it."""
        async with self.turn:
            self.process.pass_point("before scrub")
            self.file.checkpoint()
            self.process.pass_point("after scrub")

    def alone(self) -> None:
        """Leave it to the world, which says how many serve."""

    async def dispose(self) -> None:
        """Leave it to the world, which ends the process."""


def name_of(statement: str) -> str:
    """Name a statement by its verb and table."""
    words = statement.split()
    verb = words[0]
    for before in ("FROM", "INTO", "UPDATE"):
        if before in words:
            return f"{verb} {words[words.index(before) + 1]}"
    return verb
