"""The first three pieces meet the keys of simulated experts: tests/golden/pieces/panel*.yaml."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.content.questionnaire import Answers
from bot.guidance import card
from tests.advised import ON
from tests.checkout import KNOWLEDGE
from tests.plain_yaml import Plain
from tests.test_first_pieces import first

FOLDER = Path(__file__).parent / "golden" / "pieces"
PANELS = (
    "panel",
    "panel_2",
    "panel_3",
    "panel_4",
    "panel_5",
    "panel_6",
    "panel_7",
    "panel_8",
    "panel_9",
    "panel_10",
)


@dataclass(frozen=True, slots=True)
class Person:
    """One imagined person: what they answer, and the experts' key."""

    id: str
    answers: Answers
    any_of: frozenset[str]
    never: frozenset[str]
    not_met: str = ""  # why the key isn't met


def people(panel: str) -> list[Person]:
    text = (FOLDER / f"{panel}.yaml").read_text(encoding="utf-8")
    raw: list[Mapping[str, Any]] = yaml.load(text, Plain)
    return [
        Person(
            row["id"],
            {question: tuple(options) for question, options in row["answers"].items()},
            frozenset(row["any_of"]),
            frozenset(row["never"]),
            row.get("not_met", ""),
        )
        for row in raw
    ]


EVERYBODY = [person for panel in PANELS for person in people(panel)]


@pytest.fixture(params=EVERYBODY, ids=lambda person: person.id)
def person(request: pytest.FixtureRequest) -> Person:
    found: Person = request.param
    return found


@pytest.mark.parametrize("panel", PANELS)
def test_a_panel_has_thirty_people_whose_keys_name_pieces_that_exist(panel: str) -> None:
    assert len({person.id for person in people(panel)}) == 30
    assert {id for person in people(panel) for id in person.any_of | person.never} <= set(KNOWLEDGE.pieces)


def test_each_person_gives_answers_that_the_bot_would_accept(person: Person) -> None:
    for question, answer in person.answers.items():
        assert KNOWLEDGE.questionnaire.by_id[question].accepts(answer), question


def test_something_that_an_expert_would_say_first_is_among_the_first_three(person: Person) -> None:
    relevant = KNOWLEDGE.questionnaire.relevant(person.answers)
    found = first(relevant)
    assert person.any_of & set(found) or person.not_met.startswith("first:"), found


def test_nothing_that_an_expert_excludes_is_among_the_first_three(person: Person) -> None:
    relevant = KNOWLEDGE.questionnaire.relevant(person.answers)
    assert bool(person.never & set(first(relevant))) == person.not_met.startswith("never"), person.not_met


def test_what_is_shown_first_can_be_begun_tomorrow() -> None:
    """The first step names a day or a number to ring; an emergency's steps come after its call."""
    for person in people("panel_5"):
        for id in first(KNOWLEDGE.questionnaire.relevant(person.answers)):
            text = card(KNOWLEDGE, id, person.answers, "zh", ON)
            step = next(line for line in text.splitlines() if line.startswith("①"))
            begins = re.search(r"今天|今晚|明天|当天|\d{3,5}", step)
            assert begins or KNOWLEDGE.piece(id).call, f"{id}: {step}"
