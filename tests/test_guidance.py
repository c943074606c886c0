"""Facts, choice and cards: who is told what, in which order, and why not the rest."""

from dataclasses import replace
from datetime import date

import pytest

from bot.adapters.files import load_knowledge
from bot.conditions import Condition
from bot.guidance import (
    CARD_LIMIT,
    DERIVED,
    Guidance,
    advise,
    benefit,
    card,
    dated_facts,
    facts_from,
    levels_from,
    score,
    title,
)
from bot.knowledge import Knowledge, More, Piece
from bot.questionnaire import LANGUAGES, SKIPPED, Answers, Language
from models.risk import Abstained, Score

ON = date(2026, 11, 23)
KNOWLEDGE = load_knowledge()

RIDER: Answers = {
    "age": ("from_21_to_30",),
    "occupation": ("food_delivery",),
    "province": ("shanghai",),
    "education": ("junior",),
    "income": ("from_5001",),
    "debt": ("below_50000",),
    "debt_kinds": ("consumer",),
    "investing": ("no",),
    "saving": ("none",),
    "social_insurance": ("none",),
    "commercial_cover": ("none",),
}


def known(answers: Answers) -> dict[str, frozenset[str]]:
    return dict(facts_from(answers, KNOWLEDGE.questionnaire, {}, ON))


def told(answers: Answers, on: date = ON, knowledge: Knowledge = KNOWLEDGE) -> Guidance:
    scores = score(knowledge, answers)
    return advise(knowledge, facts_from(answers, knowledge.questionnaire, scores, on), on)


# --- facts -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fact", "answers", "values"),
    [
        ("minor", {"age": "from_14_to_17"}, "yes"),
        ("minor", {"age": "from_18_to_20"}, "no"),
        ("over_retirement_age", {"age": "from_60"}, "yes"),
        ("over_retirement_age", {"age": "from_41_to_50"}, "no"),
        ("over_retirement_age", {"age": "from_51_to_59"}, ""),
        ("over_retirement_age", {"age": "from_51_to_59", "sex": "male"}, "no"),
        ("over_retirement_age", {"age": "from_51_to_59", "sex": "female"}, ""),
        ("near_retirement", {"age": "from_51_to_59"}, "yes"),
        ("over_45", {"age": "from_41_to_50"}, "perhaps"),
        ("over_45", {"age": "from_60"}, "yes"),
        ("over_45", {"age": "from_21_to_30"}, "no"),
        ("recent_graduate", {"age": "from_21_to_30", "education": "college"}, "perhaps"),
        ("recent_graduate", {"age": "from_31_to_40", "education": "college"}, "no"),
        ("recent_graduate", {"age": "from_21_to_30", "education": "senior"}, "no"),
        ("recent_graduate", {"age": "from_21_to_30"}, ""),
        ("woman", {"sex": "female"}, "yes"),
        ("low_income", {"income": "below_3000"}, "yes"),
        ("low_income", {"income": "from_3000"}, "no"),
        ("unstable_income", {"income_stability": "unstable"}, "yes"),
        ("unstable_income", {"income_stability": "stable"}, "no"),
        ("saves", {"saving": "none"}, "no"),
        ("saves", {"saving": "below_1000"}, "yes"),
        ("in_debt", {"debt": "none"}, "no"),
        ("in_debt", {"debt": "from_50000"}, "yes"),
        ("has_social_insurance", {"social_insurance": "resident"}, "yes"),
        ("has_social_insurance", {"social_insurance": "none"}, "no"),
        ("has_social_insurance", {"social_insurance": "unknown"}, ""),
        ("in_employee_scheme", {"social_insurance": "resident"}, "no"),
        ("in_employee_scheme", {"social_insurance": "flexible"}, "yes"),
        ("has_commercial_cover", {"commercial_cover": "none"}, "no"),
        ("has_commercial_cover", {"commercial_cover": "life"}, "yes"),
        ("has_commercial_cover", {"commercial_cover": "unknown"}, ""),
        ("has_accident_cover", {"commercial_cover": "accident"}, "yes"),
        ("has_accident_cover", {"commercial_cover": "none"}, "no"),
        ("has_medical_cover", {"commercial_cover": "city_medical"}, "yes"),
        ("has_medical_cover", {"commercial_cover": "accident"}, "no"),
        ("has_liability_cover", {"commercial_cover": "liability"}, "yes"),
        ("platform_work", {"occupation": "food_delivery"}, "yes"),
        ("platform_work", {"occupation": "truck_owner"}, "perhaps"),
        ("platform_work", {"occupation": "domestic"}, "no"),
        ("vehicle", {"occupation": "logistics"}, "ebike truck"),
        ("vehicle", {"occupation": "ride_hailing"}, "car"),
        ("vehicle", {"occupation": "streaming"}, "none"),
        ("necessity", {"why_flexible": "no_better_job"}, "yes"),
        ("necessity", {"why_flexible": "free_hours"}, "no"),
        ("necessity", {"why_flexible": "family_care"}, ""),
        ("region", {"province": "shaanxi"}, "west"),
        ("region", {"province": SKIPPED, "region": "centre"}, "centre"),
        ("region", {"province": SKIPPED}, ""),
    ],
)
def test_a_fact_follows_from_what_was_said(fact: str, answers: dict[str, str], values: str) -> None:
    found = known({id: (option,) for id, option in answers.items()})
    assert found.get(fact, frozenset()) == frozenset(values.split())
    assert (fact in found) is bool(values), "what is unknown is absent"


def test_a_question_that_the_answers_close_is_known_to_have_no_answer() -> None:
    assert known({"debt": ("none",)})["debt_kinds"] == frozenset()
    assert "debt_kinds" not in known({})
    assert "debt_kinds" not in known({"debt": ("below_50000",), "debt_kinds": (SKIPPED,)})
    assert "card_instalments" not in [u.id for u in told({"age": ("from_60",), "debt": ("none",)}).undecided]


def test_nothing_follows_from_silence() -> None:
    assert known({}) == {}
    silence = known({question.id: (SKIPPED,) for question in KNOWLEDGE.questionnaire.questions})
    assert not any(silence.values())


def test_every_derived_fact_has_only_its_declared_values() -> None:
    for question in KNOWLEDGE.questionnaire.questions:
        for option in question.options:
            for name, values in known({question.id: (option.id,)}).items():
                if name in DERIVED:
                    assert values <= set(DERIVED[name].values), (question.id, option.id, name)


def test_bands_are_facts_only_when_there_is_a_score() -> None:
    scores = score(KNOWLEDGE, RIDER)
    found = facts_from(RIDER, KNOWLEDGE.questionnaire, scores, ON)
    credit = scores["financing_constraint"]
    assert isinstance(credit, Score)
    assert found["financing_band"] == {credit.band}
    assert "financing_band" not in facts_from({}, KNOWLEDGE.questionnaire, score(KNOWLEDGE, {}), ON)


@pytest.mark.parametrize(
    ("on", "state"),
    [("2026-10-07", "closed"), ("2026-10-08", "open"), ("2026-12-31", "open"), ("2027-01-01", "closed")],
)
def test_the_medical_window_is_open_by_its_figure(on: str, state: str) -> None:
    assert dated_facts(KNOWLEDGE.parameters, date.fromisoformat(on)) == {"medical_window": {state}}


# --- levels and scores -----------------------------------------------------------------------------


def test_levels_are_the_report_s_codes() -> None:
    levels = levels_from(RIDER, KNOWLEDGE.questionnaire)
    assert (levels["education"], levels["income"], levels["debt"], levels["investing"]) == (2, 3, 2, 0)
    assert levels["region"] == 4


def test_who_has_no_commercial_cover_pays_the_lowest_premium() -> None:
    assert levels_from(RIDER, KNOWLEDGE.questionnaire)["premium"] == 1
    assert levels_from({"commercial_cover": ("life",)}, KNOWLEDGE.questionnaire)["premium"] is None


def test_what_was_skipped_is_unknown_to_the_models() -> None:
    answers = {**RIDER, "debt": (SKIPPED,), "social_insurance": ("unknown",)}
    levels = levels_from(answers, KNOWLEDGE.questionnaire)
    assert levels["debt"] is None
    assert levels["social_insurance"] is None


def test_minors_are_not_scored() -> None:
    for found in score(KNOWLEDGE, {**RIDER, "age": ("from_14_to_17",)}).values():
        assert isinstance(found, Abstained)
        assert found.reason == "not_for_minors"


def test_truck_owners_are_also_compared_with_truck_drivers() -> None:
    truck = score(KNOWLEDGE, {**RIDER, "occupation": ("truck_owner",)})["financing_constraint"]
    rider = score(KNOWLEDGE, RIDER)["financing_constraint"]
    assert isinstance(truck, Score)
    assert isinstance(rider, Score)
    assert truck.group_percentile is not None
    assert rider.group_percentile is None


# --- choice ----------------------------------------------------------------------------------------


def piece(id: str, priority: int = 50, *, theme: str = "credit", when: Condition | None = None,
          eligible: Condition | None = None, already: Condition | None = None,
          more: tuple[More, ...] = ()) -> Piece:  # fmt: skip
    return Piece(
        id, theme, priority, ("civil_code",), ON, "verified_text", "hotline.tax",  # type: ignore[arg-type]  # a theme
        when or {}, eligible or {}, already or {}, more,
    )  # fmt: skip


def knowing(*pieces: Piece) -> Knowledge:
    return replace(KNOWLEDGE, advice=pieces)


def ids(guidance: Guidance) -> list[str]:
    return [advised.id for advised in guidance.advised]


def test_the_three_most_urgent_come_first() -> None:
    themes = ("credit", "insurance", "cash_flow", "group")
    pieces = [piece(f"p{n}", 10 * n, theme=theme) for n, theme in enumerate(themes)]
    assert [a.id for a in told({}, knowledge=knowing(*pieces)).first] == ["p3", "p2", "p1"]


def test_of_the_first_three_at_most_two_share_a_theme() -> None:
    pieces = [piece("a", 90), piece("b", 80), piece("c", 70), piece("d", 10, theme="insurance")]
    found = told({}, knowledge=knowing(*pieces))
    assert [a.id for a in found.first] == ["a", "b", "d"]
    assert [a.id for a in found.others["credit"]] == ["c"]


def test_with_one_theme_only_it_fills_all_three_places() -> None:
    assert len(told({}, knowledge=knowing(piece("a"), piece("b"), piece("c"))).first) == 3


def test_what_worries_a_worker_moves_up() -> None:
    moved = piece("b", 40, more=(More({"worries": ("debt",)}, 20),))
    knowledge = knowing(piece("a", 50), moved)
    assert ids(told({}, knowledge=knowledge)) == ["a", "b"]
    assert ids(told({"worries": ("illness", "debt")}, knowledge=knowledge)) == ["b", "a"]


def test_equal_priorities_are_ordered_by_id_whatever_the_files_order() -> None:
    pieces = [piece("b"), piece("a"), piece("c", theme="insurance")]
    assert ids(told({}, knowledge=knowing(*pieces))) == ids(told({}, knowledge=knowing(*reversed(pieces))))


def test_who_has_it_done_is_not_told() -> None:
    done = piece("a", already={"has_liability_cover": ("yes",)})
    assert ids(told({"commercial_cover": ("none",)}, knowledge=knowing(done))) == ["a"]
    assert ids(told({"commercial_cover": ("liability",)}, knowledge=knowing(done))) == []
    assert ids(told({}, knowledge=knowing(done))) == ["a"], "not knowing is no reason to keep silent"


def test_who_is_not_eligible_is_told_what_fails() -> None:
    found = told({"age": ("from_21_to_30",), "social_insurance": ("flexible",)})
    assert ("subsidy_hardship", ("age",)) in [(n.id, n.failed) for n in found.not_eligible]
    assert "subsidy_hardship" not in ids(found)


def test_what_hangs_on_an_unknown_names_the_question_that_settles_it() -> None:
    found = told({"age": ("from_21_to_30",)})
    settling = {undecided.id: undecided.question for undecided in found.undecided}
    assert settling["resident_medical_now"] == "social_insurance"
    assert settling["ebike_liability"] == "occupation"
    assert settling["claim_steps"] == "commercial_cover"
    assert settling["card_instalments"] == "debt", "first the question that opens the other"


def test_answering_the_settling_question_settles_it() -> None:
    for undecided in told({"age": ("from_21_to_30",)}).undecided:
        if undecided.question is None:
            continue
        for option in KNOWLEDGE.questionnaire.by_id[undecided.question].options:
            if option.id != "unknown":
                after = told({"age": ("from_21_to_30",), undecided.question: (option.id,)})
                still = {u.id: u.question for u in after.undecided}
                assert still.get(undecided.id) != undecided.question, (undecided, option.id)


def test_a_piece_is_given_in_its_time_only() -> None:
    assert "resident_medical_now" in ids(told(RIDER))
    assert "resident_medical_now" not in ids(told(RIDER, date(2027, 1, 1)))


def test_guidance_is_the_same_again_and_says_what_it_was_made_from() -> None:
    first = told(RIDER)
    assert first == told(dict(reversed(list(RIDER.items()))))
    assert first.trace.knowledge == KNOWLEDGE.version
    assert first.trace.facts["medical_window"] == ("open",)
    assert [line.id for line in first.trace.judged] == [piece.id for piece in KNOWLEDGE.advice]


def test_a_past_result_is_replayed_from_its_trace() -> None:
    before = told(RIDER)
    facts = {name: frozenset(values) for name, values in before.trace.facts.items()}
    assert advise(KNOWLEDGE, facts, before.trace.on) == before


def test_a_minor_is_told_something_of_use_too() -> None:
    assert len(told({"age": ("from_14_to_17",)}).first) == 3


# --- cards -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_card_says_its_sources_and_when_they_were_checked(language: Language) -> None:
    for each in KNOWLEDGE.advice:
        text = card(KNOWLEDGE, each.id, RIDER, language, ON)
        assert len(text) <= CARD_LIMIT
        assert title(KNOWLEDGE, each.id, language, ON) in text
        assert "2026年11月23日" in text or "23 November 2026" in text
        assert "\n" not in benefit(KNOWLEDGE, each.id, RIDER, language, ON)


def test_a_card_works_out_the_cost_for_this_worker() -> None:
    text = card(KNOWLEDGE, "flexible_pension", RIDER, "zh", ON)
    assert "上海2026年的标准：最低一档每月1509.20元" in text
    assert "占您收入的19%到30%" in text
    assert "1,509.20 yuan a month" in card(KNOWLEDGE, "flexible_pension", RIDER, "en", ON)


def test_a_card_estimates_a_pension_as_a_range_and_never_where_the_base_is_in_dispute() -> None:
    assert "每月大约" in card(KNOWLEDGE, "flexible_pension", RIDER, "zh", ON)
    disputed = card(KNOWLEDGE, "flexible_pension", {**RIDER, "province": ("sichuan",)}, "zh", ON)
    assert "每月939.80元" in disputed
    assert "每月大约" not in disputed


def test_without_a_new_base_the_card_names_the_year_and_the_later_charge() -> None:
    text = card(KNOWLEDGE, "flexible_pension", {**RIDER, "province": ("henan",)}, "zh", ON)
    assert "河南2025年的标准" in text
    assert "可能要补差额" in text


def test_what_is_from_memory_is_told_with_the_hotline_and_only_that() -> None:
    warned = "请先打"
    assert f"{warned}12393问清楚" in card(KNOWLEDGE, "resident_medical_now", RIDER, "zh", ON)
    assert f"{warned}12378问清楚" in card(KNOWLEDGE, "ebike_liability", RIDER, "zh", ON)
    assert warned not in card(KNOWLEDGE, "credit_dispute", RIDER, "zh", ON)
