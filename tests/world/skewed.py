"""Runs the bot under a clock that can be set: `python -m tests.world.skewed FILE webhook`.

The file holds by how many seconds the clock is off. Only this process sees it; the machine's clock stays.
"""

import sys
import time
from contextlib import suppress
from pathlib import Path

_real = time.time


def skewed(path: Path) -> float:
    offset = 0.0
    with suppress(OSError, ValueError):
        offset = float(path.read_text(encoding="ascii"))
    return _real() + offset


if __name__ == "__main__":
    file = Path(sys.argv[1])
    time.time = lambda: skewed(file)
    from bot.__main__ import command  # after the clock, which some take along as they are imported

    sys.argv = ["bot", *sys.argv[2:]]
    sys.exit(command())
