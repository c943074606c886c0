"""Migrations killed at every statement, with data, up and down, and the older code on the newer schema."""

from typing import Any

import pytest
import sqlalchemy as sa
from alembic.script import ScriptDirectory

from alembic import command
from bot.app.mistakes import DATA, told
from bot.storage.database import Database
from bot.storage.due_reminders import Waking
from bot.storage.engine import (
    SERVED_SINCE,
    DatabaseBehind,
    alembic_config,
    check_schema,
    migrate,
    migrate_back,
    prepare,
)
from bot.storage.engine import revision as database_revision
from bot.storage.lease import Lease
from bot.storage.tables import conversations, served_by
from bot.storage.unit_of_work import Store
from tests.chats import at
from tests.databases import begin, connect, sync
from tests.talks import KEYRING
from tests.test_database import TALK, Script, came, emptied

REVISIONS = [s.revision for s in ScriptDirectory.from_config(alembic_config()).walk_revisions()][::-1]


class Killed(Exception):
    """The process died here."""


async def revision(database: Database) -> str | None:
    async with connect(database) as connection:
        found: str | None = await connection.run_sync(database_revision)
    return found


async def to(database: Database, revision: str) -> None:
    async with begin(database) as connection:
        await connection.run_sync(lambda c: command.upgrade(alembic_config(c, KEYRING), revision))


async def killed_at(database: Database, statement: int) -> bool:
    """Migrate to the head, and die before the statement of this number; False when there are fewer."""
    seen = 0

    def count(*_: Any) -> None:
        nonlocal seen
        seen += 1
        if seen == statement:
            raise Killed

    sa.event.listen(sync(database), "before_cursor_execute", count)
    try:
        await migrate(database, KEYRING)
    except Killed:
        return True
    finally:
        sa.event.remove(sync(database), "before_cursor_execute", count)
    return False


@pytest.fixture
async def at_0001(database: Database) -> Database:
    await emptied(database)
    await to(database, "0001")
    state = (
        '{"questionnaire": "1", "language": "zh", "consent": ["answers"], "consent_version": "1", '
        '"answers": {"age": ["adult"]}, "reopened": null, "ticks": null, "research": false, "misses": 0}'
    )
    async with begin(database) as connection:
        insert = "INSERT INTO conversations (chat, version, state, changed_at) VALUES (7, 3, :state, 5)"
        await connection.execute(sa.text(insert), {"state": state})
    return database


async def test_a_migration_killed_at_any_statement_leaves_all_as_it_was_and_is_done_next_time(
    at_0001: Database,
) -> None:
    statement = 1
    while await killed_at(at_0001, statement):
        assert await revision(at_0001) == "0001"
        async with connect(at_0001) as connection:
            assert (await connection.execute(sa.text("SELECT chat FROM conversations"))).scalars().all() == [
                7
            ]
        statement += 1
    assert statement > 10
    assert await revision(at_0001) == REVISIONS[-1]
    assert await Store(at_0001, KEYRING, Script()).conversation(at(7)) == TALK


@pytest.mark.parametrize("older", REVISIONS[2:-1])
async def test_each_step_since_the_sealed_one_goes_down_and_up_without_losing_an_answer(
    database: Database, older: str
) -> None:
    script = Script()
    script.talks[1] = TALK
    await Store(database, KEYRING, script).take(came(1))
    async with begin(database) as connection:
        await connection.run_sync(lambda c: command.downgrade(alembic_config(c, KEYRING), older))
    assert await revision(database) == older
    await migrate(database, KEYRING)
    assert await Store(database, KEYRING, Script()).conversation(at(7)) == TALK


async def newer(database: Database, since: str) -> None:
    """Make it look as if a newer release had migrated it, which serves releases since a schema."""
    async with begin(database) as connection:
        await connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
        await connection.execute(sa.update(served_by).values(since=since))


async def test_a_newer_database_that_says_that_it_serves_this_release_is_worked_on_and_left_as_it_is(
    database: Database,
) -> None:
    await newer(database, since=REVISIONS[-1])
    await prepare(database, KEYRING)
    await check_schema(database)
    script = Script()
    script.talks[1] = TALK
    store = Store(database, KEYRING, script)
    await store.take(came(1))
    assert await store.conversation(at(7)) == TALK
    assert await revision(database) == "9999"


@pytest.mark.parametrize("since", ["9998", None])
async def test_a_newer_database_that_does_not_serve_this_release_is_refused_with_what_to_do(
    database: Database, since: str | None
) -> None:
    await newer(database, since or "")
    if since is None:  # of a release that said nothing of it
        async with begin(database) as connection:
            await connection.execute(sa.delete(served_by))
    for work in (prepare(database, KEYRING), migrate(database, KEYRING)):
        with pytest.raises(DatabaseBehind, match=f"schema 9999.*migrate --to {REVISIONS[-1]}") as refused:
            await work
        assert told(refused.value) == (str(refused.value), DATA)
        assert "\n" not in str(refused.value)


async def test_a_database_goes_back_to_release_1_0_0_and_forward_again_without_losing_an_answer(
    database: Database,
) -> None:
    script = Script()
    script.talks[1] = TALK
    store = Store(database, KEYRING, script)
    await store.outbox.lease.renew()
    await store.take(came(1))
    with pytest.raises(DatabaseBehind, match="1 processes are at work"):
        await migrate_back(database, KEYRING, SERVED_SINCE, store.outbox.lease)
    assert await revision(database) == REVISIONS[-1]
    await store.outbox.lease.release()
    await migrate_back(database, KEYRING, SERVED_SINCE, store.outbox.lease)
    assert await revision(database) == SERVED_SINCE == "0006"
    await prepare(database, KEYRING) if not database.postgres else await migrate(database, KEYRING)
    assert await Store(database, KEYRING, Script()).conversation(at(7)) == TALK


@pytest.mark.parametrize("schema", ["0001", "0005", "0010", "1.0.0", "head", "base", "-1"])
async def test_there_is_no_way_back_to_a_schema_that_would_lose_something_or_that_is_none(
    database: Database, schema: str
) -> None:
    with pytest.raises(DatabaseBehind, match="no way leads back"):
        await migrate_back(database, KEYRING, schema, Lease(database, lambda: 0.0))
    assert await revision(database) == REVISIONS[-1]


async def test_what_the_older_code_writes_the_newer_reads(database: Database) -> None:
    """The columns that came later may stay empty: an old worker beside a new one leaves them so."""
    script = Script()
    script.talks[1] = TALK
    store = Store(database, KEYRING, script)
    await store.take(came(1))
    later = [
        column
        for column in conversations.columns
        if column.nullable and column.name not in ("answers", "consent")
    ]
    async with begin(database) as connection:
        await connection.execute(sa.update(conversations).values({column.name: None for column in later}))
    assert {column.name for column in later} == {"address", "wake_at", "tool", "tool_until"}
    assert await store.conversation(at(7)) == TALK
    assert await Waking(store).wake() == 0
    del script.talks[1]
    script.talks[2] = TALK
    assert await store.take(came(2))
