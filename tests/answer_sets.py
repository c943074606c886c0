"""Random answers as a worker could give them: along the path, every question answered or skipped."""

import random

from bot.content.questionnaire import SKIPPED, Question, Questionnaire


def answer_set(questionnaire: Questionnaire, dice: random.Random) -> dict[str, tuple[str, ...]]:
    """Answer every question on the path of one imagined worker."""
    answers: dict[str, tuple[str, ...]] = {}
    research = dice.random() < 0.3
    skips = dice.choice((0.02, 0.2, 0.7))  # some skip much, most little
    while (question := questionnaire.next(answers, research=research)) is not None:
        skipped = question.skippable and dice.random() < skips
        answers[question.id] = (SKIPPED,) if skipped else _answer(question, dice)
    return answers


def _answer(question: Question, dice: random.Random) -> tuple[str, ...]:
    options = [option for option in question.options if not option.ends]
    chosen = dice.choice(options)
    if not question.multiple or chosen.exclusive:
        return (chosen.id,)
    return tuple(o.id for o in options if o is chosen or (not o.exclusive and dice.random() < 0.3))
