"""SQLite as we use it: what a connection leaves behind."""

import threading
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.storage.engine import open_engine


async def test_a_database_that_does_not_open_leaves_no_thread_behind(tmp_path: Path) -> None:
    (tmp_path / "bot.sqlite").mkdir()
    engine = open_engine(f"sqlite+aiosqlite:///{tmp_path / 'bot.sqlite'}")
    before = set(threading.enumerate())
    for _ in range(20):
        with pytest.raises(sa.exc.OperationalError):
            await engine.connect()
        left = [
            thread for thread in threading.enumerate() if thread not in before and "worker" in thread.name
        ]
        assert left == []  # it would answer a loop that may be closed by then
