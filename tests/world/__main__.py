"""What the world does to real processes, by a seed: one trouble after the other, or SIGTERM many times."""

import argparse
import asyncio
import sys
import tempfile
from pathlib import Path

from tests.world.failover import failed_over
from tests.world.harness import KINDS, SQLITE, LawBroken, run
from tests.world.rolling import law, rolled
from tests.world.stops import stopped
from tests.world.troubles import TROUBLES


def main() -> int:
    """Run; returns 0 when every law held."""
    parser = argparse.ArgumentParser(prog="python -m tests.world", description=__doc__)
    parser.add_argument("--minutes", type=float, default=1.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--database", choices=KINDS, default=SQLITE)
    parser.add_argument("--only", nargs="*", default=[], choices=sorted(TROUBLES), metavar="TROUBLE")
    parser.add_argument("--failover", action="store_true", help="fail over to a standby instead")
    parser.add_argument("--rolling", action="store_true", help="update from the last release instead")
    parser.add_argument("--back", action="store_true", help="with --rolling: and back again, and forward")
    parser.add_argument(
        "--stops", type=int, metavar="TIMES", help="stop processes by SIGTERM so often instead"
    )
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="world-") as folder:
        try:
            if options.rolling:
                found = asyncio.run(rolled(Path(folder), options.seed, back=options.back))
                print(found)
                law(found)
                return 0
            if options.failover:
                compared, red, answered = asyncio.run(failed_over(Path(folder), options.seed))
                print(f"red after {red:.1f} s, all answered {answered:.1f} s after the promotion; {compared}")
                return int(any((compared.lost, compared.wrong, compared.omitted, compared.disorder)))
            if options.stops:
                print(asyncio.run(stopped(Path(folder), options.database, options.stops, options.seed)))
                return 0
            outcome = asyncio.run(
                run(Path(folder), options.database, options.minutes, options.seed, options.only)
            )
        except LawBroken as broken:
            print(f"seed {options.seed}: {broken}")
            print((Path(folder) / "log").read_text(encoding="utf-8")[-4000:])
            return 1
    print(f"seed {options.seed}, {options.database}: {outcome}")
    return len(outcome.broken())


if __name__ == "__main__":
    sys.exit(main())
