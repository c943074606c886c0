"""A channel with ids of words, without edits or files: the same turn, storage and delivery serve it."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace

import pytest

from bot.channels.intake import Intake
from bot.delivery.dispatcher import Dispatcher
from bot.delivery.port import Blocked, Refused, routed
from bot.delivery.send_rate import SendRate
from bot.dialogue.conversation import Command, Tap
from bot.ops.metrics import Metrics
from bot.render import File, Message
from bot.storage.database import Database
from bot.storage.due_reminders import Waking
from bot.storage.unit_of_work import Store
from bot.turns.contract import Address, Capabilities, Inbound, Outbound, update_number
from tests.chats import at
from tests.talks import CONSENT, KEYRING, NOON, settling_today
from tests.test_dispatcher import Post, until_empty

TOY = "toy"
WORDS_ONLY = Capabilities(600, 600, 64, edits=False, files=False)
WORKER = Address(TOY, "oLVPpjqs9BhvzwPj5A-vTYAX3GLc")


@dataclass
class Toy:
    """A channel that can only add words; `blocked` are people who want none."""

    capabilities: Capabilities = WORDS_ONLY
    taken: list[tuple[str, Message]] = field(default_factory=list)
    blocked: set[str] = field(default_factory=set)

    async def deliver(self, outbound: Outbound, _may: Callable[[], bool]) -> None:
        if outbound.chat.id in self.blocked:
            raise Blocked
        assert outbound.edits is None
        assert outbound.message.attachment is None
        self.taken.append((outbound.chat.id, outbound.message))


@asynccontextmanager
async def working(store: Store, toy: Toy, telegram: Post | None = None) -> AsyncIterator[Intake]:
    class Telegram(Post):
        capabilities = replace(toy.capabilities, edits=True, files=True)

    ports = {TOY: toy, "telegram": telegram or Telegram()}
    dispatcher = Dispatcher(store, routed(ports), SendRate())  # type: ignore[arg-type]
    task = asyncio.create_task(dispatcher.run())
    try:
        yield Intake(store, Metrics())
    finally:
        dispatcher.stop()
        await task
        await dispatcher.drain(1)


def came(number: int, incoming: Command | Tap) -> Inbound:
    return Inbound(update_number(TOY, f"msg-{number}"), WORKER, incoming, "zh", f"msg-{number}")


async def test_a_worker_in_another_channel_is_served_and_found_again_for_a_reminder(
    database: Database,
) -> None:
    store, toy = Store(database, KEYRING, settling_today(), clock=NOON.timestamp), Toy()
    async with working(store, toy) as intake:
        await intake.take(came(0, Command("start")))
        for number, data in enumerate(CONSENT, 1):
            await intake.take(came(number, Tap(data)))
        await intake.take(came(3, Tap(CONSENT[-1])))  # delivered twice
        await intake.take(came(9, Tap("go:data_file")))
        await intake.take(came(10, Tap("remind:survey:hour")))
        await until_empty(store)
        shown = len(toy.taken)
        assert {id for id, _ in toy.taken} == {WORKER.id}
        assert shown == len(CONSENT) + 3, "one answer each: the second time is none"
        later = Store(database, KEYRING, settling_today(), clock=lambda: NOON.timestamp() + 3601)
        assert await Waking(later).wake() == 1
    talk = await store.conversation(WORKER)
    assert talk is not None
    assert talk.consent == ("answers", "abroad")
    assert await store.conversation(at(7)) is None


async def test_who_blocks_us_in_one_channel_gets_nothing_there_and_nobody_else_waits(
    database: Database,
) -> None:
    store, toy = Store(database, KEYRING, settling_today()), Toy(blocked={WORKER.id})
    async with working(store, toy) as intake:
        await intake.take(came(1, Command("start")))
        await intake.take(Inbound(1, Address(TOY, "other"), Command("start")))
        await until_empty(store)
    assert [id for id, _ in toy.taken] == ["other"]


async def test_a_message_to_a_channel_that_is_not_there_any_more_is_set_aside(database: Database) -> None:
    deliver = routed({})
    with pytest.raises(Refused, match="no such channel"):
        await deliver(Outbound(WORKER, Message("hello")), lambda: True)


def test_a_message_is_fitted_to_what_a_channel_can_do() -> None:
    toy, able = WORDS_ONLY, replace(WORDS_ONLY, edits=True, files=True)
    outbound = Outbound(WORKER, Message("hello", attachment=File("a.txt", "a")), edits="msg-1")
    assert able.fitted(outbound) == outbound
    assert toy.fitted(outbound) == Outbound(WORKER, Message("hello"))


def test_updates_of_another_channel_have_numbers_that_telegram_never_gives() -> None:
    numbers = [update_number(channel, f"msg-{n}") for channel in (TOY, "other") for n in range(1000)]
    assert len(set(numbers)) == len(numbers)
    assert all(-(2**63) <= number < 0 for number in numbers)
    assert update_number(TOY, "msg-1") == update_number(TOY, "msg-1")
