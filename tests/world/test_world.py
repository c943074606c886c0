"""The world for a while: troubles by a seed while workers talk, on either database, and a few stops."""

from pathlib import Path

import pytest

from tests.lengths import tries
from tests.world.harness import POSTGRESQL, SQLITE, run
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


@pytest.fixture(params=[SQLITE, pytest.param(POSTGRESQL, marks=pytest.mark.postgres)])
def database(request: pytest.FixtureRequest) -> tuple[str, str]:
    """The kind of database, and where its server is, if it has one."""
    kind = str(request.param)
    return kind, request.getfixturevalue("postgres") if kind == POSTGRESQL else ""


@pytest.mark.slow
async def test_every_law_holds_whatever_happens(tmp_path: Path, database: tuple[str, str]) -> None:
    kind, server = database
    outcome = await run(
        tmp_path, kind, tries("trouble_seconds") / 60, seed=1, only=SOON, server=server, least=2
    )
    assert outcome.broken() == [], str(outcome)
    assert len(outcome.tried) > 1


@pytest.mark.slow
async def test_a_stop_drains_gives_the_lease_back_and_sends_nothing_twice(
    tmp_path: Path, database: tuple[str, str]
) -> None:
    kind, server = database
    times = tries("stops")
    assert f"{times} stops" in await stopped(tmp_path, kind, times, seed=1, server=server)
