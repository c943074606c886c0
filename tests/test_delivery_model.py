"""Delivery against its table of states: two processes, a wire that answers as it likes, and a shared clock.

Hypothesis writes, deletes, answers, lets time pass, suspends, kills, cuts off. The store and the dispatcher
are the real ones, on an SQLite file, in a loop whose time the test moves.
"""

import asyncio
import contextvars
import logging
import shutil
import tempfile
from asyncio import events
from collections import defaultdict
from collections.abc import Callable, Coroutine, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from sqlalchemy.exc import OperationalError, SQLAlchemyError

from bot.delivery.dispatcher import Dispatcher
from bot.delivery.port import Blocked, NotDelivered, Refused, SlowDown, Unreachable
from bot.delivery.send_rate import SendRate
from bot.delivery.states import HELD, TRANSITIONS, State
from bot.dialogue.conversation import Conversation, Tap
from bot.render import Message
from bot.storage.database import Database, Result
from bot.storage.lease import LEASE
from bot.storage.outbound_format import loaded
from bot.storage.outbox import Outbox
from bot.storage.tables import DAY, conversations, dead_letters, holders, outbox
from bot.storage.unit_of_work import Store
from bot.turns.contract import Address, Inbound, Outbound
from bot.turns.turn import BatchResult
from tests.chats import at
from tests.faults.engine import File
from tests.faults.loop import Loop, life
from tests.faults.world import template
from tests.talks import KEYRING

CHATS = (1, 2)
SLOTS = (0, 1)
WRITE, DELETE, VISIT = "write", "delete", "visit"  # who visits begins and deletes in one transaction
TROUBLES: Mapping[str, Callable[[], NotDelivered]] = {
    "unheard": lambda: Unreachable("TimedOut"),
    "unreachable": lambda: Unreachable("NetworkError"),
    "slow down": lambda: SlowDown(3),
    "refused": lambda: Refused("too strange"),
    "blocked": Blocked,
}


class Steps(Loop):
    """The simulated loop, moved by the test: as far as things go by themselves, or for some seconds."""

    def settle(self) -> None:
        """Do all that needs no time to pass."""
        events._set_running_loop(self._self)
        try:
            while self._ready:
                self._step()
        finally:
            events._set_running_loop(None)


@dataclass
class Letter:
    """What the model knows of a message: `doubts` is how often nobody could know whether it arrived."""

    number: int
    chat: int
    place: int  # in the order of writing; a retried message gets a new one
    state: State = State.UNWRITTEN
    taken: int = 0
    doubts: int = 0
    excused: bool = False  # it need not arrive any more
    deleted: bool = False


class Inline(Database):
    """SQLite in the loop's own thread. The next commit can fail, or its answer be lost."""

    postgres = False
    shared = True

    def __init__(self, path: Path, owner: "Process") -> None:
        self.file, self.owner, self.trouble = File.open(path), owner, ""
        self.file.begins = True

    async def within(
        self, seconds: float | None, work: Callable[[sa.Connection], Result], *, commits: bool
    ) -> Result:
        trouble = self.trouble if commits else ""
        self.trouble = "" if commits else self.trouble
        connection = self.file.sync.connect()
        try:
            result = work(connection)
            if trouble == "fails":
                raise OperationalError("COMMIT", {}, OSError("the disk is full"))
            if commits:
                connection.commit()
                self.owner.machine.committed(self.owner)
        finally:
            connection.close()
            self.file.roll_back()
            self.owner.settled.clear()
            self.owner.gone.clear()
        if trouble == "cut off":
            raise OperationalError("COMMIT", {}, OSError("the connection broke"))
        return result

    async def scrub(self) -> None:
        """Leave the log as it is."""

    def alone(self) -> None:
        """Let both serve: they are to be in each other's way."""

    async def dispose(self) -> None:
        """Leave it to the machine."""


@dataclass(eq=False)
class Process:
    """One process: the store, the dispatcher, and what it gave to the wire."""

    machine: "Delivery"
    paused: bool = False
    tasks: dict[asyncio.Task[Any], None] = field(default_factory=dict)
    settled: list[BatchResult] = field(default_factory=list)
    gone: set[int] = field(default_factory=set)  # chats of which something was kept, in this transaction
    wire: dict[int, asyncio.Future[None]] = field(default_factory=dict)  # messages given, by number

    def __post_init__(self) -> None:
        self.context = contextvars.copy_context()
        self.context.run(life.set, self)
        machine = self.machine
        self.database = Inline(machine.path, self)
        self.store = Store(self.database, KEYRING, self._settle, clock=machine.clock)
        self.store.outbox = Outbox(self.database, KEYRING, machine.clock, machine.loop.time)
        self.dispatcher = Dispatcher(self.store, self._deliver, SendRate(monotonic=machine.loop.time))
        self.start(self.dispatcher.run())

    @property
    def lease(self) -> bytes:
        return self.store.outbox.lease.name

    def start(self, work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        return self.machine.loop.create_task(work, context=self.context)

    def knows(self, number: int) -> bool:
        """Say whether a message waits in one of its lanes under the lease that it has, or to be let go."""
        if self.dispatcher._leaving.is_set():
            return True
        lanes = self.dispatcher._lanes.values()
        return any(
            int(q.outgoing.message.text) == number and q.holder == self.lease for x in lanes for q in x
        )

    async def _deliver(self, outgoing: Outbound, may: Callable[[], bool]) -> None:
        await asyncio.sleep(0)  # the transport's own wait, in which a pause begins
        number = int(outgoing.message.text)
        if not may():
            raise Unreachable("Withheld")
        self.machine.given(self, number)
        answer = self.wire[number] = self.machine.loop.create_future()
        await answer

    def _settle(
        self,
        inbounds: Sequence[Inbound],
        held: Mapping[Address, Conversation],
        seen: frozenset[int],
        room: int,
    ) -> BatchResult:
        """Send the numbers of new messages; or delete, if anything is kept, and send one as a farewell."""
        effect = BatchResult()
        for e in inbounds:
            assert isinstance(e.incoming, Tap)
            if e.update is None or e.update in seen or e.update in effect.handled:
                continue
            effect.handled.append(e.update)
            word, _, count = e.incoming.data.partition(" ")
            effect.conversations[e.chat] = Conversation("1") if word == WRITE else None
            if word == VISIT or (word == DELETE and e.chat in held):
                effect.forgotten.add(e.chat)
            if e.chat in held and e.chat in effect.forgotten:
                self.gone.add(int(e.chat.id))
            effect.outgoing += [
                Outbound(e.chat, Message(str(self.machine.next_number()))) for _ in range(int(count))
            ]
        self.settled.append(effect)
        return effect


class Delivery(RuleBasedStateMachine):
    """What is written, taken and ended, beside what the database says."""

    def __init__(self) -> None:
        super().__init__()
        logging.getLogger("bot").setLevel(logging.CRITICAL + 1)
        self.loop = Steps()
        self.folder = Path(tempfile.mkdtemp(prefix="delivery-"))
        self.path = self.folder / "bot.sqlite"
        shutil.copy(template(), self.path)
        self.look = File.open(self.path)
        self.messages: dict[int, Letter] = {}
        self.last: dict[int, int] = defaultdict(int)  # the place of the message that each chat got last
        self.undelivered: list[Inbound] = []
        self.transitions: set[tuple[State, State]] = set()
        self.updates = self.numbers = self.places = 0
        events._set_running_loop(self.loop)  # type: ignore[arg-type]
        self.slots = [Process(self) for _ in SLOTS]
        events._set_running_loop(None)
        self.loop.settle()

    def teardown(self) -> None:
        for process in self.slots:
            self._end(process)
        self.look.close()
        shutil.rmtree(self.folder)
        logging.getLogger("bot").setLevel(logging.NOTSET)

    # --- what the processes tell ---------------------------------------------------------------------

    def clock(self) -> float:
        return 1_000_000.0 + self.loop.time()

    def next_number(self) -> int:
        self.numbers += 1
        return self.numbers

    def committed(self, process: Process) -> None:
        """Note a commit, as it happens: what was written, who went."""
        for effect in process.settled:
            for chat in process.gone:
                for message in self._of(chat):
                    message.deleted = message.excused = True
            for outgoing in effect.outgoing:
                self.places += 1
                number = int(outgoing.message.text)
                self.messages[number] = Letter(number, int(outgoing.chat.id), self.places)

    def given(self, process: Process, number: int) -> None:
        """Note that a message's bytes left: only the holder's may, and only of the first that is there."""
        message = self.messages[number]
        rows = self._rows()
        if message.deleted:
            raise AssertionError(f"message {number} left after its person was deleted")
        row = rows.get(number)
        assert row is not None, f"message {number} left though it had come to its end"
        assert row[0] == process.lease, f"message {number} left by who doesn't hold it"
        assert row[1], f"message {number} left under a lease that is over by the database's clock"
        others = [p for p in self.slots if p is not process and number in p.wire]
        assert not any(p.lease and p.lease == row[0] for p in others)
        earlier = [
            n
            for n in rows
            if self.messages[n].chat == message.chat and self.messages[n].place < message.place
        ]
        assert not earlier, f"message {number} left before {earlier}"

    def _took(self, number: int) -> None:
        message = self.messages[number]
        message.taken += 1
        assert message.taken <= 1 + message.doubts, f"message {number} came again without need"
        # One that waited on the wire while another process took its chat over may come late.
        if message.taken == 1 and not message.deleted and not message.doubts:
            assert message.place > self.last[message.chat], f"message {number} came out of order"
        self.last[message.chat] = max(self.last[message.chat], message.place)

    # --- rules ---------------------------------------------------------------------------------------

    @rule(slot=st.sampled_from(SLOTS), chat=st.sampled_from(CHATS), count=st.integers(1, 3))
    def write(self, slot: int, chat: int, count: int) -> None:
        self._arrives(slot, chat, f"{WRITE} {count}")

    @rule(slot=st.sampled_from(SLOTS), chat=st.sampled_from(CHATS))
    def delete(self, slot: int, chat: int) -> None:
        self._arrives(slot, chat, f"{DELETE} 1")

    @rule(slot=st.sampled_from(SLOTS), chat=st.sampled_from(CHATS))
    def visit(self, slot: int, chat: int) -> None:
        self._arrives(slot, chat, f"{VISIT} 1")

    @precondition(lambda self: self.undelivered)
    @rule(slot=st.sampled_from(SLOTS))
    def deliver_again(self, slot: int) -> None:
        if not self.slots[slot].paused:
            self._take(self.slots[slot], self.undelivered.pop(0))

    @precondition(lambda self: any(p.wire for p in self.slots if not p.paused))
    @rule(data=st.data(), how=st.sampled_from(["taken", "taken", "taken", *TROUBLES]))
    def answer(self, data: st.DataObject, how: str) -> None:
        """Telegram answers one message that is on its way."""
        given = sorted((s, n) for s, p in enumerate(self.slots) if not p.paused for n in p.wire)
        slot, number = data.draw(st.sampled_from(given))
        self._answer(self.slots[slot], number, how)

    @rule(seconds=st.sampled_from([0.1, 2.0, 6.0, LEASE + 1]))
    def wait(self, seconds: float) -> None:
        self.loop.run(asyncio.sleep(seconds))
        self.loop.settle()
        for process in self.slots:
            self._doubt(process)

    @rule(slot=st.sampled_from(SLOTS))
    def suspend(self, slot: int) -> None:
        self.slots[slot].paused = True

    @rule(slot=st.sampled_from(SLOTS))
    def resume(self, slot: int) -> None:
        process = self.slots[slot]
        if process.paused:
            self.loop.resume(process)
            self.loop.settle()

    @rule(slot=st.sampled_from(SLOTS), took=st.booleans())
    def kill(self, slot: int, took: bool) -> None:
        """Kill a process; what it had given to Telegram arrived, or didn't."""
        process = self.slots[slot]
        for number in sorted(process.wire):
            self.messages[number].doubts += 1
            if took:
                self._took(number)
        self._end(process)
        self._begin(slot)

    @rule(slot=st.sampled_from(SLOTS))
    def stop(self, slot: int) -> None:
        """Ask a process to end: it drains, and gives its lease back."""
        process = self.slots[slot]
        if process.paused:
            return
        for number in process.wire:
            self.messages[number].doubts += 1
        process.dispatcher.stop()
        self.loop.run(self._drained(process))
        self._end(process)
        self._begin(slot)

    @rule(slot=st.sampled_from(SLOTS), trouble=st.sampled_from(["cut off", "fails"]))
    def storage_in_trouble(self, slot: int, trouble: str) -> None:
        self.slots[slot].database.trouble = trouble

    @rule(again=st.booleans())
    def operator(self, again: bool) -> None:
        """The operator has the dead letters tried again, or drops them."""
        with self.look.sync.connect() as connection:
            dead = {row.id: self._number(row) for row in connection.execute(sa.select(dead_letters))}
        process = next((p for p in self.slots if not p.paused and not p.database.trouble), None)
        if process is None or not dead:
            return
        store = process.store.outbox.dead
        self._done(process, store.retry(dead) if again else store.drop(dead))
        for _, number in sorted(dead.items()):
            message = self.messages[number]
            self.places += 1
            message.place, message.excused = self.places, not again
            message.doubts += again  # it may have arrived before it was set aside
        self.loop.settle()

    # --- laws ----------------------------------------------------------------------------------------

    @invariant()
    def every_change_is_in_the_table(self) -> None:
        """Each message is in a state that the table leads to from the one in which it was."""
        for number, state in self._states().items():
            message = self.messages[number]
            if message.state != state:
                self.transitions |= path(message.state, state)
                message.state = state

    @invariant()
    def no_letter_is_lost(self) -> None:
        for message in self.messages.values():
            gone = message.state in (State.SENT, State.DROPPED)
            assert not gone or message.taken or message.excused, f"message {message.number} is lost"

    @invariant()
    def a_chat_is_of_one_holder(self) -> None:
        """No message is held while one before it is free or another's: it could come first."""
        chats: dict[int, set[bytes | None]] = defaultdict(set)
        for number, (holder, alive) in self._rows().items():
            chats[self.messages[number].chat].add(holder if alive else None)
        for chat, kinds in chats.items():
            assert len(kinds - {None}) <= 1, f"chat {chat} is held by two"

    def all_arrive(self) -> None:
        """After all trouble everybody gets what is theirs, within two holds and the longest pause."""
        for slot in SLOTS:
            self.resume(slot)
            self.slots[slot].database.trouble = ""
        while self.undelivered:
            self._take(self.slots[0], self.undelivered.pop(0))
        for _ in range(40):
            for process in self.slots:
                while process.wire:
                    self._answer(process, min(process.wire), "taken")
            self.wait(3.0)
            if not self._rows():
                break
        self.every_change_is_in_the_table()
        self.no_letter_is_lost()
        waiting = [x.number for x in self.messages.values() if x.state in HELD | {State.WAITING, State.LEFT}]
        assert not waiting, f"messages {waiting} wait for ever"

    # --- how -----------------------------------------------------------------------------------------

    def _arrives(self, slot: int, chat: int, data: str) -> None:
        self.updates += 1
        inbound = Inbound(self.updates, at(chat), Tap(data))
        behind = any(other.chat == inbound.chat for other in self.undelivered)
        if self.slots[slot].paused or behind:
            self.undelivered.append(inbound)  # Telegram keeps a chat's updates in order
        else:
            self._take(self.slots[slot], inbound)

    def _take(self, process: Process, inbound: Inbound) -> None:
        task = process.start(process.store.take(inbound))
        self.loop.settle()
        if task.done() and isinstance(task.exception(), SQLAlchemyError | OSError):
            self.undelivered.insert(0, inbound)

    def _answer(self, process: Process, number: int, how: str) -> None:
        message, answer = self.messages[number], process.wire.pop(number)
        if how in ("taken", "unheard"):
            self._took(number)
        if how == "unheard" or process.database.trouble:
            message.doubts += 1
        if how == "blocked":
            for other in self._of(message.chat):
                other.excused = True
        if how == "taken":
            answer.set_result(None)
        else:
            answer.set_exception(TROUBLES[how]())
        self.loop.settle()

    def _done(self, process: Process, work: Coroutine[Any, Any, Any]) -> None:
        self.loop.run(self._awaited(process.start(work)))

    async def _awaited(self, task: "asyncio.Task[Any]") -> None:
        await asyncio.wait({task})

    async def _drained(self, process: Process) -> None:
        process.database.trouble = ""
        await asyncio.wait({process.start(process.dispatcher.drain(0.5))})

    def _begin(self, slot: int) -> None:
        events._set_running_loop(self.loop)  # type: ignore[arg-type]
        self.slots[slot] = Process(self)
        events._set_running_loop(None)
        self.loop.settle()

    def _end(self, process: Process) -> None:
        self.loop.resume(process)
        for _ in range(5):
            for task in list(process.tasks):
                task.cancel()
            self.loop.settle()
        process.wire.clear()
        process.database.file.close()

    def _doubt(self, process: Process) -> None:
        """A process that lost its lease can't be believed any more: what is on its wire may come twice."""
        rows = self._rows()
        for number in process.wire:
            if rows.get(number, (b"", False)) != (process.store.outbox.lease._name, True):
                self.messages[number].doubts += 1

    def _of(self, chat: int) -> list[Letter]:
        return [message for message in self.messages.values() if message.chat == chat]

    def _rows(self) -> dict[int, tuple[bytes | None, bool]]:
        """Return the messages that wait: who holds each, and whether they live by the database's clock."""
        with self.look.sync.connect() as connection:
            live = holders.c.until > self.clock()
            living = set(connection.scalars(sa.select(holders.c.holder).where(live)))
            rows = connection.execute(sa.select(outbox)).all()
            return {self._number(row): (row.holder, row.holder in living) for row in rows}

    def _states(self) -> dict[int, State]:
        rows = self._rows()
        with self.look.sync.connect() as connection:
            dead = {self._number(row) for row in connection.execute(sa.select(dead_letters))}
        return {n: self._state(message, rows.get(n), n in dead) for n, message in self.messages.items()}

    def _state(self, message: Letter, row: tuple[bytes | None, bool] | None, dead: bool) -> State:
        if message.state in (State.SENT, State.DROPPED):
            assert row is None, f"message {message.number} came back"
            return message.state
        if row is None:
            if dead:
                return State.DEAD
            return State.SENT if message.taken and not message.deleted else State.DROPPED
        holder, alive = row
        if holder is None:
            return State.WAITING
        process = next((p for p in self.slots if p.lease == holder), None)
        if not alive or process is None:
            return State.LEFT
        if message.number in process.wire:
            return State.OUT
        return State.QUEUED if process.knows(message.number) else State.UNHEARD

    def _number(self, row: sa.Row[Any]) -> int:
        with self.look.sync.connect() as connection:
            mine = sa.select(conversations.c.key).where(conversations.c.person == row.person)
            key = connection.scalar(mine)
        locker = KEYRING.sealer(key, row.person) if row.own else KEYRING.service  # type: ignore[arg-type]
        return int(loaded(locker.open(row.body, b"letter:" + row.person)).message.text)


def path(before: State, after: State) -> set[tuple[State, State]]:
    """Return the steps of the shortest way through the table; AssertionError when there is none."""
    ways: dict[State, tuple[tuple[State, State], ...]] = {before: ()}
    queue = [before]
    for state in queue:
        for t in TRANSITIONS:
            if t.before == state and t.after not in ways:
                ways[t.after] = (*ways[state], (state, t.after))
                queue.append(t.after)
    assert after in ways, f"nothing in the table leads from {before} to {after}"
    return set(ways[after])


class DeliveryToItsEnd(Delivery):
    """As above; and after each run everything arrives."""

    def teardown(self) -> None:
        try:
            self.all_arrive()
        finally:
            super().teardown()


TestDelivery = DeliveryToItsEnd.TestCase
TestDelivery.settings = settings(
    max_examples=60, stateful_step_count=30, deadline=None, suppress_health_check=list(HealthCheck)
)
TestDelivery.pytestmark = [pytest.mark.slow]  # type: ignore[attr-defined]


@pytest.fixture
def world() -> Iterator[Delivery]:
    delivery = Delivery()
    yield delivery
    delivery.teardown()


def steps(world: Delivery, *actions: Callable[[], object]) -> None:
    for action in actions:
        action()
        world.every_change_is_in_the_table()


def test_every_transition_of_the_table_happens(world: Delivery) -> None:
    """By the rules above: a row of the table that nothing makes would be a promise too many."""
    w, (one, two) = world, world.slots
    steps(
        w,
        partial(w.write, 0, 1, 3),  # 1, 2, 3: written, handed over
        partial(w.delete, 1, 2),  # 4
        lambda: w._answer(two, 4, "taken"),  # recorded
        lambda: w._answer(one, 1, "unreachable"),
        partial(w.wait, 2.0),  # tried again
        partial(w.write, 1, 1, 1),  # 5: waits, for the other holds the chat
        lambda: w._answer(one, 1, "refused"),
        lambda: w._answer(one, 2, "taken"),
        lambda: w._answer(one, 3, "taken"),
        partial(w.wait, 6.0),
        lambda: w._answer(next(p for p in w.slots if 5 in p.wire), 5, "taken"),  # claimed
        partial(w.operator, again=True),  # the dead one waits again
        partial(w.wait, 6.0),
        lambda: w._answer(next(p for p in w.slots if 1 in p.wire), 1, "refused"),
        partial(w.operator, again=False),
        partial(w.storage_in_trouble, 0, "cut off"),
        partial(w.write, 0, 1, 2),  # 6, 7: unheard
        partial(w.deliver_again, 0),  # it is old news, for the commit happened
        partial(w.wait, 6.0),  # found
        lambda: w._answer(one, 6, "blocked"),  # both dropped
        partial(w.write, 0, 1, 2),  # 8, 9
        partial(w.suspend, 0),
        partial(w.suspend, 1),
        partial(w.wait, LEASE + 1),  # left
        partial(w.resume, 1),
        partial(w.wait, 6.0),  # claimed by the other
        partial(w.resume, 0),
        lambda: w._answer(one, 8, "taken"),  # recorded late
        lambda: w._answer(two, 8, "taken"),
        lambda: w._answer(two, 9, "taken"),
        partial(w.write, 1, 2, 2),  # 10, 11
        partial(w.delete, 1, 2),  # dropped; 12
        lambda: w._answer(two, 10, "taken"),
        lambda: w._answer(two, 12, "refused"),
        partial(w.write, 1, 1, 2),  # 13, 14
        lambda: two.dispatcher.stop(),
        lambda: w._answer(two, 13, "taken"),
        lambda: w.loop.run(w._drained(two)),  # 14 is let go
        lambda: w._done(two, two.store.deletion.tidy(w.clock() + 8 * DAY)),  # expired
    )
    rare = {
        (State.WAITING, State.DEAD), (State.LEFT, State.DEAD),  # no key opens it: tests/test_dispatcher.py
        (State.LEFT, State.SENT), (State.QUEUED, State.SENT), (State.UNHEARD, State.LEFT),
        (State.WAITING, State.SENT), (State.OUT, State.WAITING), (State.UNHEARD, State.WAITING),
        (State.QUEUED, State.DROPPED), (State.UNHEARD, State.DROPPED),
        (State.WAITING, State.DROPPED), (State.LEFT, State.DROPPED),
        (State.DEAD, State.DROPPED),
        (State.WAITING, State.UNHEARD), (State.LEFT, State.UNHEARD),  # a claim whose commit is cut off
    }  # fmt: skip
    assert {(t.before, t.after) for t in TRANSITIONS} - w.transitions - rare == set()
