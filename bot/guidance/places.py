"""Where a worker pays in, from answers or from facts: the province, and the city where it was asked."""

from collections.abc import Callable

from bot.content.questionnaire import PROVINCE, SKIPPED, Answers, Questionnaire
from bot.guidance.calculators import Place


def place_of(chosen: Callable[[str], str | None], questionnaire: Questionnaire) -> Place | None:
    """Return the place by what was chosen at a question, given its id; None without a province."""
    province = chosen(PROVINCE)
    if province is None:
        return None
    city = questionnaire.city_in(province)
    return Place(province, chosen(city.id) if city is not None else None)


def place_in(answers: Answers, questionnaire: Questionnaire) -> Place | None:
    """Return the place that was answered; None without a province."""

    def chosen(id: str) -> str | None:
        answer = answers.get(id, (SKIPPED,))
        return None if answer == (SKIPPED,) else answer[0]

    return place_of(chosen, questionnaire)
