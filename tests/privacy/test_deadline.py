"""The promise in seconds: from /delete to nothing left, in the bot as the operator runs it, over HTTP."""

import asyncio
import sqlite3
import time
from pathlib import Path

import pytest

from bot.demo.double.server import Simulator
from bot.privacy.keyring import Keyring, keys_in
from tests.faults.service import Service
from tests.privacy.test_storage import traces
from tests.talks import TOKEN, answer_all, tap

PROMISED = 5.0  # seconds; it takes a hundredth of them, so that a busy machine breaks no promise


def kept_of(database: Path, person: bytes) -> list[bytes]:
    """Return what lies of a person in the database: pseudonym, key, state, answers, address."""
    connection = sqlite3.connect(f"file:{database}?mode=ro", uri=True)
    columns = "person, key, state, answers, address"
    found = connection.execute(f"select {columns} from conversations where person = ?", [person]).fetchone()
    connection.close()
    return [value for value in found if value is not None]


@pytest.mark.slow
@pytest.mark.parametrize("command", ["webhook", "polling"])
async def test_pipl_47_from_delete_to_nothing_left_on_the_disk_five_seconds_are_enough(
    tmp_path: Path, command: str
) -> None:
    """A worker who answered everything and asked to be reminded; another one's talk stays."""
    files = tmp_path / "files"
    files.mkdir()
    database = files / "bot.sqlite"
    async with Simulator(token=TOKEN) as simulator:
        service = Service(tmp_path, f"sqlite:///{database}", simulator.api_url, command=command)
        await service.start()
        await service.listening()
        try:
            worker, other = simulator.worker("王"), simulator.worker("李")
            early = simulator.worker("张")
            await early.starts()
            await early.expects(lambda screen: bool(screen.from_bot), 60)  # the bot takes its time to start
            for someone in (worker, other):
                await answer_all(someone)
            await worker.says("/remind")
            await tap(worker, "remind:survey")
            await tap(worker, "remind:survey:week")
            await worker.expects(lambda screen: screen.last.button("remind:survey:stop") is not None)
            keyring = Keyring(keys_in(tmp_path / "master.keys"))
            gone, stays = (kept_of(database, keyring.pseudonym(str(w.chat_id))) for w in (worker, other))
            assert traces(files, gone)
            began = time.monotonic()
            async with asyncio.timeout(PROMISED):
                await worker.says("/delete")
                await tap(worker, "go:forget")
                await worker.expects("已全部删除")
                while traces(files, gone):  # noqa: ASYNC110 - files tell nobody
                    await asyncio.sleep(0.01)
            print(f"/delete to nothing left ({command}): {time.monotonic() - began:.2f} s")
            assert kept_of(database, stays[0]) == stays
        finally:
            await service.kill()
