"""The path follows from the answers, and nothing off the path exists."""

import random
from dataclasses import replace

import pytest

from bot.content import questionnaire
from bot.content.questionnaire import SKIPPED, Answers
from tests.answer_sets import answer_set
from tests.checkout import KNOWLEDGE
from tests.questionnaires import AGE, DEBT, KINDS, SEX, WORK, flow, option, question

QUESTIONS = flow().questionnaire


def ids(answers: dict[str, tuple[str, ...]], *, research: bool = False) -> list[str]:
    return [q.id for q in QUESTIONS.path(answers, research=research)]


def test_a_question_with_a_condition_waits_until_it_holds() -> None:
    assert ids({}) == ["age", "debt", "work"]
    assert ids({"debt": ("some",)}) == ["age", "debt", "kinds", "work"]
    assert ids({"debt": ("none",)}) == ["age", "debt", "work"]


def test_a_path_that_is_remembered_is_the_one_that_would_be_found_anew(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(questionnaire, "MANY", 3)  # so that some are forgotten again
    remembering, dice = KNOWLEDGE.questionnaire, random.Random(3)
    for _ in range(200):
        answers = answer_set(remembering, dice)
        for part in ({}, dict(list(answers.items())[: dice.randrange(len(answers))]), answers):
            for research in (True, False):
                anew = replace(remembering)
                assert remembering.path(part, research=research) == anew.path(part, research=research)


def test_the_research_part_is_only_for_those_who_chose_it() -> None:
    assert ids({}, research=True)[-1] == "sex"


def test_next_is_the_first_question_without_an_answer() -> None:
    following = QUESTIONS.next({"age": ("adult",), "debt": ("some",)})
    assert following is KINDS
    assert QUESTIONS.next({"age": ("adult",), "debt": ("none",), "work": ("rider",)}) is None


@pytest.mark.asvs("2.2.3")
def test_an_answer_off_the_path_does_not_exist_and_comes_back_with_the_path() -> None:
    answers = {"debt": ("some",), "kinds": ("car",)}
    assert QUESTIONS.relevant({**answers, "debt": ("none",)}) == {"debt": ("none",)}
    assert QUESTIONS.relevant(answers) == answers


def test_an_answer_of_the_research_part_counts_whoever_gave_it() -> None:
    given = {"age": ("adult",), "debt": ("none",), "work": ("rider",), "sex": ("woman",), "kinds": ("car",)}
    assert QUESTIONS.relevant(given) == {id: given[id] for id in ("age", "debt", "work", "sex")}


def test_a_single_choice_accepts_one_known_option() -> None:
    assert DEBT.accepts(("some",))
    assert not DEBT.accepts(("some", "none"))
    assert not DEBT.accepts(("other",))
    assert not DEBT.accepts(())


@pytest.mark.asvs("2.2.3")
def test_several_choices_accept_several_but_an_exclusive_one_stands_alone() -> None:
    assert KINDS.accepts(("car", "home"))
    assert KINDS.accepts(("nothing",))
    assert not KINDS.accepts(("car", "nothing"))
    assert not KINDS.accepts(("car", "car"))


def test_only_a_skippable_question_can_be_skipped() -> None:
    assert WORK.accepts((SKIPPED,))
    assert SEX.accepts((SKIPPED,))
    assert not AGE.accepts((SKIPPED,))


def test_words_are_given_in_the_asked_language() -> None:
    asked = question("work", option("rider", zh="骑手"))
    assert asked.text.in_("zh") == "work？"
    assert asked.text.in_("en") == "work?"
    assert asked.options[0].in_("zh") == "骑手"
    assert asked.options[0].in_("en") == "rider"


# --- who is asked what, and what earlier versions asked --------------------------------------------------

SPARED = {
    "education",
    "income",
    "debt",
    "debt_kinds",
    "constrained",
    "why_constrained",
    "premium",
    "investing",
}


def asked_of(answers: Answers, *, research: bool = False) -> list[str]:
    return [q.id for q in KNOWLEDGE.questionnaire.path(answers, research=research)]


@pytest.mark.parametrize("age", ["from_14_to_15", "from_16_to_17", "from_14_to_17"])
def test_minors_are_not_asked_what_is_not_used_for_them(age: str) -> None:
    answers = {"age": (age,), "commercial_cover": ("accident",), "province": (SKIPPED,)}
    path = asked_of(answers, research=True)
    assert SPARED.isdisjoint(path)
    assert path == asked_of(answers), "nobody under age is asked for research"


def test_sex_is_asked_in_the_short_part_where_advice_hangs_on_it() -> None:
    for age in ("from_41_to_50", "from_51_to_59", "from_60"):
        assert asked_of({"age": (age,)})[-1] == "sex"
    young = {"age": ("from_31_to_40",)}
    assert "sex" not in asked_of(young)
    assert "sex" in asked_of(young, research=True)


def test_what_an_earlier_version_asked_stays_readable_and_is_offered_to_nobody() -> None:
    today = KNOWLEDGE.questionnaire
    before = {"age": ("from_14_to_17",), "constrained": ("yes",), "why_constrained": ("other",)}
    kept = today.fitting(before, "2026-11-23")
    assert kept == {**before, "constrained": ("ever",)}, "nobody said that it was in the last year"
    assert today.fitting(before, today.version) == before
    for id in ("age", "constrained"):
        question = today.by_id[id]
        assert question.accepts(kept[id])
        assert not {option.id for option in question.options} & {option.id for option in question.retired}


def test_a_follow_up_is_asked_after_an_earlier_answer_that_means_the_same() -> None:
    for answer in ("yes", "earlier", "ever"):
        assert "why_constrained" in asked_of({"constrained": (answer,)})
    assert "why_constrained" not in asked_of({"constrained": ("no",)})


def test_every_answer_that_any_version_offered_can_still_be_read() -> None:
    today = KNOWLEDGE.questionnaire
    for version, questions in KNOWLEDGE.recorded.items():
        for words in questions.values():
            for id in words.options:
                assert today.fitting({words.id: (id,)}, version), (version, words.id, id)
