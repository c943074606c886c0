"""Checks of places: a city is asked by its code, in its province, and only where a figure hangs on it."""

import re
from collections.abc import Iterator

from bot.check.findings import Finding
from bot.content.knowledge import Knowledge
from bot.content.parameters import Parameter
from bot.content.questionnaire import PROVINCE, Question

CODE = re.compile(r"[1-9][0-9]{5}")  # a division of the national list, GB/T 2260
OF_PROVINCE = 2  # first digits, which all divisions of a province share


def check_places(knowledge: Knowledge) -> Iterator[Finding]:
    """Find cities that are asked for nothing or in the wrong province, and figures of cities not asked."""
    asked = [q for q in knowledge.questionnaire.questions if q.place and q.id != PROVINCE]
    parameters = tuple(knowledge.parameters)
    for question in asked:
        yield from _question(question, parameters)
    offered = {option.id for question in asked for option in question.options}
    for parameter in parameters:
        where, (kind, _, place) = f"parameters.yaml {parameter.id}", parameter.id.rpartition(".")
        yield from _exceptions(knowledge, parameter, where, place)
        if CODE.fullmatch(place) and place not in offered:
            yield Finding(where, f"no question offers the city {place}", "add it as an option, or remove it")
        elif CODE.fullmatch(place) and not _wider(knowledge, kind, place):
            yield Finding(where, "its province has no figure of this kind", "add it, or fix the id")


def _question(question: Question, parameters: tuple[Parameter, ...]) -> Iterator[Finding]:
    where = f"questionnaire.yaml {question.id}"
    if len((question.ask_if or {}).get(PROVINCE, ())) != 1:
        yield Finding(where, "it asks for a city in no one province", "write ask_if: {province: [one]}")
    codes = [option.id for option in question.options if CODE.fullmatch(option.id)]
    if len({code[:OF_PROVINCE] for code in codes}) != 1:
        yield Finding(where, "its cities are not of one province", "use their codes of GB/T 2260")
    told = {each for p in parameters for each in (p.id.rpartition(".")[2], *p.holds_in, *p.not_in)}
    for code in codes:
        if code not in told:
            yield Finding(f"{where}.{code}", "no figure hangs on it", "add its figure, or remove the option")


def _exceptions(knowledge: Knowledge, parameter: Parameter, where: str, place: str) -> Iterator[Finding]:
    city = knowledge.questionnaire.city_in(place)
    known = {option.id for option in city.options} if city is not None else set[str]()
    for each in (*parameter.holds_in, *parameter.not_in):
        if each not in known:
            yield Finding(where, f"{each} is no city that is asked there", "fix holds_in and not_in")
    if (parameter.holds_in or parameter.not_in) and not parameter.place:
        yield Finding(where, "who skips the city isn't told where it holds", "say it in `place`")


def _wider(knowledge: Knowledge, kind: str, code: str) -> bool:
    """Say whether the province in which a city is asked has a figure of the kind."""
    return any(
        question.option(code) is not None and f"{kind}.{province}" in knowledge.parameters
        for province, question in knowledge.questionnaire.cities.items()
    )
