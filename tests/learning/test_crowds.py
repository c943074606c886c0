"""The imagined crowds answer the real questionnaire, and each kind is what it says."""

from collections.abc import Callable

import numpy as np
import pytest

from tests.learning import crowds
from tests.learning.crowds import QUESTIONNAIRE, Kind, Respondent

PEOPLE = 400


def dice(seed: int = 1) -> np.random.Generator:
    return np.random.default_rng(seed)


def refused(found: list[Respondent]) -> float:
    told = [one.answers["constrained"][0] for one in found if one.answers["constrained"] != ("skipped",)]
    return float(np.mean([answer in ("yes", "earlier") for answer in told]))


KINDS: dict[str, Callable[[], Kind]] = {  # made when they are needed, for a law has to be fitted
    "honest": crowds.honest,
    "riders": lambda: crowds.riders(crowds.report()),
    "consenting": lambda: crowds.consenting(crowds.honest()),
    "taps": crowds.taps,
    "patient taps": lambda: crowds.taps(patient=True),
    "lines": crowds.lines,
    "contrary": crowds.contrary,
    "script": crowds.script,
    "agenda": crowds.agenda,
    "mixed": lambda: crowds.mixed((0.7, crowds.honest()), (0.3, crowds.taps())),
}


@pytest.mark.parametrize("name", KINDS)
def test_every_kind_gives_answers_that_the_talk_takes_from_the_first_question_to_the_last(name: str) -> None:
    found = KINDS[name]()(PEOPLE, dice())
    assert len(found) == PEOPLE
    for one in found:
        assert QUESTIONNAIRE.next(one.answers) is None
        assert one.answers == QUESTIONNAIRE.relevant(one.answers)
        assert all(QUESTIONNAIRE.by_id[id].accepts(answer) for id, answer in one.answers.items()), one
        assert one.seconds.keys() == one.answers.keys()


@pytest.mark.parametrize("name", KINDS)
def test_the_same_seed_gives_the_same_crowd(name: str) -> None:
    assert KINDS[name]()(50, dice(7)) == KINDS[name]()(50, dice(7))


def test_honest_people_are_refused_as_often_as_in_the_survey_and_so_are_those_who_attack() -> None:
    for name in ("honest", "contrary"):
        assert refused(KINDS[name]()(4_000, dice())) == pytest.approx(0.69, abs=0.03), name


def test_refused_people_agree_three_times_as_readily() -> None:
    odds = 0.69 / 0.31 * crowds.REFUSED_TELL
    assert refused(KINDS["consenting"]()(4_000, dice())) == pytest.approx(odds / (1 + odds), abs=0.03)


def test_a_script_sends_a_dozen_sheets_and_others_hardly_ever_the_same_one() -> None:
    def sheets(name: str) -> int:
        return len({tuple(sorted(one.answers.items())) for one in KINDS[name]()(PEOPLE, dice())})

    assert sheets("script") <= crowds.SHEETS
    assert sheets("honest") > 0.95 * PEOPLE


def test_who_taps_is_faster_than_who_reads() -> None:
    def median(name: str) -> float:
        return float(np.median([s for one in KINDS[name]()(PEOPLE, dice()) for s in one.seconds.values()]))

    assert median("taps") < 2 < median("patient taps")
    assert median("honest") == pytest.approx(median("patient taps"), rel=0.15)
