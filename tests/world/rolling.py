"""A rolling update: processes of the last release are replaced one after the other while workers talk.

And the way back: all are stopped, the schema is brought back, and the last release goes on.
"""

import asyncio
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

from bot.storage.engine import SERVED_SINCE, open_database
from bot.storage.tables import dead_letters, outbox, updates
from tests.databases import connect
from tests.faults.service import ROOT
from tests.world.harness import LawBroken, NotHere, World, living

LAST_RELEASE = "330ffcc"  # the commit of 1.0.0, which has no tag


@asynccontextmanager
async def last_release(folder: Path) -> AsyncIterator[Path]:
    """Lay the last release's source beside this one; raises NotHere where the history lacks it."""
    tree = folder / "release"
    refused = await asyncio.to_thread(_git, "worktree", "add", "--detach", str(tree), LAST_RELEASE)
    if refused:
        raise NotHere(refused)
    try:
        yield tree
    finally:
        await asyncio.to_thread(_git, "worktree", "remove", "--force", str(tree))


def _git(*words: str) -> str:
    done = subprocess.run(["git", "-C", str(ROOT), *words], capture_output=True, text=True, check=False)
    return done.stderr.strip() if done.returncode else ""


@dataclass
class Rolled:
    """What was found after the update."""

    updates: int
    lost: int
    waiting: int
    dead: int
    failed: int  # turns that met an error in either release
    answered: float  # seconds until all who waited had their answer, the longest

    def __str__(self) -> str:
        return (
            f"{self.updates} updates: lost {self.lost}, waiting {self.waiting}, dead letters {self.dead}, "
            f"failed turns {self.failed}; all answered within {self.answered:.1f} s"
        )


async def rolled(folder: Path, seed: int, rounds: int = 2, *, back: bool = False) -> Rolled:
    """Go from the last release to this one, process after process; both serve side by side for a while.

    back: go back to the last release's schema then, with its processes, and forward again.
    """
    waits: list[float] = []
    async with (
        last_release(folder) as tree,
        living(folder, "postgresql", seed, first=tree) as world,
    ):
        crowd = world.crowd
        busy = [asyncio.create_task(crowd.answer_for_ever(worker)) for worker in crowd.workers]
        await asyncio.sleep(5)
        await world.command("migrate")  # expands the schema under the running release
        for service in world.services * rounds:
            await asyncio.sleep(3)
            waits.append(await world.until_answered())
            await world.stop(service)
            service.root = ROOT
            await world.start(service)
        for root in (tree, ROOT) if back else ():
            waits.append(await _changed_over(world, root))
        await asyncio.sleep(3)
        waits.append(await world.until_answered())
        for task in busy:
            task.cancel()
        await asyncio.wait(busy)
        await asyncio.gather(*(crowd.answer(worker) for worker in crowd.workers))
        await world.at_rest()
        return await _found(world, max(waits))


async def _changed_over(world: World, root: Path) -> float:
    """Replace all processes at once by another release's; gives the seconds until all were answered."""
    await asyncio.sleep(5)
    for service in world.services:
        await world.stop(service)
    await world.command("migrate", *(() if root == ROOT else ("--to", SERVED_SINCE)))
    for service in world.services:
        service.root = root
        await world.start(service)
    return await world.until_answered()


async def _found(world: World, answered: float) -> Rolled:
    database = open_database(world.server)
    try:
        async with connect(database) as look:
            taken = set(await look.scalars(sa.select(updates.c.update)))
            waiting, dead = [
                await look.scalar(sa.select(sa.func.count()).select_from(table))
                for table in (outbox, dead_letters)
            ]
    finally:
        await database.dispose()
    sent = {inbound.update for inbound in world.crowd.sent}
    log = (world.folder / "log").read_text(encoding="utf-8")
    failed = log.count('"turn failed"')
    return Rolled(len(sent), len(sent - taken), waiting or 0, dead or 0, failed, answered)


def law(found: Rolled) -> None:
    """Raise LawBroken when the update cost anyone anything."""
    if found.lost or found.waiting or found.dead or found.failed:
        raise LawBroken(str(found))
