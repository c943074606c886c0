"""The outbox is emptied in order, through every kind of trouble that Telegram or storage makes."""

import asyncio
from collections.abc import AsyncIterator, Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import OperationalError

from bot.delivery import dispatcher
from bot.delivery.dispatcher import Dispatcher
from bot.delivery.port import Blocked, Refused, SlowDown, Unreachable
from bot.delivery.send_rate import CAREFUL, SendRate
from bot.delivery.token_bucket import MANY
from bot.dialogue.conversation import Command, Conversation, Tap
from bot.ops.metrics import Metrics
from bot.render import Message
from bot.storage import lease, outbox
from bot.storage.database import Database
from bot.storage.engine import migrate, open_database
from bot.storage.locks import lock
from bot.storage.outbox import Queued
from bot.storage.tables import conversations
from bot.storage.tables import outbox as letters_table
from bot.storage.unit_of_work import Store
from bot.turns.contract import Address, Inbound, Outbound
from bot.turns.turn import BatchResult
from tests.chats import at
from tests.databases import Beside, Result, begin, sync
from tests.talks import CONSENT, KEYRING, settling_today, up_to

UNHURRIED = SendRate(overall=0, chat=0)


class Post:
    """Telegram's side: takes letters, or raises the troubles that were laid out for it."""

    def __init__(self, *troubles: Exception) -> None:
        self.troubles = list(troubles)
        self.taken: list[tuple[int, str]] = []
        self.closed = asyncio.Event()
        self.closed.set()

    async def deliver(self, outgoing: Outbound, may: Callable[[], bool]) -> None:
        await self.closed.wait()
        if self.troubles:
            raise self.troubles.pop(0)
        self.taken.append((int(outgoing.chat.id), outgoing.message.text))


class Paused(SendRate):
    """A pace that lets nothing go until the pause is over."""

    def __init__(self) -> None:
        super().__init__()
        self.over = asyncio.Event()

    async def wait(
        self, chat: Hashable, unless: asyncio.Event, processes: int = 1, *, edits: bool = False
    ) -> bool:
        return await self.over.wait()


class Forgetful(Store):
    """A store that fails to record the first letters as sent."""

    failures = 2

    async def sent(self, letter: Queued) -> None:
        if self.failures:
            self.failures -= 1
            raise OperationalError("", {}, OSError("disk"))
        await super().sent(letter)


class SlowToAnswer(Beside):
    """A database whose word that the next transaction is committed comes late."""

    def __init__(self, inner: Database) -> None:
        super().__init__(inner)
        self.committed, self.answers = asyncio.Event(), asyncio.Event()

    async def within(
        self, seconds: float | None, work: Callable[[sa.Connection], Result], *, commits: bool
    ) -> Result:
        result = await super().within(seconds, work, commits=commits)
        self.committed.set()
        await self.answers.wait()
        return result


@pytest.fixture(autouse=True)
def short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dispatcher, "PAUSE", 0.01)


def texts_of(
    inbounds: Sequence[Inbound], held: Mapping[Address, Conversation], seen: frozenset[int], room: int
) -> BatchResult:
    """Send back what was tapped, letter by letter; keep a conversation of everyone."""
    settled = BatchResult()
    for e in inbounds:
        assert isinstance(e.incoming, Tap)
        assert e.update is not None
        settled.handled.append(e.update)
        settled.conversations[e.chat] = Conversation("1")
        settled.outgoing += [Outbound(e.chat, Message(text)) for text in e.incoming.data]
    return settled


@pytest.fixture
async def store(database: Database) -> Store:
    return Store(database, KEYRING, texts_of)


async def write(store: Store, update: int, chat: int, texts: str) -> None:
    await store.take(Inbound(update, at(chat), Tap(texts)))


async def claimed(store: Store) -> list[str]:
    """Claim what is free; returns the texts of what was found."""
    found: list[Queued] = []
    store.on_commit.append(lambda effect: found.extend(effect.messages))
    await store.claim()
    store.on_commit.pop()
    return [letter.outgoing.message.text for letter in found]


@asynccontextmanager
async def working(store: Store, post: Post, pace: SendRate = UNHURRIED) -> AsyncIterator[Dispatcher]:
    active = Dispatcher(store, post.deliver, pace)
    task = asyncio.create_task(active.run())
    await until(lambda: bool(store.outbox.lease.name))
    try:
        yield active
    finally:
        active.stop()
        await task


async def until(wish: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not wish():  # noqa: ASYNC110 - the dispatcher tells nobody
            await asyncio.sleep(0.01)


async def until_empty(store: Store) -> None:
    async with asyncio.timeout(10):
        while await store.outbox.waiting():  # noqa: ASYNC110 - the dispatcher tells nobody
            await asyncio.sleep(0.01)


async def test_letters_of_a_chat_arrive_in_the_order_of_writing(store: Store) -> None:
    post = Post()
    async with working(store, post):
        await write(store, 1, 7, "ab")
        await write(store, 2, 7, "c")
        await until_empty(store)
    assert post.taken == [(7, "a"), (7, "b"), (7, "c")]


@pytest.mark.parametrize(
    "trouble",
    [Unreachable("NetworkError"), SlowDown(0), Unreachable("TelegramError")],
    ids=lambda trouble: type(trouble).__name__,
)
@pytest.mark.asvs("16.5.2")
async def test_a_passing_trouble_delays_a_letter_and_keeps_the_order(
    store: Store, trouble: Exception
) -> None:
    post = Post(trouble)
    async with working(store, post):
        await write(store, 1, 7, "ab")
        await until_empty(store)
    assert post.taken == [(7, "a"), (7, "b")]


async def test_a_worker_who_blocked_the_bot_is_sent_nothing_more_until_they_write(store: Store) -> None:
    post = Post(Blocked())
    async with working(store, post):
        await write(store, 1, 7, "ab")
        await until_empty(store)
        assert post.taken == []
        await write(store, 2, 7, "c")
        await until_empty(store)
    assert post.taken == [(7, "c")]


async def test_what_telegram_refuses_for_ever_waits_for_the_operator_and_holds_up_no_other(
    store: Store,
) -> None:
    post = Post(Refused("Can't parse entities"))
    async with working(store, post):
        await write(store, 1, 7, "ab")
        await until_empty(store)
        assert post.taken == [(7, "b")]
        (dead,) = await store.outbox.dead.all()
        assert dead.reason == "Can't parse entities"
        assert await store.outbox.dead.retry([dead.id]) == 1
        assert await store.outbox.dead.all() == []
        await until_empty(store)
    assert post.taken == [(7, "b"), (7, "a")]


async def test_a_letter_that_no_key_opens_waits_for_the_operator_and_holds_up_no_other(
    database: Database, store: Store
) -> None:
    await write(store, 1, 7, "a")
    await write(store, 2, 8, "b")
    async with begin(database) as connection:
        mine = conversations.c.person == KEYRING.pseudonym(str(7))
        await connection.execute(sa.update(conversations).where(mine).values(key=b"broken"))
    post = Post()
    async with working(store, post):
        await until(lambda: bool(post.taken))
        await until_empty(store)
    assert post.taken == [(8, "b")]
    assert [dead.reason for dead in await store.outbox.dead.all()] == ["no key opens it"]


async def test_a_dropped_dead_letter_is_gone(store: Store) -> None:
    async with working(store, Post(Refused("chat not found"))):
        await write(store, 1, 7, "a")
        await until_empty(store)
    (dead,) = await store.outbox.dead.all()
    assert await store.outbox.dead.drop([dead.id]) == 1
    assert not await store.outbox.dead.all()
    assert not await store.outbox.waiting()


async def test_a_letter_whose_record_fails_is_recorded_later_not_sent_again(database: Database) -> None:
    forgetful, post = Forgetful(database, KEYRING, texts_of), Post()
    async with working(forgetful, post):
        await write(forgetful, 1, 7, "ab")
        await until_empty(forgetful)
    assert post.taken == [(7, "a"), (7, "b")]


async def test_what_a_dead_process_left_goes_out_when_its_hold_ends(
    database: Database, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lease, "LEASE", 0.5)
    monkeypatch.setattr(dispatcher, "LEASE", 0.5)
    await store.outbox.lease.renew()
    await write(store, 1, 7, "a")
    await write(store, 2, 8, "b")
    post, other = Post(), Store(database, KEYRING, texts_of)
    async with working(other, post):
        await write(other, 3, 7, "c")
        await until_empty(other)
    assert sorted(post.taken) == [(7, "a"), (7, "c"), (8, "b")]
    assert [text for chat, text in post.taken if chat == 7] == ["a", "c"]


async def test_a_process_paused_beyond_its_hold_sends_nothing_that_another_took_over(
    database: Database, store: Store
) -> None:
    late, post, pace = Post(), Post(), Paused()
    now = [0.0]
    store.outbox.lease._monotonic = lambda: now[0]
    paused = Dispatcher(store, late.deliver, pace)
    await store.outbox.lease.renew()
    await write(store, 1, 7, "ab")
    now[0] += 60
    await store.outbox.lease.release_everyone()
    async with working(Store(database, KEYRING, texts_of), post):
        await until(lambda: len(post.taken) == 2)
        pace.over.set()
        await paused.drain(1)
    assert late.taken == []
    assert post.taken == [(7, "a"), (7, "b")]


async def test_a_letter_that_meets_a_bug_is_set_aside_and_holds_up_no_other(
    store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    post = Post(RuntimeError("secret words"))
    async with working(store, post):
        await write(store, 1, 7, "ab")
        await until(lambda: post.taken == [(7, "b")])
        await until_empty(store)
    assert [letter.reason for letter in await store.outbox.dead.all()] == ["RuntimeError"]
    assert "secret words" not in caplog.text


async def test_a_letter_left_behind_is_looked_for_again_soon_until_it_is_found(
    database: Database, store: Store
) -> None:
    other = Store(database, KEYRING, texts_of)
    for each in (store, other):
        await each.outbox.lease.renew()
    await write(store, 1, 7, "a")
    (first,) = await store.outbox.waiting()
    await write(other, 2, 7, "b")
    assert await claimed(other) == []
    assert other.outbox.left_behind
    await store.sent(first)
    assert await claimed(other) == ["b"]
    assert not other.outbox.left_behind


async def test_a_letter_left_behind_wakes_the_dispatcher_which_then_looks_less_and_less_often(
    database: Database, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dispatcher, "LEASE", 300.0)  # so that nothing but the letter wakes it
    other, post = Store(database, KEYRING, texts_of), Post()
    await other.outbox.lease.renew()
    await write(other, 1, 7, "a")
    (first,) = await store.outbox.waiting()
    claims, claim = 0, store.outbox.claim

    def counted(connection: sa.Connection, *, inherited: bool) -> outbox.Claimed | None:
        nonlocal claims
        claims += 1
        return claim(connection, inherited=inherited)

    monkeypatch.setattr(store.outbox, "claim", counted)
    async with working(store, post):
        await until(lambda: claims == 1)
        await write(store, 2, 7, "b")
        await until(lambda: claims >= 4)
        await asyncio.sleep(1)
        assert claims <= 12  # after 20 ms, 40, 80 ...: twelve are a minute
        await other.sent(first)
        await until(lambda: post.taken == [(7, "b")])


async def test_the_hold_is_renewed_while_it_lasts_and_ended_letters_are_no_longer_remembered(
    database: Database, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dispatcher, "LEASE", 0.1)
    renewed, renew = 0, store.outbox.lease.renew

    async def counted() -> None:
        nonlocal renewed
        renewed += 1
        await renew()

    monkeypatch.setattr(store.outbox.lease, "renew", counted)
    async with working(store, Post()) as active:
        name = store.outbox.lease.name
        await write(store, 1, 7, "abc")
        await until_empty(store)
        before = renewed
        await until(lambda: renewed > before + 2)
        assert store.outbox.lease.name == name
        assert not active._gone


async def test_more_people_of_a_process_that_ended_than_go_at_once_are_not_forgotten(
    database: Database, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outbox, "AT_ONCE", 2)
    ended = Store(database, KEYRING, texts_of)
    for each in (store, ended):
        await each.outbox.lease.renew()
    for chat in range(3):
        await write(ended, 1 + chat, chat, "a")
    await ended.outbox.lease.release()
    assert len(await claimed(store)) == 2
    assert store.outbox.left_behind


@pytest.mark.parametrize("address", [pytest.param("postgres", marks=pytest.mark.postgres)], indirect=True)
async def test_who_is_to_stop_leaves_to_the_others_at_once_what_is_not_on_its_way(
    database: Database, store: Store
) -> None:
    """One chat's message is on the wire; another chat's waits for its pace, a third's for another try."""
    stopping, slow, asked = Store(database, KEYRING, texts_of), asyncio.Event(), list[str]()

    async def deliver(outgoing: Outbound, may: Callable[[], bool]) -> None:
        asked.append(outgoing.message.text)
        if outgoing.message.text == "r":
            raise Unreachable("NetworkError")
        if outgoing.message.text == "w":
            await slow.wait()

    await store.outbox.lease.renew()
    active = Dispatcher(stopping, deliver, SendRate(overall=0, chat=0.001))
    running = asyncio.create_task(active.run())
    await until(lambda: bool(stopping.outbox.lease.name))
    for update, (chat, texts) in enumerate({7: "wx", 8: "py", 9: "rz"}.items(), 1):
        await write(stopping, update, chat, texts)
    await until(lambda: set(asked) == {"w", "p", "r"})
    active.stop()
    await running
    await write(stopping, 4, 10, "n")  # what a turn under way writes
    await store.claim(inherited=False)
    held = {letter.outgoing.message.text: letter.holder for letter in await store.outbox.waiting()}
    ours, theirs = store.outbox.lease.name, stopping.outbox.lease.name
    assert held == {"w": theirs, "x": theirs, "y": ours, "r": ours, "z": ours, "n": ours}
    slow.set()
    await active.drain(5)
    assert await claimed(store) == ["x"]
    assert asked.count("w") == 1


@pytest.mark.parametrize("address", ["sqlite"], indirect=True)
async def test_a_process_alone_sends_what_waits_before_it_stops_and_what_turns_under_way_write(
    store: Store,
) -> None:
    """Nobody else would: until the next start their workers would have no answer."""
    post = Post()
    post.closed.clear()
    active = Dispatcher(store, post.deliver, UNHURRIED)
    running = asyncio.create_task(active.run())
    await until(lambda: bool(store.outbox.lease.name))
    await write(store, 1, 7, "ab")
    active.stop()
    await running
    await write(store, 2, 8, "c")
    draining = asyncio.create_task(active.drain(5))
    await asyncio.sleep(0)
    post.closed.set()
    await draining
    assert sorted(post.taken) == [(7, "a"), (7, "b"), (8, "c")]
    assert await store.outbox.waiting() == []


async def test_the_letters_of_a_process_that_ended_are_looked_for_only_when_asked(
    database: Database, store: Store
) -> None:
    ended = Store(database, KEYRING, texts_of)
    for each in (store, ended):
        await each.outbox.lease.renew()
    await write(ended, 1, 7, "a")
    holder = ended.outbox.lease.name
    await ended.outbox.lease.release()
    await store.claim(inherited=False)
    assert [letter.holder for letter in await store.outbox.waiting()] == [holder]
    assert await claimed(store) == ["a"]


async def test_a_letter_of_another_version_waits_for_the_operator_and_holds_up_no_other(
    database: Database, store: Store
) -> None:
    await write(store, 1, 7, "ab")
    await write(store, 2, 8, "c")
    async with begin(database) as connection:
        newer = KEYRING.service.seal(b'{"chat": 7, "video": 1}', b"letter:" + KEYRING.pseudonym(str(7)))
        strange = letters_table.c.person == KEYRING.pseudonym(str(7))
        await connection.execute(sa.update(letters_table).where(strange).values(own=False, body=newer))
    await store.outbox.lease.renew()
    assert await claimed(store) == ["c"]
    assert [dead.reason for dead in await store.outbox.dead.all()] == ["it can't be read"] * 2


@contextmanager
def looks(database: Database) -> Iterator[list[str]]:
    """Collect the looks whether letters are there still."""
    found: list[str] = []

    def looked(_c: object, _k: object, statement: str, *_: object) -> None:
        if " ".join(statement.split()).startswith("SELECT outbox.id FROM outbox"):
            found.append(statement)

    sa.event.listen(sync(database), "before_cursor_execute", looked)
    try:
        yield found
    finally:
        sa.event.remove(sync(database), "before_cursor_execute", looked)


async def test_who_answers_at_once_is_answered_without_a_look_whether_the_answer_is_there_still(
    database: Database, store: Store
) -> None:
    await Store(database, KEYRING, texts_of).outbox.lease.renew()
    answers = set()

    class Quick(Post):
        async def deliver(self, outgoing: Outbound, may: Callable[[], bool]) -> None:
            await super().deliver(outgoing, may)
            if (number := len(self.taken)) < 20:
                answers.add(asyncio.create_task(write(store, 1 + number, 7, "a")))

    post = Quick()
    async with working(store, post):
        await until(lambda: store.outbox.lease.processes == 2)
        with looks(database) as found:
            await write(store, 1, 7, "a")
            await until(lambda: len(post.taken) == 20)
    assert not found


async def test_letters_that_wait_at_the_same_time_are_looked_up_together(
    database: Database, store: Store
) -> None:
    await Store(database, KEYRING, texts_of).outbox.lease.renew()
    post = Post()
    async with working(store, post):
        await until(lambda: store.outbox.lease.processes == 2)
        with looks(database) as found:
            post.closed.clear()
            for chat in range(30):
                await write(store, 1 + chat, chat, "a")
                await write(store, 31 + chat, chat, "b")
            post.closed.set()
            await until(lambda: len(post.taken) == 60)
    assert 1 <= len(found) < 15


async def test_more_people_than_are_claimed_at_once_are_claimed_soon(
    database: Database, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outbox, "AT_ONCE", 2)
    for chat in range(3):
        await write(store, 1 + chat, chat, "a")  # under no hold yet
    await store.outbox.lease.renew()
    assert len(await claimed(store)) == 2
    assert store.outbox.left_behind
    assert len(await claimed(store)) == 1
    assert not store.outbox.left_behind


async def test_letters_wait_for_earlier_ones_that_another_process_holds(
    database: Database, store: Store
) -> None:
    first, second, other = Post(), Post(), Store(database, KEYRING, texts_of)
    first.closed.clear()
    metrics = Metrics()
    other.on_commit.append(metrics.hear)
    async with working(store, first), working(other, second):
        await write(store, 1, 7, "a")
        await write(other, 2, 7, "b")
        assert metrics.conflicts._value.get() == 1
        await asyncio.sleep(0.1)
        assert second.taken == []
        first.closed.set()
        await until_empty(store)
    assert (first.taken, second.taken) in (([(7, "a")], [(7, "b")]), ([(7, "a"), (7, "b")], []))


async def test_what_was_deleted_by_another_process_during_a_pause_is_not_sent(
    database: Database, store: Store
) -> None:
    post = Post(SlowDown(1))
    async with working(store, post):
        await write(store, 1, 7, "ab")
        await until(lambda: not post.troubles)
        async with begin(database) as connection:
            await connection.execute(sa.delete(letters_table))
        await write(Store(database, KEYRING, texts_of), 2, 7, "c")
        await until_empty(store)
    assert post.taken == [(7, "c")]


@pytest.mark.parametrize("on_the_wire", [True, False])
async def test_what_was_deleted_by_another_process_while_it_waited_its_turn_is_not_sent(
    database: Database, store: Store, on_the_wire: bool
) -> None:
    """It waited for the letter before it to arrive, or for the pace."""
    post, pace = Post(), Paused()
    post.closed.clear()
    if on_the_wire:
        pace.over.set()
    await Store(database, KEYRING, texts_of).outbox.lease.renew()  # the other process
    async with working(store, post, pace):
        await write(store, 1, 7, "ab")
        await asyncio.sleep(0.05)
        async with begin(database) as connection:
            await connection.execute(sa.delete(letters_table))
        pace.over.set()
        post.closed.set()
        await write(store, 2, 8, "c")
        await until(lambda: (8, "c") in post.taken)
        await until_empty(store)
    assert post.taken == [(7, "a")] * on_the_wire + [(8, "c")]


async def test_what_waits_in_the_lane_of_someone_who_deletes_is_not_sent(database: Database) -> None:
    """Only the letter that is on its way at that moment arrives, then the farewell."""
    store = Store(database, KEYRING, settling_today())
    post = Post()
    async with working(store, post):
        post.closed.clear()
        for number, data in enumerate(["/start", *CONSENT, *up_to("province")]):
            await store.take(Inbound(number, at(7), Command("start") if number == 0 else Tap(data)))
        await store.take(Inbound(50, at(8), Command("start")))
        await store.take(Inbound(60, at(7), Tap("go:forget")))
        post.closed.set()
        await until_empty(store)
    mine = [text for chat, text in post.taken if chat == 7]
    assert len(mine) == 2
    assert "删" in mine[1]
    assert [chat for chat, _ in post.taken].count(8) == 1


async def test_a_farewell_that_waits_arrives_though_its_person_comes_and_leaves_again_at_once(
    database: Database,
) -> None:
    store, post = Store(database, KEYRING, settling_today()), Post()
    async with working(store, post):
        post.closed.clear()
        await store.take(Inbound(1, at(7), Command("start")))
        await until(lambda: bool(store.outbox.lease.name))
        await store.take(Inbound(2, at(7), Tap("go:forget")))
        again = (Inbound(3, at(7), Command("start")), Inbound(4, at(7), Tap("go:forget")))
        await asyncio.gather(*map(store.take, again))
        post.closed.set()
        await until_empty(store)
    assert len(post.taken) == 3, "what was on the wire, and two farewells"
    assert post.taken[1] == post.taken[2]


async def test_letters_that_are_claimed_anew_while_the_dispatcher_looks_for_deleted_ones_all_arrive(
    database: Database, store: Store
) -> None:
    post = Post(SlowDown(0))
    async with working(store, post) as active:
        looked, look = asyncio.Event(), store.outbox.still_there

        async def still_there(messages: Iterable[int]) -> frozenset[int]:
            there = await look(messages)
            if looked.is_set():
                return there
            held = await store.outbox.waiting()
            active._feed(replace(letter, holder=store.outbox.lease.name + b"anew") for letter in held)
            active._feed(held)
            looked.set()
            return there - {held[1].id}

        store.outbox.still_there = still_there  # type: ignore[method-assign]
        await write(store, 1, 7, "abc")
        await looked.wait()
        await until(lambda: post.taken == [(7, "a"), (7, "c")])


@pytest.mark.postgres
async def test_an_answer_beside_a_deletion_by_another_process_waits_for_it_and_neither_is_lost(
    postgres: str,
) -> None:
    """They would lock each other out, if a letter were taken from the outbox before its person is locked."""
    here, there = open_database(postgres), open_database(postgres)
    await migrate(here, KEYRING)
    store, person = Store(here, KEYRING, texts_of), KEYRING.pseudonym(str(7))
    await store.outbox.lease.renew()
    await write(store, 1, 7, "a")
    (letter,) = await store.outbox.waiting()
    async with begin(there) as connection:
        await connection.run_sync(lock, [person])
        both = asyncio.gather(store.sent(letter), write(store, 2, 7, "b"))
        await asyncio.sleep(0.3)  # they wait for the lock by now
        await connection.execute(sa.delete(letters_table).where(letters_table.c.person == person))
    await both
    assert [letter.outgoing.message.text for letter in await store.outbox.waiting()] == ["b"]
    await here.dispose()
    await there.dispose()


async def test_a_hold_that_ends_while_it_is_renewed_stays_ended_and_leaves_no_letter_behind(
    database: Database, store: Store
) -> None:
    now = [0.0]
    held = outbox.Outbox(database, KEYRING, store.clock, lambda: now[0])
    store.outbox = held
    await held.lease.renew()
    await write(store, 1, 7, "a")
    now[0] = lease.LEASE - 1
    holder = held.lease.name

    def slowly(*_: object) -> None:
        now[0] += 2

    sa.event.listen(sync(database), "before_cursor_execute", slowly)
    await held.lease.renew()
    sa.event.remove(sync(database), "before_cursor_execute", slowly)
    assert held.lease.name == b"", "another may have taken its letters meanwhile"
    await held.lease.renew()
    assert held.lease.name not in (holder, b"")
    assert await claimed(store) == ["a"]


@asynccontextmanager
async def claiming(database: Database, heir: Store, post: Post) -> AsyncIterator[asyncio.TaskGroup]:
    """Leave chat 7's letter `a` to the heir, who has claimed it in the block, and hears so at its end."""
    late = Store(database, KEYRING, heir._settle)
    await late.outbox.lease.renew()
    await write(late, 1, 7, "a")
    await late.outbox.lease.release()
    slow = SlowToAnswer(database)
    heir.database = slow
    async with working(heir, post):
        await slow.committed.wait()
        heir.database = database
        async with asyncio.TaskGroup() as others:
            yield others
            await asyncio.sleep(0.05)  # they would have come first by now
            slow.answers.set()
        await until_empty(heir)


async def test_what_is_written_while_a_claim_comes_back_waits_for_what_it_brings(
    database: Database, store: Store
) -> None:
    post = Post()
    async with claiming(database, store, post) as meanwhile:
        meanwhile.create_task(write(store, 2, 7, "b"))
        meanwhile.create_task(write(store, 3, 8, "c"))
    assert [text for chat, text in post.taken if chat == 7] == ["a", "b"]
    assert (8, "c") in post.taken


async def test_a_claim_brings_back_nothing_that_was_deleted_on_its_way(database: Database) -> None:
    def settled(inbounds: Sequence[Inbound], *others: Any) -> BatchResult:
        effect = texts_of(inbounds, *others)
        effect.forgotten = {e.chat for e in inbounds if e.incoming == Tap("x")}
        return effect

    store, post = Store(database, KEYRING, settled), Post()
    async with claiming(database, store, post) as meanwhile:
        meanwhile.create_task(write(store, 2, 7, "x"))
    assert post.taken[-1] == (7, "x")
    assert post.taken[:-1] in ([], [(7, "a")]), "what left before may have arrived"


async def test_a_claim_that_fails_half_way_leaves_no_letter_behind(
    database: Database, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dispatcher, "LEASE", 0.1)
    await write(store, 1, 7, "a")
    await write(store, 2, 8, "b")
    async with begin(database) as connection:
        mine = conversations.c.person == KEYRING.pseudonym(str(7))
        await connection.execute(sa.update(conversations).where(mine).values(key=b"broken"))
    bury, troubles = store.outbox.dead.bury_within, [OperationalError("", {}, OSError("disk"))]

    def sometimes(connection: sa.Connection, letter: int, reason: str) -> None:
        if troubles:
            raise troubles.pop()
        bury(connection, letter, reason)

    monkeypatch.setattr(store.outbox.dead, "bury_within", sometimes)
    post = Post()
    async with working(store, post):
        await until(lambda: bool(post.taken))
        await until_empty(store)
    assert post.taken == [(8, "b")]
    assert len(await store.outbox.dead.all()) == 1


async def test_an_end_whose_record_was_cut_off_after_its_commit_is_recorded_again_and_is_still_ours(
    store: Store,
) -> None:
    await store.outbox.lease.renew()
    found: list[Queued] = []
    store.on_commit.append(lambda effect: found.extend(effect.messages))
    await write(store, 1, 7, "ab")
    await write(store, 2, 8, "c")
    first, second, other = found
    assert await store.outbox.block(first, [first, second])
    assert await store.outbox.block(first, [first, second])
    assert await store.outbox.dead.bury(other.id, "refused", other.holder)
    assert await store.outbox.dead.bury(other.id, "refused", other.holder)
    assert len(await store.outbox.dead.all()) == 1


async def test_an_outbox_that_can_not_be_read_is_read_again_and_says_so_once_a_look(
    store: Store, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dispatcher, "LEASE", 0.1)
    claim, troubles = store.outbox.claim, [OperationalError("", {}, OSError("disk"))]

    def sometimes(connection: sa.Connection, *, inherited: bool) -> outbox.Claimed | None:
        if troubles:
            raise troubles.pop()
        return claim(connection, inherited=inherited)

    monkeypatch.setattr(store.outbox, "claim", sometimes)
    post = Post()
    await write(store, 1, 7, "a")
    async with working(store, post):
        await until(lambda: bool(post.taken))
    assert post.taken == [(7, "a")]
    assert [record.message for record in caplog.records if "dispatcher" in record.name] == ["outbox not read"]


async def test_a_letter_that_came_to_its_end_during_the_look_is_not_sent_again(store: Store) -> None:
    post = Post()
    async with working(store, post) as active:
        post.closed.clear()
        await write(store, 1, 7, "a")
        (held,) = await store.outbox.waiting()
        post.closed.set()
        await until_empty(store)
        active._feed([held])
        await write(store, 2, 8, "b")
        await until_empty(store)
    assert post.taken == [(7, "a"), (8, "b")]


async def test_stopping_gives_the_hold_back(database: Database, store: Store) -> None:
    post = Post()
    post.closed.clear()
    async with working(store, post) as active:
        await write(store, 1, 7, "a")
        await active.drain(0.05)
        other, heir = Store(database, KEYRING, texts_of), Post()
        async with working(other, heir):
            await until(lambda: heir.taken == [(7, "a")])


def test_the_pace_keeps_to_both_measures() -> None:
    now = [0.0]
    pace = SendRate(overall=10, chat=1, burst=2, monotonic=lambda: now[0])
    assert [pace.reserve(b"a") for _ in range(4)] == [0, 0, 1, 2]
    now[0] = 100.0
    waits = [pace.reserve(bytes([n])) for n in range(30)]
    assert waits[:10] == [0] * 10
    assert waits[-1] == pytest.approx(2.0)
    now[0] = 200.0
    shared = [pace.reserve(bytes([n]), processes=2) for n in range(10)]
    assert shared[-1] == pytest.approx(1.0)


def test_an_edit_keeps_to_its_chats_measure_and_not_to_the_common_one() -> None:
    now = [0.0]
    pace = SendRate(overall=10, chat=1, burst=2, monotonic=lambda: now[0])
    assert [pace.reserve(b"a", edits=True) for _ in range(4)] == [0, 0, 1, 2]
    assert [pace.reserve(bytes([n]), edits=True) for n in range(30)] == [0] * 30
    assert [pace.reserve(bytes([n]), 1) for n in range(100, 110)] == [0] * 10


def test_after_a_refusal_edits_keep_to_the_common_measure_too_for_a_while() -> None:
    now = [0.0]
    pace = SendRate(overall=10, chat=0, monotonic=lambda: now[0])
    pace.refused()
    assert [pace.reserve(bytes([n]), edits=True) for n in range(30)][-1] == pytest.approx(2.0)
    now[0] = CAREFUL + 1
    assert [pace.reserve(bytes([n]), edits=True) for n in range(30)] == [0] * 30


async def test_a_refused_letter_makes_the_pace_careful(store: Store) -> None:
    pace, post = SendRate(overall=0.5, chat=0), Post(SlowDown(0))
    async with working(store, post, pace):
        await write(store, 1, 7, "a")
        await until(lambda: post.taken == [(7, "a")])
    assert pace.reserve(b"other", edits=True) > 0


def test_the_pace_forgets_no_chat_that_took_in_advance() -> None:
    now = [0.0]
    pace = SendRate(overall=0, chat=1, burst=2, monotonic=lambda: now[0])
    assert [pace.reserve(b"busy") for _ in range(12)][-1] == 10
    now[0] = 3.0  # a calm chat's bucket would be full again
    for chat in range(MANY):
        pace.reserve(b"%d" % chat)
    assert pace.reserve(b"busy") == 8


def test_no_pause_between_two_tries_is_longer_than_a_minute_with_its_jitter() -> None:
    """A worker who waits for the end of a trouble is answered within a minute of it."""
    assert dispatcher.LONGEST_PAUSE * 1.3 < 60
