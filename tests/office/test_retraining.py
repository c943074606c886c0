"""Learning: the models follow a world that has moved on, only on merit, and the way back is short."""

import asyncio
from pathlib import Path

import pytest

from bot.__main__ import main
from bot.loading.knowledge import load_knowledge
from bot.research.retraining import Retrained, begin, retrain, roll_back
from models.serving import risk
from models.serving.artifact import ArtifactError
from models.training.answers import AnswersError
from models.training.train import archive
from tests.office.rooms import fill, office, talk
from tests.office.towns import DAY, talks_of

CONSTRAINT, GAP = "financing_constraint", "insurance_gap"


async def learned(folder: Path, people: int, *, moved: bool) -> dict[str, Retrained]:
    await fill(folder / "b.sqlite", talks_of(people, moved=moved))
    async with office(folder / "b.sqlite") as rooms:
        return {found.decision.model: found for found in await retrain(rooms, folder / "models", DAY)}


def test_the_models_follow_a_world_that_has_moved_on_and_the_way_back_is_one_command(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = asyncio.run(learned(tmp_path, 2_000, moved=True))
    models = tmp_path / "models"
    assert all(model.decision.promoted for model in found.values())
    slopes = {term.name: (term.before, term.after) for term in found[CONSTRAINT].terms}
    assert slopes["debt"][1] > slopes["debt"][0] + 0.1
    assert slopes["investing"][0] < -0.5 < 0 < slopes["investing"][1]

    now = risk.artifact(CONSTRAINT, folder=models).version
    assert (found[CONSTRAINT].before, found[CONSTRAINT].after) == (risk.artifact(CONSTRAINT).version, now)
    served = load_knowledge(models=models).models
    assert {name: model.version for name, model in served.items()} == {n: found[n].after for n in found}
    for name in ("CARD.zh.md", "CARD.en.md"):
        card = (models / name).read_text(encoding="utf-8")
        assert now in card
        assert "&#" not in card

    assert main(["retrain", "--artifacts", str(models), "--roll-back", CONSTRAINT]) == 0
    assert risk.artifact(CONSTRAINT, folder=models).version == found[CONSTRAINT].before
    assert risk.artifact(GAP, folder=models).version == found[GAP].after
    assert found[CONSTRAINT].before in capsys.readouterr().out
    assert roll_back(models, CONSTRAINT) == now, "a step back can be taken back"
    assert roll_back(models, CONSTRAINT, found[CONSTRAINT].before) == found[CONSTRAINT].before


async def test_too_few_answers_change_nothing(tmp_path: Path) -> None:
    with pytest.raises(AnswersError, match="Collect more"):
        await learned(tmp_path, 60, moved=True)
    for name in (CONSTRAINT, GAP):
        assert risk.artifact(name, folder=tmp_path / "models").version == risk.artifact(name).version


async def test_answers_of_another_questionnaire_are_not_learned_from(tmp_path: Path) -> None:
    await fill(tmp_path / "b.sqlite", [talk(questionnaire="2020-01-01")] * 200)
    async with office(tmp_path / "b.sqlite") as rooms:
        with pytest.raises(AnswersError, match="no row"):
            await retrain(rooms, tmp_path / "models", DAY)


def test_there_is_no_way_back_from_nothing(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no earlier"):
        roll_back(tmp_path, CONSTRAINT)


def test_a_folder_that_lacks_a_model_is_not_served(tmp_path: Path) -> None:
    begin(tmp_path)
    (tmp_path / f"{GAP}.json").unlink()
    with pytest.raises(ArtifactError, match=GAP):
        load_knowledge(models=tmp_path)


def test_a_version_that_was_changed_by_hand_is_not_put_back(tmp_path: Path) -> None:
    begin(tmp_path)
    served = (tmp_path / f"{GAP}.json").read_text(encoding="utf-8")
    kept = archive(served, GAP, tmp_path)
    kept.write_text(served.replace("0", "1", 1), encoding="utf-8")
    with pytest.raises(ArtifactError):
        roll_back(tmp_path, GAP)
    assert (tmp_path / f"{GAP}.json").read_text(encoding="utf-8") == served
