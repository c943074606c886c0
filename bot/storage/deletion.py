"""Deletion: on a worker's word, at the end of the days for which something is kept, and after a restore."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import sqlalchemy as sa

from bot.privacy.keyring import Keyring, WrongKey
from bot.privacy.tombstones import ANY, Tombstone, Tombstones, Wish
from bot.storage.database import Database
from bot.storage.locks import lock
from bot.storage.outliving import Outlived, outlive, outlived
from bot.storage.tables import DAY as DAY
from bot.storage.tables import conversations, dead_letters, outbox, updates

KEEP_UPDATES = 8 * DAY  # an update can come again for as long as Telegram keeps it, 24 hours
AT_ONCE = 500  # people, or updates, in one transaction; PostgreSQL has room for some thousand locks in all
SKEW = 60  # seconds by which the clocks of two machines may differ


@dataclass(frozen=True, slots=True)
class Retention:
    """For how many days what is kept of a worker is kept after their last word."""

    draft: int = 7
    result: int = 90
    dead_letters: int = 7


class _Over(NamedTuple):
    """How many rows were looked at whose days are over, and how many people were forgotten."""

    looked_at: int
    forgotten: int


class Deletion:
    """Destroys people's keys and rows, and remembers it in the tombstones before it is committed."""

    def __init__(
        self,
        database: Database,
        keyring: Keyring,
        tombstones: Tombstones,
        retention: Retention,
        clock: Callable[[], float],
    ) -> None:
        self._database, self._keyring, self._tombstones = database, keyring, tombstones
        self._retention, self._clock = retention, clock

    def forget(self, connection: sa.Connection, keys: Mapping[bytes, bytes], now: int) -> None:
        """Delete all that is kept of people, given with their wrapped keys (empty: their row is not read)."""
        c = conversations.c
        agreed = sa.select(c.person).where(c.person.in_(list(keys)), c.consent.is_not(None))
        self._tombstones.had_agreed(list(connection.scalars(agreed)), now)
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
        """Return whether a person who had agreed was deleted at that time or later."""
        return self._tombstones.left(person) >= when

    def _fingerprint(self, key: bytes, person: bytes) -> bytes:
        try:
            return self._keyring.fingerprint(key, person)
        except WrongKey:
            return ANY

    async def tidy(self, at: float | None = None) -> int:
        """Drop what is kept no longer: conversations, what was said to tools, dead letters, update ids.

        Gives how many people went.

        at: the time that the caller has held against another clock, if it has; Unix seconds.
        """
        now, count = int(self._clock() if at is None else at), 0
        died = dead_letters.c.died_at < now - self._retention.dead_letters * DAY
        while await self._database.run(_of_some, dead_letters, died, sa.delete(dead_letters)):
            pass  # in small steps: turns come in between
        unsaid = sa.update(conversations).values(tool=None, tool_until=None)
        while await self._database.run(_of_some, conversations, conversations.c.tool_until < now, unsaid):
            pass
        while await self._drop_updates(now - KEEP_UPDATES):
            pass
        while (over := await self._database.run(self._expire, now)).looked_at:
            count += over.forgotten
        await self._database.scrub()
        return count

    async def _drop_updates(self, oldest: int) -> int:
        """Drop some of the update ids that can't come again; returns how many."""
        old = sa.select(updates.c.update).where(updates.c.handled_at < oldest).limit(AT_ONCE)
        dropping = sa.delete(updates).where(updates.c.update.in_(old))
        return await self._database.run(lambda connection: connection.execute(dropping).rowcount)

    def _expire(self, connection: sa.Connection, now: int) -> "_Over":
        """Forget some of those whose days are over, but for the yearly dates that they opted into."""
        c = conversations.c
        over = c.expires_at < now
        people = list(connection.scalars(sa.select(c.person).where(over).limit(AT_ONCE)))
        lock(connection, people)
        # A person who wrote while we waited for the lock stays.
        late = sa.select(conversations).where(over, c.person.in_(people))
        rows = connection.execute(late).all() if people else []
        left: dict[bytes, Outlived] = {
            row.person: rest
            for row in rows
            if (rest := outlived(connection, self._keyring, row, now)) is not None
        }
        keys = {row.person: row.key for row in rows if row.person not in left}
        if keys:
            self.forget(connection, keys, now)
        self._tombstones.add([rest.stone for rest in left.values() if rest.stone is not None])
        for person, rest in left.items():
            outlive(connection, person, rest)
        return _Over(len(rows), len(keys))

    async def forget_again(self) -> int:
        """Delete again whom an older backup brought back; returns how many rows there were."""
        stones = self._tombstones.all()
        last = {stone.person: stone.at for stone in sorted(stones, key=lambda stone: stone.at)}
        dead = {(stone.person, stone.key) for stone in stones}
        people, count = sorted(last), 0
        for begin in range(0, len(people), AT_ONCE):
            some = {person: last[person] for person in people[begin : begin + AT_ONCE]}
            count += await self._database.run(self._forget_again, some, dead)
        if count:
            await self._database.scrub()
        return count

    def _forget_again(
        self, connection: sa.Connection, last: Mapping[bytes, int], dead: Collection[tuple[bytes, bytes]]
    ) -> int:
        """Delete the rows whose keys are dead, and the messages that came back with them.

        A message under a person's own key goes by whether that key is there. Its time would say less: a
        deletion under a clock that was ahead would drop what waits for a person who began again.
        """
        c = conversations.c
        tables = (conversations, outbox, dead_letters)
        kept = sa.union(*(sa.select(t.c.person).where(t.c.person.in_(list(last))) for t in tables))
        there = connection.scalars(kept).all()
        if not there:
            return 0
        lock(connection, there)
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
            connection.execute(sa.delete(conversations).where(c.key.in_(list(back.values()))))
        for table, written in ((outbox, outbox.c.written_at), (dead_letters, dead_letters.c.died_at)):
            keyless = table.c.own & ~sa.exists().where(c.person == table.c.person)  # nobody can open it
            columns = (table.c.id, table.c.person, table.c.own)
            messages = sa.select(*columns, written.label("at"), keyless.label("keyless"))
            rows: Any = connection.execute(messages.where(table.c.person.in_(list(last))))
            old = [r.id for r in rows if r.keyless or (not r.own and r.at < last[r.person] - SKEW)]
            if old:
                connection.execute(sa.delete(table).where(table.c.id.in_(old)))
        return len(back)


def _of_some(
    connection: sa.Connection,
    table: sa.Table,
    over: sa.ColumnElement[bool],
    change: sa.Update | sa.Delete,
) -> int:
    """Change the rows of some of the people with rows that are over; returns of how many people."""
    people = connection.scalars(sa.select(table.c.person).where(over).distinct().limit(AT_ONCE)).all()
    lock(connection, people)
    if people:
        connection.execute(change.where(over, table.c.person.in_(people)))
    return len(people)
