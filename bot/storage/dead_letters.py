"""Letters that Telegram refused for ever: an operator looks at them, tries them again or drops them."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass

import sqlalchemy as sa

from bot.storage.database import Database
from bot.storage.locks import lock
from bot.storage.tables import dead_letters, outbox

SAME = ("person", "own", "body")  # what a letter takes along, to either side


@dataclass(frozen=True, slots=True)
class Dead:
    """A letter that Telegram refused for ever, without its content."""

    id: int
    reason: str
    died_at: int


def holder_of(connection: sa.Connection, letter: int) -> bytes | None:
    """Return who holds a letter, kept so until the transaction ends; None for a letter that has ended.

    An end is recorded again where nobody knows whether its commit happened, so that a letter may be gone.
    """
    look = sa.select(outbox.c.holder).where(outbox.c.id == letter).with_for_update()
    row = connection.execute(look).first()
    return None if row is None else row.holder or b""


class DeadLetters:
    """The table beside the outbox; a letter lies in one of them."""

    def __init__(self, database: Database, clock: Callable[[], float]) -> None:
        self._database, self._clock = database, clock

    async def bury(self, letter: int, reason: str, holder: bytes) -> bool:
        """Move a letter here that will never arrive; False, and nothing, if another process took it over.

        The former holder knows only what the channel said to it; the new holder asks again.
        """
        return await self._database.run(self._bury, letter, reason, holder)

    def _bury(self, connection: sa.Connection, letter: int, reason: str, holder: bytes) -> bool:
        found = holder_of(connection, letter)
        if found == holder:
            self.bury_within(connection, letter, reason)
        return found in (holder, None)

    def bury_within(self, connection: sa.Connection, letter: int, reason: str) -> None:
        """Move a letter here, inside somebody's transaction."""
        row = sa.select(
            *(outbox.c[name] for name in SAME),
            sa.literal(reason).label("reason"),
            sa.literal(int(self._clock()), sa.BigInteger).label("died_at"),
        ).where(outbox.c.id == letter)
        connection.execute(sa.insert(dead_letters).from_select([*SAME, "reason", "died_at"], row))
        connection.execute(sa.delete(outbox).where(outbox.c.id == letter))

    async def all(self) -> list[Dead]:
        """List them, the oldest first."""
        columns = (dead_letters.c.id, dead_letters.c.reason, dead_letters.c.died_at)
        rows = await self._database.read(
            lambda connection: connection.execute(sa.select(*columns).order_by(dead_letters.c.id)).all()
        )
        return [Dead(row.id, row.reason, row.died_at) for row in rows]

    async def retry(self, ids: Iterable[int]) -> int:
        """Put letters back into the outbox; returns how many there were."""
        wanted = list(ids)
        chosen = dead_letters.c.id.in_(wanted)
        row = sa.select(
            *(dead_letters.c[name] for name in SAME), dead_letters.c.died_at.label("written_at")
        ).where(chosen)
        back = sa.insert(outbox).from_select([*SAME, "written_at"], row.order_by(dead_letters.c.id))

        def move(connection: sa.Connection) -> int:
            _lock_people(connection, wanted)
            connection.execute(back)
            return connection.execute(sa.delete(dead_letters).where(chosen)).rowcount

        return await self._database.run(move)

    async def drop(self, ids: Iterable[int]) -> int:
        """Drop letters for good; returns how many there were."""
        wanted = list(ids)
        chosen = sa.delete(dead_letters).where(dead_letters.c.id.in_(wanted))

        def delete(connection: sa.Connection) -> int:
            _lock_people(connection, wanted)
            return connection.execute(chosen).rowcount

        return await self._database.run(delete)


def _lock_people(connection: sa.Connection, letters: Collection[int]) -> None:
    """Lock the people whose letters are moved, so that a deletion meanwhile gets none back."""
    people = sa.select(dead_letters.c.person).where(dead_letters.c.id.in_(letters))
    lock(connection, connection.scalars(people))
