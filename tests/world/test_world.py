"""The world for a while: troubles by a seed while workers talk, on either database."""

from pathlib import Path

import pytest

from tests.lengths import tries
from tests.world.harness import run

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
async def test_every_law_holds_whatever_happens(tmp_path: Path, kind_and_server: tuple[str, str]) -> None:
    kind, server = kind_and_server
    outcome = await run(
        tmp_path, kind, tries("trouble_seconds") / 60, seed=1, only=SOON, server=server, least=2
    )
    assert outcome.broken() == [], str(outcome)
    assert len(outcome.tried) > 1
