"""One life of the bot: the real store, intake and dispatcher, from its start to the point where it dies."""

import asyncio
import contextvars
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy.exc import SQLAlchemyError

from bot.channels.intake import Intake, NotStored
from bot.channels.telegram.limits import CHAT_BURST, CHAT_RATE, OVERALL_RATE
from bot.channels.telegram.updates import take
from bot.delivery.dispatcher import Dispatcher
from bot.delivery.port import Unreachable
from bot.delivery.send_rate import SendRate
from bot.dialogue.conversation import Conversation
from bot.ops.metrics import Metrics
from bot.privacy.tombstones import Tombstone, Tombstones
from bot.storage.due_reminders import Waking
from bot.storage.outbox import Outbox
from bot.storage.unit_of_work import Store
from bot.turns import turn
from bot.turns.contract import Address, Inbound, Outbound
from bot.turns.turn import BatchResult
from tests.faults.chaos import Chaos, Killed
from tests.faults.engine import Engine
from tests.faults.journal import Turns, numbered
from tests.faults.loop import life
from tests.talks import KEYRING, presenter, rules

if TYPE_CHECKING:
    from tests.faults.world import World


class Process:
    """A process of the bot in the world. `alone`: no other serves the same database."""

    def __init__(self, world: "World", name: str, *, alone: bool) -> None:
        self.world, self.name, self.alone = world, name, alone
        self.chaos: Chaos = world.chaos
        self.paused = self.dead = self.ready = False
        self.burying: frozenset[bytes] = frozenset()  # the dead keys whose rows it is deleting again
        self.died = asyncio.Event()
        self.tasks: dict[asyncio.Task[Any], None] = {}  # in the order of their beginnings
        self.written: list[Turns] = []  # settled in the transaction under way
        self.context = contextvars.copy_context()
        self.context.run(life.set, self)
        self.engine = Engine(world.path, self, world.turn, world.journal.committed)
        graves = Graves(world.graves, self)
        self.store = Store(self.engine, KEYRING, self._settle, tombstones=graves, clock=world.clock)
        self.store.outbox = Outbox(self.engine, KEYRING, world.clock, world.loop.time)

    # --- where it may die --------------------------------------------------------------------------

    def pass_point(self, place: str) -> None:
        """Die or be paused here, if the seed says so; raises Killed."""
        if self.dead:
            raise Killed
        if self.chaos.kills_at(place):
            self.world.trace(f"{self.name} killed {place}")
            self.dead = True
            self.world.loop.call_soon(self.died.set, context=self.world.context)
            raise Killed
        if not self.paused and (seconds := self.chaos.pause()):
            self.world.pause(self, seconds)

    def meet_storage(self) -> None:
        """Raise what storage raises now, if the seed says so."""
        if error := self.chaos.spoils(self.world.loop.time()):
            self.world.trace(f"{self.name} storage {type(error).__name__}")
            raise error

    # --- life --------------------------------------------------------------------------------------

    async def live(self) -> None:
        """Start and work for ever, as `opened` and `Bot` do; raises SQLAlchemyError, OSError in the start."""
        self.pass_point("start")
        await self.store.deletion.forget_again()
        self.burying = frozenset()
        if self.alone:
            await self.store.outbox.lease.release_everyone()
        self.intake = Intake(self.store, Metrics())
        dispatcher = Dispatcher(
            self.store, self._deliver, SendRate(OVERALL_RATE, CHAT_RATE, CHAT_BURST, self.world.loop.time)
        )
        self.ready = True
        await asyncio.gather(
            dispatcher.run(),
            self._every(20.0, Waking(self.store).wake),
            self._every(3600.0, self.store.deletion.tidy),
        )

    async def _every(self, seconds: float, work: Callable[[], Awaitable[int]]) -> None:
        while True:
            try:
                await work()
            except (SQLAlchemyError, OSError):
                self.world.trace(f"{self.name} {work.__name__} failed")
            await asyncio.sleep(seconds)

    async def take(self, update: bytes) -> bool:
        """Answer Telegram's push of an update (True is 200, False is 500); raises Killed."""
        self.pass_point("update arrived")
        try:
            await take(self.intake, update)
        except NotStored:
            return False
        self.pass_point("before acknowledgement")
        return True

    async def _deliver(self, outgoing: Outbound, may: Callable[[], bool]) -> None:
        self.pass_point("before sending")
        await asyncio.sleep(0)  # the transport's own wait, in which a pause begins
        if not may():
            raise Unreachable("Withheld")
        await self.world.telegram.send(self, outgoing)

    def _settle(
        self,
        inbounds: Sequence[Inbound],
        held: Mapping[Address, Conversation],
        seen: frozenset[int],
        room: int,
    ) -> BatchResult:
        now: datetime = self.world.now()
        settled = turn.settle(rules(), presenter(), inbounds, held, seen, now, room)
        settled.outgoing = [
            replace(o, message=numbered(o.message, self.world.journal.next_number()))
            for o in settled.outgoing
        ]
        self.written.append(Turns(tuple(inbounds), settled, now))
        return settled


@dataclass
class Graves(Tombstones):
    """The real tombstones, with a point before and after each is written."""

    path: Path
    process: Process

    def __post_init__(self) -> None:
        super().__init__(self.path)

    def add(self, stones: Iterable[Tombstone]) -> None:
        self.process.pass_point("before tombstone")
        super().add(stones)
        self.process.pass_point("after tombstone")

    def all(self) -> list[Tombstone]:
        stones = super().all()
        self.process.burying = frozenset(stone.key for stone in stones)
        return stones
