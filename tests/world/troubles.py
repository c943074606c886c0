"""The troubles: each is made, lasts, and is over when its function returns.

A function gives the seconds until no process called itself ready, if turns failed meanwhile; else None.
"""

import asyncio
import errno
import os
import signal
import sqlite3
import subprocess
from collections.abc import Awaitable, Callable, Mapping
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path

import asyncpg
import sqlalchemy as sa

from bot.demo.double.faults import Fault, broken, rate_limited
from bot.demo.double.refusals import OTHER_POLL, Refusal
from bot.storage.engine import open_database
from bot.storage.lease import LEASE
from bot.storage.tables import outbox
from tests.databases import connect
from tests.world.harness import ANSWERED, CLOCK, KINDS, POLLING, POSTGRESQL, SQLITE, NotHere, World

DAY = 24 * 3600
PUSHED = (SQLITE, POSTGRESQL)
LONG = 3.0  # seconds for which a trouble lasts on after the pages are red


@dataclass(frozen=True)
class Trouble:
    """How a trouble is made, and on which databases it can be."""

    make: Callable[[World], Awaitable[float | None]]
    databases: tuple[str, ...] = KINDS


async def sigterm(world: World) -> None:
    """Stop a process as an operator does, and start it again."""
    service = world.chance.choice(world.services)
    await world.stop(service)
    await world.start(service)


async def sigkill(world: World) -> None:
    """Kill a process, at any moment of its life, its start included."""
    service = world.chance.choice(world.services)
    for _ in range(3):
        await service.kill()
        await service.start()
        await asyncio.sleep(2 * world.chance.random())
    await service.kill()
    await world.start(service)


async def sigstop(world: World) -> None:
    """Suspend a process, sometimes beyond its lease."""
    service = world.chance.choice(world.services)
    await service.sleep(world.chance.choice((1.0, 5.0, LEASE + 3)))


async def key_rotation(world: World) -> None:
    """Change the master key in its steps, while people talk."""
    await world.command("rotate-keys", "--new")
    await world.restarted()
    await world.command("rotate-keys", "--use")
    await world.restarted()
    await world.command("rotate-keys")


async def too_many_requests(world: World) -> None:
    """Telegram asks for patience at every second call."""
    await _refuses(world, rate_limited(1), 0.5, 6.0)


async def telegram_down(world: World) -> None:
    """Telegram is broken on its side."""
    await _refuses(world, broken(502), 1.0, 8.0)


async def token_refused(world: World) -> None:
    """Telegram refuses the token for a while."""
    await _refuses(world, Fault(Refusal(401)), 1.0, 8.0)


async def _refuses(world: World, fault: Fault, share: float, seconds: float) -> None:
    world.crowd.refusing, world.crowd.share = fault, share
    await asyncio.sleep(seconds)
    world.crowd.refusing, world.crowd.methods = None, ()


async def another_poller(world: World) -> None:
    """Somebody else polls with the token."""
    world.crowd.methods = ("getUpdates",)
    await _refuses(world, Fault(Refusal(409, OTHER_POLL)), 1.0, 8.0)


async def clock_steps(world: World) -> None:
    """The clock jumps an hour ahead and back; then a process starts with one that is 200 days ahead."""
    clock = world.folder / CLOCK
    for offset in (3600, -3600, 0):
        clock.write_text(str(offset), encoding="ascii")
        await asyncio.sleep(3)
    service = world.services[0]
    await world.stop(service)
    clock.write_text(str(200 * DAY), encoding="ascii")
    await world.start(service)
    await asyncio.sleep(3)  # its first tidying is over
    await world.stop(service)
    clock.unlink()
    await world.start(service)


async def webhook_unreachable(world: World) -> None:
    """No push arrives: the proxy in front is gone."""
    world.front.cut()
    await asyncio.sleep(8)
    world.front.mend()


async def webhook_black_hole(world: World) -> None:
    """The proxy in front takes pushes and passes nothing on."""
    world.front.silence()
    await asyncio.sleep(8)
    world.front.mend()


async def database_black_hole(world: World) -> float:
    """No byte comes from the database, and no connection breaks."""
    assert world.wire is not None
    world.wire.silence()
    try:
        red = await world.until_red()
        await asyncio.sleep(LONG)
    finally:
        world.wire.mend()
    return red


async def database_cut(world: World) -> float:
    """Every connection to the database breaks, and no new one comes about."""
    assert world.wire is not None
    world.wire.cut()
    try:
        red = await world.until_red()
        await asyncio.sleep(LONG)
    finally:
        world.wire.mend()
    return red


async def read_only_sessions(world: World) -> float:
    """The server takes no writes, as after a failover that left the sessions on a standby."""
    admin = await _admin(world)
    try:
        # Statements that write fail with the error of a standby, in every session that is there.
        await admin.execute(
            "CREATE OR REPLACE FUNCTION standby() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            "RAISE EXCEPTION 'cannot execute in a read-only transaction' USING ERRCODE = '25006'; END $$"
        )
        tables = ("holders", "updates", "outbox", "conversations")
        for table in tables:
            await admin.execute(
                f"CREATE TRIGGER standby BEFORE INSERT OR UPDATE OR DELETE ON {table} "
                "FOR EACH STATEMENT EXECUTE FUNCTION standby()"
            )
        try:
            red = await world.until_red()
            await asyncio.sleep(LONG)
        finally:
            for table in tables:
                await admin.execute(f"DROP TRIGGER standby ON {table}")
    finally:
        await admin.close()
    return red


async def locked_tables(world: World) -> float:
    """Another session holds a table for itself."""
    admin = await _admin(world)
    try:
        async with admin.transaction():
            await admin.execute("LOCK TABLE updates IN ACCESS EXCLUSIVE MODE")
            red = await world.until_red()
            await asyncio.sleep(LONG)
    finally:
        await admin.close()
    return red


async def locked_file(world: World) -> float:
    """Another program holds the SQLite file for itself."""
    path = world.folder / "data" / "bot.sqlite"
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("PRAGMA busy_timeout=5000")
        other.execute("BEGIN IMMEDIATE")
        red = await world.until_red()
        await asyncio.sleep(LONG)
        other.execute("ROLLBACK")
    return red


async def full_disk(world: World) -> float:
    """The disk on which the SQLite file lies is full; it is a small one of its own for that time."""
    data, size = world.folder / "data", 64
    if os.geteuid() != 0:
        raise NotHere("only root may mount a small disk")
    service = world.services[0]
    await world.stop(service)
    aside = world.folder / "aside"
    data.rename(aside)
    data.mkdir()
    mounting = ["mount", "-t", "tmpfs", "-o", f"size={size}m", "tmpfs", str(data)]
    refused = await asyncio.to_thread(_said, mounting)
    try:
        for file in aside.iterdir():
            _move(file, data / file.name)
        await world.start(service)
        if refused:
            raise NotHere(refused)
        filler = data / "filler"
        _fill(filler)
        red = await world.until_red()
        await asyncio.sleep(LONG)
        filler.unlink()
        await world.until_answered()
        await world.stop(service)
    finally:
        for file in data.iterdir():
            _move(file, aside / file.name)
        await asyncio.to_thread(_said, ["umount", "-l", str(data)])
        data.rmdir()
        aside.rename(data)
    await world.start(service)
    return red


def _said(command: list[str]) -> str:
    """Run a command; gives what it complained of, if it failed."""
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.stderr.strip() or "failed" if done.returncode else ""


def _move(file: Path, to: Path) -> None:
    to.write_bytes(file.read_bytes())
    to.chmod(file.stat().st_mode)
    file.unlink()


def _fill(path: Path) -> None:
    """Write until nothing more fits."""
    with path.open("wb", buffering=0) as file:
        try:
            while file.write(bytes(65536)):
                pass
        except OSError as error:
            if error.errno != errno.ENOSPC:
                raise
    # What is open keeps its last, half used page; so the last bytes too.
    with path.open("ab", buffering=0) as file, suppress(OSError):
        while file.write(b"\0"):
            pass


async def backup_and_restore(world: World) -> None:
    """Stop everything at rest, back up, lose the database, restore it and go on."""
    world.front.cut()
    await _stopped_at_rest(world)
    saved = world.folder / "backup"
    await world.command("backup", "--to", str(saved))
    if world.postgres:
        admin = await _admin(world)
        await admin.execute("DROP SCHEMA public CASCADE")
        await admin.execute("CREATE SCHEMA public")
        await admin.close()
    else:
        for file in (world.folder / "data").glob("bot.sqlite*"):
            file.unlink()
    await world.command("restore", "--from", str(saved))
    saved.unlink()
    for service in world.services:
        await world.start(service)
    world.front.mend()


async def _stopped_at_rest(world: World) -> None:
    """Stop every process when nothing is queued, for that is no part of a backup.

    A turn may be under way at the look and leave a message that its process has no time to send. The database
    is asked, for a process that Telegram can't reach isn't ready, and tells of no backlog.
    """
    database = open_database(world.server)

    async def queued() -> int:
        async with connect(database) as look:
            return int(await look.scalar(sa.select(sa.func.count()).select_from(outbox)) or 0)

    try:
        async with asyncio.timeout(ANSWERED):
            while True:
                while await queued():  # noqa: ASYNC110 - it tells by nothing else
                    await asyncio.sleep(0.2)
                for service in world.services:
                    await world.stop(service)
                if not await queued():
                    return
                for service in world.services:
                    await world.start(service)
    finally:
        await database.dispose()


async def _admin(world: World) -> asyncpg.Connection:
    return await asyncpg.connect(world.server.replace("+asyncpg", ""))


async def stop_and_continue_while_starting(world: World) -> None:
    """Suspend a process in the middle of its start."""
    service = world.chance.choice(world.services)
    await world.stop(service)
    await service.start()
    await asyncio.sleep(world.chance.random())
    assert service.process is not None
    service.process.send_signal(signal.SIGSTOP)
    await asyncio.sleep(2)
    service.process.send_signal(signal.SIGCONT)
    await service.ready()


TROUBLES: Mapping[str, Trouble] = {
    "SIGTERM": Trouble(sigterm),
    "SIGKILL": Trouble(sigkill),
    "SIGSTOP": Trouble(sigstop),
    "SIGSTOP while starting": Trouble(stop_and_continue_while_starting),
    "key rotation": Trouble(key_rotation),
    "429": Trouble(too_many_requests),
    "502": Trouble(telegram_down),
    "401": Trouble(token_refused),
    "409": Trouble(another_poller, (POLLING,)),
    "clock steps": Trouble(clock_steps),
    "webhook unreachable": Trouble(webhook_unreachable, PUSHED),
    "webhook a black hole": Trouble(webhook_black_hole, PUSHED),
    "database a black hole": Trouble(database_black_hole, (POSTGRESQL,)),
    "database cut": Trouble(database_cut, (POSTGRESQL,)),
    "read-only sessions": Trouble(read_only_sessions, (POSTGRESQL,)),
    "locked tables": Trouble(locked_tables, (POSTGRESQL,)),
    "locked file": Trouble(locked_file, (SQLITE, POLLING)),
    "full disk": Trouble(full_disk, (SQLITE, POLLING)),
    "backup and restore": Trouble(backup_and_restore, PUSHED),
}
