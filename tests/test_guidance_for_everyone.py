"""Many imagined workers: all get advice, none a contradiction, a stale figure or a banned word."""

import random
from collections import Counter
from datetime import date

import pytest

from bot.check import offences
from bot.check.contexts import renderings
from bot.check.references import values_of
from bot.check.texts import body
from bot.content.conditions import Facts, judge
from bot.content.parameters import Figures
from bot.content.questionnaire import LANGUAGES, Answers, Language
from bot.guidance import Guidance, advise, dated_facts, facts_from, render_card, score
from bot.guidance.facts import MINOR
from tests.answer_sets import answer_set
from tests.checkout import KNOWLEDGE
from tests.lengths import tries

ON = date(2026, 11, 29)
WORKERS = tries("advised")
MOST = 25_000  # workers a test, so that at full length all cores take part
SHARES = -(-WORKERS // MOST)

# What a worker already has or can't have, said here again and apart from advice/*.yaml: question, options.
# Pieces for people who surely lack a branch, not for those who pay it, nor for those who can't say.
MISSING = {"resident_medical_now": "medical", "resident_pension": "pension"}
PAYING = ("flexible", "employee", "resident")
POINTLESS: dict[str, tuple[str, tuple[str, ...]]] = {
    "resident_medical_now": ("social_insurance", ("employee",)),
    "flexible_pension": ("social_insurance", ("employee", "flexible")),
    "insurance_too_dear": ("social_insurance", ("resident", "employee", "flexible")),
    "subsidy_hardship": ("social_insurance", ("employee",)),
    "ebike_liability": ("commercial_cover", ("liability",)),
    "claim_steps": ("commercial_cover", ("none",)),
    "card_instalments": ("debt", ("none",)),
    "injury_cover": ("occupation", ("domestic", "streaming", "digital_design", "other")),
    "how_to_enrol": ("social_insurance", ("resident", "employee", "flexible")),
    "enrol_in_few_steps": ("social_insurance", ("resident", "employee", "flexible")),
    "no_spare_money": ("social_insurance", ("resident", "employee", "flexible")),
    "commercial_not_instead": ("social_insurance", ("resident", "employee", "flexible")),
    "pension_tier_choice": ("social_insurance", ("none", "resident", "employee")),
    "resident_pension": ("social_insurance", ("employee", "flexible")),
    "employee_medical_flexible": ("social_insurance", ("employee", "flexible")),
    "medical_break": ("social_insurance", ("resident", "employee", "flexible")),
    "pension_break": ("social_insurance", ("employee",)),
    "transfer_when_moving": ("social_insurance", ("none", "resident")),
    "platform_subsidy": ("social_insurance", ("employee",)),
    "waiver_is_void": ("social_insurance", ("employee", "flexible")),
    "check_my_record": ("social_insurance", ("none",)),
    "retirement_years": ("age", ("from_60",)),
    "thin_file": ("debt", ("below_50000", "from_50000", "from_210000")),
    "debts_in_order": ("debt", ("none",)),
    "collectors": ("debt", ("none",)),
    "settle_and_keep_proof": ("debt", ("none",)),
    "rate_ceilings": ("debt", ("none",)),
    "official_channels": ("constrained", ("no",)),
    "refused_below_standard": ("constrained", ("no",)),
    "refused_too_expensive": ("constrained", ("no",)),
    "over_age_work": ("age", (*MINOR, "from_18_to_20", "from_21_to_30", "from_31_to_40")),
    "over_retirement": ("age", (*MINOR, "from_18_to_20", "from_21_to_30", "from_31_to_40")),
    "over_45": ("age", (*MINOR, "from_18_to_20", "from_21_to_30", "from_31_to_40", "from_60")),
    "unemployment_help": ("age", (*MINOR, "from_60")),
    "minor_worker": ("social_insurance", ("resident", "employee", "flexible")),
    "graduate_start": ("social_insurance", ("employee",)),
    "chosen_path": ("social_insurance", ("employee",)),
    "women_maternity": ("sex", ("male",)),
    "truck_owner_cover": ("commercial_cover", ("liability",)),
    "rider_rights": ("occupation", ("domestic", "streaming", "digital_design", "other")),
    "unpaid_wages": ("occupation", ("truck_owner", "streaming", "digital_design")),
    "cash_out_trap": ("debt", ("none",)),
    "deposit_insurance": ("saving", ("none",)),
    "set_aside_per_order": ("income_stability", ("stable", "very_stable")),
    "city_medical": ("commercial_cover", ("city_medical",)),
    "compulsory_motor_limits": ("commercial_cover", ("liability",)),
    "ride_hailing_liability": ("occupation", ("food_delivery", "truck_owner", "domestic", "other")),
    "platform_daily_policy": ("occupation", ("domestic", "streaming", "digital_design", "other")),
    "surrender_scam": ("commercial_cover", ("none",)),
    "insurance_complaint": ("commercial_cover", ("none",)),
    "beneficiary_and_papers": ("commercial_cover", ("none",)),
    "where_to_buy_safely": ("commercial_cover", ("accident", "medical", "city_medical", "life")),
}  # fmt: skip
NOT_FOR_MINORS = {
    "city_medical", "surrender_scam", "auto_renewal_trap", "honest_disclosure", "what_accident_pays",
    "what_medical_pays", "what_critical_illness_pays", "where_to_buy_safely", "savings_type_caution",
    "credit_report_free", "loan_true_cost", "card_instalments", "flexible_pension", "cash_out_trap",
    "deposit_insurance", "set_aside_per_order", "chosen_path", "truck_owner_loan", "streamer",
    "how_to_enrol", "enrol_in_few_steps", "no_spare_money", "commercial_not_instead", "resident_pension",
    "employee_medical_flexible", "medical_break", "platform_subsidy", "waiver_is_void", "local_registration",
    "collectors", "debts_in_order", "settle_and_keep_proof", "rate_ceilings", "cost_sheet", "startup_loan",
    "read_the_report", "loan_agent_scam", "injury_cover",
}  # fmt: skip


class Cards:
    """Cards read once per context that makes a difference, so that so many workers take seconds."""

    def __init__(self) -> None:
        values = values_of(KNOWLEDGE)
        self.reads: dict[str, tuple[str, ...]] = {}
        for piece in KNOWLEDGE.advice:
            read = {
                fact
                for language in LANGUAGES
                for rendered in renderings(KNOWLEDGE, piece, language, ON, values)
                for fact in rendered.read
            }
            self.reads[piece.id] = tuple(sorted(read))
        self.read: set[object] = set()

    def check(self, piece: str, facts: Facts) -> None:
        context = (piece, *map(facts.get, self.reads[piece]))
        if context not in self.read:
            self.read.add(context)
            for language in LANGUAGES:
                self.look_at(piece, facts, language)

    def look_at(self, piece: str, facts: Facts, language: Language) -> None:
        figures = Figures(KNOWLEDGE.parameters, ON)
        text = render_card(KNOWLEDGE, piece, facts, language, figures)
        assert not list(offences(body(text), language, KNOWLEDGE.phrases))
        for id, value in figures.used.items():
            assert value.confidence != "unsure", id
            # A rule's later stage, by year of retirement, is no expired figure.
            expired = value.to is not None and value.to < ON
            assert not expired or KNOWLEDGE.parameters.by_id[id].carried, id


@pytest.fixture(scope="module")
def cards() -> Cards:
    return Cards()


def check_no_contradiction(answers: Answers, guidance: Guidance) -> None:
    for advised in guidance.advised:
        question, options = POINTLESS.get(advised.id, ("age", ()))
        claimed = question == "debt" and "court" in answers.get("happening", ())  # it may not be owed
        assert claimed or set(answers.get(question, ())).isdisjoint(options), (advised.id, answers)
        if advised.id in MISSING and answers["social_insurance"][0] in PAYING:
            branches = answers["social_branches"]
            assert {"skipped", "unknown", MISSING[advised.id]}.isdisjoint(branches), (advised.id, answers)
        assert answers["age"][0] not in MINOR or advised.id not in NOT_FOR_MINORS


@pytest.mark.slow
@pytest.mark.parametrize("share", range(SHARES))
def test_everyone_gets_at_least_three_pieces_and_none_that_harms(share: int, cards: Cards) -> None:
    dice = random.Random(share)
    met: Counter[str] = Counter()
    for _ in range(WORKERS // SHARES):
        answers = answer_set(KNOWLEDGE.questionnaire, dice)
        scores = score(KNOWLEDGE, answers)
        facts = facts_from(answers, KNOWLEDGE.questionnaire, scores, ON)
        guidance = advise(KNOWLEDGE, facts, ON)
        assert len(guidance.first) == 3, answers
        check_no_contradiction(answers, guidance)
        met.update(advised.id for advised in guidance.advised)
        shown = {**facts, **dated_facts(KNOWLEDGE.parameters, ON)}
        for advised in guidance.advised:
            cards.check(advised.id, shown)
    today = dated_facts(KNOWLEDGE.parameters, ON)
    in_force = {p.id for p in KNOWLEDGE.advice if p.in_force(ON) and judge(p.when, today) != "no"}
    assert set(met) == in_force, f"nobody was told {in_force - set(met)}"


def test_the_imagined_workers_answer_what_can_be_stored() -> None:
    dice = random.Random(0)
    for _ in range(500):
        answers = answer_set(KNOWLEDGE.questionnaire, dice)
        assert KNOWLEDGE.questionnaire.relevant(answers) == answers
        for id, answer in answers.items():
            assert KNOWLEDGE.questionnaire.by_id[id].accepts(answer)
