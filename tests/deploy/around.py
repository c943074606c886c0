"""Programs that are started around real processes of the bot, and a talk held through them."""

import asyncio
import random
import shutil
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from pathlib import Path

import sqlalchemy as sa

from bot.demo.double.server import Simulator
from tests.faults.crowd import Crowd, Findings, compare
from tests.faults.real import come_to_rest
from tests.faults.service import ROOT, Service, free_port
from tests.talks import TOKEN

WORKERS = 4


class NotHere(Exception):
    """This machine lacks what is to be tried; the text says what."""


def program(name: str, package: str) -> str:
    """Return a program's place; raises NotHere."""
    for folder in ("/usr/sbin", "/usr/bin", "/sbin"):
        if (path := Path(folder) / name).exists():
            return str(path)
    if found := shutil.which(name):
        return found
    raise NotHere(f"{name} is missing: the Debian package {package} brings it")


@asynccontextmanager
async def running(
    command: Sequence[str], port: int, log: Path, environ: Mapping[str, str] | None = None
) -> AsyncIterator[asyncio.subprocess.Process]:
    """Run a program that listens on a port while the block runs; raises AssertionError if it ends at once."""
    with log.open("ab") as out:
        process = await asyncio.create_subprocess_exec(*command, stdout=out, stderr=out, env=environ)
    try:
        async with asyncio.timeout(20):
            while not await listens(port):
                assert process.returncode is None, read(log)
                await asyncio.sleep(0.05)
        yield process
    finally:
        if process.returncode is None:
            process.terminate()
            await process.wait()


def read(log: Path) -> str:
    return log.read_text(encoding="utf-8")


async def listens(port: int) -> bool:
    with suppress(OSError):
        _, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.close()
        return True
    return False


def pooler_settings(server: str, port: int, folder: Path) -> str:
    """Write what PgBouncer needs, as docs/operating.md says it: sessions stay whole."""
    address = sa.make_url(server)
    folder.chmod(0o755)  # it gives its rights up, and reads the users afterwards
    (folder / "users").write_text(f'"{address.username}" ""\n', encoding="utf-8")
    return f"""\
[databases]
* = host={address.host} port={address.port or 5432}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
auth_type = trust
auth_file = {folder / "users"}
pool_mode = session
default_pool_size = 20
"""


@asynccontextmanager
async def pooled(server: str, port: int, folder: Path) -> AsyncIterator[asyncio.subprocess.Process]:
    """Run PgBouncer before a server, in session mode."""
    settings = folder / "pgbouncer.ini"
    settings.write_text(pooler_settings(server, port, folder), encoding="utf-8")
    command = [program("pgbouncer", "pgbouncer"), "-u", "nobody", str(settings)]
    async with running(command, port, folder / "pgbouncer.log") as process:
        yield process


def proxy_settings(ports: Sequence[int], port: int) -> str:
    """Return deploy/Caddyfile with two things changed: plain http on a port, and workers of this machine."""
    text = (ROOT / "deploy/Caddyfile").read_text(encoding="utf-8")
    begin = text.index("dynamic a worker")
    end = text.index("}", begin) + 1
    workers = " ".join(f"127.0.0.1:{worker}" for worker in ports)
    text = text[:begin] + f"to {workers}" + text[end:]
    return text.replace("{$DOMAIN}", f"http://127.0.0.1:{port}").replace("{\n", "{\n\tadmin off\n", 1)


@asynccontextmanager
async def proxied(ports: Sequence[int], port: int, folder: Path) -> AsyncIterator[asyncio.subprocess.Process]:
    """Run Caddy before the processes on these ports."""
    settings = folder / "Caddyfile"
    settings.write_text(proxy_settings(ports, port), encoding="utf-8")
    command = [program("caddy", "caddy"), "run", "--config", str(settings), "--adapter", "caddyfile"]
    environ = {"HOME": str(folder), "XDG_DATA_HOME": str(folder), "XDG_CONFIG_HOME": str(folder)}
    async with running(command, port, folder / "caddy.log", environ) as process:
        yield process


@asynccontextmanager
async def talking(simulator: Simulator, seed: int) -> AsyncIterator[Crowd]:
    """Let workers answer again and again while the block runs, then each to the result."""
    crowd = Crowd(simulator, random.Random(seed))
    crowd.gather(WORKERS)
    busy = [asyncio.create_task(crowd.answer_for_ever(worker)) for worker in crowd.workers]
    try:
        yield crowd
        assert not any(task.done() for task in busy)
    finally:
        for task in busy:
            task.cancel()
        await asyncio.wait(busy)
    await asyncio.gather(*(crowd.answer(worker) for worker in crowd.workers))


async def through_pgbouncer(server: str, folder: Path) -> Findings:
    """Hold talks with a process behind PgBouncer, which is restarted on the way."""
    port = free_port()
    behind = sa.make_url(server).set(host="127.0.0.1", port=port).render_as_string(hide_password=False)
    async with AsyncExitStack() as stack:
        simulator = await stack.enter_async_context(Simulator(token=TOKEN, webhook_pause=0.2))
        pooler = await stack.enter_async_context(pooled(server, port, folder))
        service = Service(folder, behind, simulator.api_url)
        stack.push_async_callback(service.kill)
        await service.migrate()
        await service.start()
        await service.ready()
        async with talking(simulator, 1) as crowd:
            await asyncio.sleep(3)
            pooler.terminate()
            await pooler.wait()
            await asyncio.sleep(2)
            await stack.enter_async_context(pooled(server, port, folder))
            await asyncio.sleep(3)
        await come_to_rest(simulator, service)
        return await compare(crowd, service, server)


async def through_caddy(server: str, folder: Path) -> Findings:
    """Hold talks with two processes behind Caddy, one of which is killed and comes back."""
    port = free_port()
    async with Simulator(token=TOKEN, webhook_pause=0.2) as simulator:
        services = [Service(folder, server, simulator.api_url) for _ in range(2)]
        await services[0].migrate()
        for service in services:
            service.url = f"http://127.0.0.1:{port}/telegram"
        try:
            async with proxied([service.port for service in services], port, folder):
                for service in services:
                    await service.start()
                    await service.ready()
                async with talking(simulator, 2) as crowd:
                    await asyncio.sleep(3)
                    await services[0].kill()
                    await asyncio.sleep(6)
                    await services[0].start()
                    await services[0].ready()
                    await asyncio.sleep(3)
                await come_to_rest(simulator, services[0])
                return await compare(crowd, services[0])
        finally:
            for service in services:
                await service.kill()
