"""Cards and the sums on them, for one worker."""

import re
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from bot.content.parameters import Figures, Parameters
from bot.content.questionnaire import LANGUAGES, Answers, Language
from bot.guidance import benefits, calculators, card, hotlines, render_card, title
from bot.guidance.calc import Sums
from bot.guidance.calculators import Contribution, Place, Reserve, lowest_contribution
from tests.advised import ON, RIDER, known
from tests.checkout import KNOWLEDGE

# --- sums ------------------------------------------------------------------------------------------


def sums(answers: Answers) -> Sums:
    return Sums(known(answers), Figures(KNOWLEDGE.parameters, ON), KNOWLEDGE.questionnaire, "zh")


def test_a_retirement_is_told_by_band_and_sex_as_far_as_they_are_known() -> None:
    man = sums({"age": ("from_41_to_50",), "sex": ("male",)}).retirement
    woman = sums({"age": ("from_41_to_50",), "sex": ("female",)}).retirement
    either = sums({"age": ("from_41_to_50",)}).retirement
    assert man is not None
    assert woman is not None
    assert either is not None
    assert (man.earliest.year, man.latest.year) == (2038, 2048)
    assert (woman.earliest.age.years, woman.latest.age.years) == (50, 58)
    assert (either.earliest, either.latest) == (woman.earliest, man.latest)


def test_who_is_60_or_over_or_says_no_age_gets_no_span() -> None:
    assert sums({"age": ("from_60",), "sex": ("male",)}).retirement is None
    assert sums({"sex": ("male",)}).retirement is None


def fund(answers: Answers) -> Reserve | None:
    return sums(answers).emergency_fund


def test_who_spends_more_than_the_last_answer_gets_the_lower_end_of_a_reserve_only() -> None:
    most = {"spending": ("above_10000",), "income": ("from_5001",)}
    assert fund(most) == Reserve(Decimal(30000), None, "spending")
    for language in LANGUAGES:
        text = card(KNOWLEDGE, "emergency_fund", most, language, ON)
        assert ("至少3万元" if language == "zh" else "at least 30,000 yuan") in text
        assert not re.search("15,?000|48,?000|1.5万|4.8万", text)  # what the income alone would give


def test_a_reserve_that_is_worked_out_from_the_income_says_so() -> None:
    earned = {"income": ("from_5001",)}
    assert fund(earned) == Reserve(Decimal(15000), Decimal(48000), "income")
    assert "按您的收入估" in card(KNOWLEDGE, "emergency_fund", earned, "zh", ON)
    assert "from your income" in card(KNOWLEDGE, "emergency_fund", earned, "en", ON)
    assert fund({"income": ("above_20000",)}) is None


# --- cards -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_card_says_its_sources_and_when_they_were_checked(language: Language) -> None:
    for each in KNOWLEDGE.advice:
        text = card(KNOWLEDGE, each.id, RIDER, language, ON)
        assert title(KNOWLEDGE, each.id, language, ON) in text
        assert re.search(r"2026年11月\d+日", text) or re.search(r"\d+ November 2026", text)
        assert "\n" not in "".join(benefits(KNOWLEDGE, [each.id], RIDER, language, ON))


def test_a_card_works_out_the_cost_for_this_worker() -> None:
    text = card(KNOWLEDGE, "flexible_pension", RIDER, "zh", ON)
    assert "上海2026年的标准：最低一档每月1509.20元" in text
    assert "占您收入的19%到30%" in text
    assert "1,509.20 yuan a month" in card(KNOWLEDGE, "flexible_pension", RIDER, "en", ON)


def test_a_card_that_names_a_sum_often_works_it_out_once(monkeypatch: pytest.MonkeyPatch) -> None:
    worked_out: list[Place] = []

    def counted(figures: Figures, place: Place) -> Contribution:
        worked_out.append(place)
        return lowest_contribution(figures, place)

    monkeypatch.setattr(calculators, "lowest_contribution", counted)
    card(KNOWLEDGE, "flexible_pension", RIDER, "zh", ON)
    assert len(worked_out) == 1


def test_a_card_estimates_a_pension_as_a_range_and_never_where_the_base_is_in_dispute() -> None:
    assert "每月大约" in card(KNOWLEDGE, "flexible_pension", RIDER, "zh", ON)
    disputed = card(KNOWLEDGE, "flexible_pension", {**RIDER, "province": ("jilin",)}, "zh", ON)
    assert "每月大约" not in disputed
    assert "您那里的数，我们还没查准。先打12333问。" in disputed


def test_without_a_new_base_the_card_names_the_year_and_the_later_charge() -> None:
    text = card(KNOWLEDGE, "flexible_pension", {**RIDER, "province": ("henan",)}, "zh", ON)
    assert "河南2025年的标准" in text
    assert "可能要补差额" in text


def cards_that_look_up(parameter: str, answers: Answers) -> dict[str, str]:
    """Chinese cards, by piece, that read a figure for this worker."""
    found = {}
    for piece in KNOWLEDGE.advice:
        figures = Figures(KNOWLEDGE.parameters, ON)
        text = render_card(KNOWLEDGE, piece.id, known(answers), "zh", figures)
        if parameter in figures.used:
            found[piece.id] = text
    return found


def test_no_card_shows_an_old_base_without_its_year_and_no_price_without_the_later_charge() -> None:
    told = cards_that_look_up("pension.base_limits.henan", {**RIDER, "province": ("henan",)})
    assert len(told) >= 8
    for piece, text in told.items():
        assert "2025年" in text, piece
        paid_back = piece in {"subsidy_hardship", "graduate_start", "platform_subsidy"}
        assert paid_back or "补差额" in text, piece


def test_a_base_of_one_city_is_not_told_as_that_of_the_whole_province() -> None:
    told = cards_that_look_up("pension.base_limits.hubei", {**RIDER, "province": ("hubei",)})
    assert all("按武汉，别处略低" in text for text in told.values())
    english = card(KNOWLEDGE, "flexible_pension", {**RIDER, "province": ("hubei",)}, "en", ON)
    assert "Hubei (as in Wuhan; less elsewhere)" in english


def test_where_a_province_has_no_figure_the_card_doesnt_ask_for_the_province_again() -> None:
    text = card(KNOWLEDGE, "flexible_pension", {**RIDER, "province": ("henan",)}, "zh", date(2027, 7, 5))
    assert "您那里的数，我们还没查准。先打12333问。" in text
    assert "告诉我您在哪个省份" not in text


def test_shanghais_own_share_of_the_subsidy_is_told_to_people_in_hardship_while_it_lasts() -> None:
    assert "最多退754.60元" in card(KNOWLEDGE, "subsidy_hardship", RIDER, "zh", ON)
    assert "元。" not in card(KNOWLEDGE, "subsidy_hardship", RIDER, "zh", date(2027, 1, 1)).split("要多久")[0]
    assert "最多退1006.13元" in card(KNOWLEDGE, "graduate_start", RIDER, "zh", ON), "that rule is another"


def test_at_new_year_last_years_medical_price_is_told_with_its_year() -> None:
    text = card(KNOWLEDGE, "insurance_too_dear", RIDER, "zh", date(2027, 1, 1))
    assert "2026年最低标准一年400元" in text
    assert "今年要交多少，看当地公告" in text


def test_what_is_from_memory_is_told_with_the_hotline_and_only_that() -> None:
    warned = "还没跟文件核对完。先打"
    assert f"{warned}12393问一声" in card(KNOWLEDGE, "resident_medical_now", RIDER, "zh", ON)
    assert f"{warned}12378问一声" in card(KNOWLEDGE, "ebike_liability", RIDER, "zh", ON)
    assert warned not in card(KNOWLEDGE, "credit_dispute", RIDER, "zh", ON)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_number_on_a_card_can_be_copied_and_those_to_call_first_come_first(language: Language) -> None:
    for piece in KNOWLEDGE.advice:
        numbers = hotlines(KNOWLEDGE, piece.id, RIDER, language, ON)
        assert numbers[: len(piece.call)] == piece.call
        assert len(set(numbers)) == len(numbers)
        text = card(KNOWLEDGE, piece.id, RIDER, language, ON)
        for id in numbers:
            assert str(KNOWLEDGE.parameters.at(id, ON).value) in text


def test_an_emergency_has_its_numbers_and_another_card_the_ones_it_tells() -> None:
    told = hotlines(KNOWLEDGE, "violence_at_home", {}, "zh", ON)
    assert told[0] == "hotline.police"
    assert {"hotline.women", "hotline.legal_aid", "hotline.government"} <= set(told)
    assert hotlines(KNOWLEDGE, "check_my_record", {}, "zh", ON) == ("hotline.social_insurance",)


def test_each_gap_without_cover_has_its_months_of_waiting() -> None:
    waiting = sums({}).waiting
    assert [int(waiting.missed), int(waiting.one), int(waiting.two), int(waiting.four)] == [3, 4, 5, 7]


def test_without_a_province_nothing_is_worked_out_that_needs_one() -> None:
    unknown = sums({})
    assert unknown.pension_higher is None
    assert unknown.pension_lowest is None
    assert unknown.pension_share is None
    assert unknown.pension_estimate is None


def test_a_figure_that_nobody_knows_leaves_its_sum_out() -> None:
    without = {id: figure for id, figure in KNOWLEDGE.parameters.by_id.items() if "base_limits" not in id}
    unknown = replace(sums({"province": ("shanghai",)}), figures=Figures(Parameters(without), ON))
    assert unknown.pension_higher is None
    assert unknown.pension_estimate is None


def test_an_option_that_the_question_no_longer_has_covers_no_amounts() -> None:
    assert replace(sums({}), facts={"income": frozenset({"gone"})}).income is None


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_card_on_debts_never_sends_to_the_banks_regulator_alone(language: Language) -> None:
    """Microloan and leasing firms are not the regulator's: the card says where to complain of them."""
    banks, others = (hotline(name) for name in ("hotline.finance", "hotline.government"))
    for piece in KNOWLEDGE.advice:
        text = card(KNOWLEDGE, piece.id, {}, language, ON)
        lender_is_a_bank = piece.id in {"card_instalments", "surrender_scam", "cash_out_trap"}
        if piece.theme in ("credit", "debt") and not lender_is_a_bank and banks in text:
            assert others in text, piece.id


def hotline(name: str) -> str:
    return str(Figures(KNOWLEDGE.parameters, ON)(name))


# --- cards that are worded by what is said ----------------------------------------------------------


def first_step(piece: str, answers: Answers, language: Language = "zh") -> str:
    text = card(KNOWLEDGE, piece, answers, language, ON)
    return next(line for line in text.splitlines() if line.startswith("①"))


def test_past_retirement_age_a_person_who_is_not_hurt_reads_what_to_ask_before() -> None:
    hurt = {"age": ("from_60",), "happening": ("hurt",)}
    well = {"age": ("from_60",), "happening": ("none",)}
    assert "今天就治" in first_step("over_age_injury", hurt)
    assert "明天问单位" in first_step("over_age_injury", well)
    assert "treatment today" in first_step("over_age_injury", hurt, "en")
    assert "ask tomorrow" in first_step("over_age_injury", well, "en")
    assert "真受了伤" in card(KNOWLEDGE, "over_age_injury", well, "zh", ON)


def test_a_worker_who_may_have_to_pay_more_tax_is_not_promised_a_refund_alone() -> None:
    (much,) = benefits(KNOWLEDGE, ["tax_refund"], {"income": ("above_20000",)}, "zh", ON)
    (little,) = benefits(KNOWLEDGE, ["tax_refund"], {"income": ("from_3000",)}, "zh", ON)
    assert "少交的补" in much
    assert "少交的补" not in little
    (english,) = benefits(KNOWLEDGE, ["tax_refund"], {"income": ("from_10001",)}, "en", ON)
    assert "too little is paid in" in english


def test_an_employee_is_not_sent_to_the_insurance_page_of_a_platform() -> None:
    employee, rider = {"social_insurance": ("employee",)}, {"social_insurance": ("none",)}
    assert "今天问单位" in first_step("ebike_liability", employee)
    assert "平台" not in card(KNOWLEDGE, "ebike_liability", employee, "zh", ON)
    assert "平台的保险页面" in first_step("ebike_liability", rider)


def test_a_person_whose_name_was_used_looks_after_cards_and_numbers_and_reads_no_reproach() -> None:
    used = card(KNOWLEDGE, "never_lend_card", {"happening": ("wrong_record",)}, "zh", ON)
    assert "一证通查" in used
    assert "都违法" not in used
    assert "都违法" in card(KNOWLEDGE, "never_lend_card", {}, "zh", ON)
