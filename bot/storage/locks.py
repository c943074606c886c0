"""Locks on people, which every transaction takes before any row, so that no two wait for each other.

On PostgreSQL a transaction locks all whose rows it may change, in the order of their numbers, before it
touches a row. A claim takes its people's locks only where nobody has them. A transaction that waits for
rows without these locks holds none meanwhile. SQLite has one writer at a time and needs none of it.
"""

from collections.abc import Iterable

import sqlalchemy as sa

from bot.storage.sql import unnested

_LOCK = sa.select(sa.func.pg_advisory_xact_lock(unnested({"numbers": sa.BigInteger()}).c.numbers))
_LONG = 8  # bytes of a pseudonym that make a lock's number


def lock(connection: sa.Connection, people: Iterable[bytes]) -> None:
    """Keep other processes from these people until the commit; does nothing on SQLite."""
    numbers = sorted({int.from_bytes(person[:_LONG], "big", signed=True) for person in people})
    if numbers and connection.dialect.name == "postgresql":
        connection.execute(_LOCK, {"numbers": numbers})


def locked_at_once(person: sa.ColumnElement[bytes]) -> sa.ColumnElement[bool]:
    """Return the condition that a person's lock was free and is ours until the commit (PostgreSQL)."""
    digits = sa.func.encode(sa.func.substring(person, 1, _LONG), "hex")
    number = sa.literal_column("'x'").op("||")(digits).op("::")(sa.literal_column("bit(64)::bigint"))
    return sa.func.pg_try_advisory_xact_lock(sa.type_coerce(number, sa.BigInteger))
