"""The real bot, killed again and again, or four of it suspended: nothing is lost, nothing counts twice."""

from pathlib import Path

import pytest

from tests.faults.crowd import Findings
from tests.faults.real import killed_again_and_again, suspended_in_turn
from tests.lengths import tries

KILLS = tries("kills")


def keeps_every_promise(found: Findings, repeats: int) -> None:
    assert found.updates > 0
    assert (found.lost, found.wrong, found.waiting, found.omitted, found.disorder) == (0,) * 5, found
    assert found.most_repeats <= repeats, found


@pytest.mark.slow
async def test_killed_on_sqlite(tmp_path: Path) -> None:
    database = f"sqlite:///{tmp_path / 'bot.sqlite'}"
    keeps_every_promise(await killed_again_and_again(tmp_path, database, KILLS, seed=1), KILLS)


@pytest.mark.slow
@pytest.mark.postgres
async def test_killed_on_postgresql(tmp_path: Path, postgres: str) -> None:
    keeps_every_promise(await killed_again_and_again(tmp_path, postgres, KILLS, seed=2), KILLS)


@pytest.mark.slow
@pytest.mark.postgres
async def test_four_processes_of_which_one_sleeps_beyond_its_hold(tmp_path: Path, postgres: str) -> None:
    keeps_every_promise(await suspended_in_turn(tmp_path, postgres, chats=12, stops=1, seed=3), 1)
