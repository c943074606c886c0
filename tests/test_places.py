"""A place finer than the province: asked where a city has figures of its own, and never told another's."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from bot.check.places import check_places
from bot.content.parameters import Figures, NoValue, Parameters
from bot.content.questionnaire import LANGUAGES, SKIPPED, Answers, Language, Option, Questionnaire
from bot.guidance import card, levels_from
from bot.guidance.calculators import (
    BASE_LIMITS,
    Age,
    Place,
    higher_contributions,
    pension,
    pension_contribution,
)
from bot.guidance.places import place_in
from tests.checkout import KNOWLEDGE
from tests.paths import taps
from tests.talks import QUESTIONNAIRE, RIDER
from tests.test_rights import data_of, said, state

ON = date(2026, 11, 29)
LOWEST = Decimal("0.6")
UNKNOWN = "您那里的数，我们还没查准。先打12333问。"
CITIES = QUESTIONNAIRE.cities


def figures() -> Figures:
    return Figures(KNOWLEDGE.parameters, ON)


def in_province(province: str, city: str, language: Language = "zh") -> str:
    """Return what the card on paying alone says to somebody there."""
    return card(KNOWLEDGE, "flexible_pension", answers(province, city), language, ON)


def told(city: str, language: Language = "zh") -> str:
    province = next(p for p, q in CITIES.items() if q.option(city) is not None)
    return in_province(province, city, language)


def answers(province: str, city: str) -> Answers:
    said = {**RIDER, "province": province, CITIES[province].id: city}
    return {id: (answer,) if isinstance(answer, str) else answer for id, answer in said.items()}


@pytest.mark.parametrize(
    ("city", "month"),
    [
        (Place("guangdong", "440100"), "1102"),
        (Place("guangdong", "elsewhere"), "955"),
        (Place("guangdong"), "955"),
        (Place("hubei", "420100"), "899.6"),
        (Place("hubei", "420300"), "859.8"),
        (Place("hubei", "421000"), "850.8"),
        (Place("shandong", "371700"), "914.6"),
    ],
)
def test_the_lowest_contribution_of_a_city_is_that_of_the_facts(city: Place, month: str) -> None:
    assert pension_contribution(figures(), city, LOWEST).month == Decimal(month)


@pytest.mark.parametrize("city", ["440300", "210100", "210200"])
def test_a_city_whose_own_base_is_not_known_is_told_no_other(city: str) -> None:
    province = next(p for p, q in CITIES.items() if q.option(city) is not None)
    looked = figures()
    with pytest.raises(NoValue, match="doesn't hold there"):
        pension_contribution(looked, Place(province, city), LOWEST)
    assert f"{BASE_LIMITS}.{city}" in looked.missed
    text = told(city)
    assert UNKNOWN in text
    assert "最低一档每月" not in text


def test_a_city_is_named_where_its_own_figure_is_told_and_nothing_is_said_of_others() -> None:
    assert "武汉2025年的标准：最低一档每月899.60元" in told("420100")
    assert "荆州2025年的标准：最低一档每月850.80元" in told("421000")
    assert "Guangzhou, 2025: lowest level 1,102 yuan" in told("440100", language="en")
    assert "菏泽" not in told("371700")  # its contribution is the province's


WHERE = {
    "zh": ("广东（广州、省直、深圳不同）", "深圳", "湖北（按武汉，别处略低）"),
    "en": (
        "Guangdong (Guangzhou, provincial units and Shenzhen differ)",
        "Shenzhen",
        "Hubei (as in Wuhan; less elsewhere)",
    ),
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_who_skips_the_city_hears_where_the_figure_holds(language: Language) -> None:
    whole, apart, as_in_wuhan = WHERE[language]
    assert whole in in_province("guangdong", SKIPPED, language)
    assert apart not in in_province("guangdong", "elsewhere", language)
    assert as_in_wuhan in in_province("hubei", "elsewhere", language)


def test_a_pension_is_estimated_by_the_citys_own_calculation_base_or_not_at_all() -> None:
    def estimate(*place: str) -> Decimal:
        return pension(figures(), Place(*place), LOWEST, Decimal(20), Age(60, 0), 2026).base

    assert estimate("hubei", "421000") == Decimal("1153.60")  # 7210 * 0.8 * 20 %
    assert estimate("shandong", "371700") == Decimal("1200.96")  # 7506
    assert estimate("shandong", "elsewhere") == Decimal("1252.96")  # 7831
    for city in ("420300", "elsewhere"):
        with pytest.raises(NoValue, match="doesn't hold there"):
            estimate("hubei", city)


@pytest.mark.parametrize(
    "place",
    [Place("guangdong"), Place("guangdong", "elsewhere"), Place("hubei"), Place("hubei", "elsewhere")],
)
def test_no_higher_tier_is_worked_out_by_the_average_wage_of_another_standard(place: Place) -> None:
    assert higher_contributions(figures(), place) == {}


@pytest.mark.parametrize(
    ("place", "middle", "full"),
    [
        (Place("guangdong", "440100"), "1469.28", "1836.6"),
        (Place("hubei", "420100"), "1199.36", "1499.2"),
        (Place("hubei", "421000"), "1144.64", "1430.8"),
        (Place("liaoning"), "1208.8", "1511"),
    ],
)
def test_the_higher_tiers_are_shares_of_the_places_own_average_wage(
    place: Place, middle: str, full: str
) -> None:
    found = higher_contributions(figures(), place)
    assert {name: tier.month for name, tier in found.items()} == {
        "middle": Decimal(middle),
        "full": Decimal(full),
    }


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_subsidy_is_told_at_once_only_where_the_base_is_the_places_own(language: Language) -> None:
    def lines(city: str) -> list[str]:
        said = {**answers("hubei", city), "age": ("from_51_to_59",)}
        return card(KNOWLEDGE, "subsidy_hardship", said, language, ON).splitlines()[:2]

    assert "599.73" in lines("420100")[1]
    assert "599.73" not in lines("elsewhere")[1]


def test_only_people_in_these_provinces_are_asked_and_they_can_skip() -> None:
    assert set(CITIES) == {"guangdong", "hubei", "liaoning", "shandong"}
    for option in QUESTIONNAIRE.by_id["province"].options:
        way = taps(QUESTIONNAIRE, {**RIDER, "province": option.id})
        cities = [tap for tap in way if tap.split(":")[1].startswith("city_")]
        assert cities == ([f"skip:city_{option.id}"] if option.id in CITIES else [])
    minor = taps(QUESTIONNAIRE, {**RIDER, "age": "from_16_to_17", "province": "guangdong"})
    assert not any("city_" in tap for tap in minor)


def test_the_city_changes_no_code_that_a_model_reads() -> None:
    assert levels_from(answers("hubei", "420100"), QUESTIONNAIRE) == levels_from(
        answers("hubei", SKIPPED), QUESTIONNAIRE
    )


def test_a_city_of_another_province_than_the_one_answered_counts_for_nothing() -> None:
    moved = {**answers("hubei", "421000"), "province": ("hunan",)}
    assert place_in(moved, QUESTIONNAIRE) == Place("hunan")
    assert "city_hubei" not in QUESTIONNAIRE.relevant(moved)


def test_answers_of_the_first_version_are_as_they_were() -> None:
    old = {"province": ("guangdong",), "age": ("from_31_to_40",)}
    assert QUESTIONNAIRE.fitting(old, "2026-11-23") == old


def test_a_sum_asks_for_the_city_where_it_matters_and_takes_it_from_the_answers() -> None:
    _, (asked,) = said(None, "calc:contribution:guangdong")
    assert [data for data in data_of(asked) if data.count(":") == 3] == [
        f"calc:contribution:guangdong:{city}" for city in ("440100", "440300", "elsewhere")
    ]
    _, (shown,) = said(None, "calc:contribution:guangdong:440100")
    assert "1102元" in shown.text
    assert "广州" in shown.text
    _, (unknown,) = said(None, "calc:contribution:guangdong:440300")
    assert "不敢乱算" in unknown.text
    talk = state("result")
    assert talk is not None
    answered = replace(talk, answers={**talk.answers, **answers("hubei", "421000")})
    _, (known,) = said(answered, "calc:contribution")
    assert "850.80元" in known.text


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("武汉自己交社保一个月多少钱", "武汉，职工养老最低一档每月899.60元"),
        ("东莞自己交社保一个月多少钱", "广东，职工养老最低一档每月955元"),
        ("广东自己交社保一个月多少钱", "广东（广州、省直、深圳不同），职工养老最低一档每月955元"),
        ("深圳自己交社保一个月多少钱", "深圳的数，我们还没查准"),
    ],
)
def test_a_question_that_names_a_city_is_answered_with_its_figure(question: str, words: str) -> None:
    talk = state("result")
    assert talk is not None
    answered = replace(talk, answers={**talk.answers, **answers("guangdong", "440100")})
    _, (shown,) = said(answered, f"/ask {question}")
    assert words in shown.text


@pytest.mark.parametrize(
    ("typed", "city"),
    [
        ("在深圳", "440300"),
        ("我在广州干活", "440100"),
        ("东莞", "elsewhere"),
        ("别的地方", "elsewhere"),
        ("shenzhen", "440300"),
    ],
)
def test_typed_words_name_a_city(typed: str, city: str) -> None:
    before = state("survey")
    assert before is not None
    asking = replace(before, answers={"age": ("from_31_to_40",), "occupation": ("food_delivery",),
                                      "province": ("guangdong",)})  # fmt: skip
    after, _ = said(asking, typed)
    assert after is not None
    assert after.answers["city_guangdong"] == (city,)


def lint(questionnaire: Questionnaire = QUESTIONNAIRE, id: str = "", **changes: object) -> str:
    """Return what is found of a questionnaire, and of Hubei's bases under another id with changes."""
    by_id = dict(KNOWLEDGE.parameters.by_id)
    if id:
        by_id[id] = replace(by_id[f"{BASE_LIMITS}.hubei"], id=id, **changes)  # type: ignore[arg-type]  # as named
    knowledge = replace(KNOWLEDGE, questionnaire=questionnaire, parameters=Parameters(by_id))
    return "\n".join(str(finding) for finding in check_places(knowledge))


def with_city(*options: Option, **changes: object) -> Questionnaire:
    question = CITIES["hubei"]
    changed = replace(question, options=(*question.options, *options), **changes)  # type: ignore[arg-type]  # as named
    questions = tuple(changed if each is question else each for each in QUESTIONNAIRE.questions)
    return replace(QUESTIONNAIRE, questions=questions)


def test_each_mistake_about_a_place_is_found() -> None:
    assert not lint()
    assert "no figure hangs on it" in lint(with_city(Option("420500", "宜昌", "Yichang")))
    assert "not of one province" in lint(with_city(Option("440100", "广州", "Guangzhou")))
    assert "in no one province" in lint(with_city(ask_if={"province": ("hubei", "hunan")}))
    assert "no question offers the city 420500" in lint(id="pension.base_limits.420500", holds_in=())
    assert "its province has no figure of this kind" in lint(id="medical.flex.rate.420100", holds_in=())
    assert "420500 is no city that is asked there" in lint(id="pension.base_limits.hubei", not_in=("420500",))
    assert "isn't told where it holds" in lint(id="pension.base_limits.hubei", place={})


def test_a_city_is_added_as_data_alone() -> None:
    questionnaire = with_city(Option("420500", "宜昌", "Yichang"))
    of_jingzhou = KNOWLEDGE.parameters.by_id["pension.base_limits.421000"]
    own = replace(of_jingzhou, id="pension.base_limits.420500")
    parameters = Parameters({**KNOWLEDGE.parameters.by_id, own.id: own})
    wording = replace(KNOWLEDGE.wording, parameters=parameters)
    knowledge = replace(KNOWLEDGE, questionnaire=questionnaire, parameters=parameters, wording=wording)
    assert not list(check_places(knowledge))
    text = card(knowledge, "flexible_pension", answers("hubei", "420500"), "zh", ON)
    assert "宜昌2025年的标准：最低一档每月850.80元" in text
