"""A minute of the world: troubles by a seed while workers talk, on either database; and a few stops."""

from pathlib import Path

import pytest

from tests.world.harness import run
from tests.world.stops import stopped

SOON = (
    "SIGTERM",
    "SIGKILL",
    "429",
    "webhook unreachable",
    "backup and restore",
    "locked tables",
    "locked file",
)


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
async def test_every_law_holds_whatever_happens(tmp_path: Path, kind: str) -> None:
    outcome = await run(tmp_path, kind, minutes=0.5, seed=1, only=SOON)
    assert outcome.broken() == [], str(outcome)
    assert len(outcome.tried) > 1


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
async def test_a_stop_drains_gives_the_lease_back_and_sends_nothing_twice(tmp_path: Path, kind: str) -> None:
    assert "5 stops" in await stopped(tmp_path, kind, times=5, seed=1)
