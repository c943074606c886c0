"""The bot at work, where its parts meet the clock."""

import asyncio
import logging
from datetime import datetime
from pathlib import Path
from threading import Event, Thread

import pytest
from pydantic import SecretStr

from bot.app import process
from bot.app.process import Bot
from bot.channels.intake import Intake, NotStored
from bot.channels.telegram.client import Telegram
from bot.demo.double.server import Simulator
from bot.dialogue.conversation import Command, Incoming, Tap, Typed
from bot.ops.metrics import Metrics
from bot.render import Presenter
from bot.storage.database import Database
from bot.storage.due_reminders import Waking
from bot.storage.engine import opened
from bot.storage.tables import DAY
from bot.storage.unit_of_work import Store
from bot.turns.contract import Inbound
from tests.chats import at
from tests.talks import KEYRING, NOON, TOKEN, presenter, settling_today


class Clock:
    """The machine's time, which can be set."""

    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


async def tidied(store: Store, clock: Clock, jump: float) -> None:
    """Let a bot tidy for some rounds, and its clock jump after the first."""
    bot = Bot(SecretStr("1:x"), "http://127.0.0.1:1", store, presenter())
    tidying = asyncio.create_task(bot._tidy())
    await asyncio.sleep(0.2)
    clock.now += jump
    await asyncio.sleep(0.5)
    tidying.cancel()


def alarms(caplog: pytest.LogCaptureFixture) -> set[str]:
    return {record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR}


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    monkeypatch.setattr(process, "TIDY", 0.01)
    return Clock()


@pytest.mark.parametrize("days", [-3650, -366, -2, 2, 29, 366, 3650])
async def test_after_the_clock_jumped_by_more_than_a_day_nothing_is_dropped(
    database: Database, clock: Clock, caplog: pytest.LogCaptureFixture, days: int
) -> None:
    store = Store(database, KEYRING, settling_today(), clock=clock)
    await store.take(Inbound(1, at(7), Command("start")))
    clock.now += 7 * DAY - 3600
    await tidied(store, clock, days * DAY)
    assert await store.conversation(at(7)) is not None
    assert "the clock jumped: nothing is dropped" in alarms(caplog)
    assert alarms(caplog) <= {
        "the clock jumped: nothing is dropped",
        "the clock is in doubt: nothing is dropped",
    }


async def test_a_clock_that_is_put_right_by_some_hours_drops_what_is_over_and_nothing_else(
    database: Database, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    store = Store(database, KEYRING, settling_today(), clock=clock)
    await store.take(Inbound(1, at(7), Command("start")))
    clock.now += 7 * DAY - 3600
    await store.take(Inbound(2, at(8), Command("start")))
    await tidied(store, clock, 2 * 3600)
    assert await store.conversation(at(7)) is None
    assert await store.conversation(at(8)) is not None
    assert alarms(caplog) == set()


async def test_a_clock_that_is_months_ahead_at_the_start_drops_nothing(
    database: Database, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    store = Store(database, KEYRING, settling_today(), clock=clock)
    await store.take(Inbound(1, at(7), Command("start")))
    clock.now += 200 * DAY
    await tidied(store, clock, 0)
    assert await store.conversation(at(7)) is not None
    assert alarms(caplog) == {"the clock is in doubt: nothing is dropped"}


@pytest.mark.parametrize(
    ("before", "meanwhile", "woken"), [(0, 0, True), (200 * DAY, 0, False), (0, 2 * DAY, False)]
)
@pytest.mark.parametrize("address", ["sqlite"], indirect=True)
async def test_nobody_is_reminded_by_a_clock_that_is_in_doubt(
    database: Database, monkeypatch: pytest.MonkeyPatch, before: float, meanwhile: float, woken: bool
) -> None:
    """A clock that is 200 days ahead would send every reminder of the months to come at once."""
    clock, looks, rounds = Clock(), list[float](), asyncio.Queue[None]()

    async def wake(_self: Waking) -> int:
        looks.append(clock.now)
        return 0

    def now() -> datetime:  # asked at the beginning of each round
        rounds.put_nowait(None)
        return NOON

    async def some_rounds() -> None:
        while not rounds.empty():
            rounds.get_nowait()
        for _ in range(3):  # the first may have begun before
            await rounds.get()

    monkeypatch.setattr(process, "REMIND", 0.01)
    monkeypatch.setattr(process, "now_in_china", now)
    monkeypatch.setattr(Waking, "wake", wake)
    store = Store(database, KEYRING, settling_today(), clock=clock)
    await store.take(Inbound(1, at(7), Command("start")))
    clock.now += before
    bot = Bot(SecretStr("1:x"), "http://127.0.0.1:1", store, presenter())
    reminding = asyncio.create_task(bot._remind())
    await some_rounds()
    clock.now += meanwhile
    await some_rounds()
    reminding.cancel()
    assert (clock.now in looks) is woken


@pytest.mark.parametrize("address", ["sqlite"], indirect=True)
async def test_a_jump_that_telegram_s_clock_confirms_is_no_doubt(
    database: Database, clock: Clock, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A machine that slept for a week is right about the day when it wakes."""

    async def theirs(_self: Telegram) -> float:
        return clock.now

    monkeypatch.setattr(Telegram, "clock", theirs)
    store = Store(database, KEYRING, settling_today(), clock=clock)
    await store.take(Inbound(1, at(7), Command("start")))
    await tidied(store, clock, 8 * DAY)
    assert await store.conversation(at(7)) is None
    assert alarms(caplog) == set()


@pytest.mark.parametrize("address", ["sqlite"], indirect=True)
async def test_typed_words_wait_for_what_they_need_outside_of_a_transaction_and_taps_do_not(
    database: Database,
) -> None:
    """Made within the turn it kept every chat of the batch locked for seconds, and PostgreSQL ended it."""
    taken: list[Incoming] = []

    class Noting(Store):
        async def take(self, inbound: Inbound) -> bool:
            taken.append(inbound.incoming)
            return True

    store, prepared = Noting(database, KEYRING, settling_today()), asyncio.Event()
    intake = Intake(store, Metrics(), prepared=prepared)
    words = asyncio.create_task(intake.take(Inbound(1, at(7), Typed("社保怎么交"))))
    await intake.take(Inbound(2, at(8), Tap("go:tips")))
    assert taken == [Tap("go:tips")]
    prepared.set()
    await words
    assert taken == [Tap("go:tips"), Typed("社保怎么交")]


async def test_typed_words_that_wait_are_sent_back_when_the_process_is_to_stop(database: Database) -> None:
    """Another process has made what they need, and Telegram delivers them again."""
    store = Store(database, KEYRING, settling_today())
    intake = Intake(store, Metrics(), prepared=asyncio.Event())
    words = asyncio.create_task(intake.take(Inbound(1, at(7), Typed("社保怎么交"))))
    await asyncio.sleep(0)
    intake.leave()
    with pytest.raises(NotStored):
        await words
    assert await store.last_handled() is None


def test_a_process_that_is_to_stop_does_not_wait_for_what_it_makes_ahead(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A container that doesn't end in ten seconds is killed, and then a message may come twice."""
    begun, over = Event(), Event()

    def endless(*_: object) -> None:
        begun.set()
        over.wait()

    async def stopped() -> None:
        url = f"sqlite:///{tmp_path / 'bot.sqlite'}"
        async with (
            Simulator(token=TOKEN) as simulator,
            opened(url, KEYRING, settling_today()) as store,
        ):
            bot = Bot(SecretStr(TOKEN), simulator.api_url, store, presenter(), ahead_of_time=True)
            polling = asyncio.create_task(bot.poll())
            while not begun.is_set():  # noqa: ASYNC110 - a thread tells nobody
                await asyncio.sleep(0.01)
            bot.stop()
            await polling

    monkeypatch.setattr(Presenter, "prepare", endless)
    ending = Thread(target=lambda: asyncio.run(stopped()), daemon=True)
    ending.start()
    ending.join(120)
    over.set()
    assert begun.is_set()
    assert not ending.is_alive()


@pytest.mark.parametrize("address", ["sqlite"], indirect=True)
async def test_typed_words_are_taken_though_nothing_could_be_prepared(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> None:
        raise RuntimeError("no memory")

    monkeypatch.setattr(Presenter, "prepare", fails)
    store = Store(database, KEYRING, settling_today())
    bot = Bot(SecretStr("1:x"), "http://127.0.0.1:1", store, presenter(), ahead_of_time=True)
    with pytest.raises(RuntimeError):
        await bot._prepare()
    async with asyncio.timeout(10):
        await bot._intake.take(Inbound(1, at(7), Typed("社保怎么交")))
