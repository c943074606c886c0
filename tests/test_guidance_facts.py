"""Facts, levels and scores: what follows from what was said."""

from dataclasses import replace
from datetime import date

import pytest

from bot.content.questionnaire import SKIPPED, Option
from bot.guidance import DERIVED, dated_facts, facts_from, levels_from, score
from models.serving.risk import Abstained, Score
from tests.advised import ON, RIDER, known, told
from tests.checkout import KNOWLEDGE

# --- facts -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fact", "answers", "values"),
    [
        ("minor", {"age": "from_16_to_17"}, "yes"),
        ("minor", {"age": "from_18_to_20"}, "no"),
        ("minor", {"age": "from_14_to_17"}, "yes"),
        ("under_16", {"age": "from_14_to_15"}, "yes"),
        ("under_16", {"age": "from_16_to_17"}, "no"),
        ("under_16", {"age": "from_14_to_17"}, ""),
        ("constrained", {"constrained": "ever"}, "ever yes"),
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
        ("has_basic_medical", {"social_insurance": "resident", "social_branches": "medical"}, "yes"),
        ("has_basic_medical", {"social_insurance": "flexible", "social_branches": "pension"}, "no"),
        ("has_basic_medical", {"social_insurance": "flexible", "social_branches": "unknown"}, ""),
        ("has_basic_medical", {"social_insurance": "flexible"}, ""),
        ("has_basic_medical", {"social_insurance": "none"}, "no"),
        ("has_pension", {"social_insurance": "employee", "social_branches": "pension"}, "yes"),
        ("has_injury_insurance", {"social_insurance": "employee", "social_branches": "injury"}, "yes"),
        ("has_injury_insurance", {"social_insurance": "resident", "social_branches": "injury"}, "no"),
        ("has_unemployment_insurance", {"social_insurance": "employee"}, ""),
        ("owes_lender", {"debt": "none"}, "no"),
        ("owes_lender", {"debt": "below_50000"}, "perhaps"),
        ("owes_lender", {"debt": "below_50000", "debt_kinds": "family"}, "no"),
        ("owes_lender", {"debt": "below_50000", "debt_kinds": "credit_card"}, "yes"),
        ("medical_bills", {"income": "below_3000"}, "yes"),
        ("medical_bills", {"happening": "family_ill"}, "yes"),
        ("medical_bills", {"income": "from_5001", "happening": "none"}, "no"),
        ("medical_bills", {"income": "from_5001"}, ""),
        ("out_of_work", {"worries": "unemployment"}, "yes"),
        ("out_of_work", {"happening": "no_income"}, "yes"),
        ("out_of_work", {"happening": "none", "worries": "none"}, "no"),
        ("out_of_work", {"worries": "none"}, ""),
        ("record_trouble", {"why_constrained": "credit_record"}, "yes"),
        ("record_trouble", {"happening": "wrong_record"}, "yes"),
        ("record_trouble", {"happening": "none"}, "no"),
        ("refusal_matters", {"constrained": "yes", "debt": "none"}, "yes"),
        ("refusal_matters", {"constrained": "earlier", "debt": "none"}, "no"),
        ("refusal_matters", {"constrained": "yes", "debt": "none", "worries": "debt"}, "yes"),
        (
            "refusal_matters",
            {"constrained": "yes", "debt": "below_50000", "debt_kinds": "family", "worries": "debt"},
            "no",
        ),
        ("refusal_matters", {"constrained": "yes"}, "yes"),
        ("refusal_matters", {"constrained": "earlier"}, "no"),
        ("refusal_matters", {"constrained": "earlier", "worries": "debt"}, "yes"),
        ("lacks_basic_medical", {"social_insurance": "none"}, "yes"),
        ("lacks_basic_medical", {"social_insurance": "flexible"}, "no"),
        ("lacks_basic_medical", {"social_insurance": "flexible", "social_branches": "pension"}, "yes"),
        ("lacks_basic_medical", {"social_insurance": "employee", "social_branches": "pension"}, "no"),
        ("lacks_resident_pension", {"social_insurance": "resident", "social_branches": "medical"}, "yes"),
        ("lacks_resident_pension", {"social_insurance": "flexible", "social_branches": "medical"}, "no"),
        ("branches_unsure", {"social_insurance": "employee"}, "yes"),
        ("branches_unsure", {"social_insurance": "none"}, "no"),
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


FINE = {
    "social_insurance": ("flexible",), "commercial_cover": ("accident",), "saving": ("below_1000",),
    "constrained": ("no",), "worries": ("illness",),
}  # fmt: skip


@pytest.mark.parametrize(
    ("question", "answer", "values"),
    [
        ("saving", "from_5001", {"yes"}),
        ("constrained", "never_needed", {"yes"}),
        ("worries", "none", {"yes"}),
        ("social_insurance", "none", {"no"}),
        ("commercial_cover", "none", {"no"}),
        ("saving", "none", {"no"}),
        ("constrained", "yes", {"no"}),
        ("worries", "debt", {"no"}),
        ("worries", "unemployment", {"no"}),
        ("worries", "education_cost", {"no"}),
        ("social_insurance", "unknown", set()),
        ("worries", SKIPPED, set()),
    ],
)
def test_nothing_is_to_mend_only_where_all_is_well_and_known(
    question: str, answer: str, values: set[str]
) -> None:
    facts = facts_from({**FINE, question: (answer,)}, KNOWLEDGE.questionnaire, {}, ON)
    assert facts.get("nothing_to_mend", frozenset()) == values


def test_nothing_follows_from_silence_but_that_no_worry_was_named() -> None:
    unsaid = frozenset({"yes"})
    assert known({}) == {"open_risks": frozenset(), "worry_unsaid": unsaid}
    silence = known({question.id: (SKIPPED,) for question in KNOWLEDGE.questionnaire.questions})
    assert silence.pop("worry_unsaid") == unsaid
    assert not any(silence.values())


def test_a_new_occupation_means_what_its_option_states() -> None:
    asked = KNOWLEDGE.questionnaire
    errands = Option("errands", "跑腿", "Errands", facts={"platform_work": ("yes",), "vehicle": ("ebike",)})
    occupation = replace(asked.by_id["occupation"], options=(errands,))
    changed = replace(asked, questions=(asked.by_id["age"], occupation))
    found = facts_from({"occupation": ("errands",)}, changed, {}, ON)
    assert found["platform_work"] == {"yes"}
    assert found["vehicle"] == {"ebike"}


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


def test_nothing_is_derived_from_questions_that_minors_are_spared() -> None:
    facts = known({"age": ("from_16_to_17",), "occupation": ("food_delivery",)})
    assert {"in_debt", "low_income", "recent_graduate"}.isdisjoint(facts)
    assert all(facts[id] == frozenset() for id in ("debt", "debt_kinds", "constrained", "why_constrained"))


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
    for found in score(KNOWLEDGE, {**RIDER, "age": ("from_16_to_17",)}).values():
        assert isinstance(found, Abstained)
        assert found.reason == "not_for_minors"


def test_truck_owners_are_also_compared_with_truck_drivers() -> None:
    truck = score(KNOWLEDGE, {**RIDER, "occupation": ("truck_owner",)})["financing_constraint"]
    rider = score(KNOWLEDGE, RIDER)["financing_constraint"]
    assert isinstance(truck, Score)
    assert isinstance(rider, Score)
    assert truck.group_percentile is not None
    assert rider.group_percentile is None
