"""A way through the questions: the answers that matter are named, the rest is skipped or the first option.

So a new question changes no test that only passes through the questions.
"""

from collections.abc import Iterator, Mapping

from bot.content.questionnaire import SKIPPED, Answers, Question, Questionnaire

Named = Mapping[str, str | tuple[str, ...]]
"""Option ids by question id."""


def answer_to(question: Question, named: Named) -> tuple[str, ...]:
    """Return the answer named for a question; else skip it, or take its first option that ends nothing."""
    if question.id in named:
        answer = named[question.id]
        return (answer,) if isinstance(answer, str) else tuple(answer)
    return (SKIPPED,) if question.skippable else (next(o.id for o in question.options if not o.ends),)


def whole(questionnaire: Questionnaire, named: Named, *, research: bool = False) -> Answers:
    """Complete named answers along the path that they open."""
    answers: dict[str, tuple[str, ...]] = {}
    while (question := questionnaire.next(answers, research=research)) is not None:
        answers[question.id] = answer_to(question, named)
    return answers


def taps(questionnaire: Questionnaire, named: Named, *, research: bool = False) -> tuple[str, ...]:
    """List the buttons that a worker taps to give these answers, question after question."""
    answers = whole(questionnaire, named, research=research)
    return tuple(tap for id, answer in answers.items() for tap in taps_of(questionnaire.by_id[id], answer))


def alone(question: Question, answer: tuple[str, ...]) -> bool:
    """Say whether an answer is one exclusive option, whose tick is the whole answer."""
    options = [question.option(id) for id in answer]
    return any(option is not None and option.exclusive for option in options)


def taps_of(question: Question, answer: tuple[str, ...]) -> Iterator[str]:
    """List the buttons that give one answer."""
    if answer == (SKIPPED,):
        yield f"skip:{question.id}"
    elif question.multiple:
        yield from (f"+:{question.id}:{option}" for option in answer)
        if not alone(question, answer):
            yield f"done:{question.id}"
    else:
        yield f"a:{question.id}:{answer[0]}"
