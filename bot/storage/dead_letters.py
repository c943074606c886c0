"""Letters that Telegram refused for ever: an operator looks at them, tries them again or drops them."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.storage.tables import dead_letters, outbox

SAME = ("person", "own", "body")  # what a letter takes along, to either side


@dataclass(frozen=True, slots=True)
class Dead:
    """A letter that Telegram refused for ever, without its content."""

    id: int
    reason: str
    died_at: int


class DeadLetters:
    """The table beside the outbox; a letter lies in one of them."""

    def __init__(self, engine: AsyncEngine, clock: Callable[[], float]) -> None:
        self._engine, self._clock = engine, clock

    async def bury(self, letter: int, reason: str) -> None:
        """Move a letter here that will never arrive."""
        async with self._engine.begin() as connection:
            await connection.run_sync(self.bury_within, letter, reason)

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
        async with self._engine.connect() as connection:
            rows = await connection.execute(sa.select(*columns).order_by(dead_letters.c.id))
            return [Dead(row.id, row.reason, row.died_at) for row in rows]

    async def retry(self, ids: Iterable[int]) -> int:
        """Put letters back into the outbox; gives how many there were."""
        chosen = dead_letters.c.id.in_(list(ids))
        row = sa.select(
            *(dead_letters.c[name] for name in SAME), dead_letters.c.died_at.label("written_at")
        ).where(chosen)
        async with self._engine.begin() as connection:
            await connection.execute(
                sa.insert(outbox).from_select([*SAME, "written_at"], row.order_by(dead_letters.c.id))
            )
            return (await connection.execute(sa.delete(dead_letters).where(chosen))).rowcount

    async def drop(self, ids: Iterable[int]) -> int:
        """Drop letters for good; gives how many there were."""
        async with self._engine.begin() as connection:
            chosen = sa.delete(dead_letters).where(dead_letters.c.id.in_(list(ids)))
            return (await connection.execute(chosen)).rowcount
