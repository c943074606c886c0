"""Many values in one statement: which values, and how many texts."""

from typing import Any

import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from bot.dialogue.conversation import Command
from bot.storage.database import Database
from bot.storage.sql import padded
from bot.storage.unit_of_work import MOST, Store
from bot.turns.contract import Inbound
from tests.chats import at
from tests.databases import sync
from tests.talks import KEYRING, settling_today


@given(st.lists(st.integers(), max_size=300))
def test_padding_adds_no_value_and_leaves_nine_lengths_at_most(values: list[int]) -> None:
    full = padded(values)
    assert full[: len(values)] == values
    assert set(full) == set(values)
    assert len(full) in {0, *(2**n for n in range(10))}
    assert len(full) < 2 * max(1, len(values))


async def test_batches_of_every_size_need_few_texts_to_be_prepared(database: Database) -> None:
    """Where each number of turns had texts of its own, servers prepared some hundred, many times over."""
    store = Store(database, KEYRING, settling_today())
    await store.outbox.lease.renew()
    inserting: set[str] = set()
    others: set[str] = set()

    def seen(_c: object, _k: object, statement: str, *_: Any) -> None:
        (inserting if statement.startswith("INSERT") else others).add(statement)

    sa.event.listen(sync(database), "before_cursor_execute", seen)
    update = 0
    for size in range(1, MOST + 1):
        jobs = [Inbound(update + n, at(n % size), Command("start")) for n in range(size)]
        update += size
        await store._work(jobs)
    sa.event.remove(sync(database), "before_cursor_execute", seen)
    assert len(others) <= 20  # the years, people and their letters (of 1, 2, 4 ... 64), the chats' locks
    if database.postgres:
        assert len(inserting) == 3
