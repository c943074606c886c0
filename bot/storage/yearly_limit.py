"""How many people may join in a calendar year: the last places are given to nobody twice."""

from collections.abc import Callable
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from bot.dialogue.reminders import CHINA
from bot.storage.tables import years

LIMIT = 9_999  # people a calendar year: beyond, the law on transfers abroad asks for an assessment
FEW = 1_000  # places left from which on processes give them one after the other


_JOINED = sa.select(years.c.people).where(years.c.year == sa.bindparam("year"))
_LOCK = sa.select(sa.func.pg_advisory_xact_lock(sa.bindparam("year", type_=sa.BigInteger)))


class YearlyLimit:
    """The count of people who joined, kept in the turn's own transaction."""

    def __init__(self, people: int, clock: Callable[[], float], *, postgres: bool) -> None:
        self._people, self._clock, self._postgres = people, clock, postgres
        joining = (postgresql.insert if postgres else sqlite.insert)(years)
        more = {"people": years.c.people + joining.excluded.people}
        self._joining = joining.on_conflict_do_update(index_elements=["year"], set_=more)

    def room(self, connection: sa.Connection) -> int:
        """Return how many people may still join this year, by China's calendar."""
        year = {"year": self._year()}
        people = connection.scalar(_JOINED, year) or 0
        if self._postgres and 0 < self._people - people <= FEW:
            # After the locks of the chats, always in this order.
            connection.execute(_LOCK, year)
            people = connection.scalar(_JOINED, year) or 0
        return max(0, self._people - people)

    def people(self, connection: sa.Connection) -> int:
        """Return how many people agreed this year."""
        return connection.scalar(_JOINED, {"year": self._year()}) or 0

    def note(self, connection: sa.Connection, joined: int) -> None:
        """Count those who joined in this transaction."""
        if joined:
            connection.execute(self._joining, {"year": self._year(), "people": joined})

    def begins(self) -> float:
        """Return when this calendar year began in China, in seconds since 1970."""
        return datetime(self._year(), 1, 1, tzinfo=CHINA).timestamp()

    def _year(self) -> int:
        return datetime.fromtimestamp(self._clock(), CHINA).year
