"""Keeps what is counted of everybody, beside the turns: written once a minute, and nobody waits for it."""

import time
from collections import Counter
from collections.abc import Callable

from sqlalchemy.dialects import postgresql, sqlite

from bot.dialogue.counting import Count
from bot.storage.database import Database
from bot.storage.jobs import Committed
from bot.storage.tables import counts


class Counts:
    """The unwritten numbers of one process; a killed process loses a minute of them, no more."""

    def __init__(self, database: Database, clock: Callable[[], float] = time.time) -> None:
        self._database, self._clock = database, clock
        self._waiting: Counter[Count] = Counter()
        self._insert = postgresql.insert if database.postgres else sqlite.insert

    def hear(self, effect: Committed) -> None:
        """Add what a commit did."""
        self._waiting.update(effect.events.counts)

    def add(self, what: Count) -> None:
        """Add one of what no commit does."""
        self._waiting[what] += 1

    async def write(self) -> None:
        """Add what has come together to the table; raises SQLAlchemyError or OSError, then it waits on."""
        taken, self._waiting = self._waiting, Counter()
        insert = self._insert(counts)
        more = {"number": counts.c.number + insert.excluded.number}
        rows = [
            {"what": what, "which": which, "number": number, "since": int(self._clock())}
            for (what, which), number in sorted(taken.items())  # in one order everywhere, against deadlock
        ]
        try:
            if rows:
                added = insert.on_conflict_do_update(index_elements=["what", "which"], set_=more)
                await self._database.run(lambda connection: connection.execute(added, rows))
        except BaseException:
            self._waiting.update(taken)
            raise
