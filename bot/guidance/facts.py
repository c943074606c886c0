"""Facts from answers: what a worker said, and what follows from it, by an option or a named function."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from bot.content.conditions import Facts, holds, judge
from bot.content.parameters import Figures, NoValue, Parameters
from bot.content.questionnaire import SKIPPED, Answers, Questionnaire
from bot.guidance.cover import open_risks
from bot.guidance.levels import REGION, region_of
from models.serving.risk import Abstained, Score

Scores = Mapping[str, Score | Abstained]
Known = Mapping[str, frozenset[str]]

MINOR = (
    "from_14_to_15",
    "from_16_to_17",
    "from_14_to_17",
)  # ages; the last one as it was asked until 2026-11
COVER_OF_ILLNESS = frozenset({"medical", "city_medical"})
PROVINCE = "province"
EMPLOYEE_SCHEME = frozenset({"flexible", "employee"})


@dataclass(frozen=True, slots=True)
class Derived:
    """A fact that follows from answers: the questions it needs, all its values, and how it follows."""

    questions: tuple[str, ...]
    values: tuple[str, ...]
    of: Callable[[Known], frozenset[str] | None]


def said(known: Known, question: str, *options: str) -> bool:
    """Say whether one of the options was chosen."""
    return not known.get(question, frozenset()).isdisjoint(options)


def _yes_no(known: Known, question: str, *options: str) -> frozenset[str] | None:
    if question not in known:
        return None
    return frozenset({"yes" if said(known, question, *options) else "no"})


def minor(known: Known) -> frozenset[str] | None:
    """Whether the worker is under 18."""
    return _yes_no(known, "age", *MINOR)


def under_16(known: Known) -> frozenset[str] | None:
    """Whether the worker is too young to be employed at all; an earlier version didn't ask it."""
    return None if said(known, "age", "from_14_to_17") else _yes_no(known, "age", "from_14_to_15")


def over_retirement_age(known: Known) -> frozenset[str] | None:
    """Say whether the statutory age is reached: from 60 it is, below 51 not, between them not for men."""
    if said(known, "age", "from_51_to_59") and not said(known, "sex", "male"):
        return None
    return _yes_no(known, "age", "from_60")


def near_retirement(known: Known) -> frozenset[str] | None:
    """Whether the worker is between 51 and 59."""
    return _yes_no(known, "age", "from_51_to_59")


def few_years_left(known: Known) -> frozenset[str] | None:
    """Whether the worker is 41 to 59, so that a pension may take more years than are left to pay in."""
    return _yes_no(known, "age", "from_41_to_50", "from_51_to_59")


def over_45(known: Known) -> frozenset[str] | None:
    """Whether the worker is over 45: the band 41 to 50 can't say."""
    if said(known, "age", "from_41_to_50"):
        return frozenset({"perhaps"})
    return _yes_no(known, "age", "from_51_to_59", "from_60")


def has_social_insurance(known: Known) -> frozenset[str] | None:
    """Whether the worker pays into any scheme, the residents' included."""
    return _yes_no(known, "social_insurance", "flexible", "employee", "resident")


def _branch(branch: str, *schemes: str) -> Callable[[Known], frozenset[str] | None]:
    """Follow whether a branch of social insurance is paid: it exists in these schemes only."""

    def follow(known: Known) -> frozenset[str] | None:
        if "social_insurance" not in known:
            return None
        if not said(known, "social_insurance", *schemes):
            return frozenset({"no"})
        return _yes_no(known, "social_branches", branch)

    return follow


has_basic_medical = _branch("medical", "flexible", "employee", "resident")
has_pension = _branch("pension", "flexible", "employee", "resident")
# Flexible workers can join these two in some places; the residents' scheme has neither.
has_injury_insurance = _branch("injury", "flexible", "employee")
has_unemployment_insurance = _branch("unemployment", "flexible", "employee")


def _lacks(branch: str, *schemes: str) -> Callable[[Known], frozenset[str] | None]:
    """Follow whether a branch is surely missing: nothing is paid, or a scheme without that branch.

    A scheme whose branches are not known is not taken for a gap.
    """

    def follow(known: Known) -> frozenset[str] | None:
        if "social_insurance" not in known:
            return None
        gap = said(known, "social_insurance", "none") or (
            said(known, "social_insurance", *schemes)
            and "social_branches" in known
            and not said(known, "social_branches", branch)
        )
        return frozenset({"yes" if gap else "no"})

    return follow


# An employer's scheme has every branch by law: a missing one is the employer's to pay.
lacks_basic_medical = _lacks("medical", "flexible", "resident")
lacks_resident_pension = _lacks("pension", "resident")


def branches_unsure(known: Known) -> frozenset[str] | None:
    """Whether a scheme is paid into without the worker's knowing for which branches."""
    if "social_insurance" not in known:
        return None
    paid = said(known, "social_insurance", "flexible", "employee", "resident")
    return frozenset({"yes" if paid and "social_branches" not in known else "no"})


def in_employee_scheme(known: Known) -> frozenset[str] | None:
    """Whether the worker pays into the employees' pension, alone or through an employer."""
    return _yes_no(known, "social_insurance", *EMPLOYEE_SCHEME)


def has_commercial_cover(known: Known) -> frozenset[str] | None:
    """Whether the worker has any commercial cover."""
    if "commercial_cover" not in known:
        return None
    return frozenset({"no" if said(known, "commercial_cover", "none") else "yes"})


def has_accident_cover(known: Known) -> frozenset[str] | None:
    return _yes_no(known, "commercial_cover", "accident")


def has_medical_cover(known: Known) -> frozenset[str] | None:
    """Whether the worker has commercial medical cover, the city's included."""
    return _yes_no(known, "commercial_cover", *COVER_OF_ILLNESS)


def has_liability_cover(known: Known) -> frozenset[str] | None:
    """Whether damage done to others is covered."""
    return _yes_no(known, "commercial_cover", "liability")


def in_debt(known: Known) -> frozenset[str] | None:
    """Whether the worker owes anything, or is claimed to: payments are late, or a court has asked."""
    if said(known, "happening", "court"):
        return frozenset({"yes"})
    if "debt" in known:
        return frozenset({"no" if said(known, "debt", "none") else "yes"})
    return frozenset({"yes"}) if said(known, "happening", "behind") else None


def several_debts(known: Known) -> frozenset[str] | None:
    """Whether more than one loan may be owed: a home or a vehicle loan alone is one."""
    if "debt" not in known:
        return None
    if said(known, "debt", "none"):
        return frozenset({"no"})
    kinds = known.get("debt_kinds", frozenset())
    if len(kinds) > 1:
        return frozenset({"yes"})
    return frozenset({"no" if kinds & {"mortgage", "vehicle"} else "perhaps"})


def worry_unsaid(known: Known) -> frozenset[str] | None:
    """Whether the worker said neither what is going on nor what worries them."""
    return frozenset({"no" if known.keys() & {"worries", "happening"} else "yes"})


def owes_lender(known: Known) -> frozenset[str] | None:
    """Whether a bank, an app or a dealer is owed: relatives are no lender. Unsaid kinds leave it open."""
    if said(known, "debt", "none"):
        return frozenset({"no"})
    if "debt_kinds" in known:
        return frozenset({"yes" if known["debt_kinds"] - {"family"} else "no"})
    owing = "debt" in known or said(known, "happening", "behind")
    return frozenset({"perhaps"}) if owing else None


def refusal_matters(known: Known) -> frozenset[str] | None:
    """Whether a refused loan is today's concern: not one long ago, nor that of a worker who owes no lender.

    A worry about debts makes it one again, unless relatives alone are owed.
    """
    if "constrained" not in known:
        return None
    lender, worried = owes_lender(known) or frozenset(), said(known, "worries", "debt")
    if "no" in lender:
        without = said(known, "debt", "none")
        return frozenset({"yes" if without and (worried or said(known, "constrained", "yes")) else "no"})
    return frozenset({"yes" if worried or said(known, "constrained", "yes") else "no"})


def record_trouble(known: Known) -> frozenset[str] | None:
    """Whether the credit record is the trouble: it was why a loan was refused, or an entry in it is wrong."""
    if said(known, "why_constrained", "credit_record") or said(known, "happening", "wrong_record"):
        return frozenset({"yes"})
    return frozenset({"no"}) if "happening" in known or "why_constrained" in known else None


def medical_bills(known: Known) -> frozenset[str] | None:
    """Whether medical aid may be meant for the worker: little is earned, or a serious illness has come."""
    if said(known, "happening", "family_ill") or "yes" in (low_income(known) or ()):
        return frozenset({"yes"})
    return frozenset({"no"}) if {"income", "happening"} <= known.keys() else None


def out_of_work(known: Known) -> frozenset[str] | None:
    """Whether work is wanted: the worker fears to have none, or the income has just gone."""
    if said(known, "worries", "unemployment") or said(known, "happening", "no_income"):
        return frozenset({"yes"})
    return frozenset({"no"}) if {"worries", "happening"} <= known.keys() else None


def saves(known: Known) -> frozenset[str] | None:
    """Whether anything is left at the end of the month."""
    if "saving" not in known:
        return None
    return frozenset({"no" if said(known, "saving", "none") else "yes"})


def unstable_income(known: Known) -> frozenset[str] | None:
    """Whether income goes up and down."""
    return _yes_no(known, "income_stability", "unstable")


def low_income(known: Known) -> frozenset[str] | None:
    """Whether the worker earns less than 3,000 yuan a month."""
    return _yes_no(known, "income", "below_3000")


def recent_graduate(known: Known) -> frozenset[str] | None:
    """Whether the worker may have left college in the last years: young, with a college's degree."""
    if "age" not in known or "education" not in known:
        return None
    young = said(known, "age", "from_18_to_20", "from_21_to_30")
    return frozenset(
        {"perhaps" if young and said(known, "education", "college", "bachelor", "graduate") else "no"}
    )


def woman(known: Known) -> frozenset[str] | None:
    return _yes_no(known, "sex", "female")


def necessity(known: Known) -> frozenset[str] | None:
    """Whether this work is taken for want of a better one (the report: treat it apart from choice)."""
    if "why_flexible" not in known:
        return None
    if said(known, "why_flexible", "no_better_job"):
        return frozenset({"yes"})
    return frozenset({"no"}) if said(known, "why_flexible", "career", "free_hours") else None


def nothing_to_mend(known: Known) -> frozenset[str] | None:
    """Whether the worker is covered, saves, could borrow, is well, fears no debts and no lack of work."""
    if not {"social_insurance", "commercial_cover", "saving", "constrained", "worries"} <= known.keys():
        return None
    fine = (
        said(known, "social_insurance", "flexible", "employee", "resident")
        and "no" not in (has_pension(known) or ())
        and "no" not in (has_basic_medical(known) or ())
        and not said(known, "commercial_cover", "none")
        and not said(known, "saving", "none")
        and not (said(known, "worries", "education_cost") and said(known, "saving", "below_1000"))
        and not said(known, "constrained", "yes")
        and not said(known, "worries", "debt", "unemployment")
        and not (known.get("happening", frozenset()) - {"none"})
    )
    return frozenset({"yes" if fine else "no"})


YES_NO = ("yes", "no")
DERIVED: Mapping[str, Derived] = {
    "minor": Derived(("age",), YES_NO, minor),
    "under_16": Derived(("age",), YES_NO, under_16),
    "over_retirement_age": Derived(("age", "sex"), YES_NO, over_retirement_age),
    "near_retirement": Derived(("age",), YES_NO, near_retirement),
    "few_years_left": Derived(("age",), YES_NO, few_years_left),
    "over_45": Derived(("age",), ("yes", "perhaps", "no"), over_45),
    "recent_graduate": Derived(("age", "education"), ("perhaps", "no"), recent_graduate),
    "woman": Derived(("sex",), YES_NO, woman),
    "low_income": Derived(("income",), YES_NO, low_income),
    "unstable_income": Derived(("income_stability",), YES_NO, unstable_income),
    "saves": Derived(("saving",), YES_NO, saves),
    "in_debt": Derived(("debt", "happening"), YES_NO, in_debt),
    "several_debts": Derived(("debt", "debt_kinds"), ("yes", "perhaps", "no"), several_debts),
    "worry_unsaid": Derived(("worries", "happening"), YES_NO, worry_unsaid),
    "owes_lender": Derived(("debt", "debt_kinds", "happening"), ("yes", "perhaps", "no"), owes_lender),
    "medical_bills": Derived(("income", "happening"), YES_NO, medical_bills),
    "out_of_work": Derived(("worries", "happening"), YES_NO, out_of_work),
    "record_trouble": Derived(("why_constrained", "happening"), YES_NO, record_trouble),
    "refusal_matters": Derived(("constrained", "debt", "debt_kinds", "worries"), YES_NO, refusal_matters),
    "lacks_basic_medical": Derived(("social_insurance", "social_branches"), YES_NO, lacks_basic_medical),
    "lacks_resident_pension": Derived(
        ("social_insurance", "social_branches"), YES_NO, lacks_resident_pension
    ),
    "branches_unsure": Derived(("social_insurance", "social_branches"), YES_NO, branches_unsure),
    "has_social_insurance": Derived(("social_insurance",), YES_NO, has_social_insurance),
    "has_basic_medical": Derived(("social_insurance", "social_branches"), YES_NO, has_basic_medical),
    "has_pension": Derived(("social_insurance", "social_branches"), YES_NO, has_pension),
    "has_injury_insurance": Derived(("social_insurance", "social_branches"), YES_NO, has_injury_insurance),
    "has_unemployment_insurance": Derived(
        ("social_insurance", "social_branches"), YES_NO, has_unemployment_insurance
    ),
    "in_employee_scheme": Derived(("social_insurance",), YES_NO, in_employee_scheme),
    "has_commercial_cover": Derived(("commercial_cover",), YES_NO, has_commercial_cover),
    "has_accident_cover": Derived(("commercial_cover",), YES_NO, has_accident_cover),
    "has_medical_cover": Derived(("commercial_cover",), YES_NO, has_medical_cover),
    "has_liability_cover": Derived(("commercial_cover",), YES_NO, has_liability_cover),
    "necessity": Derived(("why_flexible",), YES_NO, necessity),
    "nothing_to_mend": Derived(
        ("social_insurance", "commercial_cover", "saving", "constrained", "worries", "happening"),
        YES_NO,
        nothing_to_mend,
    ),
}

BANDS = ("low", "middle", "high")
SCORED = {"financing_band": "financing_constraint", "gap_band": "insurance_gap"}
MEDICAL_WINDOW = "medical_window"
OPEN_RISKS = "open_risks"  # always known: a risk of which too little is known is not open


def questions_of(fact: str, questionnaire: Questionnaire) -> tuple[str, ...]:
    """Name the questions whose answers make a fact, in order; none for a band or a day's fact."""
    if fact in DERIVED:
        return DERIVED[fact].questions
    if fact in questionnaire.stated:
        return (questionnaire.stated[fact].question,)
    return (
        ()
        if fact in SCORED or fact in (MEDICAL_WINDOW, OPEN_RISKS)
        else (PROVINCE if fact == REGION else fact,)
    )


def facts_from(answers: Answers, questionnaire: Questionnaire, scores: Scores, on: date) -> Facts:
    """Say what is known: the option ids by question, what options state, derived facts, region and bands.

    A fact that is absent is unknown: skipped, "not sure", or not to be derived from what was said. A question
    that the answers close is known to have no answer: without debt there are no kinds of debt. So is one from
    which its people are spared, but nothing is derived from that: nobody said that a minor owes nothing.
    """
    known = {
        id: question.meaning(answer) if (question := questionnaire.by_id.get(id)) else frozenset(answer)
        for id, answer in answers.items()
        if answer not in ((SKIPPED,), ("unknown",)) and id != REGION
    }
    spared: dict[str, frozenset[str]] = {}
    both = dict(known)
    for question in questionnaire.questions:
        if question.not_for and holds(question.not_for, known):
            spared[question.id] = both[question.id] = frozenset()
        elif question.ask_if and question.id != REGION and judge(question.ask_if, both) == "no":
            closed = spared if spared.keys() & question.ask_if.keys() else known
            closed[question.id] = both[question.id] = frozenset()
    stated = {
        fact: frozenset().union(*(said.values.get(option, ()) for option in known.get(said.question, ())))
        for fact, said in questionnaire.stated.items()
    }
    derived = {name: value for name, fact in DERIVED.items() if (value := fact.of(known)) is not None}
    bands = {
        fact: frozenset({score.band})
        for fact, model in SCORED.items()
        if isinstance(score := scores.get(model), Score)
    }
    region = region_of(answers, questionnaire)
    found: dict[str, frozenset[str]] = (
        known | spared | {fact: values for fact, values in stated.items() if values} | derived
    )
    open_ = open_risks(found)
    if open_ - {"liability"} and "nothing_to_mend" in found:
        found["nothing_to_mend"] = frozenset({"no"})
    return found | {OPEN_RISKS: open_} | bands | ({REGION: frozenset({region})} if region else {})


def dated_facts(parameters: Parameters, on: date) -> Facts:
    """Say what a day decides for everyone: whether residents can enrol in medical insurance now."""
    try:
        end = Figures(parameters, on).day("medical.resident.window_end")
    except NoValue:
        return {MEDICAL_WINDOW: frozenset({"closed"})}
    return {MEDICAL_WINDOW: frozenset({"open" if on <= end else "closed"})}
