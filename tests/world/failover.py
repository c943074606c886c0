"""A failover: the first server dies, the bot meets a standby that takes no writes, which is then promoted."""

import asyncio
import random
import shutil
from dataclasses import replace
from pathlib import Path

import asyncpg

from tests.faults.crowd import Findings, compare
from tests.faults.service import free_port
from tests.load.cluster import Cluster, own_postgres
from tests.postgres import OWNER, unprivileged
from tests.world.harness import World, living

STANDBY = 4.0  # seconds for which the sessions see only the standby


async def failed_over(folder: Path, seed: int) -> tuple[Findings, float, float]:
    """Fail over once while workers talk; gives what was compared, and the seconds until red and answered."""
    async with own_postgres(folder) as first:
        second = await _standby(first, folder / "standby")
        try:
            async with living(folder, "postgresql", seed, server=first.address) as world:
                return await _through(world, first, second, random.Random(seed))
        finally:
            await second.crash()
            await first.start()  # it is stopped at the end of the block


async def _through(
    world: World, first: Cluster, second: Cluster, chance: random.Random
) -> tuple[Findings, float, float]:
    assert world.wire is not None
    crowd = world.crowd
    busy = [asyncio.create_task(crowd.answer_for_ever(worker)) for worker in crowd.workers]
    await asyncio.sleep(5 + 2 * chance.random())
    await first.crash()
    world.wire.aim([("127.0.0.1", second.port)])
    red = await world.until_red()
    await asyncio.sleep(STANDBY)
    await second.run("pg_ctl", "-D", str(second.folder), "-w", "promote")
    answered = await world.until_answered()
    await asyncio.sleep(5)
    for task in busy:
        task.cancel()
    await asyncio.wait(busy)
    await asyncio.gather(*(crowd.answer(worker) for worker in crowd.workers))
    await world.at_rest()
    return await compare(crowd, world.services[0], second.address), red, answered


async def _standby(first: Cluster, folder: Path) -> Cluster:
    """Make a streaming replica, without whose word the first server commits nothing."""
    _make(folder)
    second = replace(first, folder=folder, port=free_port())
    source = f"host=127.0.0.1 port={first.port} user={OWNER}"
    await first.run("pg_basebackup", "-D", str(folder), "-d", source, "-R", "-X", "stream", "-c", "fast")
    await second.start()
    admin = await asyncpg.connect(first.address.replace("+asyncpg", ""))
    await admin.execute("ALTER SYSTEM SET synchronous_standby_names = '*'")
    await admin.execute("SELECT pg_reload_conf()")
    synchronous = "SELECT count(*) FROM pg_stat_replication WHERE sync_state = 'sync'"
    while not await admin.fetchval(synchronous):  # noqa: ASYNC110 - the server tells nobody
        await asyncio.sleep(0.1)
    await admin.close()
    return second


def _make(folder: Path) -> None:
    folder.parent.chmod(0o711)
    folder.mkdir(mode=0o700)
    if user := unprivileged():
        shutil.chown(folder, user)
