"""The long runs from the command line: `soak` for an hour, `rush` for an evening."""

import argparse
import asyncio
import sys
import tempfile
from pathlib import Path

from tests.load.rush import Rush
from tests.load.soak import Soak


def main() -> int:
    """Run; returns 0 when every promise was kept."""
    parser = argparse.ArgumentParser(prog="python -m tests.load", description=__doc__)
    commands = parser.add_subparsers(required=True)
    soak = commands.add_parser("soak", help="a steady rate with crashes of the database and 429 storms")
    soak.add_argument("--minutes", type=float, default=60)
    soak.add_argument("--people", type=int, default=12)
    soak.set_defaults(run=lambda options: Soak(options.minutes, options.people))
    rush = commands.add_parser("rush", help="an evening's rush: people come, answer once, and leave")
    rush.add_argument("--workers", type=int, default=10_000, help="in an hour (default 10,000)")
    rush.add_argument("--scale", type=float, default=1.0, help="0.1: a tenth of them in a tenth of the hour")
    rush.add_argument("--send-rate", default="30", help="SEND_RATE of the bot (default 30)")
    rush.set_defaults(
        run=lambda o: Rush(round(o.workers * o.scale), 60 * o.scale, {"SEND_RATE": o.send_rate})
    )
    options = parser.parse_args()
    run = options.run(options)
    with tempfile.TemporaryDirectory(prefix="load-") as folder:
        asyncio.run(run.run(Path(folder)))
    print(run.page())
    return 0 if run.kept else 1


if __name__ == "__main__":
    sys.exit(main())
