"""An SQLite file in a thread of its own, for one serving process."""

import asyncio
import fcntl
import os
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import QueuePool

from bot.privacy import private_files
from bot.storage.database import PATIENCE, Database, InUse, Result, Unanswered, drop_read_only

BUSY = 5000  # milliseconds for which SQLite waits for another's lock
PRAGMAS = ("journal_mode=WAL", "synchronous=FULL", f"busy_timeout={BUSY}", "secure_delete=ON")
READING = (f"busy_timeout={BUSY}", "query_only=ON")


class Embedded(Database):
    """An SQLite file in one thread: no statement waits behind the event loop, and none holds it up.

    writes: whether anything may be written; a file that is only read is not made.
    """

    postgres = False

    def __init__(self, path: Path, *, writes: bool = True) -> None:
        self.path = path
        self._writes = writes
        self._thread = ThreadPoolExecutor(1, "database")
        self._raw: Any = None  # the driver's connection whose transaction is under way
        self._lock: int | None = None
        self.engine = sa.create_engine(
            "sqlite://",
            creator=self._connect,
            poolclass=QueuePool,
            pool_size=1,
            max_overflow=0,
            hide_parameters=True,
        )
        sa.event.listen(self.engine, "connect", prepare if writes else prepare_to_read)
        sa.event.listen(self.engine, "begin", begin_immediate if writes else begin)
        sa.event.listen(self.engine, "handle_error", drop_read_only)
        for closing in ("invalidate", "close"):  # a statement that is half read would keep the transaction
            sa.event.listen(self.engine, closing, lambda driver, *_: driver.rollback())

    async def within(
        self, seconds: float | None, work: Callable[[sa.Connection], Result], *, commits: bool
    ) -> Result:
        """Return what `work` returns, done in the thread; raises Unanswered, and then it may yet happen."""
        done = asyncio.wrap_future(self._thread.submit(self._transact, work, commits))
        try:
            async with asyncio.timeout(seconds) as limit:
                return await done
        except TimeoutError:
            if not limit.expired():
                raise  # it is the work's own
            if (raw := self._raw) is not None:
                raw.interrupt()
            raise Unanswered(f"the database didn't answer in {seconds:.0f} seconds") from None

    def _connect(self) -> sqlite3.Connection:
        if self._writes:
            private_files.make(self.path)  # SQLite gives its log the mode of the file
        return sqlite3.connect(self.path, check_same_thread=False)

    def _transact(self, work: Callable[[sa.Connection], Result], commits: bool) -> Result:
        with self.engine.connect() as connection:
            self._raw = connection.connection.dbapi_connection
            try:
                result = work(connection)
                if commits:
                    connection.commit()
                return result
            except BaseException:
                connection.rollback()  # or one that could not be committed would stay open
                raise
            finally:
                self._raw = None

    async def scrub(self) -> None:
        """Wipe what was deleted from the write-ahead log."""

        def checkpoint() -> None:
            connection = self.engine.raw_connection()  # in a transaction it couldn't truncate
            try:
                connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)").close()
            finally:
                connection.close()

        # A reader is at work or the disk is full: the next checkpoint does it.
        with suppress(SQLAlchemyError, sqlite3.Error, OSError):
            await asyncio.wrap_future(self._thread.submit(checkpoint))

    def alone(self) -> None:
        """Refuse a second process that serves this file: it would send what the first one sends."""
        if self._lock is not None:
            return
        private_files.make_folder(self.path.parent)
        name = self.path.with_name(f"{self.path.name}.lock")
        lock = os.open(name, os.O_RDWR | os.O_CREAT, private_files.FILE)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(lock)
            raise InUse(
                f"another process serves {self.path}: stop it first, or use PostgreSQL for several processes"
            ) from None
        self._lock = lock

    async def dispose(self) -> None:
        """Close the connection in its thread, end the thread, and let another process serve the file."""
        with suppress(TimeoutError, RuntimeError):  # it hangs, or is closed already
            async with asyncio.timeout(PATIENCE):
                await asyncio.wrap_future(self._thread.submit(self.engine.dispose))
        self._thread.shutdown(wait=False)
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None


def prepare(connection: Any, _record: object) -> None:
    """Set a new SQLite connection up: durable at each commit, what is deleted overwritten."""
    _set_up(connection, PRAGMAS)


def prepare_to_read(connection: Any, _record: object) -> None:
    """Set a new SQLite connection up so that nothing can be written through it."""
    _set_up(connection, READING)


def _set_up(connection: Any, pragmas: tuple[str, ...]) -> None:
    connection.isolation_level = None  # or the driver would begin transactions of its own, deferred
    cursor = connection.cursor()
    for pragma in pragmas:
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def begin_immediate(connection: sa.Connection) -> None:
    """Begin with the lock: a transaction that reads first fails at once when another one wrote meanwhile."""
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def begin(connection: sa.Connection) -> None:
    """Begin a transaction that only reads."""
    connection.exec_driver_sql("BEGIN")
