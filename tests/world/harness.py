"""Real processes of the bot, workers who talk, and one trouble after the other; then what must be true."""

import asyncio
import os
import random
import shutil
import signal
import sys
import time
from collections.abc import AsyncIterator, Iterable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import aiohttp
import sqlalchemy as sa

from bot.demo.double.calls import Call
from bot.demo.double.faults import Fault
from bot.demo.double.server import Simulator
from bot.demo.double.worker import Shown, Worker
from tests.faults.crowd import PATIENCE, QUIET, Crowd, Findings, _differs, compare
from tests.faults.service import ROOT, Service, fresh_postgres
from tests.faults.wire import Proxy
from tests.talks import TOKEN

WORKERS = 6
RED = 30.0  # seconds of failing turns after which a process must not call itself ready
ANSWERED = 60.0  # seconds after a trouble's end by which everybody has their answer
STOPPED = 120.0  # seconds for a process to drain and end: it computes for three, if the machine lets it
SQLITE, POSTGRESQL, POLLING = KINDS = ("sqlite", "postgresql", "polling")  # the last is on SQLite too
CLOCK = "clock"  # the file by which the processes' clocks are set
SHOWN = 10  # messages that were not the next, of which the outcome tells
LOOK = 0.5  # seconds between looks at a process's pages


class LawBroken(AssertionError):
    """Something that was promised didn't happen; the text says what, and after which trouble."""


@dataclass
class Talkers(Crowd):
    """Workers of whom is known since when each waits for an answer, and who sometimes leave for good."""

    waiting: dict[int, float] = field(default_factory=dict)  # by chat, since when
    refusing: Fault | None = None  # what Telegram answers a part of the calls with
    share: float = 1.0  # of the calls that it refuses
    methods: tuple[str, ...] = ()  # which it refuses, empty for all

    def gather(self, count: int) -> None:
        super().gather(count)
        self.simulator.faults.choose = self._choose

    def _choose(self, call: Call) -> Fault | None:
        concerned = call.method in self.methods if self.methods else call.method.lower() != "setwebhook"
        if self.refusing is not None and concerned and self.random.random() < self.share:
            return self.refusing
        self._note(call)
        return None

    def _note(self, call: Call) -> None:
        super()._note(call)
        # Some answers show nothing new, such as that to a second tap.
        self.waiting.pop(call.integer("chat_id") or 0, None)

    async def answer_for_ever(self, worker: Worker) -> None:
        while True:
            await self.answer(worker)
            if self.random.random() < 0.3:
                await worker.says("/delete")
                await self._tap(worker, "go:forget")
                await self._news(worker, worker.screen.from_bot)
            else:
                await worker.says("/restart")
                await self._tap(worker, "go:restart")
            worker.clears()

    async def _news(self, worker: Worker, seen: tuple[Shown, ...]) -> tuple[Shown, ...]:
        self.waiting.setdefault(worker.chat_id, time.monotonic())
        patience = PATIENCE
        while True:
            try:
                screen = await worker.expects(partial(_differs, seen), patience)
                self.waiting.pop(worker.chat_id, None)
                seen, patience = screen.from_bot, QUIET
            except AssertionError:
                if patience == QUIET:
                    return seen
                await worker.starts()


@dataclass
class Tried:
    """What became of one trouble."""

    name: str
    began: float  # seconds after the beginning of the run
    lasted: float
    red: float | None  # seconds until no process called itself ready, None if turns did not fail
    answered: float  # seconds after its end until all who waited then had their answer


@dataclass
class World:
    """The processes and what is between them and the rest; `chance` is the run's only source of chance."""

    folder: Path
    chance: random.Random
    simulator: Simulator
    crowd: Talkers
    services: list[Service]
    front: Proxy  # between Telegram and the processes
    wire: Proxy | None  # between the processes and a server's database
    server: str  # the database's own address, past the wire

    @property
    def postgres(self) -> bool:
        return self.wire is not None

    async def start(self, service: Service) -> None:
        await service.start()
        await service.ready()

    async def stop(self, service: Service) -> None:
        """Ask a process to end, and see that it does so well."""
        assert service.process is not None
        service.asked = True
        service.process.terminate()
        async with asyncio.timeout(STOPPED):
            code = await service.process.wait()
        if code != 0 and service.root == ROOT:  # release 1.0.0 ends by the signal itself
            raise LawBroken(f"a process that was asked to stop ended with {code}: {service.log()}")

    async def command(self, *words: str, **settings: str) -> str:
        """Run one of the operator's commands; AssertionError when it fails."""
        service = self.services[0]
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bot", *words,
            env={**service.environment, **settings}, cwd=ROOT,
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
        )  # fmt: skip
        said, _ = await process.communicate()
        assert process.returncode == 0, said.decode()
        return said.decode()

    async def restarted(self) -> None:
        for service in self.services:
            await self.stop(service)
            await self.start(service)

    async def ready(self, service: Service) -> bool:
        """Say whether a process calls itself ready; one that doesn't answer doesn't."""
        limit = aiohttp.ClientTimeout(total=5)
        try:
            async with (
                aiohttp.ClientSession(timeout=limit) as session,
                session.get(f"http://127.0.0.1:{service.port}/readyz") as answer,
            ):
                return answer.status == 200
        except (aiohttp.ClientError, TimeoutError, OSError):
            return False

    def look_for_the_dead(self) -> None:
        """Raise LawBroken when a process has ended that nobody asked to: what follows would only puzzle."""
        for service in self.services:
            if service.ended is not None:
                raise LawBroken(f"a process ended by itself with {service.ended}: {service.log()}")

    async def until_prepared(self) -> None:
        """Wait until every process has made what typed words need."""
        async with asyncio.timeout(300), aiohttp.ClientSession() as session:
            for service in self.services:
                while True:
                    self.look_for_the_dead()
                    async with session.get(f"http://127.0.0.1:{service.port}/readyz") as answer:
                        if answer.status == 200 and (await answer.json()).get("prepared", True):
                            break
                    await asyncio.sleep(0.2)

    async def until_red(self) -> float:
        """Wait until no process calls itself ready; gives the seconds, and raises LawBroken beyond RED."""
        began = time.monotonic()
        while any(await asyncio.gather(*map(self.ready, self.services))):
            if time.monotonic() - began > RED:
                raise LawBroken(f"a process calls itself ready after {RED:.0f} s of failing turns")
            await asyncio.sleep(LOOK)
        return time.monotonic() - began

    async def until_answered(self) -> float:
        """Wait until all who wait now have their answer; gives the seconds, and raises LawBroken."""
        began = time.monotonic()
        waits = dict(self.crowd.waiting)
        while still := [chat for chat, since in waits.items() if self.crowd.waiting.get(chat) == since]:
            self.look_for_the_dead()
            if time.monotonic() - began > ANSWERED:
                raise LawBroken(f"{len(still)} workers have no answer {ANSWERED:.0f} s after the trouble")
            await asyncio.sleep(0.1)
        return time.monotonic() - began

    async def at_rest(self) -> None:
        """Wait until no update and no message waits."""
        async with asyncio.timeout(ANSWERED):
            while await self.services[0].backlog() or self.simulator.state.updates.waiting():  # noqa: ASYNC110
                await asyncio.sleep(0.2)


@asynccontextmanager
async def living(
    folder: Path, kind: str, seed: int, first: Path | None = None, server: str = ""
) -> AsyncIterator[World]:
    """Start a double, workers, and one process on SQLite or two on PostgreSQL.

    first: the source tree of the release that is run at the beginning, if it isn't this one.
    server: a PostgreSQL of the caller's own.
    """
    chance = random.Random(seed)
    async with AsyncExitStack() as stack:
        url, wire = f"sqlite:///{folder / 'data' / 'bot.sqlite'}", None
        (folder / "data").mkdir()
        if kind == POSTGRESQL:
            admin = os.environ.get("TEST_POSTGRES_URL", "postgresql+asyncpg://postgres@127.0.0.1:5432/test")
            server = server or await stack.enter_async_context(fresh_postgres(admin))
            address = sa.make_url(server)
            wire = await stack.enter_async_context(
                Proxy([(address.host or "127.0.0.1", address.port or 5432)])
            )
            moved = address.set(host="127.0.0.1", port=wire.port)
            url = moved.render_as_string(hide_password=False)
        simulator = await stack.enter_async_context(Simulator(token=TOKEN, webhook_pause=0.2))
        services = [Service(folder, url, simulator.api_url) for _ in range(2 if wire else 1)]
        front = await stack.enter_async_context(Proxy([("127.0.0.1", s.port) for s in services]))
        for service in services:
            service.root = first or service.root
            if first is None:
                service.program = ("-m", "tests.world.skewed", str(folder / CLOCK))
            if kind == POLLING:
                service.command = "polling"
            service.url = f"http://127.0.0.1:{front.port}/telegram"
        crowd = Talkers(simulator, chance)
        world = World(folder, chance, simulator, crowd, services, front, wire, server or url)
        stack.push_async_callback(_killed, services)
        if wire:
            await services[0].migrate()
        for service in services:
            await world.start(service)
        crowd.gather(WORKERS)
        yield world


async def _killed(services: Iterable[Service]) -> None:
    for service in services:
        if service.process is not None and service.process.returncode is None:
            with suppress(ProcessLookupError):
                service.process.send_signal(signal.SIGCONT)
            await service.kill()


async def run(
    folder: Path,
    kind: str,
    minutes: float,
    seed: int,
    only: Iterable[str] = (),
    server: str = "",
    least: int = 1,
) -> "Outcome":
    """Let one trouble follow the other for so long, and so many at least.

    Raises LawBroken, or returns what was compared.
    """
    from tests.world.troubles import TROUBLES

    began = time.monotonic()
    tried: list[Tried] = []
    missing: dict[str, str] = {}
    async with living(folder, kind, seed, server=server) as world:
        crowd = world.crowd
        busy = [asyncio.create_task(crowd.answer_for_ever(worker)) for worker in crowd.workers]
        names = [n for n, t in TROUBLES.items() if kind in t.databases and (not only or n in only)]
        queue: list[str] = []
        while time.monotonic() - began < 60 * minutes or len(tried) < least:
            queue = queue or world.chance.sample(names, len(names))  # each before any comes again
            name = queue.pop()
            await asyncio.sleep(2 * world.chance.random())
            at = time.monotonic()
            try:
                red = await TROUBLES[name].make(world)
            except NotHere as reason:
                missing[name] = str(reason)
                names.remove(name)
                continue
            lasted = time.monotonic() - at
            tried.append(Tried(name, at - began, lasted, red, await world.until_answered()))
            ended = [task for task in busy if task.done()]
            assert not ended, ended
        for task in busy:
            task.cancel()
        await asyncio.wait(busy)
        await asyncio.gather(*(crowd.answer(worker) for worker in crowd.workers))
        await world.at_rest()
        found = await compare(crowd, world.services[0], world.server)
        for service in world.services:
            await world.stop(service)
    shutil.rmtree(folder / "data", ignore_errors=True)
    return Outcome(found, tried, missing, time.monotonic() - began, began)


class NotHere(Exception):
    """This machine can't make a trouble; the text says why."""


@dataclass
class Outcome:
    """What a run went through, and what was found at its end."""

    found: Findings
    tried: list[Tried]
    missing: dict[str, str]
    seconds: float
    began: float  # monotonic

    def broken(self) -> list[str]:
        """Name the laws that the end shows broken."""
        laws = {
            "lost": self.found.lost, "wrong": self.found.wrong, "waiting": self.found.waiting,
            "omitted": self.found.omitted, "out of order": self.found.disorder,
        }  # fmt: skip
        return [f"{number} {law}" for law, number in laws.items() if number]

    def __str__(self) -> str:
        lines = [f"{self.found.updates} updates, {len(self.tried)} troubles in {self.seconds:.0f} s"]
        by_name: dict[str, list[Tried]] = {}
        for t in self.tried:
            by_name.setdefault(t.name, []).append(t)
        for name, each in sorted(by_name.items()):
            reds = [t.red for t in each if t.red is not None]
            red = f", red after {max(reds):.1f} s at most" if reds else ""
            slowest = max(t.answered for t in each)
            lines.append(f"{name:<28} {len(each):>3} times, all answered within {slowest:.1f} s{red}")
        lines += [f"{name:<28} not here: {why}" for name, why in self.missing.items()]
        f = self.found
        lines.append(
            f"lost {f.lost}, wrong {f.wrong}, omitted {f.omitted}, out of order {f.disorder}, "
            f"waiting {f.waiting}; came twice {f.repeats}"
        )
        for parted in f.parted[:SHOWN]:
            at = parted.came - self.began
            last = [t for t in self.tried if t.began <= at][-3:]
            behind = ", ".join(f"{t.name} ({t.began:.0f} to {t.began + t.lasted:.0f} s)" for t in last)
            lines.append(f"at {at:.0f} s came {parted.text[:60]!r}, due was {parted.due}, after {behind}")
        return "\n".join(lines)
