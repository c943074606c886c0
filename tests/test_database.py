"""The store, on SQLite and on PostgreSQL: a turn is saved as a whole, once, or not at all."""

import asyncio
import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine

from alembic import command
from bot.adapters.database import Database, DatabaseBehind, alembic_config, migrate, open_engine, prepare
from bot.adapters.tables import metadata
from bot.conversation import Command, Conversation, Tap
from bot.messages import Button, Message
from bot.service import Conflict, Envelope, Loaded, Outgoing, take_turn
from tests.talks import TODAY, speaker

TALK = Conversation("1", answers={"age": ("adult",)}, consent=("answers",), consent_version="1")
LETTER = Outgoing(7, Message("您好 <b>&amp;</b>", ((Button("好", "a:age:adult"),),)), edits=3)


async def emptied(engine: AsyncEngine) -> None:
    async with engine.begin() as connection:
        await connection.run_sync(lambda c: command.downgrade(alembic_config(c), "base"))


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
async def engine(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[AsyncEngine]:
    if request.param == "postgres":
        url = os.environ.get("TEST_POSTGRES_URL", "")
        if not url and not os.environ.get("REQUIRE_POSTGRES"):
            pytest.skip("TEST_POSTGRES_URL names no PostgreSQL server")
        opened = open_engine(url)
        await emptied(opened)
    else:
        opened = open_engine(f"sqlite+aiosqlite:///{tmp_path / 'bot.sqlite'}")
    await migrate(opened)
    yield opened
    await emptied(opened)
    await opened.dispose()


@pytest.fixture
def store(engine: AsyncEngine) -> Database:
    return Database(engine)


async def test_a_saved_turn_is_loaded_as_it_was(store: Database) -> None:
    loaded = await store.load(7, 1)
    assert loaded == Loaded(None, 0, False)
    await store.save(Envelope(1, 7, Tap("x")), loaded, TALK, (LETTER,))
    assert await store.load(7, 1) == Loaded(TALK, 1, True)
    assert await store.load(7, 2) == Loaded(TALK, 1, False)
    ((id, waiting),) = await store.waiting()
    assert waiting == LETTER
    await store.sent(id)
    assert await store.waiting() == []


async def test_the_same_update_is_saved_once(store: Database) -> None:
    loaded = await store.load(7, 1)
    await store.save(Envelope(1, 7, Tap("x")), loaded, TALK, (LETTER,))
    with pytest.raises(Conflict):
        await store.save(Envelope(1, 7, Tap("x")), loaded, TALK, (LETTER,))
    assert len(await store.waiting()) == 1


async def test_of_two_turns_from_the_same_state_only_one_is_saved(store: Database) -> None:
    first = await store.load(7, 1)
    await store.save(Envelope(1, 7, Tap("x")), first, TALK, ())
    stale = await store.load(7, 2)
    await store.save(Envelope(2, 7, Tap("x")), stale, TALK, ())
    with pytest.raises(Conflict):
        await store.save(Envelope(3, 7, Tap("x")), stale, TALK, (LETTER,))
    assert await store.waiting() == []
    assert not (await store.load(7, 3)).seen


async def test_a_conversation_of_none_is_deleted(store: Database) -> None:
    await store.save(Envelope(1, 7, Tap("x")), await store.load(7, 1), TALK, ())
    await store.save(Envelope(2, 7, Tap("x")), await store.load(7, 2), None, ())
    assert await store.load(7, 3) == Loaded(None, 0, False)


async def delivered(store: Database, envelope: Envelope) -> bool:
    """Deliver as Telegram does: again, for as long as the turn is refused."""
    while True:
        try:
            return await take_turn(store, speaker(), envelope, TODAY)
        except Conflict:
            await asyncio.sleep(0)


async def test_updates_at_the_same_time_all_count_once(store: Database) -> None:
    envelopes = [Envelope(n, 7, Command("start")) for n in range(8)]
    twice = [*envelopes, *envelopes]
    results = await asyncio.gather(*(delivered(store, envelope) for envelope in twice))
    assert sum(results) == len(envelopes)
    assert len(await store.waiting()) == len(envelopes)


async def test_old_update_ids_are_dropped(engine: AsyncEngine) -> None:
    now = 1_000_000.0
    store = Database(engine, clock=lambda: now)
    await store.save(Envelope(1, 7, Tap("x")), await store.load(7, 1), TALK, ())
    now += 49 * 3600
    assert await store.forget_old_updates() == 1


async def test_the_migrations_make_the_tables_that_the_code_uses(engine: AsyncEngine) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    async with engine.connect() as connection:
        differences = await connection.run_sync(
            lambda c: compare_metadata(MigrationContext.configure(c), metadata)
        )
    assert differences == []


async def test_a_migration_goes_down_and_up_again(engine: AsyncEngine) -> None:
    await emptied(engine)
    async with engine.connect() as connection:
        assert "conversations" not in await connection.run_sync(lambda c: sa.inspect(c).get_table_names())
    await migrate(engine)


@pytest.mark.postgres
async def test_a_server_database_that_is_behind_is_refused_with_what_to_do(engine: AsyncEngine) -> None:
    if engine.dialect.name == "sqlite":
        await prepare(engine)  # an embedded one is upgraded on start
        return
    await emptied(engine)
    with pytest.raises(DatabaseBehind, match="python -m bot migrate"):
        await prepare(engine)
