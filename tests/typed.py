"""Typed words and commands, by the knowledge's own lists."""

from bot.content.questionnaire import Question
from bot.dialogue import reading, screening
from bot.dialogue.reading import Reading, folding
from tests.checkout import KNOWLEDGE

YEAR = 2026
VOCABULARY, COMMANDS = KNOWLEDGE.vocabulary, KNOWLEDGE.commands


def read(text: str, question: Question) -> Reading:
    return reading.read(text, question, VOCABULARY, YEAR)


def fold(text: str) -> str:
    return folding.fold(text, VOCABULARY)


def private_in(text: str) -> screening.Private | None:
    return screening.private_in(text, VOCABULARY)
