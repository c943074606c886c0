"""The long runs from the command line: `soak` for an hour."""

import argparse
import asyncio
import sys
import tempfile
from pathlib import Path

from tests.load.soak import Soak


def main() -> int:
    """Run; returns 0 when every promise was kept."""
    parser = argparse.ArgumentParser(prog="python -m tests.load", description=__doc__)
    commands = parser.add_subparsers(required=True)
    soak = commands.add_parser("soak", help="a steady rate with crashes of the database and 429 storms")
    soak.add_argument("--minutes", type=float, default=60)
    soak.add_argument("--people", type=int, default=12)
    options = parser.parse_args()
    run = Soak(options.minutes, options.people)
    with tempfile.TemporaryDirectory(prefix="soak-") as folder:
        asyncio.run(run.run(Path(folder)))
    print(run.page())
    return 0 if run.kept else 1


if __name__ == "__main__":
    sys.exit(main())
