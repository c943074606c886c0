"""The matrix in short: nothing that should teach nothing is believed, a world that differs is followed."""

from collections.abc import Callable
from functools import cache

import numpy as np
import pytest

from models.training import gate
from models.training.fitting import Fit
from models.training.outcomes import expected
from models.training.specs import CONSTRAINT
from models.training.train import train
from tests.learning import crowds
from tests.learning.matrix import CELLS, MOST, SEED, Cell, Draw, Result, asked, broken, gathered, run, unsure
from tests.learning.samples import as_sheet

SHORT = 2_000  # people: hardly more than pass the first question

TEACH_NOTHING = [cell for cell in CELLS if not cell.follow and cell.promised]
(DIFFERS,) = (cell for cell in CELLS if cell.follow)


@cache
def drawn(size: int) -> Draw:
    """The people whom all cells of the short matrix share."""
    return Draw(SEED, 0, size)


@pytest.mark.parametrize("cell", TEACH_NOTHING, ids=lambda cell: cell.name)
def test_a_sample_that_should_teach_nothing_is_refused_and_the_reason_is_true(cell: Cell) -> None:
    result = asked(cell, drawn(SHORT))
    assert result.yes == 0
    assert not result.untrue
    assert not broken(result)


@pytest.mark.parametrize("cell", CELLS, ids=lambda cell: cell.name)
def test_a_hundred_people_are_too_few_whoever_they_are(cell: Cell) -> None:
    assert asked(cell, drawn(100)).why == {"number": 1}


@pytest.mark.parametrize(
    ("yes", "tries", "sure"), [(0, 58, False), (0, 59, True), (1, 93, True), (1, 92, False)]
)
def test_a_promise_is_sure_only_from_enough_tries(yes: int, tries: int, sure: bool) -> None:
    result = Result(CELLS[0], 5_000, tries, yes)
    assert not broken(result)
    assert unsure(result) is not sure
    assert (result.at_most <= MOST) is sure


def test_the_people_of_a_try_are_the_same_whichever_cells_are_asked() -> None:
    alone = Draw(SEED, 0, 100).sheet(CELLS[3])
    among = drawn(100).sheet(CELLS[3])
    assert all(np.array_equal(alone.codes[name], among.codes[name]) for name in alone.codes)


def test_a_world_that_differs_is_followed_and_to_follow_is_an_improvement() -> None:
    (result,) = gathered(run([DIFFERS], [5_000], [0], SEED))  # the matrix's own first try
    assert not broken(result), (result.why, result.gains)
    assert min(result.gains) > 0


# Whom a sample is refused for, and what is said of it.
SAID: dict[str, Callable[[crowds.Dice], crowds.Kind]] = {
    "trade": lambda dice: crowds.mixed((0.1, crowds.honest()), (0.9, crowds.riders(crowds.another(dice)))),
    "base_rate": lambda dice: crowds.consenting(crowds.honest()),
    "haste": lambda dice: crowds.mixed((0.8, crowds.honest()), (0.2, crowds.taps())),
    "contradiction": lambda dice: crowds.mixed((0.8, crowds.honest()), (0.2, crowds.taps(patient=True))),
    "repeat": lambda dice: crowds.mixed((0.9, crowds.honest()), (0.1, crowds.script())),
    "gain": lambda dice: crowds.honest(),
}


@pytest.mark.parametrize("why", SAID)
def test_the_reason_is_the_one_for_which_the_sample_was_made(why: str) -> None:
    dice = np.random.default_rng(SEED)
    found = gate.judge(CONSTRAINT, as_sheet(SAID[why](dice)(1_200, dice)), train(CONSTRAINT).fit)
    assert found.why == why


def test_whoever_answers_the_contrary_only_flattens_and_that_is_said() -> None:
    dice = np.random.default_rng(SEED)
    crowd = crowds.mixed((0.7, crowds.honest()), (0.3, crowds.contrary()))
    found = gate.judge(CONSTRAINT, as_sheet(crowd(3_000, dice)), train(CONSTRAINT).fit)
    assert found.why in ("flattening", "calibration")


def test_figures_that_are_no_numbers_refuse() -> None:
    dice = np.random.default_rng(SEED)
    served = train(CONSTRAINT).fit
    broken_model = Fit(served.features, float("nan"), served.slopes)
    found = gate.judge(CONSTRAINT, as_sheet(crowds.honest()(1_000, dice)), broken_model)
    assert found.refused is not None
    assert found.why in ("score_drift", "computed")


def test_how_common_it_is_is_never_learned() -> None:
    dice = np.random.default_rng(4)
    sheet = as_sheet(crowds.honest(crowds.another(dice))(5_000, dice))
    found = gate.judge(CONSTRAINT, sheet, train(CONSTRAINT).fit)
    assert found.learned is not None
    ground = expected(CONSTRAINT)
    share = np.average(found.learned.candidate.probabilities(ground.x), weights=ground.weight)
    assert share == pytest.approx(0.69, abs=1e-9)
