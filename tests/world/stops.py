"""SIGTERM many times under load: each time drained, the lease given back, the others go on, nothing twice.

A process is stopped as operating.md says: when the one started before it has made what typed words need.
"""

import asyncio
import sys
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
    since_signal: list[float] = []
    since_end: list[float] = []
    async with living(folder, kind, seed, server=server) as world:
        crowd, database = world.crowd, open_database(world.server)
        busy = [asyncio.create_task(crowd.answer_for_ever(worker)) for worker in crowd.workers]
        for turn in range(times):
            service = world.services[turn % len(world.services)]
            await world.until_prepared()
            began = time.monotonic()
            answered = asyncio.create_task(world.until_answered())  # all who wait at the signal
            await world.stop(service)
            took.append(time.monotonic() - began)
            if world.postgres:
                since_end.append(await world.until_answered())
                since_signal.append(await answered)
            else:
                answered.cancel()
            print(f"{turn + 1} stops, {_summary(took, since_end, since_signal)}", file=sys.stderr, flush=True)
            async with connect(database) as look:
                held = len((await look.execute(holders.select())).all())
            if held > len(world.services) - 1:
                raise LawBroken(f"stop {turn + 1}: {held} leases, one was not given back")
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
    return f"{kind}: {times} stops, {_summary(took, since_end, since_signal)}; {found}"


def _summary(took: list[float], since_end: list[float], since_signal: list[float]) -> str:
    told = [f"each {_told(took)}"]
    if since_end:
        told.append(f"who waited at the signal was answered {_told(since_signal)}")
        told.append(f"who waited at the end {_told(since_end)}")
    return "; ".join(told)


def _told(seconds: list[float]) -> str:
    ordered = sorted(seconds)
    half, most = ordered[len(ordered) // 2], ordered[-1]
    nearly = ordered[int(0.95 * len(ordered))]
    return f"within {half:.2f} s (half), {nearly:.2f} s (19 of 20), {most:.2f} s (all)"
