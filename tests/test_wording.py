"""Templates meet facts: strictly, escaped for Telegram, and in both languages alike."""

from datetime import UTC, date, datetime
from decimal import Decimal
from types import CodeType

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import UndefinedError
from jinja2.exceptions import SecurityError

from bot.content.parameters import Figures, NoValue, Parameter, Parameters, Value
from bot.content.questionnaire import LANGUAGES, Language
from bot.content.templates import TemplateGap, Wording, length, per_hundred, place, plain, tidy, untimed
from bot.guidance import benefits, card
from tests.checkout import KNOWLEDGE

ON = date(2026, 11, 23)
RATE = Value(date(2026, 1, 1), Decimal("0.2"), ("law",), "verified_text", ON)
PARAMETERS = Parameters({"rate": Parameter("rate", "ratio", "比例", "rate", (RATE,))})


def wording(text: str, **others: str) -> Wording:
    templates = {"a.j2": text, **{f"{name}.j2": other for name, other in others.items()}}
    return Wording({"zh": templates, "en": templates}, PARAMETERS)


def words(text: str, language: Language = "en", **context: object) -> str:
    return wording(text).render(language, "a.j2", ON, **context)


@pytest.mark.parametrize(
    ("amount", "zh", "en"),
    [("1509.2", "1509.20元", "1,509.20 yuan"), ("400", "400元", "400 yuan"),
     ("300000", "30万元", "300,000 yuan"), ("1149.995", "1150元", "1,150 yuan"),
     ("36348", "36348元", "36,348 yuan"), ("0", "0元", "0 yuan")],
)  # fmt: skip
def test_an_amount_is_told_as_people_write_it(amount: str, zh: str, en: str) -> None:
    assert words("{{ x | yuan }}", "zh", x=Decimal(amount)) == zh
    assert words("{{ x | yuan }}", "en", x=Decimal(amount)) == en


def test_ratios_numbers_and_days_are_told_plainly() -> None:
    assert words("{{ figure('rate') | percent }}") == "20%"
    assert words("{{ x | percent }}", x=Decimal("0.27956")) == "27.96%"
    assert words("{{ x | number }} {{ y | number }}", x=Decimal("15.50"), y=Decimal(6000)) == "15.5 6,000"
    assert words("{{ x | day }}", "zh", x=date(2026, 3, 31)) == "2026年3月31日"
    assert words("{{ x | day }}", "en", x=date(2026, 3, 31)) == "31 March 2026"


def test_a_deadline_is_a_time_that_the_phone_words_and_reads_plainly_everywhere_else() -> None:
    told = words("{{ x | deadline }}", "zh", x=date(2026, 12, 31))
    assert told == '<tg-time unix="1798689600" format="D">2026年12月31日</tg-time>'
    assert datetime.fromtimestamp(1798689600, UTC) == datetime(2026, 12, 31, 4, tzinfo=UTC)  # noon in China
    assert plain(told) == untimed(told) == "2026年12月31日"
    assert length(told) == len("2026年12月31日")


@pytest.mark.parametrize("on", [date(2026, 11, 22), date(2028, 11, 23), date(2039, 12, 31)])
def test_a_day_that_is_over_or_far_ahead_is_told_in_words(on: date) -> None:
    assert words("{{ x | deadline }}", x=on) == words("{{ x | day }}", x=on)


def test_every_deadline_of_a_card_that_a_reminder_can_be_set_for_is_such_a_time() -> None:
    for piece in KNOWLEDGE.advice:
        if piece.deadline:
            ends = KNOWLEDGE.deadline(piece.id, ON)
            for language in LANGUAGES:
                assert ends is not None
                timed = wording("{{ x | deadline }}").render(language, "a.j2", ON, x=ends)
                assert timed in card(KNOWLEDGE, piece.id, {}, language, ON)


def test_a_benefit_is_plain_words_for_lists_show_it_as_text() -> None:
    for language in LANGUAGES:
        for benefit in benefits(KNOWLEDGE, [piece.id for piece in KNOWLEDGE.advice], {}, language, ON):
            assert "<" not in benefit


@given(st.floats(0, 1))
def test_a_share_of_people_is_never_none_and_never_all(probability: float) -> None:
    assert 1 <= per_hundred(probability) <= 99


@given(st.floats(0, 100))
def test_a_place_in_line_is_one_of_a_hundred(percentile: float) -> None:
    assert 1 <= place(percentile) <= 100


@pytest.mark.asvs("1.1.2", "1.2.1", "1.3.5")
def test_what_a_worker_could_have_typed_is_escaped() -> None:
    assert words("{{ x }}", x="<b>&") == "&lt;b&gt;&amp;"


def test_an_unknown_name_is_an_error_not_an_empty_word() -> None:
    with pytest.raises(UndefinedError):
        words("{{ nobody }}")


def test_a_figure_without_a_value_that_day_is_an_error() -> None:
    with pytest.raises(NoValue):
        wording("{{ figure('rate') }}").render("en", "a.j2", date(2025, 1, 1))


@pytest.mark.asvs("1.3.7")
def test_a_template_can_change_nothing() -> None:
    with pytest.raises(SecurityError):
        words("{{ x.append(1) }}", x=[])


def test_a_missing_template_or_block_says_which_and_what_to_do() -> None:
    with pytest.raises(TemplateGap, match=r"zh/b\.j2 is missing; write it"):
        wording("x").render("zh", "b.j2", ON)
    with pytest.raises(TemplateGap, match="no block 'title'"):
        wording("x").block("zh", "a.j2", "title", ON)


def test_a_block_is_worded_alone_also_under_a_frame() -> None:
    framed = wording(
        "{% extends 'frame.j2' %}{% block title %} {{ x }} {% endblock %}",
        frame="<b>{% block title %}{% endblock %}</b>",
    )
    assert framed.block("zh", "a.j2", "title", ON, x=1) == "1"
    assert framed.render("zh", "a.j2", ON, x=1) == "<b> 1 </b>"


def test_each_language_extends_its_own_frame() -> None:
    piece = "{% extends 'frame.j2' %}"
    both = Wording(
        {"zh": {"a.j2": piece, "frame.j2": "中"}, "en": {"a.j2": piece, "frame.j2": "E"}}, PARAMETERS
    )
    assert (both.render("zh", "a.j2", ON), both.render("en", "a.j2", ON)) == ("中", "E")


def test_a_template_that_did_not_change_is_compiled_once_for_all_knowledges() -> None:
    def code(made: Wording, language: Language) -> CodeType:
        return made.environments[language].get_template("a.j2").root_render_func.__code__

    one = Wording({"zh": {"a.j2": "甲"}, "en": {"a.j2": "a"}}, PARAMETERS)
    other = Wording({"zh": {"a.j2": "乙"}, "en": {"a.j2": "a"}}, PARAMETERS)
    assert code(one, "en") is code(other, "en")
    assert code(one, "zh") is not code(other, "zh")
    assert other.render("zh", "a.j2", ON) == "乙"


def test_the_figures_that_were_told_are_remembered() -> None:
    figures = Figures(PARAMETERS, ON)
    wording("{{ figure('rate') }}").render_with(figures, "en", "a.j2")
    assert figures.used == {"rate": RATE}


@given(st.text(alphabet=" \n\tab　"))
def test_a_text_has_no_more_than_one_blank_line_in_a_row(text: str) -> None:
    tidied = tidy(text)
    assert "\n\n\n" not in tidied
    assert tidied == tidied.strip("\n ")
    assert tidy(tidied) == tidied
