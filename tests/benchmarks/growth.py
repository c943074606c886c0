"""Does it stay quick? The time of an answer with a thousand, and with a million, stored conversations."""

import itertools
import os
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from bot.dialogue.conversation import Command, Conversation, Incoming, Tap
from bot.privacy.keyring import Keyring, keys_in
from bot.storage.conversations import seal
from bot.storage.engine import opened
from bot.storage.tables import DAY, conversations, updates
from tests.benchmarks.measuring import Entry, Row, measure
from tests.benchmarks.telegram import Telegram
from tests.chats import at
from tests.databases import begin
from tests.talks import CONSENT, NOON, SHORT_PATH, presenter, rules, settling_today

COUNTS = [10**3, 10**5, 10**6] if os.environ.get("BENCH_GROWTH", "1") != "0" else []
ROUNDS = 3
AT_ONCE = 20_000  # rows in one transaction


def finished() -> Conversation:
    """Return the talk of a worker who answered the whole short path."""
    talk = None
    said: tuple[Incoming, ...] = (Command("start"), *map(Tap, (*CONSENT, *SHORT_PATH)))
    for incoming in said:
        talk = rules().step(talk, incoming, "zh", NOON).talk
    assert talk is not None
    assert rules().questionnaire.next(talk.answers) is None
    return replace(talk, shown_by=presenter().knowledge.version)


async def fill(folder: Path, count: int) -> str:
    """Store so many finished conversations, and an update of each; returns the database's address."""
    url, keyring = f"sqlite:///{folder / 'bench.sqlite'}", Keyring(keys_in(folder / "keys"))
    async with opened(url, keyring, settling_today()) as store:
        rows = sealed(keyring, int(time.time()))
        for first in range(0, count, AT_ONCE):
            some = range(first, min(count, first + AT_ONCE))
            async with begin(store.database) as connection:
                await connection.execute(sa.insert(conversations), list(itertools.islice(rows, len(some))))
                old = [{"update": -1 - number, "handled_at": int(time.time())} for number in some]
                await connection.execute(sa.insert(updates), old)
    return url


def sealed(keyring: Keyring, now: int) -> Iterator[dict[str, Any]]:
    """Make rows as the bot makes them, of people nobody has heard of: a thousand sealed ones in turn."""
    talk, seals = finished(), []
    for chat in range(1_000):
        person = keyring.pseudonym(str(-chat))
        key, sealer = keyring.new_key(person)
        seals.append({"key": key, **seal(at(chat), talk, person, sealer)})
    for number in itertools.count():
        times = {
            "changed_at": now - number % DAY,
            "expires_at": now + 90 * DAY - number % DAY,
            "wake_at": None,
        }
        yield {"person": os.urandom(16), "blocked": False, **seals[number % len(seals)], **times}


async def growth(seconds: float) -> list[tuple[int, Row]]:
    """Measure our service on SQLite with so many conversations.

    Each is measured ROUNDS times, in turn, so that what else the machine does meets all of them; the best
    round counts, for noise only adds.
    """
    found: dict[int, list[Row]] = {count: [] for count in COUNTS}
    with tempfile.TemporaryDirectory() as name:
        folders = {count: Path(name, str(count)) for count in COUNTS}
        entries = {count: Entry("ours", "ours", await fill(folders[count], count)) for count in COUNTS}
        async with Telegram() as telegram:
            for _, count in itertools.product(range(ROUNDS), COUNTS):
                row = await measure(entries[count], telegram, folders[count], seconds)
                found[count].append(row)
    return [(count, min(rows, key=lambda row: row.median)) for count, rows in found.items()]
