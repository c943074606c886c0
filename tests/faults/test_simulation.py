"""Many deaths: nothing acknowledged is lost, nothing counts twice, everybody gets the result."""

import subprocess
import sys

import pytest

from tests.faults.service import ROOT
from tests.faults.world import play
from tests.lengths import tries

KILLS = tries("simulated_kills")
BATCHES = 2


@pytest.mark.slow
@pytest.mark.parametrize("batch", range(BATCHES))
def test_a_bot_that_dies_anywhere_keeps_every_promise(batch: int) -> None:
    kills, seed = 0, batch
    while kills < KILLS / BATCHES:
        kills += play(seed, updates=300).kills.total()
        seed += BATCHES


def test_a_seed_is_a_run() -> None:
    """Otherwise a failure could not be played again, least of all in another process."""
    once = play(5, updates=8)
    play(6, updates=8)
    again = [sys.executable, "-c", "from tests.faults.world import play; print(play(5, updates=8).digest)"]
    elsewhere = subprocess.run(again, capture_output=True, text=True, check=True, cwd=ROOT)
    assert play(5, updates=8) == once
    assert elsewhere.stdout.strip() == once.digest
