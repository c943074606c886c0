"""A gain counts where it is surely more than the least that anybody would notice."""

import numpy as np
import pytest

from models.training import gate, merit
from models.training.fitting import Rows


def gain_of(true: float, people: int, seed: int) -> merit.Gain:
    """Compare what is right with a forecast that costs so much (nats) an answer."""
    dice = np.random.default_rng(seed)
    right = np.full(people, 0.7)
    off = np.sqrt(2 * true * 0.7 * 0.3)  # to the second order
    wrong = right + dice.choice([-off, off], size=people)
    y = (dice.random(people) < right).astype(float)
    return merit.gain(right, wrong, Rows(np.zeros((people, 1)), y, np.ones(people)), gate.GAIN)


def test_a_gain_of_the_least_that_counts_seldom_passes() -> None:
    passed = sum(gain_of(gate.GAIN, 5_000, seed).chance < gate.CHANCE for seed in range(400))
    assert passed <= 3 * gate.CHANCE * 400


@pytest.mark.parametrize(("true", "passes"), [(0.0005, False), (0.02, True)])
def test_whether_a_gain_passes_hangs_on_its_size_and_not_on_being_there(true: float, passes: bool) -> None:
    found = gain_of(true, 40_000 if not passes else 5_000, 1)
    assert found.z > 3
    assert (found.chance < gate.CHANCE) is passes
