"""Deletion: on a worker's word, at the end of the days for which something is kept, and after a restore."""

import sqlite3
from collections.abc import Callable, Collection, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.privacy.keyring import Keyring, WrongKey
from bot.privacy.tombstones import ANY, Tombstone, Tombstones, Wish
from bot.storage.sql import unnested
from bot.storage.tables import conversations, dead_letters, outbox, updates

DAY = 24 * 3600
KEEP_UPDATES = 8 * DAY  # an update can come again for as long as Telegram keeps it, 24 hours
AT_ONCE = 500  # people, or updates, in one transaction; PostgreSQL has room for some thousand locks in all
SKEW = 60  # seconds by which the clocks of two machines may differ


_LOCK = sa.select(sa.func.pg_advisory_xact_lock(unnested({"numbers": sa.BigInteger()}).c.numbers))


@dataclass(frozen=True, slots=True)
class Retention:
    """For how many days what is kept of a worker is kept after their last word."""

    draft: int = 7
    result: int = 90
    dead_letters: int = 7


class Deletion:
    """Destroys people's keys and rows, and remembers it in the tombstones before it is committed."""

    def __init__(
        self,
        engine: AsyncEngine,
        vault: Keyring,
        tombstones: Tombstones,
        retention: Retention,
        clock: Callable[[], float],
    ) -> None:
        self._engine, self._vault, self._tombstones = engine, vault, tombstones
        self._retention, self._clock = retention, clock
        self._postgres = engine.dialect.name == "postgresql"

    def forget(self, connection: sa.Connection, keys: Mapping[bytes, bytes], now: int) -> None:
        """Delete all that is kept of people, given with their wrapped keys (empty: their row is not read)."""
        self._tombstones.add(
            [Tombstone(person, self._fingerprint(key, person), now) for person, key in keys.items()]
        )
        for table in (conversations, outbox, dead_letters):
            connection.execute(sa.delete(table).where(table.c.person.in_(list(keys))))

    def remember(self, wishes: Collection[Wish]) -> None:
        """Write down what people withdrew or objected to, before it is committed."""
        self._tombstones.wish(wishes)

    def wishes(self) -> list[Wish]:
        """Return what people withdrew or objected to."""
        return self._tombstones.wishes()

    def left_since(self, person: bytes, when: float) -> bool:
        """Return whether a person was deleted at that time or later."""
        return self._tombstones.last(person) >= when

    def _fingerprint(self, key: bytes, person: bytes) -> bytes:
        try:
            return self._vault.fingerprint(key, person)
        except WrongKey:
            return ANY

    async def tidy(self) -> int:
        """Drop what is kept no longer: conversations, dead letters, update ids; gives how many people."""
        now, count = int(self._clock()), 0
        async with self._engine.begin() as connection:
            oldest = now - self._retention.dead_letters * DAY
            await connection.execute(sa.delete(dead_letters).where(dead_letters.c.died_at < oldest))
        while await self._drop_updates(now - KEEP_UPDATES):
            pass  # in small steps: turns come in between
        while expired := await self._expire(now):
            count += expired
        await self.scrub()
        return count

    async def _drop_updates(self, oldest: int) -> int:
        """Drop some of the update ids that can't come again; gives how many."""
        old = sa.select(updates.c.update).where(updates.c.handled_at < oldest).limit(AT_ONCE)
        async with self._engine.begin() as connection:
            dropped = await connection.execute(sa.delete(updates).where(updates.c.update.in_(old)))
        return dropped.rowcount

    async def _expire(self, now: int) -> int:
        """Forget some of those whose days are over; gives how many."""
        c = conversations.c
        over = c.expires_at < now
        async with self._engine.begin() as connection:
            people = list(await connection.scalars(sa.select(c.person).where(over).limit(AT_ONCE)))
            if people and self._postgres:
                await connection.run_sync(lock, people)
            # Who wrote while we waited for the lock stays.
            late = sa.select(c.person, c.key).where(over, c.person.in_(people))
            keys = {row.person: row.key for row in await connection.execute(late)} if people else {}
            if keys:
                await connection.run_sync(self.forget, keys, now)
        return len(keys)

    async def forget_again(self) -> int:
        """Delete again whom an older backup brought back; gives how many rows there were."""
        stones = self._tombstones.all()
        last = {stone.person: stone.at for stone in sorted(stones, key=lambda stone: stone.at)}
        dead = {(stone.person, stone.key) for stone in stones}
        people, count = sorted(last), 0
        for begin in range(0, len(people), AT_ONCE):
            some = {person: last[person] for person in people[begin : begin + AT_ONCE]}
            async with self._engine.begin() as connection:
                count += await connection.run_sync(self._forget_again, some, dead)
        if count:
            await self.scrub()
        return count

    def _forget_again(
        self, connection: sa.Connection, last: Mapping[bytes, int], dead: Collection[tuple[bytes, bytes]]
    ) -> int:
        """Delete the rows whose keys are dead, and the letters of before each person's last deletion."""
        c = conversations.c
        back: dict[bytes, bytes] = {}
        held = sa.select(c.person, c.key, c.changed_at).where(c.person.in_(list(last)))
        for row in connection.execute(held):
            key = self._fingerprint(row.key, row.person)
            old = row.changed_at < last[row.person] - SKEW and (row.person, ANY) in dead
            # A row that changed long after its stone lived on: that deletion was rolled back.
            lived = row.changed_at > last[row.person] + DAY
            if old or (key != ANY and (row.person, key) in dead and not lived):
                back[row.person] = row.key
        if back:
            if self._postgres:
                lock(connection, back)
            connection.execute(sa.delete(conversations).where(c.key.in_(list(back.values()))))
        for table, written in ((outbox, outbox.c.written_at), (dead_letters, dead_letters.c.died_at)):
            keyless = table.c.own & ~sa.exists().where(c.person == table.c.person)  # nobody can open it
            letters = sa.select(table.c.id, table.c.person, written.label("at"), keyless.label("keyless"))
            rows: Any = connection.execute(letters.where(table.c.person.in_(list(last))))
            old = [row.id for row in rows if row.keyless or row.at < last[row.person] - SKEW]
            if old:
                connection.execute(sa.delete(table).where(table.c.id.in_(old)))
        return len(back)

    async def scrub(self) -> None:
        """Wipe what was deleted from SQLite's write-ahead log too."""
        if self._postgres:
            return
        # A reader is at work or the disk is full: the next checkpoint does it.
        with suppress(SQLAlchemyError, sqlite3.Error, OSError):
            async with self._engine.connect() as connection:
                raw: Any = await connection.get_raw_connection()  # in a transaction it couldn't truncate
                await raw.driver_connection.execute_fetchall("PRAGMA wal_checkpoint(TRUNCATE)")


def lock(connection: sa.Connection, people: Iterable[bytes]) -> None:
    """Keep other processes from these people until the commit (PostgreSQL); in order, against deadlock."""
    numbers = sorted({int.from_bytes(person[:8], "big", signed=True) for person in people})
    connection.execute(_LOCK, {"numbers": numbers})
