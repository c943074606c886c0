"""A change of the master key: known everywhere before it is used anywhere, in any order of the steps."""

import itertools
import time

import pytest

from bot.privacy.keyring import Keyring, Keys, WrongKey
from bot.storage.database import Database
from bot.storage.engine import prepare
from bot.storage.lease import Lease
from bot.storage.rotation import KeyNotKnown, needless, rewrap
from bot.storage.unit_of_work import NotReadHere, Store
from tests.chats import at
from tests.talks import KEYRING
from tests.test_database import TALK, Script, came, script

__all__ = ["script"]
BEFORE = KEYRING.keys
ANNOUNCED = BEFORE.announced()
USED = ANNOUNCED.promoted()


async def working(database: Database, keys: Keys, script: Script) -> Store:
    await prepare(database, Keyring(keys))
    store = Store(database, Keyring(keys), script)
    await store.outbox.lease.renew()
    return store


async def use(database: Database, keys: Keys = USED) -> tuple[int, ...]:
    keyring = Keyring(keys)
    return needless(keyring, (await rewrap(database, keyring, Lease(database, time.time))).in_use)


async def test_a_key_is_not_used_while_a_process_at_work_does_not_know_it(
    database: Database, script: Script
) -> None:
    script.talks = dict.fromkeys(range(1, 9), TALK)
    store = await working(database, BEFORE, script)
    await store.take(came(1))
    with pytest.raises(KeyNotKnown, match="1 of 1 processes at work"):
        await use(database)
    assert await store.conversation(at(7)) == TALK


async def test_a_process_that_knows_the_key_reads_what_another_wrapped_with_it(
    database: Database, script: Script
) -> None:
    script.talks = dict.fromkeys(range(1, 9), TALK)
    store = await working(database, ANNOUNCED, script)
    await store.take(came(1))
    assert await use(database) == ()  # the process at work still wraps with the older key
    await store.take(came(2, chat=8))
    restarted = await working(database, USED, script)
    for chat in (7, 8):
        assert await restarted.conversation(at(chat)) == TALK
    await store.outbox.lease.release()
    assert await use(database) == (2,), "now nobody needs the older line"
    only_new = Keys(USED.index, USED.wraps[:1])
    assert await Store(database, Keyring(only_new), script).conversation(at(8)) == TALK


@pytest.mark.parametrize("order", list(itertools.permutations(["restart", "use", "join", "again"])))
async def test_no_order_of_the_steps_loses_a_record(
    database: Database, script: Script, order: tuple[str, ...]
) -> None:
    """An operator who follows the papers in a wrong order is refused, or nothing comes of it."""
    script.talks = dict.fromkeys(range(1, 99), TALK)
    number = itertools.count(1)
    store = await working(database, BEFORE, script)
    await store.take(came(next(number), chat=7))
    chats = [7]
    file = ANNOUNCED
    for step in order:
        match step:
            case "restart":
                await store.outbox.lease.release()
                store = await working(database, file, script)
            case "join":
                chats.append(8)
                await store.take(came(next(number), chat=8))
            case "use" | "again":
                try:
                    places = await use(database, USED)
                    file = USED
                except KeyNotKnown:
                    continue
                if places:
                    file = Keys(USED.index, tuple(w for n, w in enumerate(USED.wraps, 1) if n not in places))
    await store.outbox.lease.release()
    store = await working(database, file, script)
    for chat in chats:
        assert await store.conversation(at(chat)) == TALK


async def test_an_update_under_a_key_that_is_not_here_is_not_handled_and_comes_again(
    database: Database, script: Script
) -> None:
    script.talks = dict.fromkeys(range(1, 9), TALK)
    await prepare(database, Keyring(USED))
    knowing = Store(database, Keyring(USED), script)
    await knowing.take(came(1))
    blind = Store(database, Keyring(BEFORE), script)
    with pytest.raises(NotReadHere):
        await blind.take(came(2))
    assert await blind.take(came(3, chat=9)), "nobody else waits for it"
    assert await knowing.take(came(2)), "it was not noted as handled"


async def test_a_line_that_went_too_early_is_asked_back_at_the_start(
    database: Database, script: Script
) -> None:
    script.talks = dict.fromkeys(range(1, 9), TALK)
    await prepare(database, Keyring(BEFORE))
    await Store(database, Keyring(BEFORE), script).take(came(1))
    await prepare(database, Keyring(USED))
    with pytest.raises(WrongKey, match="1 people's records"):
        await prepare(database, Keyring(Keys(USED.index, USED.wraps[:1])))


def test_keys_are_read_as_they_are_written() -> None:
    for keys in (BEFORE, ANNOUNCED, USED):
        assert Keys.parse(str(keys)) == keys
