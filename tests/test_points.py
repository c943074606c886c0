"""A question for one thing gets its short answer first: points, a retirement reckoned from a birth."""

import re
from datetime import date
from functools import cache

import pytest

from bot import guidance
from bot.content.parameters import Figures
from bot.content.questionnaire import LANGUAGES, Language
from bot.content.templates import plain
from bot.dialogue.replies import Answer
from bot.dialogue.retrieval import from_pinyin
from bot.guidance import calculators
from tests.asked import share
from tests.talks import TODAY, presenter

POINTS = presenter().knowledge.asks.points
FIGURES = ("amount", "age", "date", "rate", "duration", "count")
# What has no figure of its own: the court sets it.
NO_FIGURE = {"wage_left"}


@cache
def first_message(asked: str, language: Language) -> str:
    (message,) = presenter().render(Answer(asked), None, language, TODAY)
    return plain(message.text)


def short_answer(id: str, language: Language) -> str:
    return plain(guidance.point(presenter().knowledge, id, {}, language, TODAY))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_point_has_an_answer_and_one_that_is_asked_for_a_figure_gives_it(language: Language) -> None:
    answers = {id: short_answer(id, language) for id in POINTS}
    figures = {id for id, point in POINTS.items() if point.kind in FIGURES} - NO_FIGURE
    assert all(answers.values())
    assert {id for id in figures if not re.search(r"\d|half|third|三分之二|一半", answers[id])} == set()


def test_no_answer_is_of_a_point_that_is_gone() -> None:
    for language in LANGUAGES:
        assert presenter().knowledge.wording.blocks(language, "points.j2") == set(POINTS)


@pytest.mark.parametrize(("language", "least"), [("zh", 0.95), ("en", 0.90)])
def test_who_asks_as_is_written_gets_the_point_first(language: Language, least: float) -> None:
    """A way of asking may lie nearer to another piece; its own way of asking finds the rest."""
    asked = [(id, point.ways[language][0]) for id, point in POINTS.items()]
    missed = [
        (id, way) for id, way in asked if short_answer(id, language) not in first_message(way, language)
    ]
    print(missed)
    assert share((id, way) not in missed for id, way in asked) >= least


@pytest.mark.parametrize(
    ("asked", "category", "born"),
    [
        ("我1970年3月生，男的，几岁能退", "man", date(1970, 3, 1)),
        ("我妈72年9月生，一直自己交，多大岁数领养老金", "woman_55", date(1972, 9, 1)),
        ("my father was born in March 1966, when can he retire", "man", date(1966, 3, 1)),
    ],
)
def test_a_birth_in_the_question_is_reckoned_with(
    asked: str, category: calculators.Category, born: date
) -> None:
    found = calculators.retirement(Figures(presenter().knowledge.parameters, TODAY), category, born)
    language: Language = "en" if asked.isascii() else "zh"
    text = first_message(asked, language).split("\n\n")[0]
    assert str(found.year) in text
    assert str(found.age.years) in text
    assert ("woman" in text or "女性" in text) == (category == "woman_55")


def test_a_year_of_birth_alone_gives_both_ends_and_no_sex_gives_both() -> None:
    text = first_message("1975年生的几岁退休", "zh").split("\n\n")[0]
    assert "男性" in text
    assert "女性" in text
    assert "1月生" in text
    assert "12月生" in text


def test_a_year_of_retirement_gives_the_years_it_takes() -> None:
    assert "18年" in first_message("2035年退休养老要交满几年", "zh").split("\n\n")[0]


def test_of_two_matters_in_one_message_both_are_answered() -> None:
    text = first_message("晚上几点到早上几点不许催收？另外征信一年能免费查几回？", "zh")
    assert short_answer("quiet_hours", "zh") in text
    assert short_answer("free_reports", "zh") in text


def test_pinyin_within_a_chinese_text_is_read_and_other_words_are_left() -> None:
    pinyin = presenter().knowledge.asks.pinyin
    assert from_pinyin("shebao断了怎么办", pinyin) == "社保断了怎么办"
    assert from_pinyin("网贷还不上会不会zuolao", pinyin) == "网贷还不上会不会坐牢"
    assert from_pinyin("excel里怎么合并", pinyin) is None
