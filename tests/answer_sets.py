"""Random answers as a worker could give them: along the path, every question answered or skipped."""

import random

from bot.content.conditions import holds
from bot.content.questionnaire import SKIPPED, Questionnaire


def answer_set(questionnaire: Questionnaire, dice: random.Random) -> dict[str, tuple[str, ...]]:
    """Answer every question on the path of one imagined worker."""
    answers: dict[str, tuple[str, ...]] = {}
    facts: dict[str, frozenset[str]] = {}
    research = dice.random() < 0.3
    skips = dice.choice((0.02, 0.2, 0.7))  # some skip much, most little
    for question in questionnaire.questions:
        if (question.part == "research" and not research) or not holds(question.ask_if or {}, facts):
            continue
        options = [option for option in question.options if not option.ends]
        if question.skippable and dice.random() < skips:
            answer: tuple[str, ...] = (SKIPPED,)
        else:
            chosen = dice.choice(options)
            answer = (chosen.id,)
            if question.multiple and not chosen.exclusive:
                answer = tuple(
                    o.id for o in options if o is chosen or (not o.exclusive and dice.random() < 0.3)
                )
        answers[question.id] = answer
        facts[question.id] = frozenset(answer)
    return answers
