"""Workers who answer again and again, what they sent and got, and what they should have got."""

import random
import time
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any

import sqlalchemy as sa

from bot.app.process import settling
from bot.channels.telegram.updates import inbound_of, read_update
from bot.demo.double.calls import Call
from bot.demo.double.server import Simulator
from bot.demo.double.worker import Screen, Shown, Worker
from bot.dialogue.conversation import Conversation
from bot.dialogue.reminders import CHINA
from bot.privacy.keyring import Keyring, keys_in
from bot.storage.engine import open_database
from bot.storage.tables import outbox, updates
from bot.storage.unit_of_work import Store
from bot.turns.contract import Address, Inbound
from tests.chats import at
from tests.databases import connect
from tests.faults.people import RESULTS, next_tap
from tests.faults.service import Service
from tests.talks import presenter, turned

AHEAD = 6  # messages due among which one that came is looked for
QUIET = 0.2  # seconds without a message
PATIENCE = 40.0  # seconds until a worker tries /start; a dead process holds its letters for 15
HOUR = 3600.0  # while processes die, nobody is owed an answer in less: that all reach the end is asked later


@dataclass
class Crowd:
    """Workers who answer again and again, and all that they sent, in order."""

    simulator: Simulator
    random: random.Random
    workers: list[Worker] = field(default_factory=list)
    sent: list[Inbound] = field(default_factory=list)
    got: dict[int, list[str]] = field(default_factory=lambda: defaultdict(list))  # texts, edits too
    came: dict[int, list[float]] = field(
        default_factory=lambda: defaultdict(list)
    )  # when each did, monotonic

    def gather(self, count: int) -> None:
        """Make so many workers, and listen to what they send."""
        self.workers = [self.simulator.worker(f"W{n}") for n in range(count)]
        queue = self.simulator.state.updates
        push = queue.push

        def noted(kind: str, content: dict[str, Any]) -> int | None:
            id = push(kind, content)
            if id is not None and (e := inbound_of(read_update({"update_id": id, kind: content}))):
                self.sent.append(e)
            return id

        queue.push = noted  # type: ignore[method-assign]
        self.simulator.faults.choose = self._note

    def _note(self, call: Call) -> None:
        if call.method.lower() in ("sendmessage", "editmessagetext"):
            chat = call.integer("chat_id")
            self.got[chat].append(call.text("text"))
            self.came[chat].append(time.monotonic())

    async def answer_for_ever(self, worker: Worker) -> None:
        """Get to the result, begin again, and so on."""
        while True:
            await self.answer(worker)
            await worker.says("/restart")
            await self._tap(worker, "go:restart")
            worker.clears()  # each look costs as much as the screen is long

    async def answer(self, worker: Worker) -> None:
        """Answer until the result stands there, with a word now and then that nobody understands."""
        await worker.starts()
        seen: tuple[Shown, ...] = ()
        while True:
            seen = await self._news(worker, seen)
            if any(word in worker.screen.text for word in RESULTS):
                return
            buttons = [b.data for row in worker.screen.last.buttons for b in row]
            data = next_tap(buttons, self.random)
            if self.random.random() < 0.1 or not data:
                await worker.says("hm" if data else "/start")
            else:
                await worker.taps_data(data, message=worker.screen.last.id)

    async def _tap(self, worker: Worker, data: str) -> None:
        await worker.expects(
            lambda screen: bool(screen.from_bot) and screen.last.button(data) is not None, HOUR
        )
        await worker.taps(data)

    async def _news(self, worker: Worker, seen: tuple[Shown, ...]) -> tuple[Shown, ...]:
        """Wait until the bot's messages are others than `seen`, and no more come; /start if that is long.

        A worker who doesn't read to the end before answering may be one screen behind for ever.
        """
        patience = PATIENCE
        while True:
            try:
                seen = (await worker.expects(partial(_differs, seen), patience)).from_bot
                patience = QUIET
            except AssertionError:
                if patience == QUIET:
                    return seen
                await worker.starts()


def _differs(seen: tuple[Shown, ...], screen: Screen) -> bool:
    return screen.from_bot != seen


@dataclass(frozen=True, slots=True)
class Parted:
    """Where what came was not what was due next: when it came (monotonic seconds), and both texts."""

    came: float
    text: str
    due: list[str]


@dataclass(slots=True)
class Findings:
    """What was compared at the end."""

    updates: int
    lost: int  # acknowledged updates that were never taken
    wrong: int  # chats whose conversation is not what their updates make of it
    waiting: int  # letters still in the outbox
    omitted: int = 0  # messages that never came
    disorder: int = 0  # messages that came out of order
    repeats: int = 0  # messages that came once more
    most_repeats: int = 0  # in one chat
    parted: list["Parted"] = field(default_factory=list, repr=False)

    def look_at(self, got: list[str], due: list[str], came: list[float] | None = None) -> None:
        """Compare the messages that a chat got with those it should have.

        After one that is missing it goes on behind it, or every later one would count as well.
        """
        at = repeats = 0
        for number, text in enumerate(got):
            if at < len(due) and text == due[at]:
                at += 1
                continue
            if at and text == due[at - 1]:
                repeats += 1
                continue
            expected = due[at : at + AHEAD]
            self.parted.append(Parted(came[number] if came else 0.0, text, expected[:1]))
            if text in expected:
                missing = expected.index(text)
                self.omitted += missing
                at += missing + 1
            else:
                self.disorder += 1
        self.omitted += len(due) - at
        self.repeats += repeats
        self.most_repeats = max(self.most_repeats, repeats)


async def compare(crowd: Crowd, service: Service, address: str = "") -> Findings:
    """Compare what is stored and shown with what the pure step makes of all that was sent.

    address: the database's own, where the service reaches it by way of something that may be broken.
    """
    talks: dict[Address, Conversation] = {}
    due: dict[int, list[str]] = {worker.chat_id: [] for worker in crowd.workers}
    for inbound in crowd.sent:
        held = talks.get(inbound.chat)
        now = datetime.now(CHINA)
        effect = turned([inbound], {inbound.chat: held} if held else {}, now)
        talk = effect.conversations.get(inbound.chat, held)
        if talk is None:
            talks.pop(inbound.chat, None)
        else:
            talks[inbound.chat] = talk
        due[int(inbound.chat.id)] += [outgoing.message.text for outgoing in effect.outgoing]
    database = open_database(address or service.database)
    store = Store(database, Keyring(keys_in(service.folder / "master.keys")), settling(presenter()))
    try:
        async with connect(database) as connection:
            taken = set(await connection.scalars(sa.select(updates.c.update)))
            waiting = await connection.scalar(sa.select(sa.func.count()).select_from(outbox))
        stored = {chat: await store.conversation(at(chat)) for chat in due}
    finally:
        await database.dispose()
    found = Findings(
        updates=len(crowd.sent),
        lost=len({inbound.update for inbound in crowd.sent} - taken),
        wrong=sum(stored[chat] != talks.get(at(chat)) for chat in due),
        waiting=waiting or 0,
    )
    for chat, texts in due.items():
        found.look_at(crowd.got[chat], texts, crowd.came[chat])
    return found
