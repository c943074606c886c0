"""SIGTERM and Ctrl+C: what is under way comes to its end, nothing is sent twice, the lease goes back."""

import asyncio
import signal
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from bot.demo.double.calls import Call
from bot.demo.double.faults import Fault, delayed
from bot.demo.double.server import Simulator
from tests.faults.service import Service
from tests.talks import TOKEN

ON_THE_WIRE = 1.0  # seconds for which Telegram holds a message while the signal comes


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
@pytest.mark.parametrize("command", ["webhook", "polling"])
async def test_a_process_that_is_asked_to_stop_drains_and_gives_its_lease_back(
    tmp_path: Path, command: str, number: signal.Signals
) -> None:
    database = tmp_path / "bot.sqlite"
    on_the_wire = asyncio.Event()
    sent: list[str] = []

    def slowly(call: Call) -> Fault | None:
        if call.method.lower() != "sendmessage":
            return None
        sent.append(call.text("text"))
        on_the_wire.set()
        return delayed(ON_THE_WIRE)

    async with Simulator(token=TOKEN) as simulator:
        service = Service(tmp_path, f"sqlite:///{database}", simulator.api_url, command=command)
        await service.start()
        await service.listening()
        simulator.faults.choose = slowly
        worker = simulator.worker("王")
        await worker.starts()
        await on_the_wire.wait()
        assert service.process is not None
        service.process.send_signal(number)
        async with asyncio.timeout(30):
            assert await service.process.wait() == 0, service.log()
    assert len(sent) == len(set(sent)) == 1, "sent once, and not again"
    with closing(sqlite3.connect(database)) as connection:
        assert connection.execute("select count(*) from outbox").fetchone() == (0,)
        assert connection.execute("select count(*) from holders").fetchone() == (0,)
