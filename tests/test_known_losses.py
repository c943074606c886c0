"""What other outboxes lost, sent twice or held back for ever, by the reports of those whom it cost.

Each test is named after what happened there; the issue is in its docstring.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import OperationalError

from bot.delivery import dispatcher
from bot.delivery.dispatcher import Dispatcher
from bot.delivery.port import Blocked, NotDelivered, Refused
from bot.storage import lease, outbox
from bot.storage.database import Database
from bot.storage.tables import conversations, holders
from bot.storage.tables import outbox as letters_table
from bot.storage.unit_of_work import Store
from bot.turns.contract import Outbound
from tests.databases import Beside, Result, begin, connect, listening
from tests.talks import KEYRING
from tests.test_dispatcher import UNHURRIED, Post, claimed, texts_of, until, until_empty, working, write

ON_POSTGRES = pytest.mark.parametrize(
    "address", [pytest.param("postgres", marks=pytest.mark.postgres)], indirect=True
)


@pytest.fixture(autouse=True)
def short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dispatcher, "PAUSE", 0.01)


class Wire:
    """A channel that answers each message when the test says so, and how."""

    def __init__(self) -> None:
        self.given: list[str] = []
        self._answers: list[asyncio.Future[None]] = []

    async def deliver(self, outgoing: Outbound, may: Callable[[], bool]) -> None:
        answer: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.given.append(outgoing.message.text)
        self._answers.append(answer)
        await answer

    def answers(self, trouble: NotDelivered | None = None) -> None:
        """Answer the message that was given last."""
        answer = self._answers.pop()
        answer.set_exception(trouble) if trouble else answer.set_result(None)


class Process:
    """A process whose clock is in the test's hands; nothing of it runs but what the test asks for."""

    def __init__(self, database: Database) -> None:
        self.now, self.wire = 0.0, Wire()
        self.store = Store(database, KEYRING, texts_of)
        self.store.outbox.lease._monotonic = lambda: self.now
        self.dispatcher = Dispatcher(self.store, self.wire.deliver, UNHURRIED)

    async def begins(self) -> None:
        await self.store.outbox.lease.renew()

    async def gives(self, *texts: str) -> None:
        await until(lambda: self.wire.given == list(texts))

    async def rests(self) -> None:
        """Wait until nothing of it is on its way."""
        await until(lambda: not self.dispatcher._tasks)


@asynccontextmanager
async def processes(database: Database, count: int) -> AsyncIterator[list[Process]]:
    every = [Process(database) for _ in range(count)]
    for process in every:
        await process.begins()
    try:
        yield every
    finally:
        for process in every:
            await process.dispatcher.drain(0.1)


async def overslept(process: Process) -> None:
    """Let a process sleep beyond its lease: its clock and the database's agree that it is over."""
    process.now += lease.LEASE + 3
    async with begin(process.store.database) as connection:
        mine = holders.c.holder == process.store.outbox.lease._name
        await connection.execute(sa.update(holders).where(mine).values(until=0.0))


async def is_blocked(database: Database) -> bool:
    async with connect(database) as connection:
        return bool(await connection.scalar(sa.select(conversations.c.blocked)))


@pytest.mark.parametrize("trouble", [Refused("chat not found"), Blocked()], ids=["refused", "blocked"])
async def test_released_then_tombstoned(database: Database, trouble: NotDelivered) -> None:
    """A process that lost a claim records its end, and the next one's delivery counts for nothing.

    openclaw/openclaw#95350 and #127229.
    """
    async with processes(database, 2) as (slow, heir):
        await write(slow.store, 1, 7, "ab")
        await slow.gives("a")
        await overslept(slow)
        await heir.store.claim()
        await heir.gives("a")
        slow.wire.answers(trouble)
        await slow.rests()
        assert [message.outgoing.message.text for message in await heir.store.outbox.waiting()] == ["a", "b"]
        assert await heir.store.outbox.dead.all() == []
        assert not await is_blocked(database)
        heir.wire.answers()
        await heir.gives("a", "b")
        heir.wire.answers()
        await until_empty(heir.store)


async def test_a_letter_claimed_anew_after_a_late_answer_is_tried_again(database: Database) -> None:
    """The slow process itself is the heir: what it heard under its old name ends nothing now."""
    async with processes(database, 1) as (slow,):
        await write(slow.store, 1, 7, "ab")
        await slow.gives("a")
        await overslept(slow)
        await slow.begins()
        await slow.store.claim()
        slow.wire.answers(Refused("chat not found"))
        await slow.gives("a", "a")
        slow.wire.answers()
        await slow.gives("a", "a", "b")
        slow.wire.answers()
        await until_empty(slow.store)


async def test_the_workers_row_pruned_before_its_jobs(database: Database) -> None:
    """A join of messages with the rows of dead processes finds none any more, so that they would wait for
    ever.

    procrastinate-org/procrastinate#1518, its first case.
    """
    async with processes(database, 2) as (dead, heir):
        await write(dead.store, 1, 7, "a")
        await dead.gives("a")
        async with begin(database) as connection:
            mine = holders.c.holder == dead.store.outbox.lease.name
            await connection.execute(sa.delete(holders).where(mine))
        assert await claimed(heir.store) == ["a"]


async def test_the_worker_restarted_under_the_same_name(database: Database) -> None:
    """Its heartbeat would keep alive what the process before it had begun. A name is never given twice.

    procrastinate-org/procrastinate#1518, its second case; DBOS#804, one id for two.
    """
    names = set[bytes]()
    for _ in range(3):
        async with processes(database, 2) as (one, two):
            names |= {one.store.outbox.lease.name, two.store.outbox.lease.name}
    assert len(names) == 6


@ON_POSTGRES
async def test_the_rescuer_stalls(database: Database) -> None:
    """One chat that another transaction has locked holds up the messages of no other chat.

    procrastinate-org/procrastinate#1408.
    """
    async with processes(database, 2) as (dead, heir):
        await write(dead.store, 1, 7, "a")
        await write(dead.store, 2, 8, "b")
        await dead.store.outbox.lease.release()
        async with begin(database) as connection:
            seven = letters_table.c.person == KEYRING.pseudonym("7")
            await connection.execute(sa.select(letters_table).where(seven).with_for_update())
            assert await claimed(heir.store) == ["b"]
        assert await claimed(heir.store) == ["a"]


async def test_a_database_restart_during_the_recovery(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What failed to be taken over once would be left out for ever. Each look asks for everything again.

    dbos-inc/dbos-transact-py#716.
    """
    monkeypatch.setattr(dispatcher, "LEASE", 0.1)
    async with processes(database, 1) as (dead,):
        await write(dead.store, 1, 7, "a")
        await write(dead.store, 2, 8, "b")
        await dead.store.outbox.lease.release()
    broken = FailsOnce(database)
    heir, post = Store(broken, KEYRING, texts_of), Post()
    watching = Store(database, KEYRING, texts_of)  # its own looks don't count as the heir's transactions
    async with working(heir, post):
        await until_empty(watching)
    assert broken.count > 2
    assert sorted(post.taken) == [(7, "a"), (8, "b")]


class FailsOnce(Beside):
    """A database whose second transaction, the claim after the renewal, breaks off."""

    count = 0

    async def within(
        self, seconds: float | None, work: Callable[[sa.Connection], Result], *, commits: bool
    ) -> Result:
        self.count += 1
        if self.count == 2:
            raise OperationalError("SELECT", {}, OSError("restarted"))
        return await super().within(seconds, work, commits=commits)


async def test_recovery_takes_what_it_just_started(database: Database) -> None:
    """A claim finds the process's own messages, one of them on the wire: neither is sent a second time.

    dbos-inc/dbos-transact-py#759.
    """
    async with processes(database, 1) as (one,):
        await write(one.store, 1, 7, "ab")
        await one.gives("a")
        one.store.outbox.doubt()  # so that its own messages are looked through too
        assert await claimed(one.store) == ["a", "b"]
        await asyncio.sleep(0.05)
        assert one.wire.given == ["a"]
        one.wire.answers()
        await one.gives("a", "b")
        one.wire.answers()
        await until_empty(one.store)
        await one.rests()
        assert one.wire.given == ["a", "b"]


async def test_a_stale_list_executes_what_was_given_back(database: Database) -> None:
    """A lane filled under an earlier lease sends nothing after that lease was given back.

    dbos-inc/dbos-transact-py#742, dbos-inc/dbos-transact-java#491.
    """
    async with processes(database, 2) as (first, second):
        await write(first.store, 1, 7, "abc")
        await first.gives("a")
        await first.store.outbox.lease.release()
        assert await claimed(second.store) == ["a", "b", "c"]
        await first.begins()
        first.wire.answers()
        await first.rests()
        assert first.wire.given == ["a"]


async def test_5133_stuck_the_oldest_for_91_days(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many a dead process left, one process sends them all, and the oldest's age is shown meanwhile.

    riverqueue/river#1258.
    """
    monkeypatch.setattr(outbox, "AT_ONCE", 3)
    monkeypatch.setattr(dispatcher, "LEASE", 0.2)
    now = 1_000_000.0
    dead = Store(database, KEYRING, texts_of, clock=lambda: now)
    for chat in range(20):
        await write(dead, 1 + chat, chat, "a")
    now += 91 * 24 * 3600
    assert await dead.outbox.backlog() == (20, 91 * 24 * 3600)
    heir, post = Store(database, KEYRING, texts_of), Post()
    async with working(heir, post):
        await until_empty(heir)
    assert len(post.taken) == 20
    assert await heir.outbox.backlog() == (0, 0.0)


async def test_the_lifeline_rescues_what_still_runs(database: Database) -> None:
    """A message that takes longer than a lease stays its holder's for as long as the lease is renewed.

    Oban's Lifeline plugin goes by the age of the job.
    """
    async with processes(database, 2) as (slow, other):
        await write(slow.store, 1, 7, "a")
        await slow.gives("a")
        for _ in range(5):
            slow.now += lease.LEASE / 2
            await slow.begins()
            assert await claimed(other.store) == []
        slow.wire.answers()
        await until_empty(slow.store)
        assert other.wire.given == []


@pytest.mark.parametrize("poison", [b"", b"broken", b"\x00" * 200], ids=["empty", "short", "noise"])
async def test_poison_blocks_all(database: Database, poison: bytes) -> None:
    """A message that can't be read is set aside; those behind it, in its chat too, go out.

    openclaw/openclaw#85470.
    """
    async with processes(database, 1) as (dead,):
        await write(dead.store, 1, 7, "ab")
        await write(dead.store, 2, 8, "c")
        await dead.store.outbox.lease.release()
    async with begin(database) as connection:
        first = await connection.scalar(sa.select(sa.func.min(letters_table.c.id)))
        broken = sa.update(letters_table).where(letters_table.c.id == first).values(body=poison)
        await connection.execute(broken)
    heir, post = Store(database, KEYRING, texts_of), Post()
    async with working(heir, post):
        await until(lambda: len(post.taken) == 2)
        await until_empty(heir)
    assert sorted(post.taken) == [(7, "b"), (8, "c")]
    assert len(await heir.outbox.dead.all()) == 1


async def test_a_high_water_mark_drops_late_updates(database: Database) -> None:
    """Each update is noted by its own number: one that comes after larger ones is no old news.

    trinity#2727.
    """
    store = Store(database, KEYRING, texts_of)
    for update in (5, 9, 7, 1):
        await write(store, update, update, "a")
    assert len(await store.outbox.waiting()) == 4


async def test_the_watchdog_counts_from_the_moment_the_claim_left(database: Database) -> None:
    """A renewal that took long counts from its beginning: the row ends later."""
    async with processes(database, 1) as (one,):
        slow = one.store.outbox.lease

        def later(*_: object) -> None:
            one.now += 1

        with listening(database, "before_cursor_execute", later):
            await slow.renew()
        asked = one.now - slow._until + lease.LEASE
        assert asked >= 1
        one.now += lease.LEASE - asked
        assert slow.name == b""


async def test_a_failed_renewal_is_unknown_not_lost(database: Database) -> None:
    """The lease goes on to the end that is known: its messages are sent, and nobody else takes them."""
    async with processes(database, 2) as (one, other):
        name, database_of = one.store.outbox.lease.name, one.store.outbox.lease._database
        one.store.outbox.lease._database = NoAnswer(database)
        with pytest.raises(OperationalError):
            await one.begins()
        one.store.outbox.lease._database = database_of
        assert one.store.outbox.lease.name == name
        await write(one.store, 1, 7, "a")
        await one.gives("a")
        assert await claimed(other.store) == []
        one.wire.answers()
        await until_empty(one.store)


class NoAnswer(Beside):
    """A database whose word that a commit happened never comes."""

    async def within(
        self, seconds: float | None, work: Callable[[sa.Connection], Result], *, commits: bool
    ) -> Result:
        await super().within(seconds, work, commits=commits)
        raise OperationalError("COMMIT", {}, OSError("the connection broke"))


async def test_every_terminal_write_checks_the_fence(database: Database) -> None:
    """Any process that knows it may say that the channel took a message, because it is a fact, no claim."""
    async with processes(database, 2) as (former, heir):
        await write(former.store, 1, 7, "a")
        (message,) = await former.store.outbox.waiting()
        await former.store.outbox.lease.release()
        await heir.store.claim()
        assert not await former.store.outbox.dead.bury(message.id, "too late", message.holder)
        assert not await former.store.outbox.block(message, [message])
        assert len(await heir.store.outbox.waiting()) == 1
        await former.store.sent(message)
        assert await heir.store.outbox.waiting() == []


@ON_POSTGRES
async def test_a_process_that_began_since_the_last_count_deletes(database: Database) -> None:
    """A process that thinks it is alone looks up what had to wait, because the other's deletion counts."""
    alone = Process(database)
    await alone.begins()
    await write(alone.store, 1, 7, "ab")
    await alone.gives("a")
    async with begin(database) as connection:
        await connection.execute(sa.delete(letters_table))
    alone.wire.answers()
    await alone.rests()
    assert alone.wire.given == ["a"]
