"""Somebody of whom a risk is open is never told that all is in order."""

import random

from tests.advised import told
from tests.answer_sets import answer_set
from tests.lengths import tries
from tests.worded import QUESTIONNAIRE


def test_nobody_with_an_open_risk_of_their_own_is_told_that_all_is_in_order() -> None:
    dice, praised = random.Random(7), 0
    for _ in range(tries("in_order")):
        answers = answer_set(QUESTIONNAIRE, dice)
        guidance = told(answers)
        if any(advised.id == "all_in_order" for advised in guidance.advised):
            praised += 1
            assert set(guidance.trace.facts["open_risks"]) <= {"liability"}, answers
    assert praised
