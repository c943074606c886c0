"""SQLite as we use it: one thread, private files, one serving process, and an end to every wait."""

import asyncio
import os
import stat
import threading
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import OperationalError

from bot.__main__ import main
from bot.privacy import private_files
from bot.privacy.tombstones import Tombstone, Tombstones
from bot.storage import database
from bot.storage.database import InUse, Unanswered
from bot.storage.embedded import Embedded
from bot.storage.engine import migrate, open_for_reading, opened
from bot.storage.unit_of_work import Store
from tests.talks import KEYRING, settling_today

FOREVER = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT count(*) FROM n"


async def test_a_database_that_does_not_open_leaves_no_thread_behind(tmp_path: Path) -> None:
    (tmp_path / "bot.sqlite").mkdir()
    before = set(threading.enumerate())
    embedded = Embedded(tmp_path / "bot.sqlite")
    for _ in range(20):
        with pytest.raises(OperationalError):
            await embedded.read(lambda connection: connection.scalar(sa.select(1)))
    await embedded.dispose()
    for thread in set(threading.enumerate()) - before:
        thread.join(5)
    assert not set(threading.enumerate()) - before


async def test_a_statement_that_does_not_end_is_cut_off_and_the_next_one_is_answered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "PATIENCE", 0.2)
    embedded = Embedded(tmp_path / "bot.sqlite")
    with pytest.raises(Unanswered):
        await embedded.run(lambda connection: connection.exec_driver_sql(FOREVER))
    monkeypatch.setattr(database, "PATIENCE", 10.0)
    assert await embedded.read(lambda connection: connection.scalar(sa.select(1))) == 1
    await embedded.dispose()


async def test_who_waits_behind_a_transaction_that_does_not_end_is_told_so_in_time(tmp_path: Path) -> None:
    embedded, release = Embedded(tmp_path / "bot.sqlite"), threading.Event()
    first = asyncio.create_task(embedded.run(lambda _connection: release.wait(20)))
    await asyncio.sleep(0.05)
    with pytest.raises(Unanswered):
        await embedded.within(0.1, lambda connection: connection.scalar(sa.select(1)), commits=False)
    release.set()
    assert await first
    await embedded.dispose()


async def test_a_time_limit_of_the_work_itself_is_no_silence_of_the_database(tmp_path: Path) -> None:
    def impatient(_connection: sa.Connection) -> None:
        raise TimeoutError("of the work")

    embedded = Embedded(tmp_path / "bot.sqlite")
    with pytest.raises(TimeoutError, match="of the work"):
        await embedded.run(impatient)
    await embedded.dispose()


async def test_a_file_that_could_not_be_written_is_written_again_once_it_can(tmp_path: Path) -> None:
    embedded = Embedded(tmp_path / "bot.sqlite")
    await migrate(embedded, KEYRING)

    def read_only(connection: sa.Connection) -> None:
        connection.exec_driver_sql("PRAGMA query_only=ON")
        connection.exec_driver_sql("DELETE FROM years")

    with pytest.raises(OperationalError):
        await embedded.run(read_only)
    await embedded.run(lambda connection: connection.exec_driver_sql("DELETE FROM years"))
    await embedded.dispose()


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o077])
async def test_files_and_folders_are_for_their_owner_alone_whatever_the_umask(
    tmp_path: Path, umask: int
) -> None:
    folder = tmp_path / "var" / "bot"
    before = os.umask(umask)
    try:
        stones = Tombstones(folder / "stones" / "tombstones")
        async with opened(f"sqlite:///{folder / 'bot.sqlite'}", KEYRING, settling_today(), stones):
            stones.add([Tombstone(b"p" * 16, b"k" * 16, 1)])
            private_files.write(folder / "keys" / "master.keys", "x")
            found = {path: stat.S_IMODE(path.stat().st_mode) for path in [folder.parent, *folder.rglob("*")]}
    finally:
        os.umask(before)
    assert {path for path, mode in found.items() if mode & 0o077} == set()
    assert {path.name for path in found} >= {"bot.sqlite", "bot.sqlite-wal", "tombstones", "master.keys"}


async def test_a_database_that_others_could_read_is_taken_from_them(tmp_path: Path) -> None:
    file = tmp_path / "bot.sqlite"
    file.touch(0o644)
    file.chmod(0o644)
    embedded = Embedded(file)
    await embedded.read(lambda connection: connection.scalar(sa.select(1)))
    await embedded.dispose()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


async def test_a_second_process_that_would_serve_the_same_file_is_refused_with_what_to_do(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    url = f"sqlite:///{tmp_path / 'bot.sqlite'}"
    async with opened(url, KEYRING, settling_today()) as first:
        with pytest.raises(InUse, match="stop it first, or use PostgreSQL"):
            async with opened(url, KEYRING, settling_today()):
                pass
        await first.outbox.lease.renew()
        async with opened(url, KEYRING, settling_today(), serving=False) as beside:
            assert isinstance(beside, Store)
        await first.claim()
        assert first.outbox.lease.name, "an operator's command takes nothing from who serves"
        reading = open_for_reading(url)
        assert await reading.read(lambda connection: connection.scalar(sa.text("SELECT 1"))) == 1
        await reading.dispose()
        monkeypatch.setenv("DATABASE_URL", url)
        monkeypatch.setenv("MASTER_KEYS", str(KEYRING.keys).replace("\n", ","))
        status = await asyncio.to_thread(main, ["migrate"])
        assert status > 0
        assert "another process serves" in capsys.readouterr().err
    async with opened(url, KEYRING, settling_today()):
        pass  # it is free again
