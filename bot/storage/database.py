"""What storage asks of a database: a transaction at a time, committed or not, within a time limit."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import ClassVar, Concatenate, ParamSpec, TypeVar

import sqlalchemy as sa

PATIENCE = 10.0  # seconds for a transaction, its waiting for locks and for its turn included
CONNECT = 5.0  # seconds for a new connection
READ_ONLY = "25006"  # PostgreSQL's name for it: the server is no longer the first one

Result = TypeVar("Result")
Given = ParamSpec("Given")
Work = Callable[Concatenate[sa.Connection, Given], Result]


class Unanswered(OSError):
    """The database didn't end a transaction in time: it may have happened or not."""


class InUse(OSError):
    """Another process serves this database; the text says what to do."""


class Database(ABC):
    """Runs functions that take a connection, each in a transaction of its own and within a time limit."""

    postgres: ClassVar[bool]  # whether it is a server, which several processes share

    @property
    def shared(self) -> bool:
        """Whether other processes may be at work on it too."""
        return self.postgres

    async def run(self, work: Work[Given, Result], *args: Given.args, **kwargs: Given.kwargs) -> Result:
        """Return what `work` returns, once it is committed.

        Raises SQLAlchemyError or OSError. Then nothing has happened; or, if `work` had ended, perhaps all.
        """
        return await self.within(PATIENCE, lambda c: work(c, *args, **kwargs), commits=True)

    async def read(self, work: Work[Given, Result], *args: Given.args, **kwargs: Given.kwargs) -> Result:
        """Return what `work` returns; nothing that it writes stays. Raises as `run` does."""
        return await self.within(PATIENCE, lambda c: work(c, *args, **kwargs), commits=False)

    async def run_long(self, work: Work[Given, Result], *args: Given.args, **kwargs: Given.kwargs) -> Result:
        """Return what `work` returns as `run` does, however long it takes: for migrations, rotations."""
        return await self.within(None, lambda c: work(c, *args, **kwargs), commits=True)

    async def read_long(self, work: Work[Given, Result], *args: Given.args, **kwargs: Given.kwargs) -> Result:
        """Return what `work` returns, as `read` does, of one state however long it takes: for backups."""
        return await self.within(None, lambda c: work(c, *args, **kwargs), commits=False)

    @abstractmethod
    async def within(
        self, seconds: float | None, work: Callable[[sa.Connection], Result], *, commits: bool
    ) -> Result:
        """Return what `work` returns, done in one transaction in so many seconds."""

    @abstractmethod
    async def scrub(self) -> None:
        """Wipe what was deleted from where it still lies beside the tables, as far as that can be done."""

    @abstractmethod
    def alone(self) -> None:
        """Refuse a second process that serves what only one may serve; raises InUse."""

    @abstractmethod
    async def dispose(self) -> None:
        """Close every connection."""


def drop_read_only(context: sa.engine.ExceptionContext) -> None:
    """Drop a session that can't write any more, so that the next one reaches a server that can."""
    original = context.original_exception
    if getattr(original, "sqlstate", "") == READ_ONLY or "readonly" in str(original):
        context.is_disconnect = True
