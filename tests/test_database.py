"""The store, on SQLite and on PostgreSQL: a turn is saved as a whole, once, or not at all."""

import asyncio
import json
import logging
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from alembic import command
from bot.app.process import settling
from bot.dialogue.conversation import Command, Conversation, Tap
from bot.dialogue.reminders import Reminder
from bot.privacy.keyring import Keyring, Keys, WrongKey
from bot.privacy.tombstones import Tombstone, Tombstones
from bot.render import Button, Message
from bot.storage import server
from bot.storage.database import Database
from bot.storage.deletion import Retention
from bot.storage.due_reminders import Waking
from bot.storage.engine import DatabaseBehind, alembic_config, migrate, open_database, prepare
from bot.storage.jobs import Committed
from bot.storage.lease import Lease
from bot.storage.locks import lock
from bot.storage.rotation import rewrap
from bot.storage.tables import DAY, conversations, metadata, outbox
from bot.storage.unit_of_work import MOST, Store
from bot.turns.contract import Address, Inbound, Outbound
from bot.turns.turn import BatchResult
from tests.chats import at
from tests.databases import begin, connect, listening
from tests.talks import CONSENT, KEYRING, NOON, SHORT_PATH, presenter, settling_today

# One transaction at a time, and a log beside the file: SQLite's. Many processes: PostgreSQL's.
ON_SQLITE = pytest.mark.parametrize("address", ["sqlite"], indirect=True)
ON_POSTGRES = pytest.mark.parametrize(
    "address", [pytest.param("postgres", marks=pytest.mark.postgres)], indirect=True
)
TALK = Conversation("1", answers={"age": ("adult",)}, consent=("answers",), consent_version="1")
LETTER = Message("您好 <b>&amp;</b>", ((Button("好", "a:age:adult"),),))


class Script:
    """Turns whose effects are laid out beforehand, by update; everything else is left as it was."""

    def __init__(self) -> None:
        self.talks: dict[int, Conversation | None] = {}
        self.letters: dict[int, tuple[Message, ...]] = {}
        self.finished = False

    def __call__(
        self,
        inbounds: Sequence[Inbound],
        held: Mapping[Address, Conversation],
        seen: frozenset[int],
        room: int,
    ) -> BatchResult:
        settled = BatchResult()
        for e in inbounds:
            if e.update is None or e.update in seen or e.update in settled.handled:
                continue
            settled.handled.append(e.update)
            settled.outgoing += [Outbound(e.chat, m) for m in self.letters.get(e.update, ())]
            if e.update in self.talks:
                settled.conversations[e.chat] = self.talks[e.update]
                if self.talks[e.update] is None:
                    settled.forgotten.add(e.chat)
                if self.finished:
                    settled.finished.add(e.chat)
        return settled


async def emptied(database: Database) -> None:
    async with begin(database) as connection:
        await connection.run_sync(lambda c: command.downgrade(alembic_config(c), "base"))


@pytest.fixture
def script() -> Script:
    return Script()


@pytest.fixture
async def store(database: Database, script: Script) -> Store:
    store = Store(database, KEYRING, script)
    await store.outbox.lease.renew()
    return store


def came(update: int, chat: int = 7) -> Inbound:
    return Inbound(update, at(chat), Tap("x"))


async def texts(store: Store) -> list[str]:
    return [letter.outgoing.message.text for letter in await store.outbox.waiting()]


async def test_a_saved_turn_is_loaded_as_it_was(store: Store, script: Script) -> None:
    script.talks[1], script.letters[1] = TALK, (LETTER,)
    assert await store.take(came(1))
    assert await store.conversation(at(7)) == TALK
    (letter,) = await store.outbox.waiting()
    assert letter.outgoing == Outbound(at(7), LETTER)
    await store.sent(letter)
    assert await store.outbox.waiting() == []


async def test_the_same_update_takes_effect_once(store: Store, script: Script) -> None:
    script.letters[1] = (LETTER,)
    assert await store.take(came(1))
    assert not await store.take(came(1))
    assert sorted(await asyncio.gather(*(store.take(came(2)) for _ in range(5)))) == [False] * 4 + [True]
    assert len(await store.outbox.waiting()) == 1


@pytest.mark.asvs("2.3.3")
async def test_turns_that_arrive_together_are_one_commit(store: Store, script: Script) -> None:
    commits: list[Committed] = []
    store.on_commit.append(commits.append)
    script.letters = {n: (Message(str(n)),) for n in range(20)}
    await asyncio.gather(*(store.take(came(n, chat=n % 3)) for n in range(20)))
    assert 1 <= len(commits) <= 3
    assert await texts(store) == [str(n) for n in range(20)]


@ON_SQLITE
async def test_a_turn_on_sqlite_is_done_in_one_thread_beside_the_loop(
    database: Database, store: Store, script: Script
) -> None:
    script.talks, script.letters = {1: TALK, 2: TALK}, {1: (LETTER,), 2: (LETTER,)}
    threads: set[int] = set()
    with listening(database, "before_cursor_execute", lambda *_: threads.add(threading.get_ident())):
        await store.take(came(1))
        await store.take(came(2))
    assert len(threads) == 1
    assert threads != {threading.get_ident()}


@pytest.mark.asvs("16.5.3")
async def test_a_value_that_the_database_refuses_spoils_no_other_turn(store: Store, script: Script) -> None:
    script.talks = {1: TALK, 2: replace(TALK, consent=None), 3: TALK}  # answers without consent
    results = await asyncio.gather(
        *(store.take(came(n, chat=n)) for n in (0, 1, 2, 3)), return_exceptions=True
    )
    assert [type(result) for result in results] == [bool, bool, IntegrityError, bool]
    assert await store.conversation(at(1)) == await store.conversation(at(3)) == TALK
    assert await store.conversation(at(2)) is None


async def test_pipl_13_no_answer_can_be_kept_without_consent(database: Database) -> None:
    row = {"person": b"p", "key": b"k", "state": b"s", "answers": b"a", "changed_at": 0, "expires_at": 0}
    with pytest.raises(IntegrityError, match="no_answers_without_consent"):
        async with begin(database) as connection:
            await connection.execute(sa.insert(conversations).values(row))


async def test_a_conversation_of_none_is_deleted_with_everything_of_it(store: Store, script: Script) -> None:
    script.talks = {1: TALK, 2: None}
    script.letters = {1: (Message("old"),), 2: (Message("farewell"),)}
    await store.take(came(1))
    await store.take(came(2))
    assert await store.conversation(at(7)) is None
    assert await texts(store) == ["farewell"]


@pytest.mark.asvs("8.4.1")
async def test_a_row_moved_to_another_person_can_not_be_opened(store: Store, script: Script) -> None:
    script.talks = {1: TALK, 2: replace(TALK, answers={})}
    await store.take(came(1, chat=7))
    await store.take(came(2, chat=8))
    async with begin(store.database) as connection:
        mine = conversations.c.person == KEYRING.pseudonym(str(7))
        row = (await connection.execute(sa.select(conversations).where(mine))).one()
        other = conversations.c.person == KEYRING.pseudonym(str(8))
        await connection.execute(sa.update(conversations).where(other).values(state=row.state, key=row.key))
    with pytest.raises(WrongKey):
        await store.conversation(at(8))
    script.talks[3] = TALK
    assert await store.take(
        came(3, chat=8)
    )  # acknowledged, reported to the operator, and nothing overwritten
    with pytest.raises(WrongKey):
        await store.conversation(at(8))


@pytest.mark.asvs("14.2.4", "14.2.7")
async def test_what_is_kept_ends_after_its_days_and_a_return_begins_anew(
    database: Database, script: Script, tmp_path: Path
) -> None:
    now = 1_000_000.0
    store = Store(
        database, KEYRING, script, retention=Retention(draft=7, result=90),
        tombstones=Tombstones(tmp_path / "tombstones"), clock=lambda: now,
    )  # fmt: skip
    script.talks = {1: TALK}
    await store.take(came(1, chat=7))
    script.talks, script.finished = {2: TALK}, True
    await store.take(came(2, chat=8))
    now += 8 * DAY
    assert await store.deletion.tidy() == 1
    assert await store.conversation(at(7)) is None
    assert await store.conversation(at(8)) == TALK
    now += 90 * DAY
    assert await store.deletion.tidy() == 1
    script.talks = {3: TALK}
    await store.take(came(3, chat=7))
    assert await store.deletion.forget_again() == 0
    assert await store.conversation(at(7)) == TALK


@ON_POSTGRES
async def test_a_process_that_stops_in_the_middle_of_a_turn_keeps_no_chat_locked_for_long(
    database: Database, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nor does a machine that vanished: the server would wait for its next word for hours."""
    monkeypatch.setattr(server, "IDLE", 1)
    stopping = open_database(address)
    store = Store(database, KEYRING, settling_today())
    assert isinstance(stopping, server.Server)
    async with stopping.engine.connect() as stopped:
        await stopped.run_sync(lock, [KEYRING.pseudonym(str(7))])
        async with asyncio.timeout(10):
            assert await store.take(Inbound(1, at(7), Command("start")))
        with pytest.raises(SQLAlchemyError):  # a process that wakes again has done nothing
            await stopped.execute(sa.select(conversations))
    await stopping.dispose()


@ON_POSTGRES
@pytest.mark.parametrize(("asked", "given"), [("off", "on"), ("remote_apply", "remote_apply")])
async def test_a_commit_waits_for_the_disk_whatever_the_server_is_set_to(
    database: Database, address: str, asked: str, given: str
) -> None:
    name = sa.make_url(address).database
    async with begin(database) as connection:
        await connection.execute(sa.text(f"ALTER DATABASE {name} SET synchronous_commit = {asked}"))
    fresh = open_database(address)
    assert await fresh.read(lambda c: c.scalar(sa.text("SHOW synchronous_commit"))) == given
    await fresh.dispose()


@ON_POSTGRES
async def test_who_comes_back_in_the_very_moment_of_being_tidied_away_keeps_everything(
    database: Database, script: Script, tmp_path: Path
) -> None:
    now = 1_000_000.0
    store = Store(
        database, KEYRING, script, tombstones=Tombstones(tmp_path / "tombstones"), clock=lambda: now
    )
    script.talks = {1: TALK}
    await store.take(came(1))
    now += 8 * DAY
    async with begin(database) as turn:  # as a process takes a turn: the lock, and later the row
        await turn.run_sync(lock, [KEYRING.pseudonym(str(7))])
        tidying = asyncio.create_task(store.deletion.tidy())
        await asyncio.sleep(0.3)
        assert not tidying.done()
        await turn.execute(sa.update(conversations).values(expires_at=int(now) + DAY))
    assert await tidying == 0
    assert await store.deletion.forget_again() == 0
    assert await store.conversation(at(7)) == TALK


@ON_SQLITE
async def test_wiping_the_log_after_a_deletion_costs_no_connection_and_no_line_of_trouble(
    database: Database, script: Script, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    store = Store(database, KEYRING, script)
    script.talks = {1: TALK, 2: None}
    await store.take(came(1))
    before = await database.read(lambda connection: connection.connection.dbapi_connection)
    await store.take(came(2))
    assert (tmp_path / "bot.sqlite-wal").stat().st_size == 0
    assert await database.read(lambda connection: connection.connection.dbapi_connection) is before
    assert [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING] == []


async def test_whom_a_restored_backup_brings_back_is_deleted_again(
    database: Database, script: Script, tmp_path: Path
) -> None:
    store = Store(database, KEYRING, script, tombstones=Tombstones(tmp_path / "tombstones"))
    script.talks, script.letters = {1: TALK, 2: None, 4: TALK}, {1: (LETTER,)}
    await store.take(came(1))
    await store.take(came(4, chat=9))
    async with connect(database) as connection:
        backup = (await connection.execute(sa.select(conversations))).all()
    await store.take(came(2))
    async with begin(database) as connection:
        await connection.execute(sa.delete(conversations))
        await connection.execute(sa.insert(conversations), [dict(row._mapping) for row in backup])
    assert await store.deletion.forget_again() == 1
    assert await store.conversation(at(7)) is None
    assert await store.conversation(at(9)) == TALK


async def test_who_begins_anew_in_the_second_of_the_deletion_is_not_buried_at_the_next_start(
    database: Database, script: Script, tmp_path: Path
) -> None:
    graves = Tombstones(tmp_path / "tombstones")
    store = Store(database, KEYRING, script, tombstones=graves, clock=lambda: 1_000_000.0)
    script.talks = {1: TALK, 2: None, 3: TALK, 4: replace(TALK, research=True)}
    for update in (1, 2, 3):
        await store.take(came(update))
    async with connect(database) as connection:
        backup = (await connection.execute(sa.select(conversations))).all()
    await store.take(came(4))
    assert await store.deletion.forget_again() == 0
    assert await store.conversation(at(7)) == script.talks[4]
    script.talks[5] = None
    await store.take(came(5))
    async with begin(database) as connection:
        await connection.execute(sa.insert(conversations), [dict(row._mapping) for row in backup])
    assert await store.deletion.forget_again() == 1, "what was deleted last stays deleted"


async def test_who_leaves_and_begins_anew_in_one_batch_gets_a_new_key_and_stays_deleted_in_a_backup(
    database: Database, tmp_path: Path
) -> None:
    store = Store(database, KEYRING, settling_today(), tombstones=Tombstones(tmp_path / "tombstones"))
    for update, data in enumerate((*CONSENT, SHORT_PATH[0]), start=1):
        await store.take(Inbound(update, at(7), Tap(data)))
    async with connect(database) as connection:
        backup = (await connection.execute(sa.select(conversations))).one()
    inputs: tuple[Tap | Command, ...] = (Tap(SHORT_PATH[1]), Tap("go:forget"), Command("start"))
    await asyncio.gather(
        *(store.take(Inbound(100 + n, at(7), incoming)) for n, incoming in enumerate(inputs))
    )
    async with connect(database) as connection:
        row = (await connection.execute(sa.select(conversations))).one()
    assert row.key != backup.key
    assert len(await texts(store)) == 2, "the farewell and the greeting; what was on its way went along"
    async with begin(database) as connection:
        await connection.execute(sa.delete(conversations))
        await connection.execute(sa.insert(conversations), [dict(backup._mapping)])
    assert await store.deletion.forget_again() == 1


@pytest.mark.parametrize("part", ["state", "key"])
async def test_pipl_47_who_has_a_row_that_no_key_opens_can_delete_it_and_nothing_else(
    database: Database, tmp_path: Path, part: str
) -> None:
    """Not a backup's row either, in which the key still opens."""
    tombstones = Tombstones(tmp_path / "tombstones")
    clock = NOON.timestamp()
    store = Store(database, KEYRING, settling_today(), tombstones=tombstones, clock=lambda: clock)
    await store.take(Inbound(1, at(7), Command("start")))
    async with connect(database) as connection:
        backup = (await connection.execute(sa.select(conversations))).mappings().one()
    async with begin(database) as connection:
        await connection.execute(sa.delete(outbox))
        await connection.execute(sa.update(conversations).values({part: b"broken"}))
    clock += DAY
    await store.take(Inbound(2, at(7), Command("start")))
    await store.take(Inbound(3, at(7), Tap("go:review")))
    await store.take(Inbound(4, at(7), Command("delete")))
    assert len(await texts(store)) == 1  # the question whether to delete
    async with connect(database) as connection:
        kept = (await connection.execute(sa.select(conversations.c[part]))).scalar_one()
    assert kept == b"broken"
    await store.take(Inbound(9, at(7), Tap("go:forget")))
    assert await store.conversation(at(7)) is None
    assert len(await texts(store)) == 1  # the farewell
    async with begin(database) as connection:
        await connection.execute(sa.insert(conversations).values(**backup))
    assert await store.deletion.forget_again() == 1
    assert await store.conversation(at(7)) is None
    clock += 1
    await store.take(Inbound(10, at(7), Command("start")))
    assert await store.deletion.forget_again() == 0
    assert await store.conversation(at(7)) is not None


@ON_SQLITE
async def test_the_tombstones_of_several_machines_may_be_joined_in_any_order(
    database: Database, script: Script, tmp_path: Path
) -> None:
    person, joined = KEYRING.pseudonym(str(7)), tmp_path / "tombstones"
    for machine, when in (("a", 2_000_000), ("b", 1_000_000)):
        Tombstones(tmp_path / machine).add([Tombstone(person, machine.encode() * 16, when)])
    joined.write_text("".join((tmp_path / machine).read_text() for machine in "ab"))
    store = Store(database, KEYRING, script, tombstones=Tombstones(joined), clock=lambda: 1_500_000.0)
    script.letters = {1: (Message("to who left later"),)}
    await store.take(came(1))
    await store.deletion.forget_again()
    assert await texts(store) == []


def test_a_tombstone_half_written_by_who_died_spoils_no_other(tmp_path: Path) -> None:
    stones = [Tombstone(bytes([n]) * 16, bytes([n]) * 16, n) for n in range(3)]
    path = tmp_path / "tombstones"
    Tombstones(path).add(stones[:1])
    with path.open("a") as file:
        file.write("\n010101")
    Tombstones(path).add(stones[1:])
    assert Tombstones(path).all() == stones


@pytest.mark.asvs("16.5.3")
async def test_wrong_master_keys_are_refused_at_the_start(database: Database) -> None:
    await prepare(database, KEYRING)
    await prepare(database, KEYRING)
    for keys in (Keys.new(), Keys(KEYRING.keys.index, Keys.new().wraps), Keys(b"x" * 32, KEYRING.keys.wraps)):
        with pytest.raises(WrongKey):
            await prepare(database, Keyring(keys))


@pytest.mark.asvs("11.1.1", "11.2.2")
async def test_after_a_rotation_the_old_key_can_go(database: Database, script: Script) -> None:
    await prepare(database, KEYRING)
    script.talks = {1: TALK}
    await Store(database, KEYRING, script).take(came(1))
    both = KEYRING.keys.rotated()
    assert (await rewrap(database, Keyring(both), Lease(database, time.time))).count == 1
    only_new = Keyring(Keys(both.index, both.wraps[:1]))
    await prepare(database, only_new)
    assert await Store(database, only_new, script).conversation(at(7)) == TALK


async def test_a_row_that_no_key_opens_does_not_hold_up_the_rotation(
    database: Database, script: Script
) -> None:
    script.talks = {1: TALK, 2: TALK}
    for number, chat in ((1, 7), (2, 8)):
        await Store(database, KEYRING, script).take(came(number, chat))
    async with begin(database) as connection:
        broken = conversations.c.person == KEYRING.pseudonym(str(8))
        await connection.execute(sa.update(conversations).where(broken).values(key=b"broken"))
    rotated = Keyring(KEYRING.keys.rotated())
    assert (await rewrap(database, rotated, Lease(database, time.time))).count == 1
    assert await Store(database, rotated, script).conversation(at(7)) == TALK


async def test_updates_at_the_same_time_in_two_processes_all_count_once(database: Database) -> None:
    stores = [Store(database, KEYRING, settling_today()) for _ in range(2)]
    updates = [Inbound(n, at(7), Command("start") if n == 0 else Tap(data))
               for n, data in enumerate(["", *CONSENT, *SHORT_PATH])]  # fmt: skip
    for inbound in updates:
        results = await asyncio.gather(*(store.take(inbound) for store in stores * 2))
        assert sum(results) == 1
    talk = await stores[0].conversation(at(7))
    assert talk is not None
    assert talk.answers["worries"] == ("accident",)
    assert len(await stores[0].outbox.waiting()) >= len(updates)


async def test_a_reminder_comes_once_when_its_time_has_come_however_many_processes_look(
    database: Database,
) -> None:
    now = NOON
    stores = [
        Store(database, KEYRING, settling(presenter(), lambda: now), clock=lambda: now.timestamp())
        for _ in range(2)
    ]
    script = Script()
    due = int((NOON + timedelta(hours=1)).timestamp())
    script.talks = {
        1: replace(TALK, reminders=(Reminder("survey", due), Reminder("emergency_fund", due + 1)))
    }
    await Store(database, KEYRING, script, clock=lambda: now.timestamp()).take(came(1))
    wakings = [Waking(store) for store in stores]
    assert [await waking.wake() for waking in wakings] == [0, 0]
    now = NOON + timedelta(hours=12)  # midnight
    await asyncio.gather(*(waking.wake() for waking in wakings))
    assert await texts(stores[0]) == []
    now = NOON + timedelta(hours=21)
    await asyncio.gather(*(waking.wake() for waking in wakings))
    assert [text[:9] for text in await texts(stores[0])] == ["⏰ 您让我提醒您：", "⏰ 您让我这时候提"]
    talk = await stores[0].conversation(at(7))
    assert talk is not None
    assert (talk.reminders, talk.answers) == ((), TALK.answers)


@pytest.mark.asvs("2.3.2")
async def test_pipl_38_beyond_the_years_limit_there_is_general_guidance_only(database: Database) -> None:
    store = Store(database, KEYRING, settling_today(), limit=2, clock=NOON.timestamp)
    for chat in (1, 2, 3):
        for number, data in enumerate(["", *CONSENT, SHORT_PATH[0]]):
            incoming = Tap(data) if data else Command("start")
            await store.take(Inbound(chat * 10 + number, at(chat), incoming))
    talks = [await store.conversation(at(chat)) for chat in (1, 2, 3)]
    assert [bool(talk and talk.answers) for talk in talks] == [True, True, False]
    assert any("人数已经到上限" in text for text in await texts(store))
    next_year = Store(
        database, KEYRING, settling_today(), limit=2, clock=(NOON + timedelta(days=40)).timestamp
    )
    await next_year.take(Inbound(35, at(3), Tap("go:agree")))
    talk = await next_year.conversation(at(3))
    assert talk is not None
    assert talk.consent


@pytest.mark.asvs("2.3.4")
async def test_the_last_places_of_a_year_are_not_given_twice_by_processes_that_ask_at_once(
    database: Database,
) -> None:
    stores = [Store(database, KEYRING, settling_today(), limit=3, clock=NOON.timestamp) for _ in range(4)]
    for chat in range(1, 13):
        for number, data in enumerate(["", *CONSENT[:-1]]):
            incoming = Tap(data) if data else Command("start")
            await stores[0].take(Inbound(chat * 10 + number, at(chat), incoming))

    async def connected() -> None:
        async with connect(database):
            await asyncio.sleep(0.1)

    await asyncio.gather(*(connected() for _ in stores))  # so that none comes late
    await asyncio.gather(
        *(stores[chat % 4].take(Inbound(chat * 10 + 9, at(chat), Tap(CONSENT[-1]))) for chat in range(1, 13))
    )
    talks = [await stores[0].conversation(at(chat)) for chat in range(1, 13)]
    assert sum(bool(talk and talk.consent) for talk in talks) == 3


async def test_who_blocked_the_bot_is_not_reminded(database: Database, script: Script) -> None:
    store = Store(database, KEYRING, script)
    await store.outbox.lease.renew()
    script.talks, script.letters = {1: replace(TALK, reminders=(Reminder("survey", 1),))}, {1: (LETTER,)}
    await store.take(came(1))
    assert await Waking(store).overdue() > 0
    (message,) = await store.outbox.waiting()
    assert await store.outbox.block(message, [message])
    assert await Waking(store).wake() == await Waking(store).overdue() == 0


async def test_reminders_that_no_key_opens_keep_no_others_waiting(database: Database) -> None:
    """One stands amid the lost ones and one behind them all: both have come after two looks."""
    script, lost = Script(), Keyring(Keys(KEYRING.keys.index, (bytes(32),)))
    for number in range(MOST + 1):
        script.talks = {number: replace(TALK, reminders=(Reminder("survey", 1 + number),))}
        store = Store(database, KEYRING if number in (30, MOST) else lost, script)
        await store.take(came(number, chat=100 + number))
    store = Store(database, KEYRING, settling(presenter(), lambda: NOON), clock=NOON.timestamp)
    waking = Waking(store)
    assert [await waking.wake(), await waking.wake(), await waking.wake()] == [MOST, 1, MOST - 1]
    assert [letter.outgoing.chat for letter in await store.outbox.waiting()] == [at(130), at(100 + MOST)]
    assert await waking.overdue() == NOON.timestamp() - 1


async def test_the_migrations_make_the_tables_that_the_code_uses(database: Database) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    async with connect(database) as connection:
        differences = await connection.run_sync(
            lambda c: compare_metadata(MigrationContext.configure(c), metadata)
        )
    assert differences == []


async def test_a_migration_goes_down_and_up_again(database: Database) -> None:
    await emptied(database)
    async with connect(database) as connection:
        assert "conversations" not in await connection.run_sync(lambda c: sa.inspect(c).get_table_names())
    await migrate(database, KEYRING)


async def test_conversations_of_the_plain_schema_are_carried_over_sealed(database: Database) -> None:
    await emptied(database)
    state = {
        "questionnaire": "1", "language": "zh", "consent": ["answers"], "consent_version": "1",
        "answers": {"age": ["adult"]}, "reopened": None, "ticks": None, "research": False, "misses": 0,
    }  # fmt: skip
    async with begin(database) as connection:
        await connection.run_sync(lambda c: command.upgrade(alembic_config(c), "0001"))
        await connection.execute(
            sa.text("INSERT INTO conversations (chat, version, state, changed_at) VALUES (7, 3, :state, 5)"),
            {"state": json.dumps(state)},
        )
    await migrate(database, KEYRING)
    assert await Store(database, KEYRING, Script()).conversation(at(7)) == TALK


@pytest.mark.postgres
async def test_a_server_database_that_is_behind_is_refused_with_what_to_do(database: Database) -> None:
    await emptied(database)
    if not database.postgres:
        await prepare(database, KEYRING)  # an embedded one is upgraded on start
        return
    with pytest.raises(DatabaseBehind, match="python -m bot migrate"):
        await prepare(database, KEYRING)
