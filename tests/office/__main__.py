"""Two towns talk to the real bot, and the office finds what was put in (`python -m tests.office`)."""

import argparse
import asyncio
import sys
import tempfile
import time
from pathlib import Path

from bot.backoffice.commands import bar
from bot.demo.town.people import Town
from bot.demo.town.walking import walk
from bot.loading.knowledge import load_knowledge
from bot.privacy.keyring import Keyring, keys_in
from bot.research.participants import Office
from bot.storage.engine import open_for_reading
from tests.office.proof import Verdict, poisoned, verdicts


def main() -> int:
    """Run; returns 0 when every promise was kept."""
    parser = argparse.ArgumentParser(prog="python -m tests.office", description=__doc__)
    parser.add_argument("--people", type=int, default=5_000, help="in each town (default 5000)")
    parser.add_argument("--seed", type=int, default=7)
    options = parser.parse_args()
    kept = True
    for moved in (False, True):
        began = time.monotonic()
        with tempfile.TemporaryDirectory(prefix="town-") as folder:
            found = asyncio.run(told(options.people, options.seed, Path(folder), moved=moved))
        kind = "that has moved on" if moved else "as the report says"
        print(
            f"A town {kind}, {options.people:,} people over HTTP, {time.monotonic() - began:.0f} s",
            flush=True,
        )
        print(*found, sep="\n", flush=True)
        kept = kept and all(verdict.kept for verdict in found)
    return 0 if kept else 1


async def told(people: int, seed: int, folder: Path, *, moved: bool) -> list[Verdict]:
    """Let a town talk to the bot, then ask the office about it."""
    knowledge = load_knowledge()
    town, database = Town(knowledge.questionnaire, people, seed, moved), folder / "town.sqlite"
    await walk(knowledge, town.residents(), database, seed, told=bar(people))
    url, keyring = f"sqlite:///{database}", Keyring(keys_in(database.with_suffix(".keys")))
    agreed = await poisoned(url, keyring)
    reading = open_for_reading(url)
    try:
        return await verdicts(Office(reading, keyring, knowledge), agreed, town, folder)
    finally:
        await reading.dispose()


if __name__ == "__main__":
    sys.exit(main())
