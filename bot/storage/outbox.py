"""The outbox: messages written with their turn, held by one process at a time, in order for each person."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from pydantic import ValidationError

from bot.privacy.keyring import Keyring, Sealer, WrongKey
from bot.storage.database import Database
from bot.storage.dead_letters import DeadLetters, holder_of
from bot.storage.group_commit import GroupCommit
from bot.storage.lease import Lease, elapsed
from bot.storage.locks import lock, locked_at_once
from bot.storage.outbound_format import dumped, loaded
from bot.storage.sql import among, padded, unnested
from bot.storage.tables import conversations, outbox
from bot.turns.contract import Address, Outbound

AT_ONCE = 200  # people whose messages are claimed in one go

# Made once: to build a statement takes longer than SQLite needs for it.
_WAITING = sa.select(outbox.c.person, outbox.c.holder).where(among(outbox.c.person, "people"))
_KEYS = sa.select(conversations.c.person, conversations.c.key).where(among(conversations.c.person, "people"))
_THERE = sa.select(outbox.c.id).where(among(outbox.c.id, "ids"))
_UNHELD = sa.select(sa.exists().where(outbox.c.holder.is_(None)))
_COLUMNS = ("person", "own", "body", "written_at", "holder")
_given = unnested({name: outbox.c[name].type for name in _COLUMNS})
_WRITE = {
    "sqlite": sa.insert(outbox).returning(outbox.c.id, sort_by_parameter_order=True),
    # In the order of the numbers, which are given in the order of the rows.
    "postgresql": sa.insert(outbox)
    .from_select(_COLUMNS, sa.select(*(_given.c[name] for name in _COLUMNS)).order_by(_given.c.place))
    .returning(outbox.c.id),
}


def _take(free: sa.ColumnElement[bool], *, postgres: bool) -> sa.UpdateBase:
    """Return the statement that takes over the messages of people whose first message is free.

    Nobody waits for them: a person whose turn is under way elsewhere is left for the next time.
    """
    earlier = outbox.alias()
    behind = sa.exists().where(earlier.c.person == outbox.c.person, earlier.c.id < outbox.c.id)
    first = sa.select(outbox.c.person).where(free, ~behind).order_by(outbox.c.id)
    chosen = first.limit(sa.bindparam("most")).with_for_update(skip_locked=True, of=outbox).cte("chosen")
    if postgres:
        chosen = sa.select(chosen.c.person).where(locked_at_once(chosen.c.person)).cte("ours")
    taking = sa.update(outbox).where(outbox.c.person == chosen.c.person)
    return taking.values(holder=sa.bindparam("ours")).returning(*outbox.c)


_TAKE_UNHELD = {postgres: _take(outbox.c.holder.is_(None), postgres=postgres) for postgres in (False, True)}
_HELD = sa.select(sa.func.count()).where(outbox.c.holder == sa.bindparam("ours"))


@dataclass(frozen=True, slots=True)
class Queued:
    """A message in the outbox, and the lease under which this process may send it.

    A farewell goes to somebody of whom nothing is kept: no key of their own sealed it.
    """

    id: int
    person: bytes
    outgoing: Outbound
    holder: bytes
    farewell: bool


@dataclass(frozen=True, slots=True)
class Claimed:
    """Messages taken over, whether more may be there, and whether any wait that nobody holds."""

    messages: Sequence[Queued]
    more: bool
    left_behind: bool


class Outbox:
    """Messages, written by turns and sent under this process's lease."""

    def __init__(
        self,
        database: Database,
        keyring: Keyring,
        clock: Callable[[], float],
        monotonic: Callable[[], float] = elapsed,
    ) -> None:
        self._database, self._keyring, self._clock = database, keyring, clock
        self.lease = Lease(database, clock, monotonic, b"".join(keyring.names))
        self.dead = DeadLetters(database, clock)
        self._postgres = database.postgres
        self._looks: GroupCommit[frozenset[int], frozenset[int]] = GroupCommit(self._look, AT_ONCE)
        self._in_doubt = self._leaving = False
        self.left_behind = False  # messages wait that nobody holds, or were left for the next claim

    def doubt(self) -> None:
        """Note that messages may be held under our name that we don't know of: a commit was cut off.

        Until the next `claim` finds them, what is written waits behind them.
        """
        self._in_doubt = True

    def leave(self) -> None:
        """Hold nothing new from now on: this process is to stop, and what it writes is for others to send."""
        self._leaving = True

    async def let_go(self, but: Collection[bytes] = ()) -> None:
        """Leave what is held to other processes, but for some people's; raises as `Database.run` does."""
        mine = sa.select(outbox.c.id).where(
            outbox.c.holder == self.lease.held_under, outbox.c.person.not_in(list(but))
        )
        # A row that another transaction has locked is free too, at the end of the lease.
        free = mine.with_for_update(skip_locked=True)
        letting = sa.update(outbox).where(outbox.c.id.in_(free)).values(holder=None)
        await self._database.run(lambda connection: connection.execute(letting))

    def write(
        self,
        connection: sa.Connection,
        outgoing: Sequence[Outbound],
        people: Mapping[Address, bytes],
        sealers: Mapping[Address, Sealer],
        now: int,
    ) -> list[Queued]:
        """Write messages inside a turn's transaction; returns those to send at once.

        A person's messages wait, unheld, while earlier ones are unheld, with another process, or perhaps ours
        by a commit that we haven't heard back from.
        """
        if not outgoing:
            return []
        holder = b"" if self._in_doubt or self._leaving else self.lease.name
        elsewhere = self._elsewhere(connection, {people[o.chat] for o in outgoing}, holder)
        rows = [
            self._sealed(message, people[message.chat], sealers.get(message.chat)) for message in outgoing
        ]
        for row in rows:
            held = holder and row["person"] not in elsewhere
            row |= {"written_at": now, "holder": holder if held else None}
        ids = self._written(connection, rows)
        self.left_behind = self.left_behind or any(row["holder"] is None for row in rows)
        return [
            Queued(id, row["person"], message, row["holder"], not row["own"])
            for id, row, message in zip(ids, rows, outgoing, strict=True)
            if row["holder"]
        ]

    def _sealed(self, message: Outbound, person: bytes, sealer: Sealer | None) -> dict[str, Any]:
        body = (sealer or self._keyring.service).seal(dumped(message), b"letter:" + person)
        return {"person": person, "own": sealer is not None, "body": body}

    def _elsewhere(self, connection: sa.Connection, people: AbstractSet[bytes], holder: bytes) -> set[bytes]:
        """Find whose earlier messages we don't surely hold."""
        earlier = connection.execute(_WAITING, {"people": padded(people)}).all()
        return {row.person for row in earlier if not holder or row.holder != holder}

    def _written(self, connection: sa.Connection, rows: Sequence[Mapping[str, Any]]) -> Sequence[int]:
        if not self._postgres:
            return connection.scalars(_WRITE["sqlite"], rows).all()
        arrays = {name: [row[name] for row in rows] for name in _COLUMNS}
        return sorted(connection.scalars(_WRITE["postgresql"], arrays))

    def claim(self, connection: sa.Connection, *, inherited: bool = True) -> Claimed | None:
        """Take over the messages that nobody holds, all of a person's or none, the oldest first.

        With `inherited` also those of processes that have ended: all messages are looked through for them.
        Call `claimed` after the commit. None: we hold nothing ourselves.
        """
        holder = self.lease.name
        if not holder or self._leaving:
            return None
        take = _TAKE_UNHELD[self._postgres]
        if inherited or self._in_doubt:
            live: sa.ColumnElement[bool] = self.lease.lives(outbox.c.holder)
            free = ~(live & (outbox.c.holder != holder)) if self._in_doubt else ~live
            take = _take(free, postgres=self._postgres)
        rows = connection.execute(take, {"ours": holder, "most": AT_ONCE}).all()
        more = len({row.person for row in rows}) == AT_ONCE
        if self._in_doubt and not more:  # whose turn is under way elsewhere was passed over
            more = connection.scalar(_HELD, {"ours": holder}) != len(rows)
        messages = self._readable(connection, rows, holder)
        return Claimed(messages, more, left_behind=more or bool(connection.scalar(_UNHELD)))

    def _readable(
        self, connection: sa.Connection, rows: Sequence[sa.Row[Any]], holder: bytes
    ) -> list[Queued]:
        """Open messages, the oldest first; what can't be read is set aside, and holds up nobody."""
        people = {row.person for row in rows}
        found = connection.execute(_KEYS, {"people": padded(people)}) if people else ()
        keys: dict[bytes, bytes] = {row.person: row.key for row in found}
        messages = []
        for row in sorted(rows, key=lambda row: row.id):
            try:
                messages.append(self._opened(row, keys.get(row.person), holder))
            except WrongKey:
                self.dead.bury_within(connection, row.id, "no key opens it")
            except ValidationError:  # another version wrote it
                self.dead.bury_within(connection, row.id, "it can't be read")
        return messages

    def claimed(self, claimed: Claimed) -> None:
        """Record that a claim was committed: all messages under our name are known, unless it was full."""
        self._in_doubt &= claimed.more
        self.left_behind = claimed.left_behind

    async def still_there(self, messages: Iterable[int]) -> frozenset[int]:
        """Return those of these messages that nobody has deleted; calls meanwhile share the next look."""
        return await self._looks.put(frozenset(messages))

    async def _look(self, wanted: Sequence[frozenset[int]]) -> list[frozenset[int] | Exception]:
        ids = {"ids": padded(frozenset().union(*wanted))}
        there = await self._database.read(lambda connection: frozenset(connection.scalars(_THERE, ids)))
        return [messages & there for messages in wanted]

    async def waiting(self) -> list[Queued]:
        """List every message in the order of writing."""

        def look(connection: sa.Connection) -> list[Queued]:
            rows = connection.execute(sa.select(outbox).order_by(outbox.c.id)).all()
            found = connection.execute(_KEYS, {"people": padded({row.person for row in rows})})
            keys = {row.person: row.key for row in found}
            return [self._opened(row, keys.get(row.person), row.holder or b"") for row in rows]

        return await self._database.read(look)

    async def backlog(self) -> tuple[int, float]:
        """Return the number of messages, and the age of the oldest in seconds (0 when there is none)."""
        look = sa.select(sa.func.count(), sa.func.min(outbox.c.written_at))
        count, oldest = await self._database.read(lambda connection: connection.execute(look).one())
        return count, max(0.0, self._clock() - oldest) if count else 0.0

    async def block(self, message: Queued, messages: Iterable[Queued]) -> bool:
        """Note that a worker blocked the bot, as this message met it: these go, and nothing wakes them.

        False, and nothing, if another process took that message over: what we heard may be long past. A
        worker who wrote meanwhile has unblocked, so the waiting answers are theirs to get.
        """
        return await self._database.run(self._block, message, list(messages))

    def _block(self, connection: sa.Connection, message: Queued, messages: list[Queued]) -> bool:
        people = {message.person, *(other.person for other in messages)}
        lock(connection, people)  # or a turn and this could wait for each other
        found = holder_of(connection, message.id)
        if found == message.holder:
            c = conversations.c
            unanswered = sa.exists().where(outbox.c.person == c.person)
            mine = c.person.in_(people) & ~unanswered
            connection.execute(sa.delete(outbox).where(outbox.c.id.in_([other.id for other in messages])))
            connection.execute(sa.update(conversations).where(mine).values(blocked=True))
        return found in (message.holder, None)

    def _opened(self, row: sa.Row[Any], key: bytes | None, holder: bytes) -> Queued:
        sealer = self._keyring.sealer(key or b"", row.person) if row.own else self._keyring.service
        body = sealer.open(row.body, b"letter:" + row.person)
        return Queued(row.id, row.person, loaded(body), holder, not row.own)
