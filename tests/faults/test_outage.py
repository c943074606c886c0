"""The database goes away, falls silent or is full: what is acknowledged is kept, and it goes on."""

import asyncio
import json
import logging
import os
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.channels.intake import Intake, NotStored
from bot.channels.telegram.updates import take
from bot.delivery.dispatcher import Dispatcher
from bot.delivery.send_rate import SendRate
from bot.ops.metrics import Metrics
from bot.storage.database import Database
from bot.storage.engine import migrate, open_database
from bot.storage.tables import updates
from bot.storage.unit_of_work import Store
from bot.turns.contract import Outbound
from tests.chats import at
from tests.databases import connect, sync
from tests.faults.wire import Proxy
from tests.talks import CONSENT, KEYRING, SHORT_PATH, settling_today

CHATS = 20
SECONDS = float(os.environ.get("OUTAGE_SECONDS", "3"))  # of each outage; 60 in the long run
RECOVERY = 10.0


def update(number: int, chat: int, data: str) -> bytes:
    person = {"id": chat, "is_bot": False, "first_name": "?"}
    message = {"message_id": 1, "chat": {"id": chat, "type": "private"}, "from": person}
    if not data:
        return json.dumps({"update_id": number, "message": {**message, "text": "/start"}}).encode()
    query = {"id": str(number), "from": person, "message": message, "data": data}
    return json.dumps({"update_id": number, "callback_query": query}).encode()


class Load:
    """Chats that answer again and again; each update is delivered until it is taken, as Telegram does."""

    def __init__(self, intake: Intake) -> None:
        self.intake = intake
        self.taken: dict[int, float] = {}  # when each update was acknowledged
        self.refused = 0

    async def talk(self, chat: int, end: asyncio.Event) -> None:
        number = chat * 100_000
        while not end.is_set():
            for data in ("", *CONSENT, *SHORT_PATH, "go:restart"):
                number += 1
                while not await self._take(update(number, chat, data)):
                    self.refused += 1
                    await asyncio.sleep(0.1)
                self.taken[number] = time.monotonic()

    async def _take(self, body: bytes) -> bool:
        try:
            async with asyncio.timeout(60):  # so long does Telegram wait
                await take(self.intake, body)
        except (NotStored, TimeoutError):
            return False
        return True


@pytest.fixture
async def server(postgres: str) -> AsyncIterator[tuple[Proxy, Database]]:
    """A PostgreSQL of one's own behind a wire that can be cut."""
    address = sa.make_url(postgres)
    async with Proxy([(address.host or "127.0.0.1", address.port or 5432)]) as proxy:
        database = open_database(
            address.set(host="127.0.0.1", port=proxy.port).render_as_string(hide_password=False)
        )
        await migrate(database, KEYRING)
        yield proxy, database
        proxy.mend()
        await database.dispose()


@pytest.mark.slow
@pytest.mark.postgres
@pytest.mark.parametrize("how", ["cut", "silence"])
async def test_a_database_that_is_gone_for_a_while_loses_nothing(
    server: tuple[Proxy, Database], how: str
) -> None:
    proxy, database = server
    store, got = Store(database, KEYRING, settling_today()), dict[int, list[str]]()
    load = Load(Intake(store, Metrics()))

    async def deliver(outgoing: Outbound, _may: Callable[[], bool]) -> None:
        got.setdefault(int(outgoing.chat.id), []).append(outgoing.message.text)

    dispatcher = Dispatcher(store, deliver, SendRate(0, 0))
    running = asyncio.create_task(dispatcher.run())
    end = asyncio.Event()
    talks = [asyncio.create_task(load.talk(chat, end)) for chat in range(1, CHATS + 1)]
    while len(load.taken) < 5 * CHATS:  # noqa: ASYNC110 - whatever it needs to get going
        await asyncio.sleep(0.1)
    before = len(load.taken)
    getattr(proxy, how)()
    await asyncio.sleep(SECONDS)
    during = len(load.taken)
    proxy.mend()
    mended = time.monotonic()
    await asyncio.sleep(2)
    end.set()
    await asyncio.gather(*talks)
    while await store.outbox.waiting():  # noqa: ASYNC110 - the dispatcher tells nobody
        await asyncio.sleep(0.1)
    dispatcher.stop()
    await running
    async with connect(database) as connection:
        stored = set(await connection.scalars(sa.select(updates.c.update)))
    assert during - before <= 64  # only what had been committed when the wire was cut
    assert set(load.taken) <= stored
    assert min(at for at in load.taken.values() if at > mended) - mended < RECOVERY
    # Each update is answered by one message, the last answer and /start by two.
    for chat in range(1, CHATS + 1):
        assert len(got[chat]) >= sum(number // 100_000 == chat for number in load.taken)
    if how == "cut":
        assert load.refused > 0


async def test_a_full_disk_is_told_and_nothing_is_broken(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "bot")
    database = open_database(f"sqlite:///{tmp_path / 'bot.sqlite'}")
    await migrate(database, KEYRING)
    most = [2**30]
    sa.event.listen(sync(database), "begin", lambda c: c.exec_driver_sql(f"PRAGMA max_page_count={most[0]}"))
    store = Store(database, KEYRING, settling_today())
    load = Load(Intake(store, Metrics()))
    async with connect(database) as connection:
        pages = await connection.scalar(sa.text("PRAGMA page_count"))
    most[0] = pages + 8
    number = 1
    while await load._take(update(number, number, "")):
        number += 1
    assert number > 3
    assert [record.getMessage() for record in caplog.records] == ["turn not saved, will be tried again"]
    async with connect(database) as connection:
        assert await connection.scalar(sa.text("PRAGMA integrity_check")) == "ok"
        assert set(await connection.scalars(sa.select(updates.c.update))) == set(range(1, number))
    most[0] = 2**30
    assert await load._take(update(number, number, ""))
    assert await store.conversation(at(number)) is not None
    await database.dispose()
