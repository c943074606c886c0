"""Backup and restore from either database, whole or not at all. What people ended stays ended."""

import gzip
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from bot.dialogue.conversation import Command, Incoming, Tap
from bot.dialogue.data_rights import without_research
from bot.privacy.tombstones import Tombstones
from bot.storage import backup
from bot.storage.database import Database
from bot.storage.engine import open_database, opened, prepare, schema_of_release
from bot.storage.tables import conversations
from bot.storage.unit_of_work import Store
from bot.turns.contract import Inbound
from tests.chats import at
from tests.talks import CONSENT, KEYRING, NOON, presenter, settling_today

RESEARCH: tuple[Incoming, ...] = (
    Command("start"), *map(Tap, (CONSENT[0], CONSENT[1], "+:consent:research", CONSENT[2])),
)  # fmt: skip


def rows_of(connection: sa.Connection, table: sa.Table) -> list[Any]:
    return list(connection.execute(sa.select(table)))


async def take(store: Store, chat: int, first: int, *incoming: Incoming) -> None:
    for number, what in enumerate(incoming):
        await store.take(Inbound(first + number, at(chat), what))


async def saved(database: Database, path: Path) -> dict[str, int]:
    return await database.read_long(backup.write, path, schema_of_release(), 0)


@asynccontextmanager
async def restored(folder: Path, path: Path, stones: Path) -> AsyncIterator[Store]:
    """Restore into a new SQLite file, and open it as the bot does."""
    url = f"sqlite:///{folder / 'new.sqlite'}"
    database = open_database(url)
    await prepare(database, KEYRING)
    await database.run_long(backup.restore, path, schema_of_release())
    await database.dispose()
    questionnaire = presenter().knowledge.questionnaire
    async with opened(
        url, KEYRING, settling_today(), Tombstones(stones),
        without_research=lambda talk: without_research(talk, questionnaire),
    ) as store:  # fmt: skip
        yield store


async def test_what_either_database_held_is_there_after_a_restore(database: Database, tmp_path: Path) -> None:
    await prepare(database, KEYRING)
    store = Store(database, KEYRING, settling_today())
    await take(store, 7, 1, *RESEARCH, Tap("a:age:from_31_to_40"))
    rows = await saved(database, tmp_path / "backup")
    assert rows["conversations"] == 1
    assert (tmp_path / "backup").stat().st_mode & 0o077 == 0
    async with restored(tmp_path, tmp_path / "backup", tmp_path / "none") as again:
        assert await again.conversation(at(7)) == await store.conversation(at(7))
        assert not await again.take(Inbound(1, at(7), Command("start"))), "it was handled before"
        assert await again.outbox.waiting() == [], "no message goes out a second time"


async def test_a_restore_brings_back_no_one_who_left_no_consent_withdrawn_and_no_objection_undone(
    database: Database, tmp_path: Path
) -> None:
    await prepare(database, KEYRING)
    now = NOON.timestamp()
    stones = tmp_path / "stones"
    store = Store(database, KEYRING, settling_today(), tombstones=Tombstones(stones), clock=lambda: now)
    for chat in (7, 8, 9):
        await take(store, chat, chat * 100, *RESEARCH, Tap("a:age:from_31_to_40"))
    await saved(database, tmp_path / "backup")
    now += 3600
    await take(store, 7, 1000, Tap("go:withdraw_research"))
    await take(store, 8, 2000, Tap("go:unscored"))
    await take(store, 9, 3000, Tap("go:forget"))
    async with restored(tmp_path, tmp_path / "backup", stones) as again:
        seven, eight = await again.conversation(at(7)), await again.conversation(at(8))
        assert seven is not None
        assert "research" not in (seven.consent or ())
        assert seven.answers, "only what was given for research alone is gone"
        assert eight is not None
        assert eight.unscored
        assert await again.conversation(at(9)) is None


async def test_a_backup_that_is_cut_off_changes_nothing(database: Database, tmp_path: Path) -> None:
    await prepare(database, KEYRING)
    await take(Store(database, KEYRING, settling_today()), 7, 1, *RESEARCH)
    whole = tmp_path / "backup"
    await saved(database, whole)
    lines = gzip.decompress(whole.read_bytes()).splitlines(keepends=True)
    (tmp_path / "short").write_bytes(gzip.compress(b"".join(lines[:-1])))
    (tmp_path / "cut").write_bytes(whole.read_bytes()[:-40])
    target = open_database(f"sqlite:///{tmp_path / 'target.sqlite'}")
    await prepare(target, KEYRING)
    for name in ("short", "cut"):
        with pytest.raises(backup.BackupRefused):
            await target.run_long(backup.restore, tmp_path / name, schema_of_release())
        assert await target.read(rows_of, conversations) == []
    with pytest.raises(backup.BackupRefused, match="schema"):
        await target.run_long(backup.restore, whole, "0001")
    await target.dispose()


async def test_a_database_that_is_not_empty_is_not_restored_into(database: Database, tmp_path: Path) -> None:
    await prepare(database, KEYRING)
    await take(Store(database, KEYRING, settling_today()), 7, 1, *RESEARCH)
    await saved(database, tmp_path / "backup")
    with pytest.raises(backup.BackupRefused, match="not empty"):
        await database.run_long(backup.restore, tmp_path / "backup", schema_of_release())
