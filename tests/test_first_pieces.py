"""The first three pieces fit the person: kinds of workers with what must be among them, and what must not."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from random import Random
from typing import Any

import pytest
import yaml

from bot.content.questionnaire import SKIPPED, Answers
from bot.guidance import Guidance, advise, facts_from, score
from bot.guidance.facts import MINOR
from tests.answer_sets import answer_set
from tests.checkout import KNOWLEDGE
from tests.plain_yaml import Plain

ON = date(2026, 11, 29)
GOING_ON = [o.id for o in KNOWLEDGE.questionnaire.by_id["happening"].options if not o.exclusive]
TRIES = 60
FILE = Path(__file__).parent / "golden" / "pieces" / "first_pieces.yaml"


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of worker: what they answer, and the key."""

    who: str
    answers: Answers
    among: tuple[frozenset[str], ...]
    not_first: frozenset[str]


def kinds() -> list[Kind]:
    raw: list[Mapping[str, Any]] = yaml.load(FILE.read_text(encoding="utf-8"), Plain)
    return [
        Kind(
            row["who"],
            {q: tuple(a) if isinstance(a, list) else (a,) for q, a in row["answers"].items()},
            tuple(map(frozenset, row["among"])),
            frozenset(row["not_first"]),
        )
        for row in raw
    ]


def guided(answers: Answers, on: date = ON) -> Guidance:
    facts = facts_from(answers, KNOWLEDGE.questionnaire, score(KNOWLEDGE, answers), on)
    return advise(KNOWLEDGE, facts, on)


def first(answers: Answers, on: date = ON) -> list[str]:
    return [advised.id for advised in guided(answers, on).first]


@pytest.fixture(params=kinds(), ids=lambda kind: re.sub(r"\W+", "_", kind.who)[:60])
def kind(request: pytest.FixtureRequest) -> Kind:
    found: Kind = request.param
    return found


def test_each_kind_answers_what_the_bot_would_accept(kind: Kind) -> None:
    for question, answer in kind.answers.items():
        assert KNOWLEDGE.questionnaire.by_id[question].accepts(answer), question


def test_what_a_social_worker_would_say_first_is_among_the_first_three(kind: Kind) -> None:
    found = first(kind.answers)
    for either in kind.among:
        assert either & set(found), f"{found} has none of {sorted(either)}"


def test_what_would_miss_the_person_is_not_among_the_first_three(kind: Kind) -> None:
    assert not kind.not_first & set(first(kind.answers))


def test_the_keys_name_pieces_that_exist() -> None:
    named = {id for kind in kinds() for ids in (*kind.among, kind.not_first) for id in ids}
    assert named - set(KNOWLEDGE.pieces) <= {"start_late"}


@pytest.mark.parametrize("going_on", GOING_ON)
def test_the_first_piece_is_for_what_an_adult_says_is_going_on(going_on: str) -> None:
    dice = Random(going_on)
    for _ in range(TRIES):
        answers = {**answer_set(KNOWLEDGE.questionnaire, dice), "happening": (going_on,)}
        if answers["age"][0] in MINOR or answers["age"] == (SKIPPED,):
            continue
        if going_on == "behind" and answers.get("debt") == ("none",):
            continue  # one of the two answers is a slip
        foremost = KNOWLEDGE.piece(first(answers)[0])
        for_it = (going_on in more.when.get("happening", ()) and more.by > 0 for more in foremost.more)
        assert any(for_it), f"{foremost.id} for {answers}"
