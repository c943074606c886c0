"""Guidance for imagined answers, on the tests' day."""

from datetime import date

from bot.content.knowledge import Knowledge
from bot.content.questionnaire import Answers
from bot.guidance import Guidance, Marks, facts_from, outcome
from tests.checkout import KNOWLEDGE

ON = date(2026, 11, 23)

RIDER: Answers = {
    "age": ("from_21_to_30",),
    "occupation": ("food_delivery",),
    "province": ("shanghai",),
    "education": ("junior",),
    "income": ("from_5001",),
    "debt": ("below_50000",),
    "debt_kinds": ("consumer",),
    "investing": ("no",),
    "saving": ("none",),
    "social_insurance": ("none",),
    "commercial_cover": ("none",),
}


def known(answers: Answers) -> dict[str, frozenset[str]]:
    return dict(facts_from(answers, KNOWLEDGE.questionnaire, {}, ON))


def told(
    answers: Answers, on: date = ON, knowledge: Knowledge = KNOWLEDGE, marks: Marks | None = None
) -> Guidance:
    return outcome(knowledge, answers, on, marks).guidance
