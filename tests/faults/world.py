"""A whole run by one seed: faults while people talk, then calm, in which everybody must reach the result."""

import asyncio
import contextvars
import logging
import random as everybodys
import shutil
import tempfile
from collections import Counter, deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from hashlib import sha256
from pathlib import Path
from random import Random

import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError

from alembic import command
from bot.storage.engine import alembic_config
from tests.faults.chaos import CALM, Chaos, Killed, Odds, odds_of
from tests.faults.engine import File
from tests.faults.journal import Broken, Journal
from tests.faults.loop import Loop, NothingEverHappens
from tests.faults.people import Person
from tests.faults.process import Process
from tests.faults.telegram import Telegram
from tests.talks import KEYRING, NOON

UPDATES = 800  # after which a run becomes calm
LAST_LINES = 60  # of the story that a broken run tells


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run went through; `digest` names its course."""

    kills: Counter[str]
    troubles: Counter[str]
    updates: int
    letters: int
    repeats: int
    seconds: float
    digest: str


class World:
    """Processes, Telegram, people and the truth about them."""

    def __init__(self, seed: int, folder: Path, odds: Odds | None, lines: int) -> None:
        self.seed, self.random = seed, Random(seed)
        everybodys.seed(seed)  # the dispatcher's jitter
        self.chaos = Chaos(self.random, odds or odds_of(self.random))
        self.count = self.random.choice((1, 1, 1, 3))
        self.loop, self.context = Loop(), contextvars.copy_context()
        self.path, self.graves = folder / "bot.sqlite", folder / "tombstones"
        shutil.copy(template(), self.path)
        self.read = File.open(self.path)
        self.lines: deque[str] = deque(maxlen=lines)
        self._digest = sha256()
        self.turn = asyncio.Lock()
        self.processes: list[Process] = []
        self.telegram = Telegram(self)
        self.journal = Journal(
            self.path, self.read.sync, self.clock, lambda chat: self.telegram.chats[chat].blocked
        )
        self.people = [Person(self, self.telegram.chat(chat)) for chat in range(1, self.random.randint(2, 5))]

    def clock(self) -> float:
        """Return the time of day, which all processes share."""
        return NOON.timestamp() + self.loop.time()

    def now(self) -> datetime:
        return NOON + timedelta(seconds=self.loop.time())

    def trace(self, line: str) -> None:
        """Note what happens, for the reader who has to find out why."""
        line = f"{self.loop.time():9.3f} {line}"
        self._digest.update(line.encode())
        self.lines.append(line)

    def pause(self, process: Process, seconds: float) -> None:
        """Stop a process where it next waits, as SIGSTOP does, and let it go on later."""
        process.paused = True
        self.trace(f"{process.name} paused for {seconds:.1f} s")
        self.loop.call_later(seconds, self.loop.resume, process, context=self.context)

    def run(self, kills: int, updates: int) -> Outcome:
        """Live through faults until so many kills or updates, then through calm; raises Broken."""
        try:
            self.loop.run(self._run(kills, updates))
        except NothingEverHappens:
            self.journal.fail("everybody waits for ever")
        finally:
            self.read.close()
        if self.journal.broken:
            raise Broken(self.journal.broken[0])
        repeats = sum(max(0, letter.taken - 1) for letter in self.journal.letters.values())
        return Outcome(
            self.chaos.kills, self.chaos.troubles, self.telegram.updates, len(self.journal.letters),
            repeats, self.loop.time(), self._digest.hexdigest()[:12],
        )  # fmt: skip

    async def _run(self, kills: int, updates: int) -> None:
        slots = [self.loop.create_task(self._keep_alive(f"p{n}")) for n in range(self.count)]
        talking = [self.loop.create_task(person.muddle_along()) for person in self.people]
        while (  # noqa: ASYNC110 - time is not waited for here
            not self.journal.broken
            and self.chaos.kills.total() < kills
            and self.telegram.updates < updates
            and self.loop.time() < 6 * 3600
        ):
            await asyncio.sleep(0.5)
        for task in talking:
            task.cancel()
        self.trace("calm")
        self.chaos.odds, self.chaos.gone_until = CALM, 0.0
        await self._within(3600, "reach the result", *(person.reach_the_result() for person in self.people))
        await self._within(120, "come to rest", self._rest())
        for task in slots:
            task.cancel()
        await asyncio.wait(slots)
        self.journal.examine()

    async def _within(self, seconds: float, what: str, *works: object) -> None:
        if self.journal.broken:
            for work in works:
                work.close()  # type: ignore[attr-defined]
            return
        try:
            async with asyncio.timeout(seconds):
                await asyncio.gather(*works)  # type: ignore[call-overload]
        except TimeoutError:
            self.journal.fail(f"not everybody could {what} within {seconds} s")

    async def _rest(self) -> None:
        while any(chat.waiting for chat in self.telegram.chats.values()) or self.journal.examine():  # noqa: ASYNC110
            await asyncio.sleep(1)

    async def _keep_alive(self, name: str) -> None:
        """Start a process again and again, whenever it dies."""
        for life in range(1, 1_000_000):
            process = Process(self, f"{name}.{life}", alone=self.count == 1)
            self.processes.append(process)
            task = self.loop.create_task(process.live(), context=process.context)
            dying = self.loop.create_task(process.died.wait())
            try:
                await asyncio.wait({task, dying}, return_when=asyncio.FIRST_COMPLETED)
                if task.done() and not process.dead:
                    self._left(process, task)
            finally:
                await self._end(process, dying)
            if self.journal.broken:
                return
            await asyncio.sleep(5 * self.random.random())

    def _left(self, process: Process, task: "asyncio.Task[None]") -> None:
        error = task.exception()
        if process.ready or not isinstance(error, SQLAlchemyError | OSError):
            self.journal.fail(f"{process.name} ended by itself: {error!r}")
        self.trace(f"{process.name} did not start: {type(error).__name__}")

    async def _end(self, process: Process, dying: "asyncio.Task[bool]") -> None:
        """Let nothing of a process be left."""
        process.dead = True
        self.loop.resume(process)
        dying.cancel()
        self.processes.remove(process)
        while process.tasks:
            tasks = list(process.tasks)
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks)
            for task in tasks:
                error = None if task.cancelled() else task.exception()
                if error is not None and not isinstance(error, Killed | SQLAlchemyError | OSError):
                    self.journal.fail(f"a task of {process.name} failed: {error!r}")
        process.engine.file.close()
        self.journal.doubt(process)


@contextmanager
def silent() -> Iterator[None]:
    """Log nothing: a run makes thousands of errors."""
    log = logging.getLogger("bot")
    level = log.level
    log.setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        log.setLevel(level)


@cache
def template() -> Path:
    """Make an empty database with today's schema, once."""
    path = Path(tempfile.mkdtemp(prefix="faults-")) / "empty.sqlite"
    engine = sa.create_engine(f"sqlite:///{path}")
    with engine.begin() as connection:
        command.upgrade(alembic_config(connection, KEYRING), "head")
    engine.dispose()
    return path


def play(
    seed: int, kills: int = 200, updates: int = UPDATES, odds: Odds | None = None, lines: int = LAST_LINES
) -> Outcome:
    """Play one run; raises Broken with how to play it again."""
    with silent(), tempfile.TemporaryDirectory(prefix="faults-") as folder:
        world = World(seed, Path(folder), odds, lines)
        try:
            return world.run(kills, updates)
        except Broken as broken:
            story = "\n".join(world.lines)
            again = f"python -m tests.faults --seed {seed} --updates {updates}"
            raise Broken(f"{story}\n{broken}\nplay it again: {again}") from None
