"""Lets a town talk to the real bot over HTTP, against the Telegram double, with the mistakes people make."""

import asyncio
import random
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count, cycle
from pathlib import Path

from pydantic import SecretStr

from bot.app.process import Bot, settling
from bot.content.knowledge import Knowledge
from bot.delivery.send_rate import SendRate
from bot.demo.double.server import TOKEN, Simulator
from bot.demo.double.worker import Screen, Shown, Worker
from bot.demo.town.habits import NONSENSE, Habits, slipped
from bot.demo.town.people import Resident
from bot.dialogue.counting import IMAGINED
from bot.dialogue.reminders import CHINA
from bot.privacy.keyring import Keyring, keys_in
from bot.render import Presenter
from bot.storage.counters import Counts
from bot.storage.engine import opened

AT_ONCE = 40  # people who talk at the same time
PATIENCE = 120.0  # seconds: a busy machine is no fault of the bot
AWAY = timedelta(days=3)  # after which those who fell silent come back
NAMES = ("小王", "老李", "阿芳", "小陈", "大刘")


@dataclass
class Walker:
    """One resident at the phone; `talk` can be called again after it gave up."""

    worker: Worker
    resident: Resident
    habits: Habits
    dice: random.Random
    said: Mapping[str, str] = field(default_factory=dict)  # what a single option is called when typed

    def __post_init__(self) -> None:
        purposes = ["answers", "abroad"]
        self.purposes = purposes + ["research"] * (self.dice.random() < self.habits.research)
        self.longer = self.dice.random() < self.habits.longer

    async def talk(self) -> bool:
        """Answer until the result came and nothing is left to do; False for a resident who fell silent."""
        await (self.worker.says("你好") if self.worker.screen.messages else self.worker.starts())
        while True:
            shown = await self._screen()
            question = _question(shown)
            if question in self.resident.answers and self._happens(self.habits.silent):
                return False
            if (tap := self._next(shown, question)) is None:
                await self._mark(shown)
                return True
            await self._act(shown, question, tap)

    async def _screen(self) -> Shown:
        """Wait for a screen with something to tap."""
        screen = await self.worker.expects(lambda s: bool(s.from_bot and s.last.buttons), PATIENCE)
        return screen.last

    def _next(self, shown: Shown, question: str) -> str | None:
        """Choose what to tap; None when there is nothing to do but read."""
        buttons = set(_data(shown))
        if question == "consent":
            ticks = [f"+:consent:{purpose}" for purpose in self.purposes]
            return next((tick for tick in ticks if tick in buttons), "go:agree")
        if question:
            answer = self.resident.answers[question]
            if f"skip:{question}" in buttons and self._happens(self.habits.skips):
                return f"skip:{question}"
            if f"a:{question}:{answer[0]}" in buttons:
                return f"a:{question}:{answer[0]}"
            wanted = [f"+:{question}:{option}" for option in answer]
            return next((tick for tick in wanted if tick in buttons), f"done:{question}")
        if "go:research" in buttons and self.longer and "research" in self.purposes:
            return "go:research"
        return None

    async def _act(self, shown: Shown, question: str, tap: str) -> None:
        before = _seen(self.worker.screen)
        if question in self.resident.answers and self._happens(self.habits.errs):
            if self._happens(0.3):
                await self.worker.sends_sticker()
            else:
                await self.worker.says(self.dice.choice(NONSENSE))
            await self._change(before)
            return
        if tap.startswith("a:") and tap in self.said and self._happens(self.habits.types):
            words = self.said[tap]
            await self.worker.says(slipped(words, self.dice) if self._happens(self.habits.slips) else words)
        else:
            for _ in range(1 + self._happens(self.habits.doubles)):
                await self.worker.taps_data(tap, message=shown.id)
        await self._change(before)

    async def _mark(self, shown: Shown) -> None:
        first = next((data for data in _data(shown) if data.startswith("open:")), "")
        if not first or not self._happens(self.habits.marks):
            return
        before = _seen(self.worker.screen)
        await self.worker.taps_data(first, message=shown.id)
        await self._change(before)
        card = await self._screen()
        piece = first.removeprefix("open:")
        mark = f"mark:{piece}:{self.dice.choice(('done', 'have', 'not_for_me'))}"
        if mark in _data(card):
            before = _seen(self.worker.screen)
            await self.worker.taps_data(mark, message=card.id)
            await self._change(before)

    async def _change(self, before: object) -> None:
        await self.worker.expects(lambda screen: _seen(screen) != before, PATIENCE)

    def _happens(self, chance: float) -> bool:
        return self.dice.random() < chance


@dataclass(frozen=True, slots=True)
class Walked:
    """How a town's talks ended."""

    finished: int
    silent: int


async def walk(
    knowledge: Knowledge,
    residents: Iterable[Resident],
    database: Path,
    seed: int,
    *,
    habits: Habits | None = None,
    told: Callable[[int], None] = lambda done: None,
) -> Walked:
    """Hold every resident's talk and leave the database, with its keys beside it; `told` is called at each
    end.

    Raises:
        ValueError: there is a database already.
    """
    _check_new(database)
    habits, said = habits or Habits(), _said(knowledge)
    clock = _Clock(ago=AWAY)
    async with _serving(knowledge, database, clock) as simulator:
        dice = (random.Random(f"{seed} {number}") for number in count())  # noqa: S311 - no secret hangs on it
        walkers = [
            Walker(simulator.worker(name), resident, habits, own, said)
            for resident, own, name in zip(residents, dice, cycle(NAMES), strict=False)
        ]
        silent = await _round(walkers, told)
        clock.ago = timedelta(0)
        back = [walker for walker in silent if walker.dice.random() < habits.returns]
        silent_again = await _round(back, lambda done: None)
    still = len(silent) - len(back) + len(silent_again)
    return Walked(finished=len(walkers) - still, silent=still)


@asynccontextmanager
async def _serving(knowledge: Knowledge, database: Path, clock: "_Clock") -> AsyncIterator[Simulator]:
    """Let the real bot serve a simulated Telegram, by this clock and into this database."""
    presenter, keyring = Presenter(knowledge), Keyring(keys_in(database.with_suffix(".keys")))
    url, settle = f"sqlite:///{database}", settling(presenter, clock.now)
    async with Simulator() as simulator, opened(url, keyring, settle, limit=10**9) as store:
        store.clock = clock.seconds
        counts = Counts(store.database, clock.seconds)
        counts.add(IMAGINED)
        await counts.write()
        bot = asyncio.create_task(
            Bot(SecretStr(TOKEN), simulator.api_url, store, presenter, SendRate(0, 0)).poll()
        )
        try:
            yield simulator
        finally:
            bot.cancel()
            with suppress(asyncio.CancelledError):
                await bot


@dataclass
class _Clock:
    """The bot's clock while a town talks: so long ago, until those who fell silent come back."""

    ago: timedelta

    def now(self) -> datetime:
        return datetime.now(CHINA) - self.ago

    def seconds(self) -> float:
        return self.now().timestamp()


async def _round(walkers: list[Walker], told: Callable[[int], None]) -> list[Walker]:
    """Let everybody talk, some at once; returns those who fell silent."""
    silent: list[Walker] = []
    room = asyncio.Semaphore(AT_ONCE)
    done = 0

    async def one(walker: Walker) -> None:
        nonlocal done
        async with room:
            if not await walker.talk():
                silent.append(walker)
            done += 1
            told(done)

    async with asyncio.TaskGroup() as talks:
        for walker in walkers:
            talks.create_task(one(walker))
    return silent


class TownThere(ValueError):
    """A town is not written over what is there."""


def _check_new(database: Path) -> None:
    if database.exists():
        raise TownThere(f"{database} is there already: name another one, or remove it")


def _said(knowledge: Knowledge) -> dict[str, str]:
    """What a button's option is called, for those who type it instead."""
    return {
        f"a:{question.id}:{option.id}": option.zh
        for question in knowledge.questionnaire.questions
        for option in question.options
        if not question.multiple
    }


def _data(shown: Shown) -> Iterator[str]:
    return (button.data for row in shown.buttons for button in row)


def _question(shown: Shown) -> str:
    """Name the question that a screen asks; empty when it asks none."""
    for data in _data(shown):
        verb, _, rest = data.partition(":")
        if verb in ("a", "+", "-", "done"):
            return rest.partition(":")[0]
    return ""


def _seen(screen: Screen) -> object:
    said = screen.from_bot
    return (len(said), said[-1].text, tuple(_data(said[-1]))) if said else None
