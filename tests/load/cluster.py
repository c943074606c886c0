"""What is under load: two processes of the bot on a PostgreSQL server of their own, which may be crashed."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from bot.demo.double.server import Simulator
from tests.faults.service import Service, free_port
from tests.faults.wire import Proxy
from tests.postgres import OWNER, programs, unprivileged
from tests.talks import TOKEN


@dataclass(frozen=True, slots=True)
class Cluster:
    """A server in a folder, listening on this machine only."""

    tools: Path
    folder: Path
    port: int

    @property
    def address(self) -> str:
        """Where its first database is."""
        return f"postgresql+asyncpg://{OWNER}@127.0.0.1:{self.port}/postgres"

    async def start(self) -> None:
        """Start it, and wait until it answers."""
        options = f"-p {self.port} -k {self.folder} -c listen_addresses=127.0.0.1"
        log = str(self.folder / "server.log")
        await self.run("pg_ctl", "-D", str(self.folder), "-o", options, "-l", log, "-w", "start")

    async def crash(self) -> None:
        """Stop it as a power cut does: what was committed is recovered at the next start."""
        await self.run("pg_ctl", "-D", str(self.folder), "-m", "immediate", "stop")

    @property
    def processes(self) -> list[psutil.Process]:
        """The server's processes."""
        number = int((self.folder / "postmaster.pid").read_text(encoding="ascii").split()[0])
        first = psutil.Process(number)
        return [first, *first.children(recursive=True)]

    async def run(self, tool: str, *options: str) -> None:
        """Run one of PostgreSQL's tools. Raises RuntimeError with what it said."""
        process = await asyncio.create_subprocess_exec(
            str(self.tools / tool), *options, cwd="/", user=unprivileged(),
            stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.PIPE,
        )  # fmt: skip
        _, said = await process.communicate()
        if process.returncode:
            raise RuntimeError(f"{tool}: {said.decode()}")


@asynccontextmanager
async def own_postgres(parent: Path) -> AsyncIterator[Cluster]:
    """Make a server in a folder below `parent`, and stop it at the end."""
    cluster = _prepared(parent)
    await cluster.run("initdb", "-D", str(cluster.folder), "-U", OWNER, "-A", "trust", "-E", "UTF8")
    await cluster.start()
    try:
        yield cluster
    finally:
        await cluster.crash()


def _prepared(parent: Path) -> Cluster:
    folder = parent / "postgres"
    folder.mkdir()
    if user := unprivileged():
        parent.chmod(0o711)
        shutil.chown(folder, user)
    return Cluster(programs(), folder, free_port())


@asynccontextmanager
async def pair(
    folder: Path, settings: dict[str, str]
) -> AsyncIterator[tuple[Cluster, Simulator, list[Service]]]:
    """Run two processes with these settings, one database and the double work together."""
    async with own_postgres(folder) as cluster, Simulator(token=TOKEN, webhook_pause=0.5) as simulator:
        services = [Service(folder, cluster.address, simulator.api_url, settings=settings) for _ in range(2)]
        async with Proxy([("127.0.0.1", service.port) for service in services]) as proxy:
            for service in services:
                service.url = f"http://127.0.0.1:{proxy.port}/telegram"
            await services[0].migrate()
            try:
                for service in services:
                    await service.start()
                    await service.ready()
                yield cluster, simulator, services
            finally:
                for service in services:
                    await service.kill()
