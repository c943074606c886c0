"""What is promised about days and places: one a person and year, and days that no reminder renews."""

from pathlib import Path

import sqlalchemy as sa

from bot.dialogue.conversation import Command, Incoming, Tap, Wake
from bot.privacy.tombstones import Tombstone, Tombstones
from bot.storage.database import Database
from bot.storage.tables import DAY, conversations, years
from bot.storage.unit_of_work import Store
from bot.turns.contract import Inbound
from tests.chats import at
from tests.databases import connect
from tests.talks import CONSENT, KEYRING, NOON, settling_today

JOINING: tuple[Incoming, ...] = (Command("start"), *map(Tap, CONSENT))


class Clock:
    """The machine's time, which can be set."""

    def __init__(self) -> None:
        self.now = NOON.timestamp()

    def __call__(self) -> float:
        return self.now


async def people(store: Store) -> int:
    async with connect(store.database) as connection:
        return sum((await connection.scalars(sa.select(years.c.people))).all())


async def expiry(store: Store) -> int:
    async with connect(store.database) as connection:
        return int((await connection.execute(sa.select(conversations.c.expires_at))).scalar_one())


async def test_an_account_that_joins_and_leaves_all_day_takes_one_place_of_the_year(
    database: Database, tmp_path: Path
) -> None:
    clock, number = Clock(), 0
    store = Store(
        database, KEYRING, settling_today(), tombstones=Tombstones(tmp_path / "stones"), clock=clock
    )
    for _ in range(10):
        for incoming in (*JOINING, Tap("go:forget")):
            number += 1
            clock.now += 1
            await store.take(Inbound(number, at(7), incoming))
    assert await people(store) == 1
    again = Store(
        database, KEYRING, settling_today(), tombstones=Tombstones(tmp_path / "stones"), clock=clock
    )
    for incoming in JOINING:
        number += 1
        await again.take(Inbound(number, at(7), incoming))
    assert await people(again) == 1, "a process that starts anew knows it too"


async def test_who_deletes_before_agreeing_takes_a_place_when_they_agree(
    database: Database, tmp_path: Path
) -> None:
    clock = Clock()
    store = Store(
        database, KEYRING, settling_today(), tombstones=Tombstones(tmp_path / "stones"), clock=clock
    )
    for number, incoming in enumerate[Incoming]((Command("start"), Tap("go:forget"), *JOINING)):
        clock.now += 1
        await store.take(Inbound(number, at(7), incoming))
    assert await people(store) == 1


async def test_our_own_reminder_does_not_renew_the_days_for_which_a_talk_is_kept(database: Database) -> None:
    clock = Clock()
    store = Store(database, KEYRING, settling_today(), clock=clock)
    for number, incoming in enumerate((*JOINING, Tap("remind:survey:week"))):
        await store.take(Inbound(number + 1, at(7), incoming))
    told = await expiry(store)
    clock.now += 7 * DAY + 3600
    await store.take(Inbound(None, at(7), Wake()))
    assert await expiry(store) == told
    await store.take(Inbound(99, at(7), Tap("a:age:from_31_to_40")))
    assert await expiry(store) > told, "their own word does"


async def test_a_stone_of_a_deletion_that_was_rolled_back_deletes_nobody_who_went_on(
    database: Database, tmp_path: Path
) -> None:
    clock, stones = Clock(), Tombstones(tmp_path / "stones")
    store = Store(database, KEYRING, settling_today(), tombstones=stones, clock=clock)
    await store.take(Inbound(1, at(7), Command("start")))
    async with connect(database) as connection:
        row = (await connection.execute(sa.select(conversations.c.person, conversations.c.key))).one()
    stones.add([Tombstone(row.person, KEYRING.fingerprint(row.key, row.person), int(clock.now))])
    clock.now += 2 * DAY
    await store.take(Inbound(2, at(7), Tap(CONSENT[0])))
    assert await store.deletion.forget_again() == 0
    assert await store.conversation(at(7)) is not None
