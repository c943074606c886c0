"""SIGTERM many times under load: each time drained, the lease given back, the others go on, nothing twice."""

import asyncio
import time
from pathlib import Path

from bot.storage.engine import open_database
from bot.storage.tables import holders
from tests.databases import connect
from tests.faults.crowd import compare
from tests.world.harness import LawBroken, living


async def stopped(folder: Path, kind: str, times: int, seed: int, server: str = "") -> str:
    """Stop and start processes in turn while workers talk; says what was seen, or raises LawBroken."""
    took: list[float] = []
    waits: list[float] = []
    async with living(folder, kind, seed, server=server) as world:
        crowd, database = world.crowd, open_database(world.server)
        busy = [asyncio.create_task(crowd.answer_for_ever(worker)) for worker in crowd.workers]
        for turn in range(times):
            service = world.services[turn % len(world.services)]
            began = time.monotonic()
            await world.stop(service)
            took.append(time.monotonic() - began)
            async with connect(database) as look:
                held = len((await look.execute(holders.select())).all())
            if held > len(world.services) - 1:
                raise LawBroken(f"stop {turn + 1}: {held} leases, one was not given back")
            if world.postgres:
                waits.append(await world.until_answered())
            await world.start(service)
            await world.until_answered()
            await asyncio.sleep(0.3 * world.chance.random())
        for task in busy:
            task.cancel()
        await asyncio.wait(busy)
        await asyncio.gather(*(crowd.answer(worker) for worker in crowd.workers))
        await world.at_rest()
        await database.dispose()
        found = await compare(crowd, world.services[0], world.server)
    if any((found.lost, found.wrong, found.omitted, found.disorder, found.waiting, found.repeats)):
        raise LawBroken(f"{found}")
    waits.sort()
    usual = f"{waits[len(waits) // 2]:.2f} s half of the times, {waits[-1]:.2f} s at most" if waits else ""
    went_on = f"; the other went on within {usual}" if waits else ""
    return f"{kind}: {times} stops, each within {max(took):.2f} s{went_on}; {found}"
