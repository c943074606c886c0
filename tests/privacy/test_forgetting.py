"""Deletion to the second and to the row: what is over goes, what isn't stays, and nobody else's."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.adapters import deletion
from bot.adapters.deletion import DAY, KEEP_UPDATES, SKEW
from bot.adapters.store import Store
from bot.adapters.tables import conversations, dead_letters, outbox, updates
from bot.adapters.tombstones import Tombstone, Tombstones
from bot.conversation import Command, Tap
from bot.service import Envelope
from tests.privacy.test_storage import traces
from tests.talks import VAULT, settling_today

NOW = 100_000_000


@pytest.fixture
def tombstones(tmp_path: Path) -> Tombstones:
    return Tombstones(tmp_path / "deep" / "beside" / "tombstones")


@pytest.fixture
def store(engine: AsyncEngine, tombstones: Tombstones) -> Store:
    return Store(engine, VAULT, settling_today(), tombstones=tombstones, clock=lambda: NOW)


def row(number: int, expires_at: int = NOW + 1) -> dict[str, Any]:
    person = VAULT.pseudonym(number)
    key, locker = VAULT.new_key(person)
    state = locker.seal(b"{}", b"state:" + person)
    return {"person": person, "key": key, "state": state, "changed_at": NOW, "expires_at": expires_at}


async def insert(engine: AsyncEngine, table: sa.Table, rows: Sequence[dict[str, Any]]) -> None:
    async with engine.begin() as connection:
        await connection.execute(sa.insert(table), list(rows))


async def column(engine: AsyncEngine, wanted: sa.Column[Any]) -> list[Any]:
    async with engine.connect() as connection:
        return list(await connection.scalars(sa.select(wanted).order_by(wanted)))


async def test_pipl_19_what_is_kept_for_some_days_goes_the_second_after_and_not_before(store: Store) -> None:
    at = [NOW - KEEP_UPDATES - 1, NOW - KEEP_UPDATES, NOW]
    await insert(store.engine, updates, [{"update": n, "handled_at": time} for n, time in enumerate(at)])
    died = [NOW - 7 * DAY - 1, NOW - 7 * DAY, NOW]
    letters = [{"person": b"p", "own": False, "body": b"b", "reason": "r", "died_at": time} for time in died]
    await insert(store.engine, dead_letters, letters)
    over, last, ongoing = (row(n, NOW + n - 1) for n in range(3))
    await insert(store.engine, conversations, [over, last, ongoing])
    assert await store.deletion.tidy() == 1
    assert await column(store.engine, updates.c.update) == [1, 2]
    assert await column(store.engine, dead_letters.c.died_at) == died[1:]
    assert set(await column(store.engine, conversations.c.person)) == {last["person"], ongoing["person"]}


async def test_many_whose_days_are_over_go_in_several_transactions(
    store: Store, tombstones: Tombstones, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deletion, "AT_ONCE", 2)
    rows = [row(n, NOW - 1 if n < 5 else NOW) for n in range(6)]
    await insert(store.engine, conversations, rows)
    assert await store.deletion.tidy() == 5
    assert await column(store.engine, conversations.c.person) == [rows[5]["person"]]
    stones = {(stone.person, stone.key, stone.at) for stone in tombstones.all()}
    assert stones == {(r["person"], VAULT.fingerprint(r["key"], r["person"]), NOW) for r in rows[:5]}
    assert await store.deletion.tidy() == 0


async def test_whom_a_backup_brings_back_is_deleted_however_many_and_nobody_else(
    store: Store, tombstones: Tombstones, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deletion, "AT_ONCE", 2)
    rows = [row(n) for n in range(6)]
    tombstones.add(Tombstone(r["person"], VAULT.fingerprint(r["key"], r["person"]), NOW) for r in rows[:5])
    await insert(store.engine, conversations, rows)
    assert await store.deletion.forget_again() == 5
    assert await column(store.engine, conversations.c.person) == [rows[5]["person"]]
    assert await store.deletion.forget_again() == 0


async def test_letters_of_before_a_deletion_go_and_those_of_after_stay(
    store: Store, tombstones: Tombstones
) -> None:
    gone, anew, other = (VAULT.pseudonym(n) for n in range(3))
    fresh = row(1)
    tombstones.add([Tombstone(gone, b"k" * 16, NOW - 9), Tombstone(anew, b"k" * 16, NOW)])
    tombstones.add([Tombstone(gone, b"l" * 16, NOW)])
    await insert(store.engine, conversations, [fresh])
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
    await insert(store.engine, outbox, bodies)
    died = [{"person": p, "own": own, "body": name.encode(), "reason": "r", "died_at": at}
            for p, own, at, name in written]  # fmt: skip
    await insert(store.engine, dead_letters, died)
    assert await store.deletion.forget_again() == 0
    for table in (outbox, dead_letters):
        assert await column(store.engine, table.c.body) == [b"after", b"another's", b"farewell"]


async def test_a_row_of_a_dead_key_wrapped_anew_is_known_by_its_key_and_a_broken_one_passed_over(
    store: Store, tombstones: Tombstones
) -> None:
    back, broken = row(0), row(1)
    tombstones.add([Tombstone(back["person"], VAULT.fingerprint(back["key"], back["person"]), NOW)])
    tombstones.add([Tombstone(broken["person"], b"k" * 16, NOW)])
    back["key"], broken["key"] = VAULT.rewrapped(back["key"], back["person"]), b"broken"
    await insert(store.engine, conversations, [back, broken])
    assert await store.deletion.forget_again() == 1
    assert await column(store.engine, conversations.c.person) == [broken["person"]]


@pytest.mark.parametrize("address", ["sqlite"], indirect=True)
async def test_a_farewell_that_never_arrived_leaves_no_trace_after_the_next_tidying(
    store: Store, tmp_path: Path
) -> None:
    """Who deletes and blocks the bot at once: the letter of goodbye goes without being sent."""
    await store.take(Envelope(1, 1, Command("start")))
    await store.take(Envelope(2, 1, Tap("go:forget")))
    person = VAULT.pseudonym(1)
    farewell = await store.outbox.waiting()
    assert [(letter.person, letter.farewell) for letter in farewell] == [(person, True)]
    await store.outbox.block(person, [letter.id for letter in farewell])
    await store.deletion.tidy()
    assert traces(tmp_path, [person]) == []
