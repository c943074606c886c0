"""Our service beside bots on the usual stacks: same double, same load, one after the other in one run."""

import asyncio
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import psutil
import sqlalchemy as sa
import uvloop

from bot.adapters.database import migrate, open_engine, opened
from bot.adapters.tables import conversations
from bot.adapters.vault import Keys, Vault, keys_in
from tests.benchmarks.rivals import PATH, QUESTIONS, TOKEN
from tests.benchmarks.telegram import Telegram
from tests.talks import CONSENT, SHORT_PATH, settling_today

SECRET = "s" * 43
CHATS = int(os.environ.get("BENCH_CHATS", "50"))
SECONDS = float(os.environ.get("BENCH_SECONDS", "8"))
TAPS = [f"{n}:0" for n in range(QUESTIONS)]
OUR_TAPS = [*CONSENT, *SHORT_PATH]
GROWTH = [10**3, 10**5, 10**6] if os.environ.get("BENCH_GROWTH", "1") != "0" else []


@dataclass(frozen=True)
class Entry:
    """A bot to measure: its name, its kind, and for ours the database and the number of processes."""

    name: str
    kind: str
    database: str = ""
    processes: int = 1

    @property
    def ours(self) -> bool:
        return self.kind == "ours"


@dataclass(frozen=True)
class Row:
    name: str
    rate: float
    median: float
    p99: float
    cpu: float
    memory: float
    cold: float
    refused: int


def free_port() -> int:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return int(s.getsockname()[1])


def command(entry: Entry, port: int, api: str, folder: Path) -> tuple[list[str], dict[str, str]]:
    if not entry.ours:
        rival = [entry.kind, "--port", str(port), "--api", api, "--pickle", str(folder / "state.pickle")]
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
        yield ports, [psutil.Process(process.pid) for process in started], time.perf_counter() - began
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


async def measure(entry: Entry, telegram: Telegram, folder: Path, seconds: float = SECONDS) -> Row:
    path, taps = ("/telegram", OUR_TAPS) if entry.ours else (PATH, TAPS)
    async with running(entry, telegram.api, folder) as (ports, processes, cold):
        await telegram.drive(ports, path, SECRET, taps, CHATS, min(2.0, seconds / 2))  # warm
        before = [process.cpu_times() for process in processes]
        result = await telegram.drive(ports, path, SECRET, taps, CHATS, seconds)
        after = [process.cpu_times() for process in processes]
        used = sum(a.user + a.system - b.user - b.system for a, b in zip(after, before, strict=True))
        memory = sum(process.memory_info().rss for process in processes)
    count = len(result.latencies)
    ordered = sorted(result.latencies)
    return Row(
        entry.name, count / result.seconds, statistics.median(ordered), ordered[int(count * 0.99)],
        used / count, memory / len(processes), cold, result.refused,
    )  # fmt: skip


async def postgres(name: str) -> str | None:
    """Make an empty database for the run; None without a server."""
    url = os.environ.get("TEST_POSTGRES_URL", "postgresql+asyncpg://postgres@127.0.0.1:5432/test")
    try:
        engine = open_engine(url)
        async with engine.connect() as connection:
            raw = (await connection.get_raw_connection()).driver_connection
            assert raw is not None
            await raw.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
            await raw.execute(f"CREATE DATABASE {name}")
        await engine.dispose()
    except (OSError, sa.exc.SQLAlchemyError) as error:
        print(f"  PostgreSQL not measured: {type(error).__name__}")
        return None
    return url.rsplit("/", 1)[0] + f"/{name}"


async def table() -> list[Row]:
    rows = []
    server = await postgres("bench_service")
    entries = [
        Entry("a bare handler that parses and answers", "floor"),
        Entry("python-telegram-bot, memory", "ptb"),
        Entry("python-telegram-bot, PicklePersistence", "ptb_pickle"),
        Entry("aiogram, memory", "aiogram"),
        Entry("aiogram, Redis", "aiogram_redis"),
        Entry("ours, SQLite (committed before 200)", "ours", "sqlite"),
    ]
    if server:
        entries += [
            Entry(f"ours, PostgreSQL, {n} process{'es' * (n > 1)}", "ours", server, n) for n in (1, 2, 4)
        ]
    async with Telegram() as telegram:
        for entry in entries:
            with tempfile.TemporaryDirectory() as name:
                folder = Path(name)
                keys_in(folder / "keys")
                if entry.database == "sqlite":
                    entry = Entry(entry.name, "ours", f"sqlite+aiosqlite:///{folder / 'bench.sqlite'}")
                elif entry.ours:
                    await postgres("bench_service")
                    engine = open_engine(entry.database)
                    await migrate(engine, Vault(keys_in(folder / "keys")))
                    await engine.dispose()
                try:
                    rows.append(await measure(entry, telegram, folder))
                except (RuntimeError, TimeoutError) as error:
                    print(f"  {entry.name}: not measured: {error}")
    return rows


async def growth() -> list[tuple[int, float]]:
    """Median latency of ours on SQLite with so many stored conversations."""
    found = []
    async with Telegram() as telegram:
        for count in GROWTH:
            with tempfile.TemporaryDirectory() as name:
                folder = Path(name)
                url = f"sqlite+aiosqlite:///{folder / 'bench.sqlite'}"
                await fill(url, keys_in(folder / "keys"), count)
                row = await measure(Entry("ours", "ours", url), telegram, folder, SECONDS / 2)
                found.append((count, row.median))
    return found


async def fill(url: str, keys: Keys, count: int) -> None:
    """Store conversations of about the usual size; sealed with noise, as nobody reads them."""
    async with opened(url, Vault(keys), settling_today()) as store, store.engine.begin() as connection:
        noise = os.urandom(700)
        for start in range(0, count, 10_000):
            await connection.execute(
                sa.insert(conversations),
                [
                    {"person": os.urandom(16), "key": noise[:64], "state": noise[:250], "answers": noise,
                     "consent": "1", "changed_at": 2_000_000_000, "expires_at": 4_000_000_000}
                    for _ in range(start, min(count, start + 10_000))
                ],
            )  # fmt: skip


def main() -> None:
    print(f"\nService: {CHATS} chats at once, {SECONDS:.0f} s each, one double, one machine")
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        rows = runner.run(table())
        by_kind = {row.name: row.rate for row in rows}
        ptb = by_kind.get("python-telegram-bot, memory", 0)
        aiogram = by_kind.get("aiogram, memory", 0)
        print(f"{'':42} updates/s  x ptb x aiogram  median     p99   CPU each  MB each  cold start")
        for row in rows:
            ratios = [f"{row.rate / other:6.1f}" if other else "     –" for other in (ptb, aiogram)]
            print(
                f"{row.name:42}{row.rate:>10.0f} {ratios[0]} {ratios[1]:>9}{1e3 * row.median:>6.1f}ms"
                f"{1e3 * row.p99:>6.1f}ms{1e3 * row.cpu:>8.2f}ms{row.memory / 1e6:>9.0f}{row.cold:>10.1f}s"
                + (f"  {row.refused} refused" if row.refused else "")
            )
        grown = runner.run(growth())
    for count, median in grown:
        ratio = median / grown[0][1]
        print(
            f"  {count:>9,} stored conversations: median {1e3 * median:6.1f} ms, {ratio:.2f} times the first"
        )


if __name__ == "__main__":
    main()
