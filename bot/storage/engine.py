"""Opening a database, its schema and keys: SQLite (WAL), or PostgreSQL when the address says so."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import sqlalchemy as sa
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from alembic import command
from bot.loading.places import MIGRATIONS
from bot.privacy.keyring import Keyring, WrongKey
from bot.privacy.tombstones import Tombstones
from bot.storage.database import Database
from bot.storage.deletion import Retention
from bot.storage.embedded import Embedded
from bot.storage.lease import Lease
from bot.storage.rotation import NOBODY, note_names, orphans
from bot.storage.tables import seals, served_by
from bot.storage.unit_of_work import Settle, Store
from bot.storage.wishes import WithoutResearch, grant_again
from bot.storage.yearly_limit import LIMIT

# The first schema whose releases can work on this release's. A migration that only adds leaves it as it is;
# one that takes away what older releases need moves it on, and comes a release after the last use.
SERVED_SINCE = "0006"


class DatabaseBehind(RuntimeError):
    """The database's schema is not one that this version can work on."""


def open_database(url: str) -> Database:
    """Open the database at an address such as sqlite:///var/bot.sqlite.

    An address that names the driver of release 1.0.0 (sqlite+aiosqlite) opens the same file.
    """
    parsed = sa.make_url(url)
    if parsed.get_backend_name() == "sqlite":
        return Embedded(Path(parsed.database or ""))
    return _server(parsed)


class NoDatabase(ValueError):
    """There is no database to read."""


def open_for_reading(url: str) -> Database:
    """Open a database that is there, so that nothing can be written through it.

    Raises:
        NoDatabase: there is no such SQLite file.
    """
    parsed = sa.make_url(url)
    if parsed.get_backend_name() != "sqlite":
        return _server(parsed, writes=False)
    if not (parsed.database and Path(parsed.database).is_file()):
        raise NoDatabase(f"there is no database at {parsed.database}: name it, or run the bot first")
    return Embedded(Path(parsed.database), writes=False)


def _server(url: sa.URL, *, writes: bool = True) -> Database:
    from bot.storage.server import Server  # late: of the library it needs twice as much as SQLite

    return Server(url, writes=writes)


def alembic_config(connection: sa.Connection | None = None, keyring: Keyring | None = None) -> Config:
    """Return Alembic's settings with the connection to work on and the keys."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    config.attributes["keyring"] = keyring
    return config


async def prepare(database: Database, keyring: Keyring) -> None:
    """Bring an embedded database up to date; refuse a server database that is behind.

    Raises DatabaseBehind, which says what to run, and WrongKey when the keys belong to another database.
    """
    await (check_schema(database) if database.postgres else migrate(database, keyring))
    await prove_keys(database, keyring)


async def check_schema(database: Database) -> None:
    """Refuse a database of a schema that this version can't work on; raises DatabaseBehind."""
    await database.read(_check_schema)


def _check_schema(connection: sa.Connection) -> None:
    current, head = revision(connection), schema_of_release()
    if current != head and not is_newer(connection):
        raise DatabaseBehind(
            f"the database is at schema {current or 'none'}, this version needs {head}: "
            "back it up, then run `python -m bot migrate`"
        )


def schema_of_release() -> str:
    """Return the schema that this release works with."""
    return ScriptDirectory.from_config(alembic_config()).get_current_head() or ""


def is_newer(connection: sa.Connection) -> bool:
    """Return whether a newer release made this schema, and says that this release can work on it.

    Raises DatabaseBehind when this release can't.
    """
    current, scripts = revision(connection), ScriptDirectory.from_config(alembic_config())
    if current is None or current in {script.revision for script in scripts.walk_revisions()}:
        return False
    tables = sa.inspect(connection).get_table_names()
    since = connection.scalar(sa.select(served_by.c.since)) if served_by.name in tables else None
    head = schema_of_release()
    if since is None or since > head:
        raise DatabaseBehind(
            f"the database is at schema {current}, on which this release can't work: stop all processes and "
            f"run `python -m bot migrate --to {head}` with the newer release, or go on with that one"
        )
    return True


async def migrate(database: Database, keyring: Keyring) -> None:
    """Bring any database up to date, and leave one alone that is newer but serves this release.

    Raises DatabaseBehind when it is too new for this release.
    """
    await database.run_long(_upgrade, keyring)


def _upgrade(connection: sa.Connection, keyring: Keyring) -> None:
    if is_newer(connection):
        return
    command.upgrade(alembic_config(connection, keyring), "head")
    connection.execute(sa.delete(served_by))
    connection.execute(sa.insert(served_by).values(since=SERVED_SINCE))


async def migrate_back(database: Database, keyring: Keyring, schema: str, lease: Lease) -> None:
    """Bring a database back to an older schema, for the release that made it; no answer goes.

    Raises DatabaseBehind, and changes nothing, while a process is at work, and for a schema that nobody can
    go back to.
    """
    await database.run_long(_downgrade, keyring, schema, lease)


def _downgrade(connection: sa.Connection, keyring: Keyring, schema: str, lease: Lease) -> None:
    scripts = ScriptDirectory.from_config(alembic_config())
    ways = {script.revision for script in scripts.walk_revisions() if script.revision >= SERVED_SINCE}
    current = revision(connection)
    if schema not in ways or current not in ways or schema > current:
        raise DatabaseBehind(
            f"no way leads back from schema {current or 'none'} to {schema}: restore the backup from before"
        )
    if at_work := connection.execute(lease.keys_at_work()).all():
        raise DatabaseBehind(f"{len(at_work)} processes are at work: stop them first, then run this again")
    command.downgrade(alembic_config(connection, keyring), schema)


def revision(connection: sa.Connection) -> str | None:
    """Return the schema at which a database is; None for an empty one."""
    return MigrationContext.configure(connection).get_current_revision()


async def prove_keys(database: Database, keyring: Keyring) -> None:
    """Refuse keys that are not this database's (WrongKey); a database without keys gets these."""
    await database.run(_prove_keys, keyring)


def _prove_keys(connection: sa.Connection, keyring: Keyring) -> None:
    if not check_keys(connection, keyring):
        key, sealer = keyring.new_key(NOBODY)
        proof = sealer.seal(keyring.pseudonym("0"), NOBODY)
        connection.execute(sa.insert(seals).values(key=key, proof=proof))
    note_names(connection, keyring.names)


def check_keys(connection: sa.Connection, keyring: Keyring) -> bool:
    """Return whether the database has keys; raises WrongKey when these don't open all that lies in it."""
    if count := orphans(connection, keyring.names):
        raise WrongKey(
            f"{count} people's records are wrapped with a master key that is not here: put the older "
            "`wrap` line back into the keys, then run `python -m bot rotate-keys`"
        )
    row = connection.execute(sa.select(seals)).first()
    if row is not None and keyring.sealer(row.key, NOBODY).open(row.proof, NOBODY) != keyring.pseudonym("0"):
        raise WrongKey("the index key is not the one that this database was made with")
    return row is not None


@asynccontextmanager
async def opened(
    url: str,
    keyring: Keyring,
    settle: Settle,
    tombstones: Tombstones | None = None,
    retention: Retention | None = None,
    limit: int = LIMIT,
    without_research: WithoutResearch | None = None,
    *,
    serving: bool = True,
) -> AsyncIterator[Store]:
    """Open the store at `url`, ready for use, and close it at the end.

    without_research takes back a consent to research, for a restored backup that knows nothing of it.
    serving: whether messages are sent from here, which one process at a time may do for an SQLite file: a
    second one gets InUse.
    """
    database = open_database(url)
    try:
        if serving:
            database.alone()
        await prepare(database, keyring)
        store = Store(database, keyring, settle, tombstones=tombstones, retention=retention, limit=limit)
        await store.deletion.forget_again()
        if without_research is not None and (wishes := store.deletion.wishes()):
            await database.run_long(grant_again, keyring, wishes, without_research)
        if serving and not database.postgres:
            await store.outbox.lease.release_everyone()
        yield store
    finally:
        await asyncio.shield(database.dispose())
