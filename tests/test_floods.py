"""A worker who sends faster than a hand can tap holds up nobody, is warned once, and can always have all
deleted.
"""

from collections.abc import Iterator, Mapping, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.exc import OperationalError

from bot.channels.inbound_rate import InboundRate
from bot.channels.intake import Intake, NotStored
from bot.channels.telegram.updates import take
from bot.delivery.token_bucket import MANY
from bot.dialogue.conversation import Command, Conversation, Group, Hurry, Tap
from bot.ops.metrics import Metrics
from bot.storage.database import Database
from bot.storage.unit_of_work import Store
from bot.turns.contract import Address, Inbound
from bot.turns.turn import BatchResult
from tests.chats import at
from tests.talks import CONSENT, KEYRING, settling_today

WORKER = {"id": 7, "is_bot": False, "first_name": "王", "language_code": "zh-hans"}


class Clock:
    """Time that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def inbounds(chat: int = 7) -> Iterator[Inbound]:
    for update in range(10**9):
        yield Inbound(update, at(chat), Tap("a:age:from_31_to_40"))


def said(update: int, text: str) -> dict[str, object]:
    chat = {"id": 7, "type": "private"}
    return {
        "update_id": update,
        "message": {"message_id": update, "chat": chat, "from": WORKER, "text": text},
    }


def tapped(update: int, data: str) -> dict[str, object]:
    message = {"message_id": 3, "chat": {"id": 7, "type": "private"}}
    return {
        "update_id": update,
        "callback_query": {"id": "1", "from": WORKER, "data": data, "message": message},
    }


@pytest.mark.asvs("2.3.2", "2.4.1")
def test_after_a_burst_the_worker_is_told_once_and_then_not_heard(clock: Clock) -> None:
    floods = InboundRate(rate=1, burst=20, monotonic=clock)
    admitted = [floods.admitted(inbound) for inbound, _ in zip(inbounds(), range(1000), strict=False)]
    assert [e is not None and isinstance(e.incoming, Tap) for e in admitted[:20]] == [True] * 20
    assert admitted[20] is not None
    assert isinstance(admitted[20].incoming, Hurry)
    assert set(admitted[21:]) == {None}


def test_another_chat_is_heard_meanwhile_and_who_calms_down_is_heard_again(clock: Clock) -> None:
    floods = InboundRate(rate=1, burst=20, monotonic=clock)
    flood, other = inbounds(7), inbounds(8)
    for _ in range(100):
        floods.admitted(next(flood))
    calm = next(other)
    assert floods.admitted(calm) is calm
    clock.now += 1
    again = next(flood)
    assert floods.admitted(again) is again
    assert floods.admitted(next(flood)) is None, "told already, and not yet calm"
    clock.now += 60
    for _ in range(20):
        assert isinstance(getattr(floods.admitted(next(flood)), "incoming", None), Tap)
    assert isinstance(getattr(floods.admitted(next(flood)), "incoming", None), Hurry)


def test_unless_told_otherwise_it_is_twenty_at_once_and_then_one_a_second(clock: Clock) -> None:
    floods, flood = InboundRate(monotonic=clock), inbounds()

    def heard() -> int:
        taken = [floods.admitted(next(flood)) for _ in range(100)]
        return sum(inbound is not None and isinstance(inbound.incoming, Tap) for inbound in taken)

    assert heard() == 20
    clock.now += 5
    assert heard() == 5


@pytest.mark.parametrize(("seconds", "told_again"), [(10, False), (11, True)])
def test_who_was_told_is_told_again_only_after_half_the_bucket_is_full(
    clock: Clock, seconds: int, told_again: bool
) -> None:
    floods, flood = InboundRate(rate=1, burst=20, monotonic=clock), inbounds()
    for _ in range(21):
        floods.admitted(next(flood))
    clock.now += seconds
    for _ in range(seconds):
        assert isinstance(getattr(floods.admitted(next(flood)), "incoming", None), Tap)
    beyond = floods.admitted(next(flood))
    assert (beyond is not None) is told_again


def test_what_is_given_back_is_one_and_no_more_than_there_is_room_for(clock: Clock) -> None:
    floods, flood = InboundRate(rate=1, burst=3, monotonic=clock), inbounds()
    taken = [floods.admitted(next(flood)) for _ in range(3)]
    assert taken[0] is not None
    floods.give_back(taken[0])
    again = [floods.admitted(next(flood)) for _ in range(2)]
    assert [isinstance(getattr(inbound, "incoming", None), Tap) for inbound in again] == [True, False]
    clock.now += 60
    for _ in range(9):
        floods.give_back(taken[0])
    full = [floods.admitted(next(flood)) for _ in range(4)]
    assert [isinstance(getattr(e, "incoming", None), Tap) for e in full] == [True, True, True, False]


def test_a_hand_that_taps_on_and_on_is_never_stopped(clock: Clock) -> None:
    floods = InboundRate(rate=1, burst=20, monotonic=clock)
    for inbound, _ in zip(inbounds(), range(60), strict=False):
        clock.now += 0.7
        assert floods.admitted(inbound) is inbound


@given(st.integers(0, 200))
def test_the_way_to_a_deletion_is_always_open(before: int) -> None:
    floods, flood = InboundRate(rate=1, burst=20, monotonic=lambda: 0.0), inbounds()
    for _ in range(before):
        floods.admitted(next(flood))
    for incoming in (Command("delete"), Tap("go:delete"), Tap("go:forget")):
        inbound = Inbound(0, at(7), incoming)
        assert floods.admitted(inbound) is inbound


def test_a_group_is_not_answered_beyond_its_burst(clock: Clock) -> None:
    floods = InboundRate(rate=1, burst=2, monotonic=clock)
    admitted = [floods.admitted(Inbound(update, at(-5), Group())) for update in range(4)]
    assert [e is not None for e in admitted] == [True, True, False, False]


def test_calm_chats_are_forgotten(clock: Clock) -> None:
    floods = InboundRate(rate=1, burst=20, monotonic=clock)
    for chat in range(MANY):
        floods.admitted(Inbound(chat, at(chat), Command("start")))
    clock.now += 30
    floods.admitted(Inbound(MANY, at(MANY), Command("start")))
    assert len(floods._chats) == 1


@pytest.mark.asvs("15.2.2")
async def test_a_flood_of_one_person_leaves_few_turns_and_their_deletion_is_done(database: Database) -> None:
    store = Store(database, KEYRING, settling_today())
    metrics = Metrics()
    intake = Intake(store, metrics, InboundRate(rate=1, burst=20, monotonic=lambda: 0.0))
    for update, text in enumerate(["/start"] * 500):
        await take(intake, said(update, text))
    assert await store.conversation(at(7)) is not None
    letters, _ = await store.outbox.backlog()
    assert letters == 21, "twenty answers and one word of calm"
    assert metrics.updates.labels("flood")._value.get() == 479
    await take(intake, tapped(1000, "go:forget"))
    assert await store.conversation(at(7)) is None


async def test_what_telegram_repeats_while_the_database_is_away_is_not_held_against_the_worker(
    database: Database,
) -> None:
    settle, away = settling_today(), True

    def settled(
        inbounds: Sequence[Inbound], held: Mapping[Address, Conversation], seen: frozenset[int], room: int
    ) -> BatchResult:
        if away:
            raise OperationalError("SELECT", {}, OSError("gone"))
        return settle(inbounds, held, seen, room)

    store = Store(database, KEYRING, settled)
    intake = Intake(store, Metrics(), InboundRate(rate=1, burst=3, monotonic=lambda: 0.0))
    for _ in range(50):
        with pytest.raises(NotStored):
            await take(intake, said(1, "/start"))
    away = False
    for _ in range(50):  # delivered again and again although it was done
        await take(intake, said(1, "/start"))
    for update, data in enumerate(CONSENT[:2], start=2):
        await take(intake, tapped(update, data))
    talk = await store.conversation(at(7))
    assert talk is not None
    assert talk.ticks == ("answers", "abroad")
