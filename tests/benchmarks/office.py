"""The office over many conversations: seconds and memory of the report and the export."""

import asyncio
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path

from bot.dialogue.conversation import Conversation
from tests.office.rooms import fill
from tests.office.towns import talks_of
from tests.talks import KEYRING

PEOPLE = int(os.environ.get("BENCH_PEOPLE", "100000"))
DRAWN = 5_000  # residents; beyond, they come again under other keys
WORK = {"report": (), "export": ("--to", "csv"), "outdated": ()}


@dataclass(frozen=True, slots=True)
class Row:
    """One command: seconds by the clock and of the processor, and the most memory that it held, in MB."""

    command: str
    seconds: float
    processor: float
    memory: float


def main() -> None:
    """Fill a database and print the table."""
    with tempfile.TemporaryDirectory(prefix="office-") as folder:
        database = filled(Path(folder), talks_of(min(DRAWN, PEOPLE)))
        print(f"\nThe office over {PEOPLE:,} conversations ({database.stat().st_size / 1e6:,.0f} MB sealed)")
        print(f"{'command':<10}{'seconds':>10}{'CPU s':>8}{'MB':>8}")
        for command in WORK:
            row = measured(command, database)
            print(f"{row.command:<10}{row.seconds:>10.1f}{row.processor:>8.1f}{row.memory:>8.0f}")


def filled(folder: Path, talks: Sequence[Conversation]) -> Path:
    """Write as many conversations as are wanted, and the keys beside them."""
    database = folder / "office.sqlite"
    asyncio.run(fill(database, list(islice(cycle(talks), PEOPLE))))
    keys = database.with_suffix(".keys")
    keys.write_text(str(KEYRING.keys), encoding="ascii")
    keys.chmod(0o600)
    return database


def measured(command: str, database: Path) -> Row:
    """Run a command of the office in a process of its own."""
    out = () if command == "outdated" else ("--out", str(database.parent / command))
    line = [sys.executable, "-m", "bot", command, "--database", str(database), *out, *WORK[command]]
    began = time.perf_counter()
    with subprocess.Popen(line, stdout=subprocess.DEVNULL) as process:
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if command != "outdated" and process.returncode:  # that one says 1 when something waits
        raise RuntimeError(f"{command} ended with {process.returncode}")
    seconds = time.perf_counter() - began
    return Row(command, seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


if __name__ == "__main__":
    main()
