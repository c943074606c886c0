"""Long polling loses nothing: an update is asked for again until its turn is committed."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from sqlalchemy.exc import OperationalError
from telegram.error import NetworkError

from bot.channels.intake import Intake
from bot.channels.telegram import polling
from bot.channels.telegram.polling import Polling, Raw
from bot.demo.double.server import Simulator
from bot.dialogue.conversation import Conversation
from bot.ops.metrics import Metrics
from bot.storage.database import Database
from bot.storage.unit_of_work import Store
from bot.turns.contract import Address, Inbound
from bot.turns.turn import BatchResult
from tests.chats import at
from tests.talks import CONSENT, KEYRING, TOKEN, running_bot, settling_today


class Telegram:
    """Telegram's side: gives what is not confirmed yet, and forgets what is."""

    def __init__(self, *updates: Raw, troubles: int = 0) -> None:
        self.updates, self.troubles = list(updates), troubles
        self.offsets: list[int] = []
        self.answered: list[str] = []
        self.idle = asyncio.Event()

    async def fetch(self, offset: int) -> list[Raw]:
        self.offsets.append(offset)
        if self.troubles:
            self.troubles -= 1
            raise NetworkError("gone")
        self.updates = [update for update in self.updates if int(str(update["update_id"])) >= offset]
        if not self.updates:
            self.idle.set()
            await asyncio.sleep(60)
        return list(self.updates)

    async def answer_tap(self, tap: str) -> None:
        self.answered.append(tap)


class Trouble:
    """A settling that storage fails `times` times; it notes in which order the turns were taken."""

    def __init__(self, times: int = 0) -> None:
        self.times, self.settle = times, settling_today()
        self.taken: list[tuple[int, int | None]] = []

    def __call__(
        self,
        inbounds: Sequence[Inbound],
        held: Mapping[Address, Conversation],
        seen: frozenset[int],
        room: int,
    ) -> BatchResult:
        if self.times:
            self.times -= 1
            raise OperationalError("SELECT", {}, OSError("gone"))
        self.taken += [(int(e.chat.id), e.update) for e in inbounds]
        return self.settle(inbounds, held, seen, room)


def person(id: int) -> Raw:
    return {"id": id, "is_bot": False, "first_name": "王", "language_code": "zh-hans"}


def said(update: int, text: str = "/start", chat: int = 7) -> Raw:
    message = {
        "message_id": update,
        "chat": {"id": chat, "type": "private"},
        "from": person(chat),
        "text": text,
    }
    return {"update_id": update, "message": message}


def tapped(update: int, data: str, chat: int = 7) -> Raw:
    message = {"message_id": 3, "chat": {"id": chat, "type": "private"}}
    query = {"id": f"tap {update}", "from": person(chat), "data": data, "message": message}
    return {"update_id": update, "callback_query": query}


@pytest.fixture(autouse=True)
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(polling, "PAUSE", 0.01)


@asynccontextmanager
async def polled(database: Database, telegram: Telegram, trouble: Trouble) -> AsyncIterator[Store]:
    """Poll until Telegram has nothing more."""
    store = Store(database, KEYRING, trouble)
    task = asyncio.create_task(Polling(Intake(store, Metrics()), telegram.fetch, telegram.answer_tap).run())
    try:
        async with asyncio.timeout(30):
            await telegram.idle.wait()
        yield store
    finally:
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task


async def test_what_storage_refuses_is_not_confirmed_until_it_is_kept(database: Database) -> None:
    telegram, trouble = Telegram(said(5), tapped(6, CONSENT[0])), Trouble(times=4)
    async with polled(database, telegram, trouble) as store:
        talk = await store.conversation(at(7))
        assert talk is not None
        assert talk.ticks == ("answers",)
    assert trouble.taken == [(7, 5), (7, 6)], "in order, once each"
    assert telegram.offsets == [0, 7]


async def test_a_network_that_fails_is_asked_again_from_the_same_place(database: Database) -> None:
    telegram = Telegram(said(5), troubles=3)
    async with polled(database, telegram, Trouble()) as store:
        assert await store.conversation(at(7)) is not None
    assert telegram.offsets == [0, 0, 0, 0, 6]


async def test_a_tap_is_answered_so_that_the_button_stops_turning(database: Database) -> None:
    telegram = Telegram(said(1), tapped(2, CONSENT[0]), said(3, "/help"))
    async with polled(database, telegram, Trouble()):
        pass
    assert telegram.answered == ["tap 2"]


async def test_what_nobody_can_read_holds_up_nothing(database: Database) -> None:
    strange: list[Raw] = [{"update_id": 1, "message": 5}, {"update_id": 2, "poll": {}}, {"update_id": 3}]
    telegram = Telegram(*strange, said(4))
    async with polled(database, telegram, Trouble()) as store:
        assert await store.conversation(at(7)) is not None
    assert telegram.offsets == [0, 5]


async def test_each_chat_is_taken_in_order_whatever_the_others_do(database: Database) -> None:
    updates = [said(n, chat=n % 3 + 1) for n in range(30)]
    telegram, trouble = Telegram(*updates), Trouble(times=1)
    async with polled(database, telegram, trouble):
        pass
    for chat in (1, 2, 3):
        mine = [update for of, update in trouble.taken if of == chat]
        assert mine == sorted(n for n in range(30) if n % 3 + 1 == chat)


async def test_an_update_that_the_library_can_not_read_stops_nobody(tmp_path: Path) -> None:
    async with Simulator(token=TOKEN) as simulator, running_bot(simulator, tmp_path / "bot.sqlite"):
        worker = simulator.worker()
        simulator.state.updates.push("callback_query", {"id": "1", "of_tomorrow": {"from": "nobody"}})
        await worker.starts()
        await worker.expects(lambda screen: bool(screen.from_bot))
