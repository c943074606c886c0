"""A complaint shows how a result came about, by the rules, figures and words of its version."""

import json
from dataclasses import asdict, replace
from datetime import date
from pathlib import Path

import pytest

from bot.__main__ import main
from bot.backoffice.complaint import explain, read_case
from bot.content.questionnaire import LANGUAGES
from bot.guidance import OtherKnowledge, audit_result, outcome, replay
from tests.advised import ON, RIDER
from tests.checkout import KNOWLEDGE
from tests.worded import talk

PERSONA = Path(__file__).parents[1] / "personas/rider_without_cover.yaml"


@pytest.mark.parametrize("answers", [{"\x1b[31mage": "adult"}, {"age": "\x1b]0;root\x07"}, ["\x1b[2J"]])
def test_a_worker_s_file_can_t_write_escapes_to_the_operator_s_terminal(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], answers: object
) -> None:
    file = tmp_path / "my-data.json"
    file.write_text(json.dumps({"answers": answers}), encoding="utf-8")
    main(["account", str(file)])
    said = capsys.readouterr()
    assert said.out + said.err
    assert all(letter.isprintable() or letter in "\n\t" for letter in said.out + said.err)


def test_a_past_result_is_replayed_with_every_figure_that_its_cards_told() -> None:
    before = outcome(KNOWLEDGE, RIDER, ON, {"claim_steps": "done"}).guidance
    found = audit_result(KNOWLEDGE, before.trace, "zh")
    assert found.guidance == before
    pension = next(told for told in found.told if told.advised.id == "flexible_pension")
    base = pension.figures["pension.base_limits.shanghai"]
    assert (base.from_, base.sources) == (date(2026, 7, 1), ("province_bases_2026",))
    assert pension.rule == KNOWLEDGE.piece("flexible_pension")
    assert "每月1509.20元" in pension.text


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_figure_of_a_replayed_result_is_unsure_or_of_another_day(language: str) -> None:
    trace = outcome(KNOWLEDGE, RIDER, ON).guidance.trace
    for told in audit_result(KNOWLEDGE, trace, language).told:  # type: ignore[arg-type]  # a language
        for value in told.figures.values():
            assert value.confidence != "unsure"
            assert value.from_ <= ON


def test_a_result_of_another_version_is_not_passed_off_as_this_ones() -> None:
    trace = replace(outcome(KNOWLEDGE, RIDER, ON).guidance.trace, knowledge="0123456789ab")
    with pytest.raises(OtherKnowledge, match="made from knowledge 0123456789ab"):
        replay(KNOWLEDGE, trace)


def test_the_workers_own_file_is_all_that_is_needed(tmp_path: Path) -> None:
    kept = replace(talk(RIDER), shown_by=KNOWLEDGE.version, marks={"injury_cover": "have"})
    file = tmp_path / "my-data.json"
    file.write_text(json.dumps(asdict(kept), ensure_ascii=False), encoding="utf-8")
    lines = "\n".join(explain(KNOWLEDGE, read_case(file), ON, "zh"))
    assert "score: financing_constraint high" in lines
    assert "borrowing: not_said, band high, " in lines
    assert "cover: illness open (nothing)" in lines
    assert "fact: province = shanghai" in lines
    first = outcome(KNOWLEDGE, RIDER, ON, {"injury_cover": "have"}).guidance.first[0]
    assert f"1. {first.id}: priority " in lines
    assert "medical.resident.individual_min = 400, 2026-01-01 to 2026-12-31, verified_secondary" in lines
    assert "not told: injury_cover: set aside" in lines


def test_who_objected_to_the_score_gets_the_account_of_the_general_advice(tmp_path: Path) -> None:
    file = tmp_path / "my-data.json"
    file.write_text(json.dumps(asdict(replace(talk(RIDER), unscored=True))), encoding="utf-8")
    lines = "\n".join(explain(KNOWLEDGE, read_case(file), ON, "en"))
    assert "shanghai" not in lines
    assert "score: financing_constraint none" in lines


def test_the_command_prints_it_and_refuses_what_it_cannot_stand_for(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["account", str(PERSONA), "--on", "2026-11-23"]) == 0
    assert "rule: platform_work is yes or perhaps" in capsys.readouterr().out
    old = tmp_path / "old.json"
    old.write_text(json.dumps({"answers": {}, "shown_by": "0123456789ab"}), encoding="utf-8")
    assert main(["account", str(old)]) == 65
    assert "0123456789ab" in capsys.readouterr().err
    old.write_text("no data", encoding="utf-8")
    assert main(["account", str(old)]) == 65
    assert "no data file as /mydata gives it" in capsys.readouterr().err
