"""The bot in a process of its own, as the operator runs it: started, killed, stopped and let go on."""

import asyncio
import os
import random
import signal
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp
import asyncpg

from tests.talks import TOKEN

ROOT = Path(__file__).parents[2]


@asynccontextmanager
async def fresh_postgres(server: str) -> AsyncIterator[str]:
    """Make a database of one's own on the server of this address; returns its address."""
    name = f"faults_{os.getpid()}_{random.getrandbits(32):08x}"
    base = server.rsplit("/", 1)[0]
    admin = await asyncpg.connect(base.replace("+asyncpg", "") + "/postgres")
    try:
        await admin.execute(f"CREATE DATABASE {name}")
        yield f"{base}/{name}"
        await admin.execute(f"DROP DATABASE {name} WITH (FORCE)")
    finally:
        await admin.close()


@dataclass
class Service:
    """One bot as the operator runs it, on one port of this machine."""

    folder: Path
    database: str
    api: str
    port: int = field(default_factory=lambda: free_port())
    url: str = ""  # where Telegram pushes to, if not to this port
    settings: dict[str, str] = field(default_factory=dict)  # others than these, which know no limits
    command: str = "webhook"
    root: Path = ROOT  # of the source tree that is run
    program: tuple[str, ...] = ("-m", "bot")
    process: asyncio.subprocess.Process | None = None
    asked: bool = False  # to end, or killed

    @property
    def environment(self) -> dict[str, str]:
        return {
            **os.environ,
            "BOT_TOKEN": TOKEN,
            "TELEGRAM_API": self.api,
            "DATABASE_URL": self.database,
            "WEBHOOK_SECRET": "s" * 40,
            "WEBHOOK_URL": self.url or f"http://127.0.0.1:{self.port}/telegram",
            "WEBHOOK_PORT": str(self.port),
            "MASTER_KEYS_FILE": str(self.folder / "master.keys"),
            "TOMBSTONES_FILE": str(self.folder / "tombstones"),
            "SEND_RATE": "0",
            "TAKE_RATE": "0",
            "CHAT_RATE": "0",
            **self.settings,
        }

    async def migrate(self) -> None:
        """Make the server database's schema."""
        process = await self._run("migrate")
        assert await process.wait() == 0, self.log()

    async def start(self) -> None:
        self.process = await self._run(self.command)
        self.asked = False  # only now: until then the last one's status is there

    @property
    def ended(self) -> int | None:
        """The status of a process that ended though nobody asked it to; None for any other."""
        return None if self.process is None or self.asked else self.process.returncode

    async def _run(self, command: str) -> asyncio.subprocess.Process:
        with (self.folder / "log").open("ab") as log:
            return await asyncio.create_subprocess_exec(
                sys.executable, *self.program, command,
                env=self.environment, cwd=self.root, stdout=log, stderr=log,
            )  # fmt: skip

    async def ready(self) -> None:
        """Wait until it answers; AssertionError when it ended instead."""
        async with aiohttp.ClientSession() as session:
            while True:
                assert self.process is not None
                assert self.process.returncode is None, self.log()
                try:
                    async with session.get(f"http://127.0.0.1:{self.port}/healthz") as answer:
                        assert answer.status == 200
                        return
                except aiohttp.ClientError:
                    await asyncio.sleep(0.05)

    async def listening(self) -> None:
        """Wait until it answers, if it serves at all: who polls takes what waits."""
        if self.command == "webhook":
            await self.ready()

    async def kill(self) -> None:
        """Kill it as nothing can be refused: SIGKILL."""
        self.asked = True
        if self.process is not None and self.process.returncode is None:
            self.process.kill()
            await self.process.wait()

    async def sleep(self, seconds: float) -> None:
        """Stop it for so long, as a machine does that is suspended."""
        assert self.process is not None
        self.process.send_signal(signal.SIGSTOP)
        await asyncio.sleep(seconds)
        self.process.send_signal(signal.SIGCONT)

    async def backlog(self) -> int:
        """Return the number of letters that wait; -1 when the database doesn't answer."""
        return (await self.waiting())[0]

    async def waiting(self) -> tuple[int, float]:
        """Return the number of letters that wait, and the seconds that the oldest does."""
        url = f"http://127.0.0.1:{self.port}/readyz"
        async with aiohttp.ClientSession() as session, session.get(url) as answer:
            if answer.status != 200:
                return -1, 0.0
            told = await answer.json()
            return int(told["outbox"]), float(told["oldest_seconds"])

    def log(self) -> str:
        return (self.folder / "log").read_text(encoding="utf-8")[-3000:]


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port
