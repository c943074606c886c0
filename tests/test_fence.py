"""A process that slept beyond the end of its hold sends nothing more, wherever on the way it fell asleep."""

import asyncio
import sys
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest
from pydantic import SecretStr

from bot.channels.telegram.client import Telegram
from bot.delivery.dispatcher import Dispatcher
from bot.demo.double.faults import delayed
from bot.demo.double.server import Simulator
from bot.demo.double.worker import Worker
from bot.dialogue.conversation import Conversation
from bot.render import File
from bot.storage import lease
from bot.storage.database import Database
from bot.storage.unit_of_work import Store
from bot.turns.contract import Address, Inbound
from bot.turns.turn import BatchResult
from tests.talks import KEYRING, TOKEN
from tests.test_dispatcher import UNHURRIED, texts_of, until, until_empty, write

ASLEEP = lease.LEASE + 3
FILE = "f"


def settled(
    inbounds: Sequence[Inbound], held: Mapping[Address, Conversation], seen: frozenset[int], room: int
) -> BatchResult:
    """Send back what was tapped, and for an `f` a file."""
    effect = texts_of(inbounds, held, seen, room)
    for at, outgoing in enumerate(effect.outgoing):
        if outgoing.message.text == FILE:
            message = replace(outgoing.message, attachment=File("my-data.json", "{}"))
            effect.outgoing[at] = replace(outgoing, message=message)
    return effect


class Sleeper:
    """A process whose clock is in the test's hands, with the real transport to the double."""

    def __init__(self, database: Database, telegram: Telegram) -> None:
        self.slept = 0.0
        self.store = Store(database, KEYRING, settled)
        self.store.outbox.lease._monotonic = lambda: self.slept
        self.telegram = telegram
        self.tries: list[str] = []  # how each ended
        self.dispatcher = Dispatcher(self.store, self._deliver, UNHURRIED, self.tries.append)
        self.before: Callable[[], object] = lambda: None  # what happens as the transport is asked to send

    async def _deliver(self, *letter: Any) -> None:
        self.before()
        await self.telegram.deliver(*letter)

    def falls_asleep(self) -> None:
        self.slept += ASLEEP


@pytest.fixture
async def double() -> AsyncIterator[Simulator]:
    async with Simulator(token=TOKEN) as simulator:
        yield simulator


@pytest.fixture
async def sleeper(database: Database, double: Simulator) -> AsyncIterator[Sleeper]:
    async with Telegram(SecretStr(TOKEN), double.api_url) as telegram:
        process = Sleeper(database, telegram)
        await process.store.outbox.lease.renew()
        yield process
        await process.dispatcher.drain(1)


async def a_worker(double: Simulator) -> Worker:
    worker = double.worker()
    await worker.starts()
    return worker


def shown(worker: Worker) -> list[str]:
    return [message.text for message in worker.screen.from_bot]


async def taken_over(database: Database, sleeper: Sleeper, chat: int) -> None:
    """Let another process send what the sleeper held, and one letter more."""
    await sleeper.store.outbox.lease.release_everyone()
    other = Store(database, KEYRING, texts_of)
    async with Telegram(SecretStr(TOKEN), sleeper.telegram._url.partition("/bot")[0]) as telegram:
        dispatcher = Dispatcher(other, telegram.deliver, UNHURRIED)
        running = asyncio.create_task(dispatcher.run())
        await write(other, 99, chat, "z")
        await until_empty(other)
        dispatcher.stop()
        await running


async def test_what_waited_for_a_connection_during_the_sleep_is_not_sent(
    database: Database, double: Simulator, sleeper: Sleeper
) -> None:
    first, second = await a_worker(double), await a_worker(double)
    sleeper.telegram._request._session.connector._limit = 1  # type: ignore[union-attr]
    double.faults.plan("sendMessage", delayed(1.5))
    await write(sleeper.store, 1, first.chat_id, "a")
    await asyncio.sleep(0.3)
    await write(sleeper.store, 2, second.chat_id, "b")
    await asyncio.sleep(0.1)
    sleeper.falls_asleep()
    await taken_over(database, sleeper, second.chat_id)
    assert shown(second) == ["b", "z"]
    await until(lambda: not sleeper.dispatcher._tasks)
    assert shown(second) == ["b", "z"]


@pytest.mark.parametrize("text", ["b", FILE], ids=["a message", "a file"])
async def test_who_falls_asleep_between_the_call_and_its_bytes_does_not_send_them(
    database: Database, double: Simulator, sleeper: Sleeper, text: str
) -> None:
    """The transport writes in a later round of the loop, and a busy loop's rounds are long."""
    worker = await a_worker(double)
    await write(sleeper.store, 1, worker.chat_id, "a")  # opens the connection
    await until_empty(sleeper.store)
    sleeper.before = lambda: asyncio.get_running_loop().call_soon(sleeper.falls_asleep)
    await write(sleeper.store, 2, worker.chat_id, text)
    await until(lambda: not sleeper.dispatcher._tasks)
    # From Python 3.12 on the client writes in the same round, while the process is still awake.
    at_once = [text] if sys.version_info >= (3, 12) else []
    assert shown(worker) == ["a", *at_once]
    await taken_over(database, sleeper, worker.chat_id)
    assert shown(worker)[1:] == [text, "z"]


async def test_in_the_last_part_of_a_hold_nothing_leaves_until_it_is_renewed(
    double: Simulator, sleeper: Sleeper
) -> None:
    """What leaves needs time to arrive before another process may send."""
    worker = await a_worker(double)
    await write(sleeper.store, 1, worker.chat_id, "a")
    await until_empty(sleeper.store)
    sleeper.slept = lease.LEASE * 0.9
    await write(sleeper.store, 2, worker.chat_id, "b")
    await until(lambda: len(sleeper.tries) == 2)
    assert sleeper.tries == ["sent", "retried"]
    assert sleeper.store.outbox.lease.name
    assert shown(worker) == ["a"]
    await sleeper.store.outbox.lease.renew()
    await until_empty(sleeper.store)
    assert shown(worker) == ["a", "b"]


@pytest.mark.skipif(not hasattr(time, "CLOCK_BOOTTIME"), reason="only Linux has two clocks to choose from")
def test_the_holds_clock_goes_on_while_the_machine_sleeps() -> None:
    before = time.clock_gettime(time.CLOCK_BOOTTIME)
    assert before <= lease.elapsed() <= time.clock_gettime(time.CLOCK_BOOTTIME)
    assert lease.CLOCK != time.CLOCK_MONOTONIC
