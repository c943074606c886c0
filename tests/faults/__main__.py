"""The long runs: simulated deaths by seed or one seed again, real kills, four that sleep in turn."""

import argparse
import asyncio
import os
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import AsyncExitStack, nullcontext
from itertools import count
from pathlib import Path

from tests.faults.journal import Broken
from tests.faults.real import killed_again_and_again, suspended_in_turn
from tests.faults.service import fresh_postgres
from tests.faults.world import UPDATES, Outcome, play

PLENTY = 1_000_000  # lines of a story


def main() -> int:
    """Run; returns 0 when every promise was kept."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("--seed", type=int, help="play this run again, and tell its whole story")
    parser.add_argument("--updates", type=int, default=UPDATES, help="after which that run becomes calm")
    parser.add_argument("--kills", type=int, default=100_000, help="how many processes are to die")
    parser.add_argument("--first", type=int, default=0, help="the first seed")
    parser.add_argument("--processes", type=int, default=1)
    parser.add_argument("--real", choices=["sqlite", "postgres"], help="SIGKILL the real bot --kills times")
    parser.add_argument(
        "--four", type=int, metavar="CHATS", help="suspend four processes in turn, --kills times"
    )
    options = parser.parse_args()
    if options.seed is not None:
        return _again(options.seed, options.updates)
    if options.real or options.four:
        return asyncio.run(_real(options.real or "postgres", options.four, options.kills, options.first))
    return _many(options.kills, options.first, options.processes)


async def _real(database: str, chats: int | None, kills: int, seed: int) -> int:
    begun = time.monotonic()
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="faults-")))
        url = f"sqlite:///{folder / 'bot.sqlite'}"
        if database == "postgres":
            url = await stack.enter_async_context(fresh_postgres(os.environ["TEST_POSTGRES_URL"]))
        if chats:
            found = await suspended_in_turn(folder, url, chats, kills, seed)
        else:
            found = await killed_again_and_again(folder, url, kills, seed)
    print(f"{found} in {time.monotonic() - begun:.0f} s")
    return int(any((found.lost, found.wrong, found.waiting, found.omitted, found.disorder)))


def _again(seed: int, updates: int) -> int:
    try:
        outcome = play(seed, updates=updates, lines=PLENTY)
    except Broken as broken:
        print(broken)
        return 1
    print(f"seed {seed} kept every promise: {outcome}")
    return 0


def _many(kills: int, first: int, processes: int) -> int:
    begun, runs, broken = time.monotonic(), 0, 0
    points: Counter[str] = Counter()
    troubles: Counter[str] = Counter()
    with ProcessPoolExecutor(processes) if processes > 1 else nullcontext() as pool:
        for seed, outcome in _outcomes(pool, first):
            runs += 1
            if isinstance(outcome, str):
                broken += 1
                print(outcome, flush=True)
            else:
                points += outcome.kills
                troubles += outcome.troubles
            if runs % 20 == 0:
                spent = time.monotonic() - begun
                print(f"{points.total():>8} kills, {runs} runs, {spent:.0f} s, seed {seed}", file=sys.stderr)
            if points.total() >= kills or broken >= 5:
                break
        if pool:
            pool.shutdown(cancel_futures=True)
    for point, number in points.most_common():
        print(f"{number:>8}  {point}")
    print(f"{points.total()} kills at {len(points)} points in {runs} runs, {broken} broken; {dict(troubles)}")
    return 1 if broken else 0


def _outcomes(pool: ProcessPoolExecutor | None, first: int) -> Iterator[tuple[int, Outcome | str]]:
    if pool is None:
        for seed in count(first):
            yield seed, _played(seed)
    else:
        for begin in count(first, 50):
            yield from zip(range(begin, begin + 50), pool.map(_played, range(begin, begin + 50)), strict=True)


def _played(seed: int) -> Outcome | str:
    try:
        return play(seed)
    except Broken as broken:
        return str(broken)


if __name__ == "__main__":
    sys.exit(main())
