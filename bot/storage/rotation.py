"""Changes the master key that wraps people's keys: known to every process first, used only then."""

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from bot.privacy.keyring import NAME, Keyring, WrongKey
from bot.storage.database import Database
from bot.storage.lease import Lease
from bot.storage.tables import conversations, seals, wraps

NOBODY = b"nobody"  # whose key proves that the master keys are the right ones


class KeyNotKnown(RuntimeError):
    """A process at work doesn't have the key that is to be used; the text says what to do."""


@dataclass(frozen=True, slots=True)
class Rewrapped:
    """How many keys were rewrapped, and the names of the wrapping keys that are still in use."""

    count: int
    in_use: frozenset[bytes]


def in_use(connection: sa.Connection, name: bytes) -> bool:
    """Return whether rows may lie under this name, so that another process, or an older key, opens them."""
    return bool(connection.scalar(sa.select(sa.exists().where(wraps.c.name == name))))


def note_names(connection: sa.Connection, names: Iterable[bytes]) -> None:
    """Write down that rows may lie under these names from now on."""
    kind = postgresql if connection.dialect.name == "postgresql" else sqlite
    rows = [{"name": name} for name in names]
    connection.execute(kind.insert(wraps).on_conflict_do_nothing(), rows)


def orphans(connection: sa.Connection, names: Iterable[bytes]) -> int:
    """Return how many people's rows lie under a name that was in use and is not among these."""
    known = sa.select(wraps.c.name).where(wraps.c.name.not_in(list(names)))
    if connection.scalar(sa.select(~known.exists())):
        return 0
    lost = sa.select(sa.func.count()).where(sa.func.substr(conversations.c.key, 1, NAME).in_(known))
    return connection.scalar(lost) or 0


async def rewrap(database: Database, keyring: Keyring, lease: Lease) -> Rewrapped:
    """Wrap every person's key with the newest master key.

    Raises KeyNotKnown while a process at work couldn't open what this would write.
    """
    return await database.run_long(_rewrap, keyring, lease)


def _rewrap(connection: sa.Connection, keyring: Keyring, lease: Lease) -> Rewrapped:
    count, c = 0, conversations.c
    rows_at_work = connection.execute(lease.keys_at_work()).all()
    known = [_names(row[0]) for row in rows_at_work]
    if blind := sum(keyring.newest not in names for names in known):
        raise KeyNotKnown(
            f"{blind} of {len(known)} processes at work don't know the newest key: nothing was changed. "
            "Restart them, then run this again"
        )
    if connection.dialect.name == "postgresql":  # a table's lock: there may be more people than locks
        connection.exec_driver_sql("LOCK TABLE conversations IN SHARE ROW EXCLUSIVE MODE")
    for row in connection.execute(sa.select(c.person, c.key)).all():
        if row.key.startswith(keyring.newest):
            continue
        with suppress(WrongKey):  # nobody opens that row, with no key; its worker can delete it
            wrapped = keyring.rewrapped(row.key, row.person)
            unchanged = (c.person == row.person) & (c.key == row.key)
            connection.execute(sa.update(conversations).where(unchanged).values(key=wrapped))
            count += 1
    key = connection.scalar(sa.select(seals.c.key))
    if key is not None:
        connection.execute(sa.update(seals).values(key=keyring.rewrapped(key, NOBODY)))
    prefixes = sa.select(sa.func.substr(c.key, 1, NAME)).distinct()
    rows = frozenset(connection.scalars(prefixes))
    writing = frozenset(names[0] for names in known if names)
    noted = frozenset(connection.scalars(sa.select(wraps.c.name)))
    used = (rows & (noted | frozenset(keyring.names))) | writing | {keyring.newest}
    note_names(connection, used)
    connection.execute(sa.delete(wraps).where(wraps.c.name.not_in(used)))
    return Rewrapped(count, used)


def _names(keys: bytes | None) -> tuple[bytes, ...]:
    """Return the names that a process reported; none when its release reports none."""
    given = keys or b""
    return tuple(given[at : at + NAME] for at in range(0, len(given), NAME))


def needless(keyring: Keyring, in_use: Iterable[bytes]) -> tuple[int, ...]:
    """Return the places (1 is the first) of the `wrap` lines that no row and no process needs any more."""
    names = keyring.names[: len(keyring.keys.wraps)]
    return tuple(place for place, name in enumerate(names, 1) if name not in set(in_use))
