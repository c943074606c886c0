"""What is counted of everybody (how long questions take, which cards are opened), never a word of whom."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError

from bot.dialogue import counting
from bot.dialogue.conversation import MARKS, Command, Conversation, Incoming, Tap, Typed, Wake
from bot.dialogue.counting import PAUSE, Count
from bot.dialogue.reminders import Reminder
from bot.storage.counters import Counts
from bot.storage.database import Database
from bot.storage.tables import counts
from bot.storage.unit_of_work import Store
from bot.turns.contract import Inbound
from tests.chats import at
from tests.databases import begin, connect
from tests.talks import CONSENT, KEYRING, NOON, SHORT_PATH, presenter, settling_today, turned, up_to


class Phone:
    """One worker, whose seconds pass as the test says; `numbers` is what was counted."""

    def __init__(self, database: Database) -> None:
        self.now, self.update = 1_800_000_000, 0
        self.numbers: Counter[Count] = Counter()
        self.store = Store(database, KEYRING, settling_today(), clock=lambda: self.now)
        self.store.on_commit.append(lambda effect: self.numbers.update(effect.events.counts))

    async def says(self, *incoming: Incoming | Wake, after: int = 0) -> None:
        for one in incoming:
            self.now += after
            self.update += 1
            await self.store.take(Inbound(self.update, at(7), one))

    async def taps(self, *data: str, after: int = 0) -> None:
        await self.says(*map(Tap, data), after=after)

    async def agrees(self) -> None:
        await self.store.outbox.lease.renew()
        await self.says(Command("start"))
        await self.taps(*CONSENT)


@pytest.fixture
def phone(database: Database) -> Phone:
    return Phone(database)


async def test_a_question_takes_from_its_being_shown_to_its_answer(phone: Phone) -> None:
    await phone.agrees()
    await phone.taps("a:age:from_31_to_40", after=12)
    await phone.taps("a:occupation:food_delivery", after=5)
    assert phone.numbers["seconds", "age"] == 12
    assert phone.numbers["seconds", "occupation"] == 5
    assert phone.numbers["answered", "age"] == phone.numbers["answered", "occupation"] == 1


async def test_every_tick_and_every_try_belongs_to_its_question(phone: Phone) -> None:
    await phone.agrees()
    await phone.says(Typed("blah blah"), after=4)
    await phone.says(Typed("35岁"), after=6)
    assert (phone.numbers["seconds", "age"], phone.numbers["answered", "age"]) == (10, 1)
    await phone.taps(*up_to("debt_kinds")[1:])
    await phone.taps("+:debt_kinds:consumer", "+:debt_kinds:credit_card", "done:debt_kinds", after=3)
    assert phone.numbers["seconds", "debt_kinds"] == 9
    assert phone.numbers["answered", "debt_kinds"] == 1


async def test_what_is_done_beside_a_question_takes_time_of_the_question_that_is_open(phone: Phone) -> None:
    await phone.agrees()
    await phone.taps("lang:en", after=3)
    await phone.taps("a:age:from_31_to_40", after=4)
    assert phone.numbers["seconds", "age"] == 7


async def test_a_phone_that_was_put_away_is_no_slow_answer(phone: Phone) -> None:
    await phone.agrees()
    await phone.taps("a:age:from_31_to_40", after=PAUSE + 1)
    assert phone.numbers["put_away", "age"] == 1
    assert phone.numbers["seconds", "age"] == 0


def test_times_add_up_and_five_minutes_are_the_longest_that_count() -> None:
    stood = {at(n): q for n, q in enumerate(("age", "age", "age", "debt", "debt", None, "age"), 1)}
    last = (1000, 1000 - PAUSE + 7, 1007, 1000 - PAUSE - 1, 1006 - PAUSE, 0)
    before = {at(n): seconds for n, seconds in enumerate(last, 1)}
    assert counting.times(stood, before, 1007) == Counter(
        {("seconds", "age"): 7 + PAUSE, ("put_away", "debt"): 2}
    )


async def test_a_double_tap_and_an_old_button_count_nothing(phone: Phone) -> None:
    await phone.agrees()
    await phone.taps("a:age:from_31_to_40", "a:age:from_31_to_40", "a:age:from_21_to_30", after=2)
    assert (phone.numbers["answered", "age"], phone.numbers["seconds", "age"]) == (1, 2)


async def test_advice_is_counted_as_it_is_shown_and_opened(phone: Phone) -> None:
    await phone.agrees()
    await phone.taps(*SHORT_PATH)
    offered = [piece for what, piece in phone.numbers if what == "offered"]
    assert len(offered) >= 3, "the result shows the first pieces"
    await phone.taps(f"open:{offered[0]}", f"open:{offered[0]}:1", f"mark:{offered[0]}:done")
    assert phone.numbers["opened", offered[0]] == 1, "a page turned or drawn again was not opened again"


async def test_what_comes_of_a_reminder_is_counted_once(phone: Phone) -> None:
    await phone.agrees()
    await phone.taps(*SHORT_PATH)
    piece = next(piece for what, piece in phone.numbers if what == "offered")
    await phone.taps(f"remind:{piece}:month")
    await phone.taps(f"mark:{piece}:done:later", f"mark:{piece}:done:later", f"mark:{piece}:done")
    assert {key: n for key, n in phone.numbers.items() if key[0] == "followed"} == {("followed", "done"): 1}
    await phone.taps(
        f"stuck:{piece}:later", f"stuck:{piece}", f"mark:{piece}:forged:later", "mark:forged:done:later"
    )
    assert phone.numbers["followed", "stuck"] == phone.numbers["stuck", piece] == 1
    assert phone.numbers["followed", "forged"] == 0


TALK = Conversation("1")


def test_a_mark_taken_back_from_a_reminder_is_no_outcome() -> None:
    assert (
        list(counting.counts(TALK, Tap("unmark:emergency_fund:later"), replace(TALK, simple=True), ())) == []
    )


async def test_numbers_are_added_up_and_hold_no_person(database: Database, phone: Phone) -> None:
    ours, other = Counts(database, lambda: 5.0), Counts(database, lambda: 9.0)
    for writer in (ours, other):
        phone.store.on_commit.append(writer.hear)
    await phone.agrees()
    await phone.taps("a:age:from_31_to_40", after=12)
    await ours.write()
    await other.write()
    await ours.write()  # nothing waits any more
    async with connect(database) as connection:
        rows = {(row.what, row.which): row for row in await connection.execute(sa.select(counts))}
    assert rows["seconds", "age"].number == 24
    assert rows["seconds", "age"].since == 5
    assert set(counts.c.keys()) == {"what", "which", "number", "since"}


async def test_numbers_that_could_not_be_written_wait(database: Database, phone: Phone) -> None:
    writer = Counts(database)
    phone.store.on_commit.append(writer.hear)
    await phone.agrees()
    await phone.taps("a:age:from_31_to_40", after=12)
    async with begin(database) as connection:
        await connection.run_sync(counts.drop)
    with pytest.raises(SQLAlchemyError):
        await writer.write()
    async with begin(database) as connection:
        await connection.run_sync(counts.create)
    await writer.write()
    async with connect(database) as connection:
        number = sa.select(counts.c.number).where(counts.c.what == "seconds", counts.c.which == "age")
        assert await connection.scalar(number) == 12


async def test_only_names_of_ours_are_counted_whatever_is_sent(phone: Phone) -> None:
    await phone.agrees()
    await phone.taps(
        "a:age:from_31_to_40", "+:13800000000:x", "open:张三", "back:张三", "remind:张三:month:later"
    )
    await phone.says(Typed("我叫张三"), Command("start", "张三"))
    knowledge = presenter().knowledge
    names = {*knowledge.questionnaire.by_id, *knowledge.pieces, *MARKS, "stuck", "survey", "consent"}
    assert {which for _, which in phone.numbers} <= names


def test_a_reminder_that_is_sent_is_counted() -> None:
    due = NOON + timedelta(days=30)
    talk = Conversation("1", reminders=(Reminder("survey", int(due.timestamp())),))
    settled = turned([Inbound(None, at(7), Wake())], {at(7): talk}, due)
    assert settled.events.counts == {("reminded", "survey"): 1}
