"""Opening a database: SQLite (WAL) by default, PostgreSQL when the address says so; its schema and keys."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import sqlalchemy as sa
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from alembic import command
from bot.loading.places import MIGRATIONS
from bot.privacy.keyring import Keyring, WrongKey
from bot.privacy.tombstones import Tombstones
from bot.storage.deletion import Retention
from bot.storage.embedded import open_embedded
from bot.storage.rotation import NOBODY, note_names, orphans
from bot.storage.tables import seals
from bot.storage.unit_of_work import Settle, Store
from bot.storage.wishes import WithoutResearch, grant_again
from bot.storage.yearly_limit import LIMIT

IDLE = 5.0  # seconds for which a transaction may wait for our next word; then its chats are free again


class DatabaseBehind(RuntimeError):
    """The database's schema is not the one that this version needs."""


def open_engine(url: str) -> AsyncEngine:
    """Open the database at an SQLAlchemy address such as sqlite+aiosqlite:///var/bot.sqlite."""
    if not url.startswith("sqlite"):
        # A server that is gone is noticed at the next turn, which then fails and is delivered again. A
        # process that stops, or whose machine vanishes, keeps nobody from the chats whose turns it took.
        patience = {"idle_in_transaction_session_timeout": f"{IDLE:.0f}s"}
        return create_async_engine(
            url,
            hide_parameters=True,
            pool_size=4,
            max_overflow=2,
            pool_timeout=10,
            connect_args={"server_settings": patience},
        )
    return open_embedded(sa.make_url(url))


def alembic_config(connection: sa.Connection | None = None, vault: Keyring | None = None) -> Config:
    """Give Alembic its settings, the connection to work on, and the keys."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    config.attributes["vault"] = vault
    return config


async def prepare(engine: AsyncEngine, vault: Keyring) -> None:
    """Bring an embedded database up to date; refuse a server database that is behind.

    Raises DatabaseBehind, which says what to run, and WrongKey when the keys belong to another database.
    """
    await (migrate(engine, vault) if engine.dialect.name == "sqlite" else check_schema(engine))
    await prove_keys(engine, vault)


async def check_schema(engine: AsyncEngine) -> None:
    """Refuse a database of another schema than this version's; raises DatabaseBehind."""
    async with engine.connect() as connection:
        current = await connection.run_sync(lambda c: MigrationContext.configure(c).get_current_revision())
    scripts = ScriptDirectory.from_config(alembic_config())
    refuse_newer(current, scripts)
    head = scripts.get_current_head()
    if current != head:
        raise DatabaseBehind(
            f"the database is at schema {current or 'none'}, this version needs {head}: "
            "back it up, then run `python -m bot migrate`"
        )


def schema_of_release() -> str:
    """Return the schema that this release works with."""
    return ScriptDirectory.from_config(alembic_config()).get_current_head() or ""


def refuse_newer(current: str | None, scripts: ScriptDirectory) -> None:
    """Refuse a database whose schema this release doesn't know; raises DatabaseBehind."""
    if current is not None and current not in {script.revision for script in scripts.walk_revisions()}:
        raise DatabaseBehind(
            f"the database is at schema {current}, which is newer than this release: run the newer release, "
            "or restore the backup from before it"
        )


async def migrate(engine: AsyncEngine, vault: Keyring) -> None:
    """Bring any database up to date; raises DatabaseBehind when it is newer than this release."""
    async with engine.begin() as connection:
        current = await connection.run_sync(lambda c: MigrationContext.configure(c).get_current_revision())
        refuse_newer(current, ScriptDirectory.from_config(alembic_config()))
        await connection.run_sync(lambda c: command.upgrade(alembic_config(c, vault), "head"))


async def prove_keys(engine: AsyncEngine, vault: Keyring) -> None:
    """Refuse keys that are not this database's (WrongKey); a database without keys gets these."""
    async with engine.begin() as connection:
        if not await connection.run_sync(check_keys, vault):
            key, locker = vault.new_key(NOBODY)
            proof = locker.seal(vault.pseudonym("0"), NOBODY)
            await connection.execute(sa.insert(seals).values(key=key, proof=proof))
        await connection.run_sync(note_names, vault.names)


def check_keys(connection: sa.Connection, vault: Keyring) -> bool:
    """Return whether the database has keys; raises WrongKey when these don't open all that lies in it."""
    if count := orphans(connection, vault.names):
        raise WrongKey(
            f"{count} people's records are wrapped with a master key that is not here: put the older "
            "`wrap` line back into the keys, then run `python -m bot rotate-keys`"
        )
    row = connection.execute(sa.select(seals)).first()
    if row is not None and vault.locker(row.key, NOBODY).open(row.proof, NOBODY) != vault.pseudonym("0"):
        raise WrongKey("the index key is not the one that this database was made with")
    return row is not None


@asynccontextmanager
async def opened(
    url: str,
    vault: Keyring,
    settle: Settle,
    tombstones: Tombstones | None = None,
    retention: Retention | None = None,
    limit: int = LIMIT,
    without_research: WithoutResearch | None = None,
) -> AsyncIterator[Store]:
    """Open the store at `url`, ready for use, and close it at the end.

    without_research takes back a consent to research, for a restored backup that knows nothing of it.
    """
    engine = open_engine(url)
    try:
        await prepare(engine, vault)
        store = Store(engine, vault, settle, tombstones=tombstones, retention=retention, limit=limit)
        await store.deletion.forget_again()
        if without_research is not None and (wishes := store.deletion.wishes()):
            async with engine.begin() as connection:
                await connection.run_sync(grant_again, vault, wishes, without_research)
        if engine.dialect.name == "sqlite":
            await store.outbox.hold.release_everyone()
        yield store
    finally:
        await asyncio.shield(engine.dispose())
