"""The outbox: letters written with their turn, held by one process at a time, in order for each person."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from pydantic import TypeAdapter
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.adapters.dead_letters import DeadLetters
from bot.adapters.hold import Hold, elapsed
from bot.adapters.tables import conversations, outbox
from bot.adapters.vault import Locker, Vault, WrongKey
from bot.service import Outgoing

AT_ONCE = 200  # people whose letters are claimed in one go

_outgoing = TypeAdapter(Outgoing)
_WAITING = sa.select(outbox.c.person, outbox.c.holder).where(
    outbox.c.person.in_(sa.bindparam("people", expanding=True))
)


@dataclass(frozen=True, slots=True)
class Letter:
    """A message in the outbox, and the hold under which this process may send it.

    A farewell goes to somebody of whom nothing is kept: no key of their own sealed it.
    """

    id: int
    person: bytes
    outgoing: Outgoing
    holder: bytes
    farewell: bool


class Outbox:
    """Letters, written by turns and sent under this process's hold."""

    def __init__(
        self,
        engine: AsyncEngine,
        vault: Vault,
        clock: Callable[[], float],
        monotonic: Callable[[], float] = elapsed,
    ) -> None:
        self._engine, self._vault, self._clock = engine, vault, clock
        self.hold = Hold(engine, clock, monotonic)
        self.dead = DeadLetters(engine, clock)
        self._doubts = self._settled = 0
        self._claiming = False
        self._forgotten: set[bytes] = set()  # people who deleted everything since the last claim began
        self.left_behind = False  # letters wait that nobody holds, or were left for the next claim

    def doubt(self) -> None:
        """Note that letters may be held under our name that we don't know of: a commit was cut off.

        Until the next `claim` finds them, what is written waits behind them.
        """
        self._doubts += 1

    def forget(self, people: AbstractSet[bytes]) -> None:
        """Note whose letters were deleted: a claim on its way back may bring some of them."""
        self._forgotten |= people

    def write(
        self,
        connection: sa.Connection,
        outgoing: Sequence[Outgoing],
        people: Mapping[int, bytes],
        lockers: Mapping[int, Locker],
        now: int,
    ) -> list[Letter]:
        """Write letters inside a turn's transaction; gives those to send at once.

        A person's letters wait, unheld, while earlier ones are unheld, with another process, or perhaps ours
        by a claim that we haven't heard back from.
        """
        if not outgoing:
            return []
        holder = self.hold.name if self._doubts == self._settled else b""
        elsewhere = self._elsewhere(connection, {people[o.chat] for o in outgoing}, holder)
        rows: list[dict[str, Any]] = []
        for letter in outgoing:
            person, locker = people[letter.chat], lockers.get(letter.chat)
            held = holder if holder and person not in elsewhere else None
            body = (locker or self._vault.service).seal(_outgoing.dump_json(letter), b"letter:" + person)
            rows.append({"person": person, "own": locker is not None, "body": body,
                         "written_at": now, "holder": held})  # fmt: skip
        insert = sa.insert(outbox).returning(outbox.c.id, sort_by_parameter_order=True)
        ids = connection.scalars(insert, rows).all()
        self.left_behind = self.left_behind or any(row["holder"] is None for row in rows)
        return [
            Letter(id, row["person"], letter, row["holder"], not row["own"])
            for id, row, letter in zip(ids, rows, outgoing, strict=True)
            if row["holder"]
        ]

    def _elsewhere(self, connection: sa.Connection, people: AbstractSet[bytes], holder: bytes) -> set[bytes]:
        """Find whose earlier letters we don't surely hold."""
        earlier = connection.execute(_WAITING, {"people": list(people)}).all()
        unsure = not holder or self._claiming  # looked at after the letters: a claim may begin any time
        return {row.person for row in earlier if unsure or row.holder != holder}

    async def claim(self) -> list[Letter]:
        """Take over the letters that nobody holds, all of a person's or none, the oldest first."""
        holder = self.hold.name
        if not holder:
            return []
        self.left_behind, doubts, self._claiming = False, self._doubts, True
        self._forgotten = set()
        try:
            async with self._engine.begin() as connection:
                rows = await self._claimed(connection, holder, ours_too=doubts != self._settled)
            letters = await self._readable(rows, holder)
            while self._forgotten & {letter.person for letter in letters}:
                self._forgotten = set()
                there = await self.still_there(letter.id for letter in letters)
                letters = [letter for letter in letters if letter.id in there]
        except (SQLAlchemyError, OSError):
            self.doubt()
            raise
        finally:
            self._claiming = False
        self._settled = doubts
        return letters

    async def _readable(self, rows: Iterable[sa.Row[Any]], holder: bytes) -> list[Letter]:
        letters = []
        for row in rows:
            try:
                letters.append(self._opened(row, holder))
            except WrongKey:
                await self.dead.bury(row.id, "no key opens it")
        return letters

    async def _claimed(
        self, connection: AsyncConnection, holder: bytes, *, ours_too: bool
    ) -> Sequence[sa.Row[Any]]:
        earlier = outbox.alias()
        first = sa.select(sa.func.min(earlier.c.id)).where(earlier.c.person == outbox.c.person)
        live: sa.ColumnElement[bool] = self.hold.lives(outbox.c.holder)
        if ours_too:
            live &= outbox.c.holder != holder
        free = sa.select(outbox.c.person).where(outbox.c.id == first.scalar_subquery(), ~live)
        found = await connection.scalars(
            free.order_by(outbox.c.id).limit(AT_ONCE).with_for_update(skip_locked=True)
        )
        people = list(found)
        rows: Sequence[sa.Row[Any]] = ()
        if people:
            mine = outbox.c.person.in_(people)
            await connection.execute(sa.update(outbox).where(mine).values(holder=holder))
            rows = (await connection.execute(_with_key().where(mine).order_by(outbox.c.id))).all()
        unheld = sa.select(sa.exists().where(outbox.c.holder.is_(None)))
        self.left_behind |= len(people) == AT_ONCE or bool(await connection.scalar(unheld))
        return rows

    async def still_there(self, letters: Iterable[int]) -> set[int]:
        """Give those of these letters that nobody has deleted."""
        wanted = sa.select(outbox.c.id).where(outbox.c.id.in_(list(letters)))
        async with self._engine.connect() as connection:
            return set(await connection.scalars(wanted))

    async def waiting(self) -> list[Letter]:
        """List every letter in the order of writing."""
        async with self._engine.connect() as connection:
            rows = (await connection.execute(_with_key().order_by(outbox.c.id))).all()
        return [self._opened(row, row.holder or b"") for row in rows]

    async def backlog(self) -> tuple[int, float]:
        """Give the number of letters, and the age of the oldest in seconds (0 when there is none)."""
        async with self._engine.connect() as connection:
            count, oldest = (
                await connection.execute(sa.select(sa.func.count(), sa.func.min(outbox.c.written_at)))
            ).one()
        return count, max(0.0, self._clock() - oldest) if count else 0.0

    async def block(self, person: bytes, letters: Iterable[int]) -> None:
        """Note that a worker blocked the bot: these letters are dropped, and nothing wakes them.

        Who has written meanwhile has unblocked: the answers that wait are theirs to get.
        """
        unanswered = sa.exists().where(outbox.c.person == person)
        async with self._engine.begin() as connection:
            await connection.execute(sa.delete(outbox).where(outbox.c.id.in_(list(letters))))
            mine = (conversations.c.person == person) & ~unanswered
            await connection.execute(sa.update(conversations).where(mine).values(blocked=True))

    def _opened(self, row: sa.Row[Any], holder: bytes) -> Letter:
        locker = self._vault.locker(row.key, row.person) if row.own else self._vault.service
        body = locker.open(row.body, b"letter:" + row.person)
        return Letter(row.id, row.person, _outgoing.validate_json(body), holder, not row.own)


def _with_key() -> sa.Select[Any]:
    joined = outbox.outerjoin(conversations, conversations.c.person == outbox.c.person)
    return sa.select(outbox, conversations.c.key).select_from(joined)
