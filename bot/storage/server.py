"""A PostgreSQL server, for any number of processes."""

import asyncio
import socket
from collections.abc import Callable
from contextlib import AsyncExitStack
from functools import partial
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import create_async_engine

from bot.storage.database import CONNECT, PATIENCE, Database, Result, drop_read_only

STATEMENT = 8  # seconds for one statement
IDLE = 5  # seconds for which a transaction may wait for our next word; then its chats are free again
# A commit that doesn't wait for the disk would be acknowledged and lost; stricter settings stay.
DURABLE = (
    "SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'"
)
KEEPALIVE = (10, 3, 3)  # seconds of silence before the first probe, seconds between probes, how many


class Server(Database):
    """A PostgreSQL server. A process that stops, or whose machine vanishes, keeps nobody from their chats."""

    postgres = True

    def __init__(self, url: sa.URL, *, writes: bool = True) -> None:
        # A server that is gone is noticed at the next turn, which then fails and is delivered again.
        self.engine = create_async_engine(
            url,
            hide_parameters=True,
            pool_size=4,
            max_overflow=2,
            pool_timeout=PATIENCE,
            connect_args={"timeout": CONNECT},
        )
        sa.event.listen(self.engine.sync_engine, "connect", partial(_introduce, writes=writes))
        sa.event.listen(self.engine.sync_engine, "handle_error", drop_read_only)

    async def within(
        self, seconds: float | None, work: Callable[[sa.Connection], Result], *, commits: bool
    ) -> Result:
        """Return what `work` returns, done on one connection."""
        async with AsyncExitStack() as stack:
            connection = await stack.enter_async_context(self.engine.connect())
            if seconds is None:
                if not commits:
                    await connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
                await connection.exec_driver_sql("SET LOCAL statement_timeout = 0")
            else:
                # Cut off rather than cancelled: a driver that waits for a server that is silent waits on.
                raw: Any = (await connection.get_raw_connection()).driver_connection
                limit = asyncio.get_running_loop().call_later(seconds, raw.terminate)
                stack.callback(limit.cancel)
            result = await connection.run_sync(work)
            if commits:
                try:
                    await connection.commit()
                except BaseException:
                    # The pool takes the transaction for ended: a connection given back now would carry it on.
                    await connection.invalidate()
                    raise
            return result

    async def scrub(self) -> None:
        """Do nothing: the server's vacuum does it."""

    def alone(self) -> None:
        """Do nothing: several processes share a server."""

    async def dispose(self) -> None:
        """Close every connection."""
        await asyncio.shield(self.engine.dispose())


def _introduce(connection: Any, _record: object, *, writes: bool) -> None:
    """Set a new session up: its time limits, and that the system notices when the other machine is gone.

    By statements and not in the connection's first words, which a pooler would refuse.
    """
    settings = {
        "idle_in_transaction_session_timeout": f"'{IDLE}s'",
        "statement_timeout": f"'{STATEMENT}s'",
        "default_transaction_read_only": "off" if writes else "on",
    }
    words = "; ".join(f"SET {name} = {value}" for name, value in settings.items())
    words += f"; {DURABLE}"
    connection.run_async(lambda raw: raw.execute(words))
    link = connection.driver_connection._transport.get_extra_info("socket")
    if link is not None and link.family != socket.AF_UNIX:
        idle, interval, probes = KEEPALIVE
        link.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        link.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, idle)
        link.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPINTVL, interval)
        link.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPCNT, probes)
