"""What lies on the disk: nothing readable, nothing of the deleted, nothing that a backup brings back."""

import asyncio
import logging
import random
import re
import shutil
import sqlite3
from collections import defaultdict
from collections.abc import Iterable
from contextlib import closing
from io import StringIO
from pathlib import Path

import asyncpg
import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.channels.intake import Intake, NotStored
from bot.channels.telegram.updates import take
from bot.dialogue.conversation import Command, Tap, Typed
from bot.ops import logs
from bot.ops.metrics import Metrics
from bot.privacy.keyring import Keyring, Keys, WrongKey
from bot.privacy.tombstones import Tombstones
from bot.storage.database import Database
from bot.storage.due_reminders import Waking
from bot.storage.engine import opened
from bot.storage.server import Server
from bot.storage.tables import conversations, outbox
from bot.storage.unit_of_work import Store
from bot.turns.contract import Inbound
from tests.chats import at
from tests.databases import begin
from tests.faults.service import ROOT
from tests.lengths import tries
from tests.talks import CONSENT, KEYRING, SHORT_PATH, settling_today, up_to

BEGINNING = 6  # bytes by which needles are alike: "canary", the first digits of a chat
PEOPLE = tries("canaries")
DELETED = tries("deleted")
RACES = tries("races")


def chat_of(person: int) -> int:
    """A chat's id that no other number looks like."""
    return 7_310_000_000_000 + person * 1_009


def held(content: bytes, needles: Iterable[bytes]) -> list[bytes]:
    """Return the needles in a content; a beginning that many share is looked for once."""
    begun = defaultdict(list)
    for needle in needles:
        begun[needle[:BEGINNING]].append(needle)
    return [
        needle
        for beginning, alike in begun.items()
        if beginning in content
        for needle in alike
        if needle in content
    ]


def traces(folder: Path, needles: Iterable[bytes]) -> list[str]:
    """Name the files under a folder that hold one of the needles."""
    wanted = list(needles)
    files = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    return [f"{path.name}: {needle!r}" for path in files for needle in held(path.read_bytes(), wanted)]


def copy_database(source: Path, target: Path) -> None:
    """Copy the database with its log files as they lie there now."""
    for old in target.iterdir():
        old.unlink()
    for path in source.glob("b.sqlite*"):
        shutil.copy(path, target / path.name)


def drop_log(folder: Path) -> None:
    for path in folder.glob("b.sqlite-*"):
        path.unlink()


async def talk(store: Store, person: int, *inputs: str) -> None:
    for number, data in enumerate(inputs):
        incoming = Command(data[1:]) if data.startswith("/") else Tap(data) if ":" in data else Typed(data)
        await store.take(Inbound(person * 1_000 + number, at(chat_of(person)), incoming))


async def empty_outbox(store: Store) -> None:
    for letter in await store.outbox.waiting():
        await store.sent(letter)


@pytest.mark.parametrize("address", [pytest.param("postgres", marks=pytest.mark.postgres)], indirect=True)
async def test_pipl_47_on_postgresql_the_deleted_are_gone_from_the_files_after_the_operator_s_vacuum(
    database: Database,
) -> None:
    """And not before: docs/operating.md tells operators of that duty."""
    store = Store(database, KEYRING, settling_today())
    await talk(store, 1, "/start")
    person = KEYRING.pseudonym(str(chat_of(1)))
    duty = re.search(r"`(VACUUM FULL [a-z_, ]+)`", (ROOT / "docs/operating.md").read_text(encoding="utf-8"))
    assert duty is not None
    tables = [table.strip() for table in duty[1].removeprefix("VACUUM FULL ").split(",")]
    assert isinstance(database, Server)
    admin = await asyncpg.connect(database.engine.url.set(drivername="postgresql").render_as_string(False))
    try:

        async def holding() -> set[str]:
            await admin.execute("CHECKPOINT")
            look = "SELECT position($1 in pg_read_binary_file(pg_relation_filepath($2))) > 0"
            return {table for table in tables if await admin.fetchval(look, person, table)}

        assert await holding() >= {"conversations", "outbox"}
        await talk(store, 2, "/start")
        everything = [sa.delete(table).where(table.c.person == person) for table in (conversations, outbox)]
        async with begin(database) as connection:
            for deleting in everything:
                await connection.execute(deleting)
        assert await holding() >= {"conversations", "outbox"}
        async with asyncio.timeout(60):
            await admin.execute(duty[1])
            while await holding():  # transactions elsewhere on the server that began before the deletion
                await asyncio.sleep(0.2)
                await admin.execute(duty[1])
    finally:
        await admin.close()


@pytest.mark.slow
@pytest.mark.asvs("14.2.4", "16.2.5", "16.3.4")
async def test_pipl_51_canaries_of_many_at_debug_are_in_no_file_and_no_log(tmp_path: Path) -> None:
    """Ids and typed words, with errors among them, in database, WAL, backup and logs."""
    stream, random_ = StringIO(), random.Random(1)
    handler = logging.StreamHandler(stream)
    handler.setFormatter(logs.Lines())
    root = logging.getLogger()
    root.addHandler(handler)
    before = root.level
    root.setLevel(logging.DEBUG)
    words = [f"canary{random_.getrandbits(60):x}" for _ in range(PEOPLE)]
    metrics = Metrics()
    try:
        async with opened(f"sqlite:///{tmp_path / 'b.sqlite'}", KEYRING, settling_today()) as store:
            intake = Intake(store, metrics)
            await asyncio.gather(
                *(talk(store, n, "/start", *CONSENT, *up_to("saving"), words[n]) for n in range(PEOPLE))
            )
            for n in range(0, PEOPLE, 50):  # errors: what can't be read, and a store that is gone
                await take(intake, f'{{"update_id": "{words[n]}"'.encode())
            await store.database.read(lambda connection: connection.invalidate())
            shutil.move(tmp_path / "b.sqlite", tmp_path / "moved.sqlite")
            (tmp_path / "b.sqlite").mkdir()
            for n in range(3):
                raw = {"update_id": 10**9 + n, "message": {
                    "message_id": 1, "chat": {"id": chat_of(n), "type": "private"},
                    "from": {"id": chat_of(n)}, "text": words[n]}}  # fmt: skip
                with pytest.raises(NotStored):
                    await take(intake, raw)
            (tmp_path / "b.sqlite").rmdir()
            shutil.move(tmp_path / "moved.sqlite", tmp_path / "b.sqlite")
            with sqlite3.connect(tmp_path / "b.sqlite") as source:
                copy = sqlite3.connect(tmp_path / "backup.sqlite")
                source.backup(copy)
                copy.close()
            source.close()
            page = await metrics.page(store.outbox.backlog, Waking(store).overdue)
    finally:
        root.removeHandler(handler)
        root.setLevel(before)
    ids = [str(chat_of(n)) for n in range(PEOPLE)]
    needles = [*words, *ids, "from_31_to_40", "food_delivery", "shanghai"]
    assert traces(tmp_path, (needle.encode() for needle in needles)) == []
    told = stream.getvalue() + page.decode()
    assert "turn not saved" in told
    assert held(told.encode(), (needle.encode() for needle in needles)) == []


def test_each_needle_is_found_where_it_is_and_none_where_only_its_beginning_is() -> None:
    needles = [b"canary1", b"canary2", b"731", b"no", b""]
    assert held(b"a canary2, 7", needles) == [b"canary2", b""]
    assert held(b"canary", needles[:2]) == []
    assert held(b"canary1731no", needles) == [b"canary1", b"731", b"no", b""]


@pytest.mark.slow
async def test_pipl_47_many_deleted_leave_no_trace_and_stay_deleted_after_a_restore(
    tmp_path: Path,
) -> None:
    url, tombstones = f"sqlite:///{tmp_path / 'b.sqlite'}", Tombstones(tmp_path / "tombstones")
    async with opened(url, KEYRING, settling_today(), tombstones) as store:
        people = range(DELETED)
        await asyncio.gather(*(talk(store, n, "/start", *CONSENT, *up_to("education")) for n in people))
        await talk(store, DELETED, "/start", *CONSENT, *up_to("education"))  # who stays
        await empty_outbox(store)
        await store.database.scrub()
        yesterday = tmp_path / "yesterday"
        yesterday.mkdir()
        shutil.copy(tmp_path / "b.sqlite", yesterday / "b.sqlite")
        gone = [KEYRING.pseudonym(str(chat_of(n))) for n in people]
        assert traces(yesterday, gone[:5])
        await asyncio.gather(
            *(store.take(Inbound(10**8 + n, at(chat_of(n)), Tap("go:forget"))) for n in people)
        )
        await empty_outbox(store)
        files = tmp_path / "now"
        files.mkdir()
        copy_database(tmp_path, files)
        assert traces(files, gone) == []
    shutil.copy(yesterday / "b.sqlite", tmp_path / "b.sqlite")
    drop_log(tmp_path)
    async with opened(url, KEYRING, settling_today(), tombstones) as store:
        assert await store.conversation(at(chat_of(0))) is None
        assert await store.conversation(at(chat_of(DELETED))) is not None
        copy_database(tmp_path, files)
        assert traces(files, gone) == []


@pytest.mark.slow
async def test_pipl_47_a_deletion_that_races_with_answers_resurrects_nothing(tmp_path: Path) -> None:
    """Whatever was said before the deletion is gone, whatever comes after begins again."""
    async with opened(f"sqlite:///{tmp_path / 'b.sqlite'}", KEYRING, settling_today()) as store:
        random_ = random.Random(2)
        steps = ["/start", *CONSENT, SHORT_PATH[0]]

        async def race(person: int) -> None:
            await talk(store, person, *steps)
            late = [SHORT_PATH[1], "go:forget", SHORT_PATH[2]]
            random_.shuffle(late)
            await asyncio.gather(
                *(store.take(Inbound(person * 1_000 + 500 + n, at(chat_of(person)), Tap(data)))
                  for n, data in enumerate(late))
            )  # fmt: skip

        for start in range(0, RACES, 500):
            people = range(start, start + 500)
            await asyncio.gather(*(race(person) for person in people))
            await empty_outbox(store)
            for person in people:  # one after the other: SQLite's queue is not fair to 500 readers
                held = await store.conversation(at(chat_of(person)))
                assert held is None or not held.answers


@pytest.mark.parametrize("part", ["state", "answers", "key"])
@pytest.mark.asvs("11.3.3")
async def test_pipl_51_a_tampered_value_is_refused(tmp_path: Path, part: str) -> None:
    async with opened(f"sqlite:///{tmp_path / 'b.sqlite'}", KEYRING, settling_today()) as store:
        await talk(store, 1, "/start", *CONSENT, *up_to("province"))
        with closing(sqlite3.connect(tmp_path / "b.sqlite")) as connection:
            (value,) = connection.execute(f"select {part} from conversations").fetchone()
            for place in range(0, len(value), 7):
                changed = bytearray(value)
                changed[place] ^= 1
                connection.execute(f"update conversations set {part} = ?", (bytes(changed),))
                connection.commit()
                with pytest.raises(WrongKey):
                    await store.conversation(at(chat_of(1)))
        connection.close()


@settings(max_examples=200)
@given(st.binary(max_size=200), st.binary(max_size=20), st.binary(max_size=20))
@pytest.mark.asvs("11.3.3")
def test_what_is_sealed_opens_in_its_own_place_only(value: bytes, about: bytes, other: bytes) -> None:
    _, sealer = KEYRING.new_key(b"p")
    sealed = sealer.seal(value, about)
    assert sealer.open(sealed, about) == value
    if other != about:
        with pytest.raises(WrongKey):
            sealer.open(sealed, other)


def test_keys_read_as_they_were_written_and_never_show_themselves() -> None:
    keys = Keys.new().rotated()
    assert Keys.parse(str(keys)) == keys
    assert Keys.parse(str(keys).replace("\n", ",")) == keys
    assert str(keys.index) not in repr(keys)
    for broken in ("", "index AAAA", "wrap", str(keys) * 2, "word " + str(keys)):
        with pytest.raises(ValueError, match="master key"):
            Keys.parse(broken)


def test_a_pseudonym_says_nothing_of_the_chat_and_differs_between_installations() -> None:
    other = Keyring(Keys.new())
    names = {keyring.pseudonym(str(chat)) for keyring in (KEYRING, other) for chat in range(-500, 500)}
    assert len(names) == 2_000
    assert {len(name) for name in names} == {16}


def test_what_was_sealed_by_this_version_is_found_and_opened_by_every_later_one() -> None:
    """These bytes lie in databases: a change of any of them would lose everybody's answers."""
    person = KEYRING.pseudonym(str(7))
    wrapped = bytes.fromhex(
        "de40accb6ce9331d23ee42167dd2b06178d084e23c73c3beb27046a0e0713c9b"
        "063a77973ad156b7a97a66d8748b49427ff7533d15a0e4093a51770d73300ec0"
    )
    state = bytes.fromhex("4ba82ce9ab5ceea9d553e1cd9b8d9302fb17c58965bf9fe8a2f9e8f2e7")
    farewell = bytes.fromhex("7299ff7d10b3f6e02a252e04f8953ecb8a62ce78e597cb15ce1ae26e49")
    assert person.hex() == "c751449e3e4bd9118d34467a92a81588"
    assert KEYRING.fingerprint(wrapped, person).hex() == "da068b77cc0bfbbe09beb39e584c1e1f"
    assert KEYRING.sealer(wrapped, person).open(state, b"state:" + person) == b"x"
    assert KEYRING.service.open(farewell, b"letter:" + person) == b"y"
    with pytest.raises(WrongKey, match="a master key that is not here"):
        Keyring(Keys.new()).sealer(wrapped, person)
    with pytest.raises(WrongKey, match="can't be opened with these keys"):
        KEYRING.sealer(wrapped, KEYRING.pseudonym(str(8)))
