"""The work queue: what waits for somebody, and nobody alone in it."""

from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.__main__ import main
from bot.app.mistakes import DATA
from bot.backoffice.worklist import lines, queue
from bot.storage.engine import open_database
from bot.storage.tables import counts, dead_letters
from tests.databases import begin
from tests.office.rooms import KNOWLEDGE, fill, office, talk
from tests.office.towns import DAY


async def test_the_queue_counts_letters_by_reason_and_everybodys_calls_for_help(tmp_path: Path) -> None:
    often, seldom = (piece.id for piece in KNOWLEDGE.advice[:2])
    await fill(
        tmp_path / "b.sqlite", [talk(consent=("answers", "abroad"))] * 3, answers=b"canary", blocked=True
    )
    database = open_database(f"sqlite:///{tmp_path / 'b.sqlite'}")
    letter = {"person": b"p", "own": True, "body": b"", "reason": "Chat not found", "died_at": 1}
    numbers = {("stuck", often): 10, ("stuck", seldom): 9, ("stuck", "gone"): 11, ("opened", seldom): 90}
    rows = [{"what": k[0], "which": k[1], "number": n, "since": 1} for k, n in numbers.items()]
    async with begin(database) as connection:
        await connection.execute(sa.insert(dead_letters), [letter] * 3)
        await connection.execute(sa.insert(counts), rows)
    await database.dispose()
    async with office(tmp_path / "b.sqlite") as rooms:
        waiting = await queue(rooms, DAY)
    assert waiting.letters == {"Chat not found": 3}
    assert list(waiting.stuck.items()) == [("gone", 11), (often, 10), (seldom, 9)]
    told = "\n".join(lines(waiting, KNOWLEDGE, DAY))
    assert "3 dead letters" in told
    assert f"     10  {often}" in told
    assert f"    <10  {seldom}" in told
    assert "3 people have blocked the bot" in told


def test_the_queue_says_where_there_is_no_database(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["outdated", "--database", str(tmp_path / "none.sqlite")]) == DATA
    assert "none" in capsys.readouterr().err
