"""Cover, risk by risk: what ten imagined workers read, and that one cover more never makes it worse."""

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.content.questionnaire import SKIPPED, Answers
from bot.guidance.cover import RISKS, Cover, covers
from tests.advised import known
from tests.answer_sets import answer_set
from tests.checkout import KNOWLEDGE
from tests.plain_yaml import Plain

QUESTIONNAIRE = KNOWLEDGE.questionnaire
GOLDEN: dict[str, Any] = yaml.load(Path(__file__).with_name("cover.yaml").read_text(encoding="utf-8"), Plain)
DEPTH = {"open": 0, "partly": 1, "covered": 2}


def covered(answers: Answers) -> tuple[Cover, ...]:
    return covers(known(QUESTIONNAIRE.relevant(answers)))


@pytest.mark.parametrize("name", GOLDEN)
def test_an_imagined_worker_is_told_what_is_open_and_what_first(name: str) -> None:
    answers = {
        question: (answer,) if isinstance(answer, str) else tuple(answer)
        for question, answer in GOLDEN[name]["answers"].items()
    }
    assert all(QUESTIONNAIRE.by_id[question].accepts(answer) for question, answer in answers.items())
    told: dict[str, list[str]] = {}
    for cover in covered(answers):
        told.setdefault(cover.state, []).append(cover.risk)
    assert told == GOLDEN[name]["expect"]


def with_one_cover_more(answers: Answers) -> Iterator[Answers]:
    """Add each cover that the worker lacks, one at a time."""
    for question in ("commercial_cover", "social_branches"):
        held = answers.get(question, (SKIPPED,))
        if question not in answers or held in ((SKIPPED,), ("unknown",)):
            continue
        for option in QUESTIONNAIRE.by_id[question].options:
            if option.id not in held and not option.exclusive:
                kept = tuple(id for id in held if id != "none")
                yield {**answers, question: (*kept, option.id)}
    for scheme in ("resident", "flexible", "employee"):
        if answers.get("social_insurance") == ("none",):
            for branch in ("pension", "medical"):
                yield {**answers, "social_insurance": (scheme,), "social_branches": (branch,)}


def test_one_cover_more_never_makes_a_risk_worse() -> None:
    dice = random.Random(2)
    seen = 0
    for _ in range(3_000):
        answers = answer_set(QUESTIONNAIRE, dice)
        before = {cover.risk: cover.state for cover in covered(answers)}
        for better in with_one_cover_more(answers):
            after = {cover.risk: cover.state for cover in covered(better)}
            assert after.keys() == before.keys()
            for risk, state in before.items():
                if state != "not_known":
                    assert after[risk] != "not_known", (risk, answers, better)
                    assert DEPTH[after[risk]] >= DEPTH[state], (risk, answers, better)
            seen += 1
    assert seen > 5_000


def test_each_risk_is_told_once_and_the_deepest_gap_first() -> None:
    dice = random.Random(3)
    for _ in range(1_000):
        told = covered(answer_set(QUESTIONNAIRE, dice))
        assert len({cover.risk for cover in told}) == len(told)
        states = [cover.state for cover in told]
        assert states == sorted(states, key=["open", "partly", "not_known", "covered"].index)
        for state in set(states):
            weights = [cover.weight for cover in told if cover.state == state]
            assert weights == sorted(weights, reverse=True)


def test_income_opens_no_gap_and_closes_none() -> None:
    dice = random.Random(4)
    for _ in range(300):
        answers = answer_set(QUESTIONNAIRE, dice)
        if "income" in answers:
            incomes = QUESTIONNAIRE.by_id["income"].options
            assert len({covered({**answers, "income": (option.id,)}) for option in incomes}) == 1


def test_what_is_not_answered_is_not_known() -> None:
    assert {cover.state for cover in covered({"age": ("from_31_to_40",)})} == {"not_known"}


def test_minors_are_told_of_no_pension_and_no_savings() -> None:
    told = {cover.risk for cover in covered({"age": ("from_16_to_17",), "occupation": ("food_delivery",)})}
    assert told == {"illness", "injury", "liability"}


def test_who_is_past_the_pension_age_and_pays_nothing_may_be_drawing_already() -> None:
    answers = {"age": ("from_60",), "social_insurance": ("none",), "commercial_cover": ("none",)}
    states = {cover.risk: (cover.state, cover.why) for cover in covered(answers)}
    assert states["illness"] == states["old_age"] == ("not_known", "retired")


def test_the_open_risks_are_a_fact_that_advice_can_hang_on() -> None:
    rider = GOLDEN["rider_with_nothing"]["answers"]
    facts = known({question: (answer,) for question, answer in rider.items()})
    assert facts["open_risks"] == set(RISKS)
