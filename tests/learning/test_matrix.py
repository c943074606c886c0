"""The matrix in short: nothing that should teach nothing is believed, a world that differs is followed."""

import re
from collections.abc import Callable, Mapping, Sequence
from functools import cache

import numpy as np
import pytest

from bot.content.questionnaire import LANGUAGES, Language
from bot.research.report.labels import Labels
from bot.research.report.reasons import reason, spoken
from models.training import gate
from models.training.composition import rake
from models.training.fitting import Fit
from models.training.outcomes import expected
from models.training.specs import CONSTRAINT
from models.training.train import train
from tests.learning import crowds
from tests.learning.crowds import Kind, Respondent
from tests.learning.matrix import CELLS, MOST, Cell, Draw, Result, asked, broken, gathered, unsure
from tests.learning.samples import HASTE, as_sheet

OWN = 7  # a seed apart, so that the matrix shows people for whom nothing was chosen
SHORT = 5_000  # people: the only size of the issue that passes the first question

TEACH_NOTHING = [cell for cell in CELLS if not cell.follow and cell.promised]
(DIFFERS,) = (cell for cell in CELLS if cell.follow)


@cache
def drawn() -> Draw:
    """The people whom all cells of the short matrix share."""
    return Draw(OWN, 0, SHORT)


@pytest.mark.parametrize("cell", TEACH_NOTHING, ids=lambda cell: cell.name)
def test_a_sample_that_should_teach_nothing_is_refused_and_the_reason_is_true(cell: Cell) -> None:
    result = asked(cell, drawn(), SHORT)
    assert result.yes == 0
    assert not result.untrue
    assert not broken(result)


@pytest.mark.parametrize("cell", CELLS, ids=lambda cell: cell.name)
def test_five_hundred_people_are_too_few_whoever_they_are(cell: Cell) -> None:
    for size in (100, 500):
        result = asked(cell, drawn(), size)
        assert result.why == {"number": 1}
        assert result.certain
        assert not unsure(result)


@pytest.mark.parametrize(
    ("yes", "tries", "sure"), [(0, 58, False), (0, 59, True), (1, 93, True), (1, 92, False)]
)
def test_a_promise_is_sure_only_from_enough_tries(yes: int, tries: int, sure: bool) -> None:
    result = Result(CELLS[0], 5_000, tries, yes)
    assert not broken(result)
    assert unsure(result) is not sure
    assert (result.at_most <= MOST) is sure


def test_the_people_of_a_try_are_the_same_whichever_cells_are_asked() -> None:
    alone, among = Draw(OWN, 1, 100), Draw(OWN, 1, 100)
    among.sheet(CELLS[1], 100)
    sheets = [draw.sheet(CELLS[3], 80) for draw in (alone, among)]
    assert all(np.array_equal(codes, sheets[1].codes[name]) for name, codes in sheets[0].codes.items())


def test_a_world_that_differs_is_followed_and_to_follow_is_an_improvement() -> None:
    (result,) = gathered([asked(DIFFERS, drawn(), SHORT)])
    assert not broken(result), (result.why, result.gains)
    assert min(result.gains) > 0


# What is said of a sample, the people for whom it is said, and the true figures of these in it.
RIDER = ("food_delivery",)


def share_of(found: Callable[[Respondent], bool], people: Sequence[Respondent]) -> float:
    return 100 * sum(map(found, people)) / len(people)


def refused(one: Respondent) -> bool:
    return one.answers["constrained"][0] in ("yes", "earlier")


SAID: Mapping[str, tuple[Kind, Callable[[Respondent], bool] | None]] = {
    "number": (crowds.honest(), None),
    "trade": (crowds.mixed((0.1, crowds.honest()), (0.9, crowds.riders(crowds.report()))),
              lambda one: one.answers["occupation"] == RIDER),
    "base_rate": (crowds.consenting(crowds.honest()), refused),
    "haste": (crowds.mixed((0.8, crowds.honest()), (0.2, crowds.taps())),
              lambda one: sum(s < HASTE for s in one.seconds.values()) >= 0.5 * len(one.seconds)),
    "contradiction": (crowds.mixed((0.8, crowds.honest()), (0.2, crowds.taps(patient=True))), None),
    "repeat": (crowds.mixed((0.9, crowds.honest()), (0.1, crowds.script())), None),
    "gain": (crowds.honest(), None),
}  # fmt: skip


@pytest.mark.parametrize("why", SAID)
def test_the_reason_read_aloud_is_the_one_for_which_the_sample_was_made(why: str) -> None:
    kind, true_of = SAID[why]
    people = kind(300 if why == "number" else 4_900, np.random.default_rng(22))
    found = gate.judge(CONSTRAINT, as_sheet(people), crowds.report())
    assert found.why == why
    for language in LANGUAGES:
        labels = Labels(language, crowds.QUESTIONNAIRE)
        told = spoken(found, labels)
        assert told.reason == next(row.reason for row in told.said if not row.yes)
        assert not re.search(r"[{}]", told.reason)
        if why == "trade":
            assert labels.option("occupation", RIDER[0]) in told.reason
        if why == "number":
            assert found.refused
            assert f"{found.refused.figures['rows']:,.0f}" in told.reason
        if true_of is not None:
            figures = [int(figure) for figure in re.findall(r"\d+", told.reason)]
            assert any(abs(figure - share_of(true_of, people)) <= 2 for figure in figures), told.reason


@pytest.mark.parametrize(("about", "said"), [
    ("income 4-6", {"en": "Monthly income: 8,001–10,000 yuan or more", "zh": "8001"}),
    ("investing 0", {"en": "never invested", "zh": "没"}),
])  # fmt: skip
def test_of_whom_there_are_too_few_is_said_as_the_questions_say_it(
    about: str, said: Mapping[Language, str]
) -> None:
    nobody = gate.Answer("weights", False, {"design_effect": 1.0, "effective": 900.0}, about)
    for language in LANGUAGES:
        told = reason(nobody, Labels(language, crowds.QUESTIONNAIRE))
        assert said[language] in told
        assert about not in told


def test_a_sample_that_lacks_some_people_altogether_names_them() -> None:
    levels = np.ones((500, 1), dtype=np.int64)
    assert rake(levels, ("investing",)).missing == "investing 0"


def test_whoever_answers_the_contrary_only_flattens_and_that_is_said() -> None:
    dice = np.random.default_rng(22)
    crowd = crowds.mixed((0.7, crowds.honest()), (0.3, crowds.contrary()))
    found = gate.judge(CONSTRAINT, as_sheet(crowd(4_500, dice)), crowds.report())
    assert found.why == "flattening"


def test_figures_that_are_no_numbers_refuse() -> None:
    dice = np.random.default_rng(22)
    served = train(CONSTRAINT).fit
    broken_model = Fit(served.features, float("nan"), served.slopes)
    found = gate.judge(CONSTRAINT, as_sheet(crowds.honest()(4_300, dice)), broken_model)
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
