"""The choice: which advice goes to whom, in which order, why not the rest, and what an edit changed."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from bot.content.conditions import Condition
from bot.content.knowledge import Knowledge, More, Piece
from bot.content.parameters import Parameters, Value
from bot.content.questionnaire import Answers
from bot.guidance import Changes, Guidance, Marks, advise, changes, outcome
from bot.guidance.choice import BY_NEAR
from tests.advised import ON, RIDER, told
from tests.checkout import KNOWLEDGE

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


def test_of_near_duplicates_one_at_most_is_among_the_first() -> None:
    kin = [replace(piece(id, priority), kin="lender") for id, priority in (("a", 90), ("b", 80), ("c", 70))]
    other = [piece("d", 20, theme="insurance"), piece("e", 10, theme="group")]
    found = told({}, knowledge=knowing(*kin, *other))
    assert [a.id for a in found.first] == ["a", "d", "e"]
    assert [a.id for a in told({}, knowledge=knowing(*kin)).first] == ["a"], "nor do they fill the places"


def test_an_emergency_is_never_among_the_first_but_advised() -> None:
    urgent = replace(piece("a", 90, theme="danger"), call=("hotline.police",))
    found = told({}, knowledge=knowing(urgent, piece("b")))
    assert [a.id for a in found.first] == ["b"]
    assert ids(found) == ["b", "a"]


def test_what_helps_most_people_is_told_to_whoever_of_whom_nothing_is_known_and_then_says_what_isnt() -> None:
    window = replace(piece("a", 90, when={"social_insurance": ("none",)}), anyway=60)
    knowledge = knowing(window, piece("b", 50))
    found = told({}, knowledge=knowledge)
    assert [(a.id, a.priority, a.because) for a in found.first] == [
        ("a", 60, ("social_insurance",)),
        ("b", 50, ()),
    ]
    assert told({"social_insurance": ("none",)}, knowledge=knowledge).first[0].priority == 90
    assert ids(told({"social_insurance": ("resident",)}, knowledge=knowledge)) == ["b"]
    assert told({}, knowledge=knowing(window, replace(window, id="c", anyway=None))).undecided[0].id == "c"


@pytest.mark.parametrize(("days", "priority"), [(-1, 50), (0, 50 + BY_NEAR), (45, 50 + BY_NEAR), (46, 50)])
def test_a_near_deadline_moves_a_piece_up_until_it_is_over(days: int, priority: int) -> None:
    end = replace(
        KNOWLEDGE.parameters.parameter("medical.resident.window_end"),
        values=(Value(date(2020, 1, 1), ON + timedelta(days), (), "memory", ON),),
    )
    parameters = Parameters({**KNOWLEDGE.parameters.by_id, end.id: end})
    dated = replace(piece("a"), deadline=end.id)
    assert told({}, knowledge=replace(knowing(dated), parameters=parameters)).first[0].priority == priority


def test_each_piece_has_one_of_three_verdicts_for_a_worker() -> None:
    pieces = (
        piece("for_all"),
        piece("barred", eligible={"age": ("from_31_to_40",)}),
        piece("for_others", when={"age": ("from_31_to_40",)}),
        piece("open", when={"debt": ("none",)}),
    )
    found = told({"age": ("from_21_to_30",)}, knowledge=knowing(*pieces))
    verdicts = {p.id: found.verdict(p.id) for p in pieces}
    assert verdicts == {"for_all": "yes", "barred": "not", "for_others": "not", "open": "depends"}


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


def test_the_trace_says_of_each_piece_what_became_of_it_and_by_which_facts() -> None:
    pieces = (
        piece("given", when={"age": ("from_21_to_30",)}),
        piece("had", already={"has_liability_cover": ("yes",)}),
        piece("other", when={"age": ("from_31_to_40",), "debt": ("none",)}),
        piece("barred", eligible={"age": ("from_31_to_40",), "debt": ("none",)}),
        piece("open", eligible={"occupation": ("truck_driver",)}),
        piece("apart"),
    )
    answers = {"age": ("from_21_to_30",), "commercial_cover": ("liability",)}
    found = told(answers, knowledge=knowing(*pieces), marks={"apart": "done"})
    assert {line.id: (line.outcome, line.facts) for line in found.trace.judged} == {
        "given": ("advised", ("age",)),
        "had": ("already", ("has_liability_cover",)),
        "other": ("not_for_you", ("age",)),
        "barred": ("not_eligible", ("age",)),
        "open": ("undecided", ("occupation",)),
        "apart": ("set_aside", ()),
    }


def test_what_hangs_on_an_unknown_names_the_question_that_settles_it() -> None:
    found = told({"age": ("from_21_to_30",)})
    settling = {undecided.id: undecided.question for undecided in found.undecided}
    assert settling["how_to_enrol"] == "social_insurance"
    assert settling["ebike_liability"] == "occupation"
    assert settling["claim_steps"] == "commercial_cover"
    assert settling["card_instalments"] == "debt", "first the question that opens the other"


def test_undecided_pieces_stand_under_their_question_the_fullest_first_and_the_hopeless_last() -> None:
    grouped = told({"age": ("from_51_to_59",), "sex": ("female",)}).by_question
    sizes = [len(pieces) for question, pieces in grouped.items() if question]
    assert sizes == sorted(sizes, reverse=True)
    assert list(grouped)[-1] is None
    assert "over_retirement" in grouped[None], "no question tells a band's years"


def test_between_51_and_59_the_sex_settles_what_the_age_leaves_open() -> None:
    assert "over_retirement" in told({"age": ("from_51_to_59",)}).by_question["sex"]


def test_answering_the_settling_question_settles_it() -> None:
    for undecided in told({"age": ("from_21_to_30",)}).undecided:
        if undecided.question is None:
            continue
        for option in KNOWLEDGE.questionnaire.by_id[undecided.question].options:
            if option.id != "unknown":
                after = told({"age": ("from_21_to_30",), undecided.question: (option.id,)})
                still = {u.id: u.question for u in after.undecided}
                assert still.get(undecided.id) != undecided.question, (undecided, option.id)


def test_what_a_worker_marked_leaves_the_advice_and_is_named_as_set_aside() -> None:
    before = told(RIDER)
    marks = {before.first[0].id: "done", before.first[1].id: "not_for_me"}
    after = told(RIDER, marks=marks)
    assert len(after.first) == 3
    assert set(ids(after)) == set(ids(before)) - set(marks)
    assert {aside.id: aside.mark for aside in after.set_aside} == marks
    assert {line.id for line in after.trace.judged if line.outcome == "set_aside"} == set(marks)


def test_a_mark_on_a_piece_that_is_gone_or_out_of_its_time_changes_nothing() -> None:
    marks = {"gone": "done", "resident_medical_now": "done"}
    later = date(2027, 1, 1)
    assert ids(told(RIDER, later, marks=marks)) == ids(told(RIDER, later))
    assert told(RIDER, later, marks=marks).set_aside == ()


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
    before = told(RIDER, marks={"flexible_pension": "have"})
    facts = {name: frozenset(values) for name, values in before.trace.facts.items()}
    assert advise(KNOWLEDGE, facts, before.trace.on, before.trace.marks) == before


def test_a_minor_is_told_something_of_use_too() -> None:
    assert len(told({"age": ("from_16_to_17",)}).first) == 3


# --- what an answer changed ------------------------------------------------------------------------


def changed(before: Answers, after: Answers, marks: Marks | None = None) -> Changes:
    return changes(outcome(KNOWLEDGE, before, ON, marks), outcome(KNOWLEDGE, after, ON, marks))


def test_the_same_answers_change_nothing() -> None:
    assert changed(RIDER, dict(RIDER)) == Changes(None, (), (), ())


def test_another_debt_moves_the_tenths_and_the_advice_on_it() -> None:
    free = {id: answer for id, answer in RIDER.items() if id != "debt_kinds"} | {"debt": ("none",)}
    found = changed(RIDER, free)
    assert found.tenths is not None
    before, after = found.tenths
    assert before is not None
    assert after is not None
    assert sum(after) < sum(before)
    assert found.covered == ()
    assert set(found.gone) == set(ids(told(RIDER))) - set(ids(told(free)))
    assert set(found.came) == set(ids(told(free))) - set(ids(told(RIDER)))
    back = changed(free, RIDER)
    assert (set(back.came), set(back.gone)) == (set(found.gone), set(found.came))


def test_a_score_that_can_be_worked_out_now_has_moved() -> None:
    tenths = changed({"age": RIDER["age"]}, RIDER).tenths
    assert tenths is not None
    assert (tenths[0] is None, tenths[1] is None) == (True, False)


def test_a_cover_that_was_added_is_told_by_its_risk() -> None:
    insured = {**RIDER, "commercial_cover": ("liability",), "premium": ("below_300",)}
    (covered,) = changed(RIDER, insured).covered
    assert (covered.risk, covered.before, covered.after) == ("liability", "open", "covered")


def test_what_was_set_aside_neither_comes_nor_goes() -> None:
    silent: Answers = {"age": RIDER["age"]}
    came = changed(silent, RIDER).came
    assert came
    assert changed(silent, RIDER, dict.fromkeys(came, "done")).came == ()
