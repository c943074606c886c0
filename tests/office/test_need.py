"""The office sees need and refusal apart, without its few people, and from when either may be learned."""

from collections.abc import Sequence

from bot.content.questionnaire import LANGUAGES, Answers, Language
from bot.research.disclosure import LEAST
from bot.research.report.labels import Labels
from bot.research.report.need import ANSWERS, REASONS, need
from bot.research.report.need_section import need_part
from models.training import gate
from tests.office.rooms import ANSWERS as WHOLE
from tests.office.rooms import KNOWLEDGE, talk
from tests.office.towns import counted

QUESTIONNAIRE = KNOWLEDGE.questionnaire


def said(constrained: str, *why: str) -> Answers:
    answers = {**WHOLE, "constrained": (constrained,), "why_constrained": why}
    return QUESTIONNAIRE.relevant({id: answer for id, answer in answers.items() if answer})


MANY = [
    *[said("never_needed")] * 30,
    *[said("no")] * 20,
    *[said("yes", "credit_record", "fear_of_fraud")] * 25,
    *[said("earlier", "fear_of_fraud")] * 15,
    *[said("ever", "too_expensive")] * 11,
    *[said("yes", "other")] * 12,
]


def rows(answers: Sequence[Answers], language: Language = "en") -> list[list[tuple[str, ...]]]:
    tally = counted([talk(each) for each in answers])
    part = need_part(tally, QUESTIONNAIRE, Labels(language, QUESTIONNAIRE))
    return [[row.cells for row in table.rows] for table in part.tables]


def test_need_refusal_and_discouragement_are_told_apart() -> None:
    asked, why, _ = rows(MANY)
    assert [cells[1] for cells in asked] == ["30", "20", "37", "26"]
    assert asked[0][2] == "26.5%"
    assert [cells[1] for cells in why] == ["25", "15", "11", "12"], "each counts with their first reason"


def test_no_answer_is_missing_from_either() -> None:
    by_id = QUESTIONNAIRE.by_id
    assert {o for options in ANSWERS.values() for o in options} == {
        o.id for o in by_id["constrained"].readable
    }
    told = {o for options in REASONS.values() for o in options}
    assert {o.id for o in by_id["why_constrained"].readable} - told == {"other"}


def test_a_few_people_are_hidden_with_a_neighbour() -> None:
    asked, why, _ = rows([*[said("never_needed")] * 30, *[said("no")] * (LEAST - 1), *MANY[50:]])
    few = Labels("en", QUESTIONNAIRE).words["few"]
    assert [cells[1] for cells in asked] == [few, few, "37", "26"]
    assert [cells[1] for cells in why] == ["25", "15", "11", "12"]


def test_what_may_be_learned_counts_only_the_answers_that_tell_it() -> None:
    found = need(counted([talk(each) for each in MANY]), QUESTIONNAIRE)
    assert (found.told, found.lately) == (113, 113 - 30 - 11)
    assert f"{found.since}" == "2026-11-29", "until then nobody was asked when it was"


def test_it_says_in_both_languages_from_when_each_may_be_learned() -> None:
    for language in LANGUAGES:
        *_, when = rows(MANY, language)
        assert [cells[1] for cells in when][-1] in ("none", "没有"), "nobody is asked a year later"
        assert f"{gate.LEAST:,}" in when[0][2]
        assert "2026-11-29" in when[2][2]
