"""One bot under load, in processes of its own: how much it does, how long it takes, what it uses."""

import asyncio
import json
import os
import shutil
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import ExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path
from typing import BinaryIO

import psutil

from bot.dialogue.replies import Ask
from tests.benchmarks.rivals import PATH, TOKEN
from tests.benchmarks.shares import held
from tests.benchmarks.telegram import Telegram
from tests.faults.service import ROOT
from tests.talks import CONSENT, SHORT_PATH, TODAY, presenter

SECRET = "s" * 43
DATABASE = "bench_service"  # on a PostgreSQL server
CHATS = int(os.environ.get("BENCH_CHATS", "50"))
SECONDS = float(os.environ.get("BENCH_SECONDS", "8"))
LONGEST_START = 60  # seconds until a process rests
RESTING = 0.03  # seconds of CPU that a process at rest may use in one
QUESTIONS = 15
TAPS = [f"{n}:0" for n in range(QUESTIONS)]
OUR_TAPS = [*CONSENT, *SHORT_PATH]


@dataclass(frozen=True)
class Entry:
    """A bot to measure: its name, its kind, and for ours the database and the number of processes.

    `share` is how much of a core each process may have (0 for no limit).
    """

    name: str
    kind: str
    database: str = ""
    processes: int = 1
    share: float = 0
    chats: int = CHATS

    @property
    def ours(self) -> bool:
        return self.kind == "ours"


@dataclass(frozen=True)
class Row:
    name: str
    rate: float
    median: float
    p99: float
    cpu: float  # seconds of the bot's processes for an update; `around` those of the double and the server
    around: float
    memory: float
    grown: float  # bytes by which a process grew while it was measured
    cold: float
    start: float  # seconds of CPU of a process until it rests: also for what it makes ahead of its turns
    refused: int


def free_port() -> int:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return int(s.getsockname()[1])


def command(entry: Entry, port: int, api: str, folder: Path) -> tuple[list[str], dict[str, str]]:
    if not entry.ours:
        survey = folder / "survey.json"
        survey.write_text(json.dumps(screens()), encoding="utf-8")
        if entry.kind == "grammy":
            return _node(port, api, survey)
        rival = [entry.kind, "--port", str(port), "--api", api, "--survey", str(survey)]
        rival += ["--pickle", str(folder / "state.pickle")]
        return [sys.executable, "-m", "tests.benchmarks.rivals", *rival], {}
    return [sys.executable, "-m", "bot", "webhook"], {
        "BOT_TOKEN": TOKEN,
        "TELEGRAM_API": api,
        "DATABASE_URL": entry.database,
        "WEBHOOK_SECRET": SECRET,
        "WEBHOOK_PORT": str(port),
        "MASTER_KEYS_FILE": str(folder / "keys"),
        "TOMBSTONES_FILE": str(folder / "tombstones"),
        "SEND_RATE": "0",
        "TAKE_RATE": "0",
        "CHAT_RATE": "0",
        "OPERATOR_CONTACT": "bench",
        "PEOPLE_A_YEAR": "100000000",
    }


def _node(port: int, api: str, survey: Path) -> tuple[list[str], dict[str, str]]:
    """Return how grammY's bot is started; raises RuntimeError where Node.js or its library is not at hand."""
    node, library = shutil.which("node"), ROOT / ".grammy/node_modules"
    if node is None or not library.is_dir():
        raise RuntimeError("it needs Node.js and `make .grammy/made`")
    line = [node, str(Path(__file__).with_name("grammy.js")), str(port), api, str(survey)]
    return line, {"NODE_PATH": str(library), "NODE_ENV": "production"}


@cache
def screens() -> list[tuple[str, list[str]]]:
    """Return the first questions of our short path as a worker sees them, with their options."""
    asked = list(dict.fromkeys(data.split(":")[1] for data in SHORT_PATH))[:QUESTIONS]
    questions = presenter().knowledge.questionnaire.by_id
    found = []
    for done, id in enumerate(asked):
        (message,) = presenter().render(Ask(id, done, QUESTIONS - done), None, "zh", TODAY)
        found.append((message.text, [option.zh for option in questions[id].options]))
    return found


def launch(line: list[str], environment: dict[str, str], log: BinaryIO) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(line, env={**os.environ, **environment}, stdout=log, stderr=log)


@asynccontextmanager
async def running(
    entry: Entry, api: str, folder: Path
) -> AsyncIterator[tuple[list[int], list[psutil.Process], float]]:
    ports, started = [free_port() for _ in range(entry.processes)], []
    began = time.perf_counter()
    for port in ports:
        line, environment = command(entry, port, api, folder)
        with (folder / "log").open("ab") as log:
            started.append(launch(line, environment, log))
    try:
        for port in ports:
            await until_open(port, started, folder)
        cold = time.perf_counter() - began
        with ExitStack() as stack:
            for process in started if entry.share else ():
                stack.enter_context(held(process.pid, entry.share))
            yield ports, [psutil.Process(process.pid) for process in started], cold
    finally:
        for process in started:
            process.kill()
            process.wait()


async def until_open(port: int, started: Sequence["subprocess.Popen[bytes]"], folder: Path) -> None:
    for _ in range(600):
        if any(process.poll() is not None for process in started):
            raise RuntimeError(f"it stopped at once: {(folder / 'log').read_text()[-500:]}")
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            await asyncio.sleep(0.05)
            continue
        writer.close()
        return
    raise RuntimeError("it never listened")


def averaged(rows: Sequence[Row]) -> Row:
    """Return the average of some measurements of the same."""
    figures = [field.name for field in fields(Row) if field.name != "name"]
    means = {name: statistics.mean(getattr(row, name) for row in rows) for name in figures}
    return Row(rows[0].name, **means)


async def measure(entry: Entry, telegram: Telegram, folder: Path, seconds: float = SECONDS) -> Row:
    path, taps = ("/telegram", OUR_TAPS) if entry.ours else (PATH, TAPS)
    async with running(entry, telegram.api, folder) as (ports, processes, cold):
        await resting(processes)
        start = sum(spent(processes).values()) / len(processes)
        await telegram.drive(ports, path, SECRET, taps, entry.chats, min(2.0, seconds / 2))  # warm
        around = [psutil.Process(), *(servers() if "postgresql" in entry.database else ())]
        before, outside, memory = spent(processes), spent(around), resident(processes)
        result = await telegram.drive(ports, path, SECRET, taps, entry.chats, seconds)
        own, others = since(before, spent(processes)), since(outside, spent(around))
        grown = resident(processes) - memory
    count = len(result.latencies)
    ordered = sorted(result.latencies)
    return Row(
        entry.name, count / result.seconds, statistics.median(ordered), ordered[int(count * 0.99)],
        own / count, others / count, (memory + grown) / len(processes), grown / len(processes),
        cold, start, result.refused,
    )  # fmt: skip


async def resting(processes: Sequence[psutil.Process]) -> None:
    """Wait until nothing is made ahead any more: it is done once, so that it is no part of a turn."""
    for _ in range(LONGEST_START):
        before = spent(processes)
        await asyncio.sleep(1)
        if since(before, spent(processes)) < RESTING * len(processes):
            return
    raise RuntimeError("it never came to rest")


def spent(processes: Iterable[psutil.Process]) -> dict[int, float]:
    """Return the CPU seconds of processes so far, of those that still run."""
    found = {}
    for process in processes:
        with suppress(psutil.NoSuchProcess):  # a server's helper comes and goes
            used = process.cpu_times()
            found[process.pid] = used.user + used.system
    return found


def since(before: Mapping[int, float], now: Mapping[int, float]) -> float:
    """Sum the CPU seconds that were spent since `before`."""
    return sum(seconds - before[process] for process, seconds in now.items())


def resident(processes: Iterable[psutil.Process]) -> float:
    """Sum the bytes of memory of processes."""
    return float(sum(process.memory_info().rss for process in processes))


def servers() -> list[psutil.Process]:
    """Find the processes of a PostgreSQL on this machine that serve the benchmark's database."""
    found = []
    for process in psutil.process_iter(["cmdline"]):
        if any(f" {DATABASE} " in part for part in process.info["cmdline"] or ()):
            found.append(process)
    return found
