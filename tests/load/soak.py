"""The steady run: workers answer on and on while the database crashes and Telegram asks for patience."""

import asyncio
import contextlib
import json
import random
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import psutil

from bot.demo.double.calls import Call
from bot.demo.double.faults import Fault, rate_limited
from bot.demo.double.server import Simulator
from tests.faults.crowd import Crowd, Findings, compare
from tests.faults.real import come_to_rest
from tests.faults.service import Service
from tests.load.cluster import Cluster, pair
from tests.talks import TOKEN

LIMITS = {"SEND_RATE": "30", "CHAT_RATE": "1"}  # Telegram's
CRASH_EVERY, GONE = 300.0, 5.0  # seconds between the database's crashes, and until it is started again
STORM_EVERY, STORM, SLOWER = 180.0, 20.0, 3  # seconds between storms, of a storm, and that it asks to wait
LOOK_EVERY = 10.0
WARM = 0.2  # of the time, in which caches fill: left out of the slope


@dataclass(frozen=True, slots=True)
class Look:
    """What was seen at one moment: seconds since the start, each process's memory in MB, waiting letters."""

    at: float
    memory: list[float]
    letters: int  # -1: the database was gone


@dataclass
class Soak:
    """One run, and what it showed."""

    minutes: float
    people: int
    looks: list[Look] = field(default_factory=list)
    refused: int = 0  # calls that the double answered with 429
    crashes: int = 0
    findings: Findings | None = None
    stuck: int = 0  # workers who didn't reach the result in five calm minutes
    logged: Counter[str] = field(default_factory=Counter)  # lines of the log by level and sentence
    leaks: int = 0  # ids and tokens in the log
    storm: bool = False

    async def run(self, folder: Path) -> None:
        """Run two processes on a database of their own."""
        chance = random.Random(0)
        async with pair(folder, LIMITS) as (cluster, simulator, services):
            crowd = Crowd(simulator, chance)
            crowd.gather(self.people)
            self._brew(simulator, chance)
            await self._busy(crowd, cluster, services)
            await self._calm(crowd, simulator, services)
            self.findings = await compare(crowd, services[0])
        self._read(folder / "log", [str(worker.chat_id) for worker in crowd.workers])

    def _brew(self, simulator: Simulator, chance: random.Random) -> None:
        """Let half of the calls be refused while there is a storm."""
        note = simulator.faults.choose

        def choose(call: Call) -> Fault | None:
            if self.storm and chance.random() < 0.5:
                self.refused += 1
                return rate_limited(SLOWER)
            return note(call)

        simulator.faults.choose = choose

    async def _busy(self, crowd: Crowd, cluster: Cluster, services: list[Service]) -> None:
        end = time.monotonic() + 60 * self.minutes
        workers = [asyncio.create_task(crowd.answer_for_ever(worker)) for worker in crowd.workers]
        troubles = [
            asyncio.create_task(trouble)
            for trouble in (self._crash(cluster), self._storm(), self._look(services))
        ]
        while time.monotonic() < end:
            await asyncio.sleep(min(5.0, 60 * self.minutes / 10))
            for task in [*workers, *troubles]:
                if task.done():
                    task.result()  # it says why it ended
        for task in troubles:
            task.cancel()
        await asyncio.wait(troubles)
        self.storm = False
        with contextlib.suppress(RuntimeError):  # it runs, unless it was just crashed
            await cluster.start()
        for task in workers:
            task.cancel()
        await asyncio.wait(workers)

    async def _calm(self, crowd: Crowd, simulator: Simulator, services: list[Service]) -> None:
        """Let everyone reach the result, and what waits arrive."""
        last = [asyncio.create_task(crowd.answer(worker)) for worker in crowd.workers]
        _, waiting = await asyncio.wait(last, timeout=300)
        self.stuck = len(waiting)
        for task in waiting:
            task.cancel()
        async with asyncio.timeout(300):
            await come_to_rest(simulator, services[0])

    async def _crash(self, cluster: Cluster) -> None:
        while True:
            await asyncio.sleep(CRASH_EVERY)
            await cluster.crash()
            self.crashes += 1
            await asyncio.sleep(GONE)
            await cluster.start()

    async def _storm(self) -> None:
        while True:
            await asyncio.sleep(STORM_EVERY)
            self.storm = True
            await asyncio.sleep(STORM)
            self.storm = False

    async def _look(self, services: list[Service]) -> None:
        begun = time.monotonic()
        processes = [psutil.Process(service.process.pid) for service in services if service.process]
        while True:
            await asyncio.sleep(LOOK_EVERY)
            memory = [process.memory_info().rss / 1e6 for process in processes]
            self.looks.append(Look(time.monotonic() - begun, memory, await services[0].backlog()))

    def _read(self, log: Path, ids: list[str]) -> None:
        text = log.read_text(encoding="utf-8")
        self.leaks = sum(text.count(secret) for secret in [*ids, TOKEN, TOKEN.split(":")[1]])
        for line in text.splitlines():
            try:
                entry = json.loads(line)
            except ValueError:
                self.logged[f"NO JSON: {line[:60]}"] += 1
                continue
            if entry["level"] != "INFO":
                self.logged[f"{entry['level']} {entry.get('what') or entry['from']}"] += 1

    def slopes(self) -> list[tuple[float, float]]:
        """Return each process's growth in MB an hour, and the half width of its 95 % interval."""
        settled = self.looks[int(WARM * len(self.looks)) :]
        at = np.array([look.at for look in settled]) / 3600
        found = []
        for number in range(len(settled[0].memory)):
            memory = np.array([look.memory[number] for look in settled])
            (slope, _), covariance = np.polyfit(at, memory, 1, cov=True)
            found.append((float(slope), float(1.96 * np.sqrt(covariance[0, 0]))))
        return found

    def page(self) -> str:
        """Return it as a table."""
        assert self.findings is not None
        found = self.findings
        rate = found.updates / 60 / self.minutes
        lines = [
            f"{self.minutes:g} minutes, {self.people} workers, 2 processes, PostgreSQL",
            f"updates                     {found.updates:,} ({rate:.1f} a second)",
            f"database crashes            {self.crashes}, gone for {GONE:g} s each",
            f"calls answered with 429     {self.refused:,}",
            f"acknowledged and lost       {found.lost}",
            f"chats in a wrong state      {found.wrong}",
            f"messages that never came    {found.omitted}",
            f"messages out of order       {found.disorder}",
            f"messages that came twice    {found.repeats} (at most {found.most_repeats} in a chat)",
            f"letters left at the end     {found.waiting}",
            f"workers stuck               {self.stuck}",
            f"most letters waiting        {max(look.letters for look in self.looks)}",
            f"ids and tokens in the log   {self.leaks}",
        ]
        sixths = [self.looks[(len(self.looks) - 1) * n // 6] for n in range(7)]
        for number, (slope, margin) in enumerate(self.slopes()):
            course = " ".join(f"{look.memory[number]:.0f}" for look in sixths)
            lines.append(
                f"memory of process {number + 1}         {course} MB; {slope:+.1f} ± {margin:.1f} MB an hour"
            )
        lines += [f"logged {count:>6,} x {what}" for what, count in self.logged.most_common()]
        return "\n".join(lines)

    @property
    def kept(self) -> bool:
        """Say whether every promise was kept."""
        found = self.findings
        broken = (found.lost, found.wrong, found.omitted, found.disorder, found.waiting) if found else (1,)
        return not any((*broken, self.stuck, self.leaks))
