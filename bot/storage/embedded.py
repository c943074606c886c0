"""SQLite as we use it: statements run where they are called, a thread waits for its lock and the disk."""

import asyncio
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import aiosqlite
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

PRAGMAS = ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=5000", "secure_delete=ON")
PROMPT = ("SELECT", "INSERT", "UPDATE", "DELETE")  # what a file in the machine's cache answers at once


class Connection(aiosqlite.Connection):
    """A connection whose thread is left to what waits: BEGIN, COMMIT, checkpoints.

    The library sends every cursor, statement and row through its thread: some thirty hops a transaction,
    each of which costs more than the statement, and waits for the interpreter's lock besides.
    """

    async def _execute(self, fn: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        if not self._running or self._connection is None or _waits(fn, args):
            return await super()._execute(fn, *args, **kwargs)  # type: ignore[no-untyped-call]
        return fn(*args, **kwargs)


def _waits(fn: Callable[..., Any], args: tuple[Any, ...]) -> bool:
    match getattr(fn, "__name__", ""), getattr(fn, "__self__", None):
        case "cursor", sqlite3.Connection():
            return False
        case "rollback", sqlite3.Connection() as connection:
            return connection.in_transaction  # the pool rolls back whatever is given back to it
        case "execute" | "executemany", sqlite3.Cursor():
            return not args[0].startswith(PROMPT)
        case "fetchall" | "close", sqlite3.Cursor():
            return False
    return True


def open_embedded(url: sa.URL) -> AsyncEngine:
    """Open the SQLite file that an address names; its folder is made."""
    path = Path(url.database or "")
    path.parent.mkdir(parents=True, exist_ok=True)

    async def connected() -> Connection:
        connection = Connection(lambda: sqlite3.connect(path, check_same_thread=False), iter_chunk_size=64)
        connection._thread.daemon = True  # a connection that was forgotten keeps no process alive
        try:
            await connection
        except BaseException:
            # As it ends it answers the loop, which may be closed by then, and nobody else waits for it.
            await asyncio.to_thread(connection._thread.join)
            raise
        return connection

    engine = create_async_engine(url, hide_parameters=True, async_creator=connected)
    sa.event.listen(engine.sync_engine, "connect", prepare)
    sa.event.listen(engine.sync_engine, "begin", begin_immediate)
    return engine


def prepare(connection: Any, _record: object) -> None:
    """Set a new connection up: durable at each commit, and nothing deleted can be read from the file."""
    connection.isolation_level = None  # or the driver would begin transactions of its own, deferred
    cursor = connection.cursor()
    for pragma in PRAGMAS:
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def begin_immediate(connection: sa.Connection) -> None:
    """Begin with the lock: a transaction that reads first fails at once when another one wrote meanwhile."""
    connection.exec_driver_sql("BEGIN IMMEDIATE")
