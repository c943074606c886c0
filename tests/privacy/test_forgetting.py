"""Deletion to the second and to the row: what is over goes, what isn't stays, and nobody else's."""

import asyncio
import resource
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from bot.dialogue.conversation import Command, Tap
from bot.privacy.tombstones import ANY, Tombstone, Tombstones
from bot.storage import deletion
from bot.storage.database import Database
from bot.storage.deletion import KEEP_UPDATES, SKEW
from bot.storage.locks import lock
from bot.storage.tables import DAY, conversations, dead_letters, outbox, updates
from bot.storage.unit_of_work import Store
from bot.turns.contract import Inbound
from tests.chats import at
from tests.databases import begin, connect, sync
from tests.privacy.test_storage import traces
from tests.talks import KEYRING, settling_today

NOW = 100_000_000


@pytest.fixture
def tombstones(tmp_path: Path) -> Tombstones:
    return Tombstones(tmp_path / "deep" / "beside" / "tombstones")


@pytest.fixture
def store(database: Database, tombstones: Tombstones) -> Store:
    return Store(database, KEYRING, settling_today(), tombstones=tombstones, clock=lambda: NOW)


def row(number: int, expires_at: int = NOW + 1) -> dict[str, Any]:
    person = KEYRING.pseudonym(str(number))
    key, sealer = KEYRING.new_key(person)
    state = sealer.seal(b"{}", b"state:" + person)
    return {"person": person, "key": key, "state": state, "changed_at": NOW, "expires_at": expires_at}


async def insert(database: Database, table: sa.Table, rows: Sequence[dict[str, Any]]) -> None:
    async with begin(database) as connection:
        await connection.execute(sa.insert(table), list(rows))


async def column(database: Database, wanted: sa.Column[Any]) -> list[Any]:
    async with connect(database) as connection:
        return list(await connection.scalars(sa.select(wanted).order_by(wanted)))


async def test_pipl_19_what_is_kept_for_some_days_goes_the_second_after_and_not_before(store: Store) -> None:
    at = [NOW - KEEP_UPDATES - 1, NOW - KEEP_UPDATES, NOW]
    await insert(store.database, updates, [{"update": n, "handled_at": time} for n, time in enumerate(at)])
    died = [NOW - 7 * DAY - 1, NOW - 7 * DAY, NOW]
    letters = [{"person": b"p", "own": False, "body": b"b", "reason": "r", "died_at": time} for time in died]
    await insert(store.database, dead_letters, letters)
    over, last, ongoing = (row(n, NOW + n - 1) for n in range(3))
    await insert(store.database, conversations, [over, last, ongoing])
    assert await store.deletion.tidy() == 1
    assert await column(store.database, updates.c.update) == [1, 2]
    assert await column(store.database, dead_letters.c.died_at) == died[1:]
    assert set(await column(store.database, conversations.c.person)) == {last["person"], ongoing["person"]}


class Steps:
    """What went in each transaction, seen at the database: the rows of each delete from a table."""

    def __init__(self, database: Database, table: sa.Table) -> None:
        self.rows: list[int] = []
        self._table = table
        sa.event.listen(sync(database), "after_cursor_execute", self._hear)

    def _hear(self, _connection: Any, cursor: Any, statement: str, *_rest: Any) -> None:
        if statement.startswith(f"DELETE FROM {self._table.name} ") and cursor.rowcount:
            self.rows.append(cursor.rowcount)


async def test_update_ids_that_are_old_go_in_small_steps(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deletion, "AT_ONCE", 2)
    await insert(store.database, updates, [{"update": n, "handled_at": 0} for n in range(5)])
    steps = Steps(store.database, updates)
    await store.deletion.tidy()
    assert steps.rows == [2, 2, 1]


async def test_many_whose_days_are_over_go_in_several_transactions(
    store: Store, tombstones: Tombstones, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deletion, "AT_ONCE", 2)
    steps = Steps(store.database, conversations)
    rows = [row(n, NOW - 1 if n < 5 else NOW) for n in range(6)]
    await insert(store.database, conversations, rows)
    assert await store.deletion.tidy() == 5
    assert steps.rows == [2, 2, 1], "nobody goes whom this transaction has not locked"
    assert await column(store.database, conversations.c.person) == [rows[5]["person"]]
    stones = {(stone.person, stone.key, stone.at) for stone in tombstones.all()}
    assert stones == {(r["person"], KEYRING.fingerprint(r["key"], r["person"]), NOW) for r in rows[:5]}
    assert await store.deletion.tidy() == 0


async def test_whom_a_backup_brings_back_is_deleted_however_many_and_nobody_else(
    store: Store, tombstones: Tombstones, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deletion, "AT_ONCE", 2)
    rows = [row(n) for n in range(6)]
    tombstones.add(Tombstone(r["person"], KEYRING.fingerprint(r["key"], r["person"]), NOW) for r in rows[:5])
    await insert(store.database, conversations, rows)
    steps = Steps(store.database, conversations)
    assert await store.deletion.forget_again() == 5
    assert steps.rows == [2, 2, 1]
    assert await column(store.database, conversations.c.person) == [rows[5]["person"]]
    assert await store.deletion.forget_again() == 0


async def test_letters_of_before_a_deletion_go_and_those_of_after_stay(
    store: Store, tombstones: Tombstones
) -> None:
    gone, anew, other = (KEYRING.pseudonym(str(n)) for n in range(3))
    fresh = row(1)
    tombstones.add([Tombstone(gone, b"k" * 16, NOW - 9), Tombstone(anew, b"k" * 16, NOW)])
    tombstones.add([Tombstone(gone, b"l" * 16, NOW)])
    await insert(store.database, conversations, [fresh])
    written = [
        (gone, False, NOW - SKEW - 1, "old"),
        (gone, False, NOW - SKEW, "farewell"),
        (gone, True, NOW + 1, "keyless"),
        (anew, True, NOW + 2, "after"),
        (other, True, NOW - 99_999, "another's"),
    ]
    bodies = [
        {"person": p, "own": own, "body": name.encode(), "written_at": at} for p, own, at, name in written
    ]
    await insert(store.database, outbox, bodies)
    died = [{"person": p, "own": own, "body": name.encode(), "reason": "r", "died_at": at}
            for p, own, at, name in written]  # fmt: skip
    await insert(store.database, dead_letters, died)
    assert await store.deletion.forget_again() == 0
    for table in (outbox, dead_letters):
        assert await column(store.database, table.c.body) == [b"after", b"another's", b"farewell"]


@pytest.mark.parametrize("ahead", [3600, 200 * DAY])
async def test_letters_to_a_worker_who_began_anew_stay_though_the_clock_was_ahead_at_the_deletion(
    store: Store, tombstones: Tombstones, ahead: int
) -> None:
    """Until that time had come, each start of any process dropped what waited for that worker."""
    anew = row(1)
    tombstones.add([Tombstone(anew["person"], b"k" * 16, NOW + ahead)])
    await insert(store.database, conversations, [anew])
    letter = {"person": anew["person"], "own": True, "body": b"the next question"}
    await insert(store.database, outbox, [{**letter, "written_at": NOW}])
    await insert(store.database, dead_letters, [{**letter, "reason": "r", "died_at": NOW}])
    assert await store.deletion.forget_again() == 0
    for table in (outbox, dead_letters):
        assert await column(store.database, table.c.body) == [b"the next question"]


@pytest.mark.parametrize("address", [pytest.param("postgres", marks=pytest.mark.postgres)], indirect=True)
async def test_pipl_19_who_writes_while_the_tidying_waits_for_their_turn_to_end_stays(store: Store) -> None:
    """Another process holds the worker's chat: their days were over, and they have just spoken again."""
    late, over = row(1, NOW - 1), row(2, NOW - 1)
    await insert(store.database, conversations, [late, over])
    async with begin(store.database) as turn:
        await turn.run_sync(lock, [late["person"]])
        tidying = asyncio.create_task(store.deletion.tidy())
        async with asyncio.timeout(10), connect(store.database) as looking:
            waits = sa.text("select count(*) from pg_locks where not granted and locktype = 'advisory'")
            while not await looking.scalar(waits):
                assert not tidying.done(), "it did not wait"
                await looking.rollback()
                await asyncio.sleep(0.02)
        mine = conversations.c.person == late["person"]
        await turn.execute(sa.update(conversations).where(mine).values(expires_at=NOW + 1))
    assert await tidying == 1
    assert await column(store.database, conversations.c.person) == [late["person"]]


async def test_a_row_that_no_key_opens_changed_at_the_very_edge_of_the_clocks_doubt_stays(
    store: Store, tombstones: Tombstones
) -> None:
    before, edge = row(0), row(1)
    for held in (before, edge):
        tombstones.add([Tombstone(held["person"], ANY, NOW)])
        held["key"] = b"broken"
    before["changed_at"], edge["changed_at"] = NOW - SKEW - 1, NOW - SKEW
    await insert(store.database, conversations, [before])
    edge["key"] = b"broken too"
    await insert(store.database, conversations, [edge])
    assert await store.deletion.forget_again() == 1
    assert await column(store.database, conversations.c.person) == [edge["person"]]


@pytest.mark.parametrize("address", ["sqlite"], indirect=True)
async def test_a_deletion_that_is_committed_stands_though_the_disk_is_full_for_the_scrubbing(
    store: Store, tmp_path: Path
) -> None:
    for chat in range(20):
        await store.take(Inbound(chat, at(chat), Command("start")))
    size = (tmp_path / "bot.sqlite").stat().st_size
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))  # the log can't be written back any more
    try:
        await store.database.scrub()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert await store.take(Inbound(100, at(3), Tap("go:forget")))
    assert await store.conversation(at(3)) is None
    assert traces(tmp_path, [KEYRING.pseudonym(str(4))]), "and the others are there"


async def test_a_row_of_a_dead_key_wrapped_anew_is_known_by_its_key_and_a_broken_one_passed_over(
    store: Store, tombstones: Tombstones
) -> None:
    back, broken = row(0), row(1)
    tombstones.add([Tombstone(back["person"], KEYRING.fingerprint(back["key"], back["person"]), NOW)])
    tombstones.add([Tombstone(broken["person"], b"k" * 16, NOW)])
    back["key"], broken["key"] = KEYRING.rewrapped(back["key"], back["person"]), b"broken"
    await insert(store.database, conversations, [back, broken])
    assert await store.deletion.forget_again() == 1
    assert await column(store.database, conversations.c.person) == [broken["person"]]


@pytest.mark.parametrize("address", ["sqlite"], indirect=True)
async def test_a_farewell_that_never_arrived_leaves_no_trace_after_the_next_tidying(
    store: Store, tmp_path: Path
) -> None:
    """For a worker who deletes and blocks the bot at once, the goodbye goes without being sent."""
    await store.outbox.lease.renew()
    await store.take(Inbound(1, at(1), Command("start")))
    await store.take(Inbound(2, at(1), Tap("go:forget")))
    person = KEYRING.pseudonym(str(1))
    farewell = await store.outbox.waiting()
    assert [(letter.person, letter.farewell) for letter in farewell] == [(person, True)]
    assert await store.outbox.block(farewell[0], farewell)
    await store.deletion.tidy()
    assert traces(tmp_path, [person]) == []
