"""A power cut, not only a kill: what was acknowledged was on the disk, whatever of the rest is lost.

NATS 2.12 acknowledged what it synced every two minutes, and lost a seventh of it.
"""

import sqlite3
from contextlib import closing
from pathlib import Path
from random import Random

import pytest

from bot.dialogue.conversation import Command, Incoming, Tap
from bot.storage import embedded
from bot.storage.engine import opened
from bot.turns.contract import Inbound
from tests.chats import at
from tests.faults.power import Disk, library, put_back, recorded
from tests.talks import CONSENT, KEYRING, settling_today, up_to

CUTS = 80
TALK: tuple[Incoming, ...] = (Command("start"), *map(Tap, (*CONSENT, *up_to("province"))))
TAKEN, GONE = "taken ", "gone "  # what the test notes of each acknowledged update, and of each deletion


async def lived(path: Path) -> Disk:
    """Let three workers talk, one of whom deletes everything; note each acknowledgement in the log."""
    sqlite = library()
    if sqlite is None:
        pytest.skip("Python has SQLite built in: its file functions can't be listened to")
    with recorded(sqlite) as disk:
        await talked(disk, path)
    return disk


async def talked(disk: Disk, path: Path) -> None:
    async with opened(f"sqlite:///{path}", KEYRING, settling_today()) as store:
        await store.outbox.lease.renew()
        update = 0
        for step in TALK:
            for chat in (1, 2, 3):
                update += 1
                await store.take(Inbound(update, at(chat), step))
                disk.log.append(f"{TAKEN}{update}")
            for message in (await store.outbox.waiting())[:2]:
                await store.sent(message)
        await store.take(Inbound(update + 1, at(2), Tap("go:forget")))
        disk.log.append(f"{TAKEN}{update + 1}")
        disk.log.append(f"{GONE}{KEYRING.pseudonym('2').hex()}")


def lost(disk: Disk, folder: Path, at: int, random: Random) -> set[int]:
    """Return the acknowledged updates that are not there after a cut here; the file must be whole."""
    found = disk.after_a_cut(at, random)
    put_back(found, folder)
    notes = [note for note in disk.log[:at] if isinstance(note, str)]
    taken = {int(note.removeprefix(TAKEN)) for note in notes if note.startswith(TAKEN)}
    if not taken:
        return set()
    with closing(sqlite3.connect(folder / "bot.sqlite")) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        if not connection.execute("SELECT 1 FROM sqlite_schema WHERE name = 'updates'").fetchone():
            return taken  # even the tables
        stored = {row[0] for row in connection.execute('SELECT "update" FROM updates')}
        people = {row[0].hex() for row in connection.execute("SELECT person FROM conversations")}
    gone = {note.removeprefix(GONE) for note in notes if note.startswith(GONE)}
    assert not gone & people, "a deletion that was told was undone"
    return taken - stored


async def test_what_was_acknowledged_is_there_after_a_power_cut(tmp_path: Path) -> None:
    disk = await lived(tmp_path / "bot.sqlite")
    random = Random(1)
    for cut in range(CUTS):
        at = random.randrange(len(disk.log) + 1)
        assert lost(disk, tmp_path / str(cut), at, random) == set(), f"cut {cut} at {at}"


async def test_a_lazy_sync_would_be_found_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a commit doesn't wait for the disk, as SQLite offers too, the same cuts lose some."""
    lazy = tuple(pragma.replace("FULL", "NORMAL") for pragma in embedded.PRAGMAS)
    monkeypatch.setattr(embedded, "PRAGMAS", lazy)
    disk = await lived(tmp_path / "bot.sqlite")
    random = Random(1)
    cuts = [
        lost(disk, tmp_path / str(cut), random.randrange(len(disk.log) + 1), random) for cut in range(CUTS)
    ]
    assert any(cuts)
