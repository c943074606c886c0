"""The lint passes this knowledge and catches each kind of mistake, saying where and what to do."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from jinja2 import meta

from bot.channels.telegram.limits import CAPABILITIES
from bot.channels.terminal import Terminal
from bot.check import lint, offences, outdated, told_otherwise
from bot.check.bounds import check_bounds
from bot.check.commands import check_commands
from bot.check.figures import check_figures
from bot.check.forbidden import stiffness
from bot.check.pieces import LED_BY, check_pieces
from bot.check.texts import numbers, run_on_lines
from bot.content.knowledge import Knowledge, Piece
from bot.content.parameters import Parameter, Parameters, Value
from bot.content.questionnaire import LANGUAGES, Language, Option, Questionnaire, Renaming, Text
from bot.content.templates import Wording, environment
from bot.guidance import title
from bot.loading.knowledge import commands
from bot.loading.places import DATA
from bot.loading.strict_yaml import File, KnowledgeRefused
from bot.loading.vocabulary import vocabulary
from bot.render import Presenter
from tests.checkout import KNOWLEDGE
from tests.talks import NOON

ON = date(2026, 12, 1)


def small(*ids: str) -> Knowledge:
    """Take only some pieces, so that a test is quick and shows what it is about."""
    return replace(KNOWLEDGE, advice=tuple(piece for piece in KNOWLEDGE.advice if piece.id in ids))


def with_words(language: Language, id: str, old: str, new: str) -> Knowledge:
    templates = {each: dict(texts) for each, texts in KNOWLEDGE.wording.templates.items()}
    name = f"advice/{id}.j2"
    assert old in templates[language][name]
    templates[language][name] = templates[language][name].replace(old, new, 1)
    return replace(small(id), wording=Wording(templates, KNOWLEDGE.parameters))


def with_parameter(changed: Parameter) -> Knowledge:
    by_id: Mapping[str, Parameter] = {**KNOWLEDGE.parameters.by_id, changed.id: changed}
    parameters = Parameters(by_id)
    wording = Wording(KNOWLEDGE.wording.templates, parameters)
    return replace(small("emergency_fund"), parameters=parameters, wording=wording)


def with_piece(id: str, /, **changes: object) -> Knowledge:
    piece: Piece = replace(KNOWLEDGE.piece(id), **changes)  # type: ignore[arg-type]  # the test names them
    return replace(KNOWLEDGE, advice=(piece,))


# What takes longest and is of no concern to a piece: the knowledge as it is passes both, below.
LONGEST = frozenset({"lengths", "letters"})


def found(knowledge: Knowledge, on: date = ON) -> str:
    findings = lint(knowledge, on, CAPABILITIES, without=LONGEST).findings
    return "\n".join(str(finding) for finding in findings)


def misfits(knowledge: Knowledge) -> str:
    return "\n".join(map(str, check_pieces(knowledge, ON)))


def test_this_knowledge_has_nothing_to_put_right() -> None:
    report = lint(KNOWLEDGE, ON, CAPABILITIES)
    assert not report.findings, str(report)
    assert report.counts["pieces of advice"] >= 14
    assert all(
        report.counts[f"  {theme}"] >= 3 for theme in ("social_insurance", "credit", "insurance", "cash_flow")
    )
    assert report.counts["cards rendered (language x context)"] > 2 * len(KNOWLEDGE.advice)


@pytest.mark.parametrize(
    ("language", "old", "new", "told"),
    [
        ("zh", "不花钱，", "5元，", "a bare number: 5"),
        ("zh", "不花钱，", "三个月，", "a bare number: 三个月"),
        ("en", "Nothing; the", "After three months the", "a bare number: three months"),
        ("en", "Nothing; the", "{{ 3 }} the", "a bare number: 3"),
        ("zh", "不花钱，", "这对您的信用分好，", "信用分"),
        ("zh", "不花钱，", "信用卡可以套现，", "without a word of warning"),
        ("zh", "不花钱，", "见 https://x.cn ，", "a link"),
        ("zh", "不花钱，", "向相关部门申请，", "officialese"),
        ("zh", "不花钱，", "很" * 41, "a sentence of"),
        ("en", "Nothing; the", "very " * 26 + "the", "a sentence of"),
        ("zh", "不花钱，", "<p>不花钱</p>，", "<p> is no markup"),
        ("zh", "不花钱，", "<b>不花钱，", "is not closed"),
        ("zh", "不花钱，", "{{ figure('no.such') }}", "can't be worded"),
        ("zh", "不花钱，", "{{ calc.nothing }}", "can't be worded"),
        ("zh", "不花钱，", "{% if said('woman', 'yes') %}不{% endif %}花钱，", "different facts"),
        ("zh", "不花钱，", "{{ figure('credit.record_years') | number }}次，", "only one language tells"),
        ("zh", "先攒一笔应急钱{% endblock %}", "先" * 21 + "{% endblock %}", "fits no button"),
        ("zh", "不花钱，只是把钱分开放。", "", "block cost says nothing"),
        ("zh", '{% extends "advice/card.j2" %}', "", "no sources at its foot"),
        ("zh", "不花钱，", "不花钱。" * 160, "characters (at most 700)"),
        ("en", "Open a", "No.\n" * 250 + "Open a", "no ① on its first page"),
        ("en", "Nothing; the", "Nothing to pay.\n" * 150 + "The", "pages (at most 3)"),
        ("en", "Nothing; the", "先交，后补 the", "Chinese in an English card"),
        ("en", "Nothing; the", "Say 临时救助临时救助临时救助临时救助 the", "Chinese in an English card"),
        ("en", "Nothing; the", "Ask.\n临时救助 aid\nThe", "more Chinese than English in a line"),
        ("en", "Nothing; the", "It is free.The", "no blank between two sentences: e.The"),
        ("zh", "不花钱，", "{% if true %}真的。{% endif %}\n② 再，", "a step that doesn't begin its line"),
        ("en", "Nothing; the", "Nobody can cheat you; the", "surer than any source"),
        ("zh", "不花钱，", "存了就不吃亏，", "surer than any source"),
    ],
)
def test_a_mistake_in_the_words_is_found(language: Language, old: str, new: str, told: str) -> None:
    knowledge = with_words(language, "emergency_fund", old, new)
    assert told in found(knowledge)


@pytest.mark.parametrize(
    ("language", "id", "old", "new", "told"),
    [
        ("zh", "subsidy_hardship", "每月最多退{{", "每月大约退{{", "a ceiling"),
        ("en", "subsidy_hardship", ": up to {{", ": about {{", "a ceiling"),
        ("en", "minimum_living", "a fine of up to", "a fine of", "a ceiling"),
        ("zh", "pension_tier_choice", "每月大约{{", "每月{{", "told as a standard"),
        ("en", "pension_tier_choice", "average wage about {{", "average wage {{", "told as a standard"),
        (
            "en",
            "after_an_accident",
            "you are employed (工伤): the employer",
            "you are: they",
            "for the employed",
        ),
    ],
)
def test_a_limit_that_is_told_as_the_amount_is_found(
    language: Language, id: str, old: str, new: str, told: str
) -> None:
    knowledge = with_words(language, id, old, new)
    assert any(told in str(finding) for finding in check_bounds(knowledge))


def test_no_limit_is_told_as_the_amount() -> None:
    assert [str(finding) for finding in check_bounds(KNOWLEDGE)] == []


def test_a_card_that_hangs_on_too_many_facts_at_once_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.check.texts.MOST_CONTEXTS", 10)
    asked = "{% if said('province', 'hubei') %}不花钱，{% endif %}"
    assert "contexts (at most 10)" in found(with_words("zh", "emergency_fund", "不花钱，", asked))


def test_a_bare_number_is_found_on_the_line_where_it_stands() -> None:
    knowledge = with_words("zh", "emergency_fund", "• ", "• 先放5天。\n• ")
    text = knowledge.wording.templates["zh"]["advice/emergency_fund.j2"]
    line = text[: text.index("先放5天")].count("\n") + 1
    assert f"emergency_fund.j2:{line}: a bare number: 5" in found(knowledge)


@pytest.mark.parametrize("name", ["say/help.j2", "consent.j2", "ask.j2"])
def test_what_is_too_long_to_be_read_is_found_wherever_it_is_said(name: str) -> None:
    templates = {each: dict(texts) for each, texts in KNOWLEDGE.wording.templates.items()}
    templates["zh"][name] += "真话。" * 200
    wording = Wording(templates, KNOWLEDGE.parameters)
    findings = lint(replace(small("emergency_fund"), wording=wording), ON).findings
    assert "characters (at most 700)" in "\n".join(map(str, findings))


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"sources": ("no_such_law 第1条",)}, "is in no source"),
        ({"sources": ()}, "it has no source"),
        ({"confidence": "unsure"}, "unsure advice is never given"),
        ({"priority": 101}, "choose 0 to 100"),
        ({"check_with": "deposit.insurance_cap"}, "is no hotline"),
        ({"when": {"weather": ("fine",)}}, "weather is no fact"),
        ({"already": {"minor": ("maybe",)}}, "minor is never maybe"),
        ({"checked_on": date(2030, 1, 1)}, "in the future"),
        ({"sources": ("local_practice",)}, "is marked verified_secondary, and a source of it memory"),
        ({"id": "no_words"}, "can't be worded"),
    ],
)
def test_a_mistake_in_a_card_is_found(changes: dict[str, object], told: str) -> None:
    assert told in found(with_piece("emergency_fund", **changes))


@pytest.mark.parametrize(
    ("id", "changes", "told"),
    [
        ("loan_true_cost", {"when": {}}, "minors would be told of it"),
        ("debts_in_order", {"when": {"in_debt": ("yes",)}}, "minors would be told of it"),
        ("debts_in_order", {"when": {"minor": ("yes", "no")}}, "minors would be told of it"),
        ("violence_at_home", {"call": ()}, "says that it is an emergency"),
        ("emergency_fund", {"call": ("hotline.police",)}, "says that it is an emergency"),
        ("violence_at_home", {"call": ("deposit.insurance_cap",)}, "is no hotline"),
        ("violence_at_home", {"call": ("hotline.gone",)}, "is no hotline"),
        ("violence_at_home", {"call": ("hotline.spam",)}, "don't stand before its first step"),
        ("hit_someone", {"call": ("hotline.police", "hotline.ambulance")}, "in their order"),
        ("emergency_fund", {"kin": "alone"}, "nothing else is of its kin alone"),
        ("emergency_fund", {"anyway": 101}, "anyway is 101"),
    ],
)
def test_a_piece_that_does_not_fit_among_the_others_is_found(
    id: str, changes: dict[str, object], told: str
) -> None:
    assert told in misfits(with_piece(id, **changes))


def test_two_cards_of_one_title_are_found() -> None:
    twice = with_words("zh", "emergency_fund", "先攒一笔应急钱", "个税多退少补，一年对一次")
    both = replace(twice, advice=(*twice.advice, KNOWLEDGE.piece("tax_refund")))
    assert title(KNOWLEDGE, "tax_refund", "zh", ON) == "个税多退少补，一年对一次"
    assert "emergency_fund, tax_refund: all are called" in misfits(both)


@pytest.mark.parametrize("question", LED_BY)
def test_an_option_that_leads_to_no_advice_is_found(question: str) -> None:
    option = KNOWLEDGE.questionnaire.by_id[question].options[0].id
    leading = tuple(p for p in KNOWLEDGE.advice if option not in str((p.when, p.eligible, p.more)))
    report = misfits(replace(KNOWLEDGE, advice=leading))
    assert f"questionnaire.yaml {question}.{option}: no piece of advice follows from it" in report


@pytest.mark.parametrize(("language", "begins"), [("zh", "收到短信，"), ("en", "When it comes, ")])
def test_a_first_step_that_waits_for_something_is_found(language: Language, begins: str) -> None:
    assert "its first step waits" in misfits(with_words(language, "emergency_fund", "① ", f"① {begins}"))
    urgent = with_words(language, "poisoned", "① ", f"① {begins}")
    assert "its first step waits" not in misfits(urgent), "an emergency has happened already"


def parameter(*values: Value) -> Parameter:
    return Parameter("x.y", "CNY", "甲", "x", values)


def value(from_: str, to: str | None, sources: tuple[str, ...] = ("civil_code",)) -> Value:
    last = date.fromisoformat(to) if to else None
    return Value(date.fromisoformat(from_), Decimal(1), sources, "verified_text", ON, last)


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ((value("2025-01-01", None), value("2026-01-01", None)), "two values hold on 2026-01-01"),
        ((value("2025-01-01", "2024-01-01"),), "before it begins"),
        ((value("2025-01-01", None, ()),), "it has no source"),
        ((value("2025-01-01", None, ("nowhere",)),), "nowhere is in no source"),
    ],
)
def test_a_mistake_in_a_figure_is_found(values: tuple[Value, ...], told: str) -> None:
    assert told in found(with_parameter(parameter(*values)))


YEAR = ("2024-07-01", "2025-06-30"), ("2025-07-01", "2026-06-30"), ("2026-07-01", "2027-06-30")


def base(province: str, *years: Mapping[str, Decimal] | None, notes: tuple[str, ...] = ()) -> Parameter:
    """Make a province's bases, one a year; None leaves a year out."""
    values = tuple(
        replace(value(*YEAR[at]), value=limits, note=notes[at] if at < len(notes) else "")
        for at, limits in enumerate(years)
        if limits is not None
    )
    return Parameter(f"pension.base_limits.{province}", "CNY/month", province, province, values)


def limits(floor: str, cap: str = "22500", average: str = "7500") -> Mapping[str, Decimal]:
    return {"floor": Decimal(floor), "cap": Decimal(cap), "average": Decimal(average)}


def figures_found(*parameters: Parameter, on: date = ON) -> str:
    return "\n".join(map(str, check_figures(parameters, on)))


QUIET = tuple(base(province, limits("4500"), limits("4590")) for province in ("one", "two", "three"))


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        (base("odd", limits("22501")), "its floor 22501 exceeds its cap 22500"),
        (base("odd", limits("4500", average="22501")), "its average 22501 lies outside of floor and cap"),
        (base("odd", limits("4043"), limits("4579")), "it changes by 13% from 2024-07-01 to 2025-07-01"),
    ],
)
def test_a_figure_that_no_notice_would_say_is_found(wrong: Parameter, told: str) -> None:
    assert not figures_found(*QUIET)
    assert told in figures_found(*QUIET, wrong)


def test_a_jump_is_measured_by_what_is_usual_for_its_like() -> None:
    moved = base("odd", limits("4500"), limits("5000"))
    assert "its like by 2%" in figures_found(*QUIET, moved)
    wild = tuple(base(name, limits("4500"), limits("4950")) for name in ("one", "two", "three"))
    assert not figures_found(*wild, moved)
    assert not figures_found(moved), "alone it may double"


def test_a_jump_that_is_meant_says_so_and_an_unsure_figure_is_compared_with_nothing() -> None:
    meant = base("odd", limits("4000"), limits("5000"), notes=("", "jump: the floor was frozen before"))
    assert not figures_found(*QUIET, meant)
    unsure = replace(meant, values=(replace(meant.values[0], confidence="unsure"), meant.values[1]))
    assert not figures_found(*QUIET, replace(unsure, values=(unsure.values[0], value(*YEAR[1]))))


def test_a_figure_checked_in_the_future_is_found() -> None:
    early = base("odd", limits("4500"))
    assert f"it was checked on {ON}, in the future" in figures_found(early, on=ON - timedelta(days=1))
    assert not figures_found(early, on=ON)


def test_a_figure_that_we_worked_out_ourselves_is_told_as_rough() -> None:
    own = KNOWLEDGE.parameters.by_id["pension.base_limits.hunan"]
    ours = replace(own, values=tuple(replace(each, confidence="derived") for each in own.values))
    told = "told as a standard, though we worked it out: pension.base_limits.hunan"
    parameters = Parameters({**KNOWLEDGE.parameters.by_id, own.id: ours})
    wording = Wording(KNOWLEDGE.wording.templates, parameters)
    changed = replace(small("no_spare_money"), parameters=parameters, wording=wording)
    assert told in found(changed)
    assert told not in found(small("no_spare_money"))


def with_question(id: str, **changes: object) -> Knowledge:
    questions = tuple(
        replace(question, **changes) if question.id == id else question  # type: ignore[arg-type]  # as named
        for question in KNOWLEDGE.questionnaire.questions
    )
    return replace(small("emergency_fund"), questionnaire=Questionnaire("test", questions))


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"used_by": ()}, "nothing uses the answer"),
        ({"used_by": ("fact:weather",)}, "fact:weather, which doesn't use it"),
        ({"used_by": ("fact:minor",)}, "fact:minor, which doesn't use it"),
        ({"used_by": ("model:insurance_gap",), "feature": None}, "model:insurance_gap"),
        ({"used_by": ("condition:worries",)}, "condition:worries"),
        ({"ask_if": {"weather": ("fine",)}}, "weather is no earlier question"),
        ({"ask_if": {"age": ("from_200",)}}, "age has no option from_200"),
        ({"ask_if": {"age": ("under_14",)}}, "no answers lead here"),
        ({"options": (Option("a" * 60, "甲", "a"),)}, "over 64 bytes"),
        ({"options": (Option("a", "甲", ""),)}, "option a lacks a language"),
    ],
)
def test_a_mistake_in_a_question_is_found(changes: dict[str, object], told: str) -> None:
    assert told in found(with_question("debt", **changes))


ERRANDS = Option("errands", "跑腿", "Errands")
STATES = Option("a", "甲", "a", facts={"platform_work": ("yes",)})


@pytest.mark.parametrize(
    ("id", "changes", "told"),
    [
        (
            "occupation",
            {"options": (*KNOWLEDGE.questionnaire.by_id["occupation"].options, ERRANDS)},
            "occupation.errands: it doesn't say platform_work, as others do",
        ),
        ("debt", {"options": (STATES,)}, "platform_work means something else already"),
        ("debt", {"options": (replace(STATES, facts={"minor": ("no",)}),)}, "minor means something else"),
        ("debt", {"options": (replace(STATES, facts={"saving": ("no",)}),)}, "saving means something else"),
        ("worries", {"options": (replace(STATES, facts={"new": ("no",)}),)}, "can't follow from several"),
    ],
)
def test_a_mistake_in_what_an_option_means_is_found(id: str, changes: dict[str, object], told: str) -> None:
    assert told in found(with_question(id, **changes))


def test_an_option_that_nothing_can_follow_from_says_nothing() -> None:
    silent = (STATES, Option("unknown", "不清楚", "Not sure"), Option("end", "完", "End", ends=True))
    knowledge = with_question("occupation", options=silent)
    assert "doesn't say" not in found(knowledge)


@pytest.mark.parametrize(
    "changes",
    [
        {"text": Text("您欠多少？", "How much do you owe?")},
        {"text": replace(KNOWLEDGE.questionnaire.by_id["debt"].text, en="How much do you owe?")},
        {"options": KNOWLEDGE.questionnaire.by_id["debt"].options[1:]},
        {"options": (replace(KNOWLEDGE.questionnaire.by_id["debt"].options[0], zh="没欠"),)},
    ],
)
def test_changed_words_under_the_same_version_are_found(changes: dict[str, object]) -> None:
    told = f"debt: its words are not those recorded of version {KNOWLEDGE.questionnaire.version}"
    changed = with_question("debt", **changes).questionnaire
    same = replace(
        small("emergency_fund"), questionnaire=replace(changed, version=KNOWLEDGE.questionnaire.version)
    )
    assert told in found(same)
    bumped = replace(same, questionnaire=replace(changed, version="2099-01-01"))
    assert "version 2099-01-01: its words are not recorded" in found(bumped)
    recorded = {**KNOWLEDGE.recorded, "2099-01-01": bumped.questionnaire.words}
    assert "recorded" not in found(replace(bumped, recorded=recorded))


def test_a_question_taken_out_under_the_same_version_is_found() -> None:
    asked = KNOWLEDGE.questionnaire
    fewer = replace(asked, questions=tuple(q for q in asked.questions if q.id != "spending"))
    assert "questionnaire.yaml spending: its words are not those recorded" in found(
        replace(small("emergency_fund"), questionnaire=fewer)
    )


@pytest.mark.parametrize("id", ["nowhere", "hotline.medical"])
def test_a_deadline_that_is_no_day_is_found(id: str) -> None:
    whole = small("emergency_fund")
    assert f"deadline {id} is no day" in found(
        replace(whole, advice=(replace(whole.advice[0], deadline=id),))
    )


@pytest.mark.parametrize(
    ("renamed", "told"),
    [
        ((Renaming("9"), Renaming("8")), "not in order"),
        ((Renaming("8"), Renaming("8")), "not in order"),
        ((Renaming("t"),), "not in order"),
        ((Renaming("2", {"weather": "climate"}),), "there is no question climate"),
        ((Renaming("2", options={"age": {"old": "from_200"}}),), "age has no option from_200"),
        ((Renaming("2", {"age": "debt"}),), "age is asked still"),
    ],
)
def test_a_renaming_that_leads_nowhere_is_found(renamed: tuple[Renaming, ...], told: str) -> None:
    asked = replace(KNOWLEDGE.questionnaire, version="99", renamed=renamed)
    assert told in found(replace(small("emergency_fund"), questionnaire=asked))


def test_a_renaming_may_lead_to_what_a_later_one_renames_again() -> None:
    renamed = (
        Renaming("1", {"years": "old"}, {"old": {"many": "grey"}}),
        Renaming("2", {"old": "age"}, {"age": {"grey": "from_60"}}),
    )
    asked = replace(KNOWLEDGE.questionnaire, version="99", renamed=renamed)
    assert "renamed" not in found(replace(small("emergency_fund"), questionnaire=asked))


def test_words_without_an_entry_are_found() -> None:
    assert "no piece has this name" in found(small("emergency_fund"))


def test_a_warning_may_name_what_it_warns_of() -> None:
    assert not list(offences("收钱做征信修复的，都是骗子。", "zh", KNOWLEDGE.phrases))
    assert list(offences("我们帮您做征信修复。", "zh", KNOWLEDGE.phrases))
    assert not list(offences("Paid credit repair is a scam.", "en", KNOWLEDGE.phrases))
    assert list(offences("Try credit repair.", "en", KNOWLEDGE.phrases))
    assert list(offences("别信。征信修复很好。", "zh", KNOWLEDGE.phrases)), (
        "the warning must stand in the same sentence"
    )


def test_a_plain_sentence_is_not_stiff() -> None:
    assert not list(stiffness("先看医保，再看养老。", "zh", KNOWLEDGE.phrases))
    assert list(stiffness("Pursuant to the law you pay.", "en", KNOWLEDGE.phrases))


def test_numbers_are_compared_in_one_notation() -> None:
    assert numbers("2026年3月31日，30万元，1509.20元") == numbers("31 March 2026, 300,000 yuan, 1,509.2 yuan")


def test_what_expires_within_sixty_days_is_noted() -> None:
    notes = "\n".join(map(str, outdated(KNOWLEDGE, ON).notices))
    assert "medical.resident.window_end: expires on 2026-12-31" in notes
    assert "pension.base_limits.zhejiang: expired on 2026-06-30, and the old one stands in" in notes
    assert "resident_medical_now: ends on 2026-12-31" in notes


def test_what_ends_soon_fails_where_that_is_asked_for() -> None:
    day = date(2026, 12, 24)
    assert not outdated(KNOWLEDGE, day).findings
    ends = "\n".join(map(str, outdated(KNOWLEDGE, day, 7).findings))
    assert "parameters.yaml medical.resident.window_end: ends within 7 days" in ends
    assert "advice resident_medical_now: ends on 2026-12-31" in ends
    assert not outdated(KNOWLEDGE, day, 6).findings
    assert "expires on 2026-12-31, within 7 days" in str(outdated(KNOWLEDGE, day))
    assert "expires on 2026-12-31, within 60 days" in str(outdated(KNOWLEDGE, date(2026, 11, 29)))


def test_at_new_year_it_says_what_is_missing_and_still_tells_no_expired_figure() -> None:
    report = outdated(KNOWLEDGE, date(2027, 1, 1))
    notes = "\n".join(map(str, report.notices))
    assert "medical.resident.fiscal_subsidy_min: expired on 2026-12-31; add the new value" in notes
    assert "medical.resident.individual_min: expired on 2026-12-31, and the old one stands in" in notes
    assert "resident_medical_now: no longer given" in notes
    assert not report.findings, str(report)


def test_a_line_that_runs_on_into_the_next_is_found_in_every_template() -> None:
    line = "都删了。{% if beside %}您的还在。{% endif %}"
    assert [*run_on_lines(f"{line}\n回去")] != []
    assert [
        *run_on_lines(f"{line}\n\n回去"),
        *run_on_lines("{% if a %}甲{% endif %}\n{% if b %}乙{% endif %}"),
    ] == []


@pytest.mark.parametrize("block", ["benefit", "steps", "beware"])
def test_what_cannot_be_worded_for_some_workers_only_is_an_error(block: str) -> None:
    tag = f"{{% block {block} %}}"
    gap = "{% if said('age', 'from_51_to_59') %}{{ figure('no.such') }}{% endif %}"
    knowledge = with_words("zh", "emergency_fund", tag, tag + gap)
    assert "no.such" in "\n".join(map(str, outdated(knowledge, ON).findings))


def test_the_frame_of_a_card_reads_no_fact_that_no_block_reads() -> None:
    """So that a card can be worded wherever each of its blocks can."""
    for language in LANGUAGES:
        for name, source in KNOWLEDGE.wording.templates[language].items():
            if name == "advice/card.j2" or name.startswith("frames/"):
                assert not {"said", "calc"} & meta.find_undeclared_variables(environment({}).parse(source)), (
                    name
                )


def test_an_expired_figure_that_a_text_uses_is_an_error() -> None:
    knowledge = with_piece("resident_medical_now", valid_until=None)
    assert "can't be worded on 2027-01-01" in "\n".join(
        map(str, outdated(knowledge, date(2027, 1, 1)).findings)
    )


def test_a_figure_that_is_too_old_to_stand_in_is_for_the_operator_to_find_and_no_wrong_text() -> None:
    day, told = date(2027, 7, 5), "base_limits.zhejiang: expired on 2026-06-30, too long ago to stand in"
    assert told in "\n".join(map(str, outdated(small("emergency_fund"), day).findings))
    assert told in "\n".join(map(str, lint(small("emergency_fund"), day).notices))
    assert told not in str(lint(small("emergency_fund"), date(2027, 7, 1)))


def test_it_says_what_a_worker_would_be_told_otherwise_at_new_year() -> None:
    knowledge = small("resident_medical_now", "minor_worker", "claim_steps")
    changes = list(map(str, told_otherwise(knowledge, ON, date(2027, 1, 1))))
    assert "advice resident_medical_now: no longer given" in changes
    (minor,) = (change for change in changes if change.startswith("zh/advice/minor_worker.j2"))
    assert "  - 什么时候办：常见是2026年12月31日截止" in minor
    assert "  + 什么时候办：集中交费期多在年底" in minor
    assert not any("claim_steps" in change for change in changes)
    assert "advice resident_medical_now: given by then" in map(
        str, told_otherwise(knowledge, date(2027, 1, 1), ON)
    )
    assert not list(told_otherwise(knowledge, ON, ON))


def test_where_a_card_changes_alike_in_many_provinces_some_cases_are_told_and_the_rest_counted() -> None:
    changes = list(told_otherwise(small("platform_subsidy"), date(2026, 6, 30), date(2026, 7, 1)))
    worded = [change for change in changes if change.where == "zh/advice/platform_subsidy.j2"]
    assert len(worded) == 4
    assert worded[-1].what.endswith("more changes of this kind")
    assert worded[0].come


def test_what_was_not_checked_for_a_year_is_noted() -> None:
    notes = "\n".join(map(str, outdated(KNOWLEDGE, date(2027, 11, 30)).notices))
    assert "advice emergency_fund: last checked on 2026-11-23" in notes


def test_the_report_reads_as_lines_of_counts_and_todos() -> None:
    report = lint(with_piece("emergency_fund", priority=101), ON)
    assert "wrong: advice emergency_fund: its priority is 101; choose 0 to 100" in str(report)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (
            "  occupation:\n    food",
            "  trade:\n    food",
            "options.trade.food_delivery: no such option is asked",
        ),
        ("    food_delivery:", "    errands:", "options.occupation.errands: no such option is asked"),
        ("  job_changes: 换 换了", "  job: 换 换了", "topics.job: no such question is asked"),
        ("turn: 是 还有", "turn: 是 是 还有", "kinds.turn: '是' is there twice"),
        ("turn: 是 还有", "turn: 还有 沒有", "kinds.turn: '沒有' is read as '没有'"),
    ],
)
def test_a_mistake_in_the_readers_words_is_found(old: str, new: str, told: str) -> None:
    text = (DATA / "knowledge/reading.yaml").read_text(encoding="utf-8")
    assert old in text
    words = vocabulary(File("reading.yaml", text.replace(old, new, 1)))
    assert told in found(replace(small("emergency_fund"), vocabulary=words))


def test_a_mistake_in_the_words_of_other_lists_is_found() -> None:
    told = replace(KNOWLEDGE.asks.told, born=("生", "生", "Born"), soon=("剛",))
    asks = replace(KNOWLEDGE.asks, told=told, besides=("還有",))
    listed = replace(
        small("emergency_fund"),
        asks=asks,
        alarms=replace(KNOWLEDGE.alarms, small=("謝謝",)),
        swindles=replace(KNOWLEDGE.swindles, contacts=("WeChat",)),
    )
    wrong = found(listed)
    assert "asks.yaml told.born: '生' is there twice" in wrong
    assert "asks.yaml told.born: 'Born' is read as 'born'" in wrong
    assert "asks.yaml told.soon: '剛' is read as '刚'" in wrong
    assert "asks.yaml besides: '還有' is read as '还有'" in wrong
    assert "alarms.yaml small: '謝謝' is read as '谢谢'" in wrong
    assert "swindles.yaml contacts: 'WeChat' is read as 'wechat'" in wrong


def test_a_spelling_that_stands_for_two_words_is_refused() -> None:
    text = (DATA / "knowledge/reading.yaml").read_text(encoding="utf-8")
    with pytest.raises(KnowledgeRefused, match=r"dialect.我: '冇' stands for '没有' too"):
        vocabulary(File("reading.yaml", text.replace("我: 俺", "我: 俺 冇", 1)))


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("zh", "没放款先收钱、要验证码的，都是诈骗。"),
        ("zh", "做假收入的会被判刑。"),
        ("zh", "被骗打96110。"),
        ("en", "When: None."),
        ("en", "Otherwise the debt is yours, and so is the crime."),
    ],
)
def test_what_is_surer_than_any_source_is_found(language: Language, said: str) -> None:
    assert any("surer than any source" in each for each in offences(said, language, KNOWLEDGE.phrases))


def test_who_was_cheated_calls_the_police_and_the_doubtful_the_line_of_advice() -> None:
    assert not list(offences("被骗打110，拿不准打96110。", "zh", KNOWLEDGE.phrases))


@pytest.mark.parametrize(
    ("language", "old", "new"),
    [
        ("zh", "至少等{{", "先等{{"),
        ("zh", "居民医保错过缴费期", "错过缴费期"),
        ("en", "at least {{ calc", "{{ calc"),
        ("en", "residents’ enrolment", "enrolment"),
    ],
)
def test_a_wait_is_the_least_one_and_of_residents_insurance(language: Language, old: str, new: str) -> None:
    assert "residents’ insurance only" in found(with_words(language, "set_aside_per_order", old, new))


def test_an_article_that_english_can_not_word_is_found() -> None:
    changed = with_piece("benefit_until_retirement", sources=("retirement_decision_2024 第七条",))
    assert "write the article in digits" in found(changed)


def test_a_phrase_that_is_never_met_is_found() -> None:
    never: Mapping[Language, tuple[str, ...]] = {"zh": ("信用分",), "en": ("Credit score",)}
    knowledge = replace(small("emergency_fund"), phrases=replace(KNOWLEDGE.phrases, never=never))
    assert "phrases.yaml never.en: 'Credit score' is never met" in found(knowledge)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("  - {id: correct}", "  - {id: correct}\n  - {id: fly}", "commands.yaml fly: nothing handles it"),
        ("  - {id: correct}\n", "", "commands.yaml: correct is handled and not listed"),
        (
            "  - {id: correct}",
            "  - {id: correct, says: help}",
            "correct: it does two things",
        ),
        ("  - {id: correct}", "  - {id: fly, opens: wings}\n  - {id: correct}", "there is no tool wings"),
        ("  - {id: correct}", "  - {id: correct, aliases: [tips]}", "tips: two commands have this name"),
        ("  - {id: correct}", "  - {id: correct, zh: 改}", "correct: its line lacks a language"),
        ("  - {id: correct}", "  - {id: correct, aliases: [Mend-it]}", "Mend-it is no name for a command"),
        ("{id: delete,", "{id: delete, aliases: [wipe],", "an alias of it would wait"),
        ("zh: 全部建议", "zh: " + "全" * 257, "tips: its line has over 256 characters"),
        ("says: paused", "says: rested", "rested is said and not listed"),
        ("  done: []\n", "", "sayings: done is said and not listed"),
        ("  done: []", "  done: []\n  over: []", "sayings.over: nothing says it"),
        ("  done: []\n", "", "templates/zh/say/done.j2: it belongs to no saying"),
        ("  paused: [[continue]", "  paused: [[fly]", "can't be worded"),
    ],
)
def test_a_mistake_in_the_commands_is_found(old: str, new: str, told: str) -> None:
    text = (DATA / "knowledge/commands.yaml").read_text(encoding="utf-8")
    assert old in text
    changed = commands(File("commands.yaml", text.replace(old, new, 1)))
    assert told in found(replace(small("emergency_fund"), commands=changed))


def test_a_command_that_only_says_something_needs_no_programmer() -> None:
    text = (DATA / "knowledge/commands.yaml").read_text(encoding="utf-8")
    entry = "\n  - {id: hours, says: hours, zh: 几点上班, en: Opening hours}\nsayings:\n  hours: []\n"
    known = replace(KNOWLEDGE, commands=commands(File("commands.yaml", text.replace("\nsayings:\n", entry))))
    wording = {tongue: dict(texts) for tongue, texts in KNOWLEDGE.wording.templates.items()}
    for tongue in LANGUAGES:
        wording[tongue]["say/hours.j2"] = "8:00"
    known = replace(known, wording=Wording(wording, KNOWLEDGE.parameters))
    assert not list(check_commands(known))
    terminal = Terminal(Presenter(known), lambda: NOON)
    assert "8:00" in terminal.say("/hours")
    assert "/hours 几点上班" in terminal.say("/help")
