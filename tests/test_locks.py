"""No two transactions wait for each other: people's locks come before rows, and a claim waits for nobody."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from bot.storage.database import Database
from bot.storage.locks import lock
from bot.storage.outbox import Queued
from bot.storage.tables import conversations, dead_letters, outbox
from bot.storage.unit_of_work import Store
from tests.databases import begin, connect
from tests.talks import KEYRING
from tests.test_dispatcher import claimed, texts_of, write

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.parametrize("address", [pytest.param("postgres", marks=pytest.mark.postgres)], indirect=True),
]
PEOPLE = {chat: KEYRING.pseudonym(str(chat)) for chat in (7, 8)}

Change = Callable[[Store, list[Queued]], Coroutine[Any, Any, object]]


@pytest.fixture
async def store(database: Database) -> Store:
    return Store(database, KEYRING, texts_of)


async def queued(store: Store) -> list[Queued]:
    """Two chats' messages, two each, held by this store."""
    await store.outbox.lease.renew()
    for chat in PEOPLE:
        await write(store, chat, chat, "ab")
    return await store.outbox.waiting()


async def waits_for_a_person(database: Database, work: Awaitable[object]) -> "asyncio.Future[object]":
    """Begin something, and return once it waits for somebody's lock."""
    task = asyncio.ensure_future(work)
    waiting = sa.text("select count(*) from pg_locks where not granted and locktype = 'advisory'")
    async with asyncio.timeout(10), connect(database) as look:
        while not await look.scalar(waiting):
            assert not task.done(), f"it took no lock: {task}"
            await look.rollback()
            await asyncio.sleep(0.02)
    return task


async def both_sent(store: Store, letters: list[Queued]) -> None:
    first_of_each = {letter.person: letter for letter in reversed(letters)}
    await asyncio.gather(*(store.sent(letter) for letter in first_of_each.values()))


async def turn(store: Store, letters: list[Queued]) -> None:
    await asyncio.gather(store.sent(letters[-1]), write(store, 70, 7, "c"))


async def blocked(store: Store, letters: list[Queued]) -> None:
    await store.outbox.block(letters[0], letters[:2])


async def tried_again(store: Store, _letters: list[Queued]) -> None:
    await store.outbox.dead.retry([dead.id for dead in await store.outbox.dead.all()])


async def dropped(store: Store, _letters: list[Queued]) -> None:
    await store.outbox.dead.drop([dead.id for dead in await store.outbox.dead.all()])


async def tidied(store: Store, _letters: list[Queued]) -> None:
    await store.deletion.tidy(store.clock() + 1000 * 24 * 3600)


@pytest.mark.parametrize("change", [both_sent, turn, blocked, tried_again, dropped, tidied])
async def test_who_waits_for_a_person_holds_no_row_that_the_others_may_want(
    database: Database, store: Store, change: Change
) -> None:
    letters = await queued(store)
    for letter in letters[1::2]:
        await store.outbox.dead.bury(letter.id, "r", letter.holder)
    letters = letters[::2]
    async with begin(database) as deletion:
        await deletion.run_sync(lock, PEOPLE.values())
        waiting = await waits_for_a_person(database, change(store, letters))
        await deletion.execute(sa.text("SET LOCAL lock_timeout = '2s'"))
        for table in (conversations, outbox, dead_letters):
            await deletion.execute(sa.delete(table))
    await waiting


async def test_a_claim_passes_over_whose_turn_is_under_way_elsewhere_and_takes_the_others(
    database: Database, store: Store
) -> None:
    """A deletion had taken one message of a chat and waited for the next, which the claim had."""
    await queued(store)
    other = Store(database, KEYRING, texts_of)
    await other.outbox.lease.renew()
    await store.outbox.lease.release()
    async with begin(database) as deletion:
        await deletion.run_sync(lock, [PEOPLE[7]])
        async with asyncio.timeout(2):
            assert await claimed(other) == ["a", "b"]
        with_lock = outbox.c.person == PEOPLE[7]
        await deletion.execute(sa.text("SET LOCAL lock_timeout = '2s'"))
        await deletion.execute(sa.update(outbox).where(with_lock).values(written_at=1))
    assert await claimed(other) == ["a", "b"]


async def test_a_process_in_doubt_stays_so_while_it_could_not_look_at_everybody(
    database: Database, store: Store
) -> None:
    """Ended too early, nobody would ever send what it holds without knowing it."""
    await queued(store)
    store.outbox.doubt()
    async with begin(database) as elsewhere:
        await elsewhere.run_sync(lock, [PEOPLE[7]])
        assert await claimed(store) == ["a", "b"]
    assert await claimed(store) == ["a", "b"] * 2
    assert await claimed(store) == []


async def test_letting_go_passes_over_what_another_transaction_has_locked(
    database: Database, store: Store
) -> None:
    letters = await queued(store)
    async with begin(database) as elsewhere:
        first = sa.select(outbox.c.id).where(outbox.c.id == letters[0].id)
        await elsewhere.execute(first.with_for_update())
        async with asyncio.timeout(2):
            await store.outbox.let_go()
    assert [letter.holder for letter in await store.outbox.waiting()] == [letters[0].holder, b"", b"", b""]


async def test_claims_deletions_and_records_at_once_never_end_in_a_deadlock(database: Database) -> None:
    stores = [Store(database, KEYRING, texts_of) for _ in range(3)]
    for each in stores:
        await each.outbox.lease.renew()
    people = [KEYRING.pseudonym(str(chat)) for chat in range(20)]
    for chat in range(20):
        await write(stores[0], 1 + chat, chat, "abc")

    def forgotten(connection: sa.Connection) -> None:
        lock(connection, people)
        connection.execute(sa.delete(outbox).where(outbox.c.person.in_(people[::-1])))

    async def busy(store: Store, number: int) -> None:
        for round_ in range(5):
            await store.claim()
            letters = [x for x in await store.outbox.waiting() if x.holder == store.outbox.lease.name]
            turns = (write(store, 1000 * number + 100 * round_ + c, c, "ab") for c in range(20))
            await asyncio.gather(*map(store.sent, letters[::2]), *turns, database.run(forgotten))
            await store.outbox.let_go()

    try:
        await asyncio.gather(*(busy(store, number) for number, store in enumerate(stores, 1)))
    except DBAPIError as error:
        raise AssertionError(f"two transactions waited for each other: {error.orig}") from error
