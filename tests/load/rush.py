"""An evening's rush: people come, answer at a reader's pace, see their result, open a card, and leave."""

import asyncio
import random
import time
from collections.abc import Awaitable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import psutil

from bot.demo.double.calls import Call
from bot.demo.double.faults import Fault
from bot.demo.double.limits import Limits
from bot.demo.double.server import Simulator
from bot.demo.double.worker import Worker
from tests.faults.people import RESULTS, next_tap
from tests.faults.real import come_to_rest
from tests.faults.service import Service
from tests.load.cluster import Cluster, pair

DEFAULTS = {"SEND_RATE": "30", "CHAT_RATE": "1", "TAKE_RATE": "1"}  # what an operator gets who sets nothing
DEFAULTS["PEOPLE_A_YEAR"] = "100000"  # but for the law's limit: an evening would reach the year's
THOUGHT, SPREAD = 4.0, 0.5  # seconds that a worker reads before a tap: the median, and the log's deviation
PATIENCE = 60.0  # seconds without an answer until a worker sends /start
LOOK_EVERY = 5.0
REST = 300.0  # seconds for what waits at the end
PERCENTILES = (50, 90, 95, 99, 100)


@dataclass(frozen=True, slots=True)
class Look:
    """One moment: seconds since the start, MB of each process, letters that wait and the oldest's age."""

    at: float
    memory: list[float]
    letters: int
    oldest: float  # seconds
    talking: int  # people between their first tap and their result


@dataclass
class Rush:
    """One run, and what it showed."""

    people: int
    minutes: float
    settings: dict[str, str]
    waits: list[float] = field(default_factory=list)  # seconds from a tap to the change on the screen
    stays: list[float] = field(default_factory=list)  # seconds from /start to the result
    looks: list[Look] = field(default_factory=list)
    tired: int = 0  # waits beyond PATIENCE
    refused: int = 0  # calls that the double answered with 429
    calls: dict[str, int] = field(default_factory=dict)
    busy: list[float] = field(
        default_factory=list
    )  # seconds of processor: each process, PostgreSQL, this one
    talking: int = 0
    took: float = 0.0  # seconds until the last one had the result

    async def run(self, folder: Path) -> None:
        """Run two processes through the evening."""
        async with pair(folder, DEFAULTS | self.settings) as (cluster, simulator, services):
            self._limit(simulator)
            used = _used(services, cluster)  # to start is no part of the rush
            watch = asyncio.create_task(self._watch(services))
            begun = time.monotonic()
            async with asyncio.TaskGroup() as crowd:
                for number, due in enumerate(arrivals(self.people, 60 * self.minutes)):
                    await asyncio.sleep(begun + due - time.monotonic())
                    crowd.create_task(self._come(simulator.worker(f"W{number}"), random.Random(number)))
            self.took = time.monotonic() - begun
            watch.cancel()
            await asyncio.wait([watch])
            async with asyncio.timeout(REST):
                await come_to_rest(simulator, services[0])
            self.calls = dict(simulator.counts)
            self.busy = [now - then for now, then in zip(_used(services, cluster), used, strict=True)]

    def _limit(self, simulator: Simulator) -> None:
        limits = Limits(time.monotonic)

        def choose(call: Call) -> Fault | None:
            fault = limits(call)
            self.refused += fault is not None
            return fault

        simulator.faults.choose = choose

    async def _come(self, worker: Worker, chance: random.Random) -> None:
        """Answer until the result stands there, open a card, and leave."""
        begun = time.monotonic()
        self.talking += 1
        await self._answered(worker, worker.starts())
        while not any(word in worker.screen.text for word in RESULTS):
            await self._read(chance)
            shown = worker.screen.last
            data = sensible_tap([b.data for row in shown.buttons for b in row], chance)
            tap = worker.taps_data(data, message=shown.id) if data else worker.says("/start")
            await self._answered(worker, tap)
        self.stays.append(time.monotonic() - begun)
        self.talking -= 1
        await self._read(chance)
        cards = [b.data for row in worker.screen.last.buttons for b in row if b.data.startswith("open:")]
        if cards:
            await self._answered(worker, worker.taps_data(cards[0], message=worker.screen.last.id))
        worker.close()

    async def _read(self, chance: random.Random) -> None:
        await asyncio.sleep(chance.lognormvariate(np.log(THOUGHT), SPREAD))

    async def _answered(self, worker: Worker, deed: Awaitable[object]) -> None:
        """Do it, and wait until the bot's words on the screen are others."""
        shown, begun = worker.screen.from_bot, time.monotonic()
        await deed
        while True:
            try:
                await worker.expects(lambda screen: screen.from_bot != shown, PATIENCE)
            except AssertionError:
                self.tired += 1
                await worker.starts()
            else:
                self.waits.append(time.monotonic() - begun)
                return

    async def _watch(self, services: list[Service]) -> None:
        begun = time.monotonic()
        processes = _processes(services)
        while True:
            await asyncio.sleep(LOOK_EVERY)
            letters, oldest = await services[0].waiting()
            memory = [process.memory_info().rss / 1e6 for process in processes]
            self.looks.append(Look(time.monotonic() - begun, memory, letters, oldest, self.talking))

    @property
    def kept(self) -> bool:
        """Say whether everyone came to the result; that nothing is left lying is waited for."""
        return len(self.stays) == self.people

    def page(self) -> str:
        """Return it as a table."""
        updates = len(self.waits) + self.tired
        sent = {name: count for name, count in self.calls.items() if name.startswith(("send", "edit"))}
        sixths = [self.looks[(len(self.looks) - 1) * n // 6] for n in range(7)]
        lines = [
            f"{self.people:,} workers in {self.minutes:g} minutes, 2 processes, PostgreSQL, {self.settings}",
            f"came to the result          {len(self.stays):,}; the last after {self.took / 60:.1f} minutes",
            f"updates                     {updates:,} ({updates / self.took:.0f} a second on average)",
            f"calls                       {', '.join(f'{n} {c:,}' for n, c in sorted(sent.items()))}",
            f"calls answered with 429     {self.refused:,}",
            f"seconds from tap to screen  {_percentiles(self.waits)}",
            f"minutes from start to result {_percentiles([stay / 60 for stay in self.stays])}",
            f"waits beyond {PATIENCE:g} s          {self.tired}",
            f"most letters waiting        {max(look.letters for look in self.looks):,}",
            f"oldest letter               {max(look.oldest for look in self.looks):.0f} s",
            f"most people at once         {max(look.talking for look in self.looks):,}",
            f"letters waiting, by sixths  {' '.join(str(look.letters) for look in sixths)}",
        ]
        for number in range(2):
            course = " ".join(f"{look.memory[number]:.0f}" for look in sixths)
            lines.append(f"memory of process {number + 1}         {course} MB")
        names = ("process 1", "process 2", "PostgreSQL", "the double and the workers")
        for name, seconds in zip(names, self.busy, strict=True):
            lines.append(f"processor, {name}: {seconds:.0f} s, {1000 * seconds / updates:.2f} ms an update")
        return "\n".join(lines)


def sensible_tap(buttons: list[str], chance: random.Random) -> str:
    """Choose what leads on, but never "done" with nothing ticked: said twice, it changes nothing to see."""
    ticked = any(data.startswith("-:") for data in buttons)
    return next_tap([data for data in buttons if ticked or not data.startswith("done:")], chance)


def arrivals(people: int, seconds: float) -> Iterator[float]:
    """Return when people come: few at first, twice the average in the middle, few at last."""
    times = np.linspace(0, 1, 10_001)
    share = times - np.sin(2 * np.pi * times) / (2 * np.pi)  # of a raised cosine
    yield from np.interp((np.arange(people) + 0.5) / people, share, times) * seconds


def _percentiles(values: list[float]) -> str:
    found = zip(PERCENTILES, np.percentile(values, PERCENTILES), strict=True)
    return ", ".join(f"p{percent} {value:.2f}" for percent, value in found).replace("p100", "most")


def _processes(services: list[Service]) -> list[psutil.Process]:
    return [psutil.Process(service.process.pid) for service in services if service.process]


def _used(services: list[Service], cluster: Cluster) -> list[float]:
    """Return the seconds of processor so far: of each process, of PostgreSQL, of this one."""
    each = [_seconds([process]) for process in _processes(services)]
    return [*each, _seconds(cluster.processes), _seconds([psutil.Process()])]


def _seconds(processes: list[psutil.Process]) -> float:
    return sum(sum(process.cpu_times()[:4]) for process in processes)  # with children that ended
