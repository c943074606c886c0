"""The office on SQLite and on PostgreSQL: the same people give the same report, export and queue."""

import csv
from collections import Counter
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from bot.backoffice.worklist import queue
from bot.dialogue.conversation import Conversation
from bot.research import participants
from bot.research.columns import Columns
from bot.research.export import export
from bot.research.participants import Counted, Counts
from bot.research.tally import tally
from bot.storage.engine import DatabaseBehind, open_database, open_for_reading
from bot.storage.tables import conversations, counts, dead_letters
from tests.databases import begin
from tests.office.rooms import ANSWERS, KNOWLEDGE, fill, office, talk
from tests.office.towns import DAY, talks_of

PIECE = KNOWLEDGE.advice[0].id


@pytest.fixture(scope="module")
def people() -> list[Conversation]:
    """A town, and some who did not agree to research."""
    town = talks_of(120)
    refusing = [talk({**ANSWERS, "occupation": ("streaming",)}, consent=("answers", "abroad"))] * 15
    return [*town, *refusing]


@pytest.fixture
async def filled(address: str, people: list[Conversation], monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr(participants, "PAGE", 50)  # so that there are pages to turn
    await fill(address, people)
    database = open_database(address)
    letter = {"person": b"p", "own": True, "body": b"", "reason": "Chat not found", "died_at": 1}
    count = {"what": "stuck", "which": PIECE, "number": 20, "since": 1_790_000_000}
    async with begin(database) as connection:
        await connection.execute(sa.insert(dead_letters), [letter] * 2)
        await connection.execute(sa.insert(counts), [count])
    await database.dispose()
    return address


async def test_everyone_who_agreed_is_read_and_nobody_else(filled: str, people: list[Conversation]) -> None:
    async with office(filled) as rooms:
        found = [participant async for participant in rooms.participants()]
        assert await rooms.counts() == Counts(conversations=135, agreed=135, blocked=0, dead_letters=2)
        counted = await rooms.counted()
    assert len({participant.person for participant in found}) == len(found) == 120
    assert Counter(p.talk.answers["occupation"] for p in found) == Counter(
        held.answers["occupation"] for held in people[:120]
    )
    assert counted == Counted(Counter({("stuck", PIECE): 20}), counted.since)


async def test_report_export_and_queue(filled: str, people: list[Conversation], tmp_path: Path) -> None:
    async with office(filled) as rooms:
        counted = await tally(rooms.participants(), Columns(KNOWLEDGE))
        count = await export(rooms.participants(), Columns(KNOWLEDGE), tmp_path)
        waiting = await queue(rooms, DAY)
    assert (counted.people, sum(counted.levels("income").values())) == (120, 120)
    with (tmp_path / "answers.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    incomes = Counter(str(Columns(KNOWLEDGE).codes(held.answers)["income"]) for held in people[:120])
    assert (count, Counter(row["income"] for row in rows)) == (120, incomes)
    assert (waiting.stuck, waiting.letters) == ({PIECE: 20}, {"Chat not found": 2})


async def test_nothing_can_be_written_through_it(filled: str) -> None:
    database = open_for_reading(filled)
    with pytest.raises(DBAPIError, match=r"readonly|read-only"):
        await database.run(lambda connection: connection.execute(sa.delete(conversations)))
    await database.dispose()


async def test_a_database_of_another_schema_is_refused(filled: str) -> None:
    database = open_database(filled)
    async with begin(database) as connection:
        await connection.execute(sa.text("UPDATE alembic_version SET version_num = '0001'"))
    await database.dispose()
    async with office(filled) as rooms:
        with pytest.raises(DatabaseBehind, match="back it up"):
            await anext(rooms.participants())
