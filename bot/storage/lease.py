"""The lease: the name under which a process may send messages, for as long as it shows that it lives."""

import os
import time
from collections.abc import Callable

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from bot.storage.database import Database
from bot.storage.tables import holders

LEASE = 15.0  # seconds for which a process holds its messages; renewed every third of that
ON_THE_WAY = 0.2  # of a lease, its last part: nothing leaves in it, so what left before has time to arrive
CLOCK = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)  # Linux's monotonic stops while it sleeps


def elapsed() -> float:
    """Return seconds that go on while this process is stopped, and while its machine sleeps."""
    return time.clock_gettime(CLOCK)


class Lease:
    """A row with an end by the database's clock, renewed while we live.

    A process that was paused beyond the end finds `name` changed: its messages are someone else's. Nobody
    need tell it: by its own clock the lease ends no later than by the database's.
    """

    def __init__(
        self,
        database: Database,
        clock: Callable[[], float],
        monotonic: Callable[[], float] = elapsed,
        keys: bytes = b"",
    ) -> None:
        self._database, self._clock, self._monotonic, self._keys = database, clock, monotonic, keys
        self._postgres = database.postgres
        self._name = b""
        self._until = 0.0
        self.processes = 1  # at work on this database, this one included

    @property
    def name(self) -> bytes:
        """The name under which this process holds messages now; empty when it holds none."""
        return self._name if self._monotonic() < self._until else b""

    @property
    def held_under(self) -> bytes:
        """The name under which messages are held, or were when the lease ended; empty before the first."""
        return self._name

    @property
    def lost(self) -> bool:
        """Whether this process had a lease and could not renew it in time."""
        return bool(self._name) and not self.name

    def sure(self, holder: bytes) -> bool:
        """Say whether what leaves now under this name arrives before anyone else may send."""
        return holder == self._name and self._monotonic() < self._until - ON_THE_WAY * LEASE

    async def renew(self) -> None:
        """Begin the lease, or go on with it; after a pause beyond its end it is a new one."""
        name = self.name or os.urandom(8)
        asked = self._monotonic()
        insert = (postgresql if self._postgres else sqlite).insert(holders)
        values = insert.values(holder=name, until=self._now() + LEASE, keys=self._keys)
        longer = values.on_conflict_do_update(
            index_elements=["holder"], set_={"until": insert.excluded.until}
        )
        ended = sa.select(holders.c.holder).where(holders.c.until < self._now() - 100 * LEASE)
        # What another process is dropping too is passed over: neither waits for the other.
        dropping = sa.delete(holders).where(holders.c.holder.in_(ended.with_for_update(skip_locked=True)))
        living = sa.select(sa.func.count()).select_from(holders).where(holders.c.until > self._now())

        def write(connection: sa.Connection) -> int:
            connection.execute(dropping)
            connection.execute(longer)
            return connection.scalar(living) or 1

        self.processes = max(1, await self._database.run(write))
        if name == self._name and not self.name:
            # It ended while we asked for more: another may have our messages, so it must not live again.
            await self.release()
        else:
            self._name, self._until = name, asked + LEASE

    async def release(self) -> None:
        """Release the lease, so that others needn't wait for its end."""
        if self._name:
            self._until = 0.0
            ours = sa.delete(holders).where(holders.c.holder == self._name)
            await self._database.run(lambda connection: connection.execute(ours))

    async def release_everyone(self) -> None:
        """End all leases: for the embedded database, which serves one process at a time."""
        await self._database.run(lambda connection: connection.execute(sa.delete(holders)))

    def keys_at_work(self) -> sa.Select[bytes | None]:
        """Return the statement for the key names that each process at work knows."""
        known: sa.Column[bytes | None] = holders.c["keys"]
        return sa.select(known).where(holders.c.until > self._now())

    def lives(self, holder: sa.ColumnElement[bytes]) -> sa.Exists:
        """Return the condition that a message's holder is a process that lives."""
        return sa.exists().where(holders.c.holder == holder, holders.c.until > self._now())

    def _now(self) -> sa.ColumnElement[float]:
        """Say what time it is by the clock that all processes share."""
        if self._postgres:
            return sa.cast(sa.func.extract("epoch", sa.func.clock_timestamp()), sa.Double)
        return sa.literal(self._clock(), sa.Double)
