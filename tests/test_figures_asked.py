"""A question for a figure opens a text that gives one of that kind, or a button that works it out."""

import re
from functools import cache

import pytest

from bot.content.questionnaire import LANGUAGES, Language
from bot.content.templates import plain
from bot.dialogue.replies import Answer
from tests.talks import TODAY, presenter

# What asks for a figure, and what such a figure looks like.
KINDS: dict[str, tuple[str, str]] = {
    "amount": (
        r"多少钱|几钱|多少元|几百块|how much (?:is|does|do|money|must|will)",
        r"\d(?:\.\d+)?万?元|\d yuan|calc:|\d+个月工资|\d months of wages|不收|不花钱|free|no cost",
    ),
    "age": (r"几岁|多大(?:年纪|退休|能)|多少岁|what age|how old", r"\d+岁|age|\d"),
    "rate": (r"百分之几|利率多少|年化多少|几个点|what (?:rate|percent)", r"\d%"),
    "duration": (
        r"多久|几年|几个月|几天|多少天|how (?:long|many (?:years|months|days))",
        r"\d+(?:个工作日|个月|年|天|小时|期|日)|\d (?:years?|months?|days?|hours?|working days)|calc:",
    ),
    "count": (r"几次|多少次|how (?:often|many times)", r"\d+次|\d"),
}
NO_FIGURE_KNOWN = re.compile(
    r"不报价|看合同|看当地|各地(?:不|方|另)|因地|没有统一|由.{1,12}定|打\s*\d{3,5}\s*问|问\s*\d{3,5}|"
    r"quote no price|depends on|local|differ|ask \d{3,5}|call \d{3,5}"
)


@cache
def asked_for_figures(language: Language) -> tuple[tuple[str, str, str], ...]:
    ways = presenter().knowledge.asks.ways
    return tuple(
        (id, kind, way)
        for id, by in ways.items()
        if id in presenter().knowledge.pieces
        for way in by[language]
        for kind, (asks, _) in KINDS.items()
        if re.search(asks, way, re.IGNORECASE)
    )


@cache
def told(way: str, language: Language) -> str:
    (message,) = presenter().render(Answer(way), None, language, TODAY)
    return plain(message.text) + "".join(b.data for row in message.buttons for b in row)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_question_for_a_figure_opens_a_text_with_one_or_says_who_has_it(language: Language) -> None:
    without = [
        f"{kind}: {way} ({id})"
        for id, kind, way in asked_for_figures(language)
        if not re.search(KINDS[kind][1], told(way, language))
        and not NO_FIGURE_KNOWN.search(told(way, language))
    ]
    assert len(asked_for_figures(language)) >= 30
    assert not without, "\n".join(without)


@pytest.mark.parametrize(("language", "most"), [("zh", 0.25), ("en", 0.25)])
def test_few_questions_for_a_figure_are_sent_on_for_it(language: Language, most: float) -> None:
    asked = asked_for_figures(language)
    sent_on = [way for _, kind, way in asked if not re.search(KINDS[kind][1], told(way, language))]
    assert len(sent_on) / len(asked) <= most
