"""Learning: what is better waits, serves on a person's word, and the way back is one command."""

import asyncio
from collections.abc import Sequence
from datetime import datetime, time, timedelta
from pathlib import Path

import numpy as np
import pytest
import sqlalchemy as sa

from bot.__main__ import main
from bot.dialogue.conversation import Conversation
from bot.dialogue.reminders import CHINA
from bot.loading.knowledge import load_knowledge
from bot.research import retraining
from bot.research.report.labels import Labels
from bot.research.retraining import Retrained, begin, retrain, roll_back, side_by_side
from bot.storage.engine import open_database
from bot.storage.tables import conversations, counts
from models.serving import risk
from models.serving.artifact import ArtifactError
from models.training import register
from models.training.answers import AnswersError
from models.training.register import RegisterError
from models.training.train import archive
from tests import databases
from tests.learning import crowds
from tests.learning.samples import as_participant
from tests.office.rooms import KNOWLEDGE, fill, office, talk, url_of
from tests.office.towns import DAY, talks_of

CONSTRAINT, GAP = "financing_constraint", "insurance_gap"
LABELS = Labels("en", KNOWLEDGE.questionnaire)


def talks_in_another_world(people: int, seed: int = 4) -> list[Conversation]:
    """People as in the survey, who are refused by another law than the report's."""
    dice = np.random.default_rng(seed)
    law = crowds.another(dice)
    return [as_participant(one).talk for one in crowds.honest(law)(people, dice)]


async def learned(folder: Path, talks: Sequence[Conversation]) -> dict[str, Retrained]:
    await fill(folder / "b.sqlite", talks)
    async with office(folder / "b.sqlite") as rooms:
        return {found.decision.model: found for found in await retrain(rooms, folder / "models", DAY)}


async def change(database: Path, *statements: sa.Executable) -> None:
    filled = open_database(url_of(database))
    async with databases.begin(filled) as connection:
        for statement in statements:
            await connection.execute(statement)
    await filled.dispose()


@pytest.mark.slow
def test_a_better_model_scores_unseen_for_a_month_and_serves_when_a_person_has_seen_both(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = asyncio.run(learned(tmp_path, talks_in_another_world(4_300)))
    models, database = tmp_path / "models", tmp_path / "b.sqlite"
    before = risk.artifact(CONSTRAINT).version
    decision = found[CONSTRAINT].decision
    assert (decision.outcome, found[GAP].decision.outcome) == ("nominated", "refused")
    assert load_knowledge(models=models).models[CONSTRAINT].version == before, "it is only tried"
    for name in ("CARD.zh.md", "CARD.en.md"):
        card = (models / name).read_text(encoding="utf-8")
        assert before in card
        assert decision.challenger in card
        assert "&#" not in card

    async def shown() -> str:
        later = datetime.combine(DAY + timedelta(days=20), time(12), CHINA).timestamp()
        which = f"{decision.challenger}:low>middle"
        await change(
            database,
            sa.insert(counts).values(what="shadow", which=which, number=40, since=1),
            sa.insert(counts).values(what="shadow", which="another:low>high", number=50, since=1),
            sa.update(conversations).values(changed_at=int(later)),
        )
        async with office(database) as rooms:
            both = await side_by_side(rooms, models, CONSTRAINT)
        assert both.bands == {("low", "middle"): 40}
        assert both.fresh is not None
        assert both.fresh.gain.z > 3
        with pytest.raises(RegisterError, match="may serve from"):
            retraining.promote(models, both, DAY, "too early")
        retraining.promote(models, both, both.challenger.ready, "order better, few move")
        return "\n".join(retraining.lines(both, LABELS))

    said = asyncio.run(shown())
    assert "40  low -> middle" in said
    assert "people answered since" in said
    assert load_knowledge(models=models).models[CONSTRAINT].version == decision.challenger
    last = list(register.decisions(models))[-1]
    assert (last["what"], last["because"]) == ("promoted", "order better, few move")
    assert last["figures"]["results"] == {"low>middle": 40}

    assert main(["retrain", "--artifacts", str(models), "--roll-back", CONSTRAINT]) == 0
    assert risk.artifact(CONSTRAINT, folder=models).version == before
    assert before in capsys.readouterr().out


def test_a_refusal_says_in_plain_words_which_question_was_answered_no(tmp_path: Path) -> None:
    found = asyncio.run(learned(tmp_path, talks_of(60)))
    said = "\n".join(line for row in found.values() for line in retraining.told(row, LABELS))
    assert (
        "Not yet. The one in service stays. There are 60 complete answers. At least 3,500 are needed." in said
    )
    for name in (CONSTRAINT, GAP):
        assert risk.artifact(name, folder=tmp_path / "models").version == risk.artifact(name).version


def test_a_town_whose_people_have_changed_is_no_longer_the_surveys_and_is_not_learned_from(
    tmp_path: Path,
) -> None:
    found = asyncio.run(learned(tmp_path, talks_of(3_600, moved=True)))
    assert found[CONSTRAINT].decision.verdict.why == "drift"
    assert found[GAP].decision.verdict.why == "base_rate"


async def test_answers_of_another_questionnaire_are_not_learned_from(tmp_path: Path) -> None:
    await fill(tmp_path / "b.sqlite", [talk(questionnaire="2020-01-01")] * 200)
    async with office(tmp_path / "b.sqlite") as rooms:
        with pytest.raises(AnswersError, match="no row"):
            await retrain(rooms, tmp_path / "models", DAY)


def test_there_is_no_way_back_from_nothing(tmp_path: Path) -> None:
    begin(tmp_path)
    with pytest.raises(RegisterError, match="no earlier"):
        roll_back(tmp_path, CONSTRAINT, DAY)


def test_a_folder_of_an_earlier_release_which_holds_no_record_has_a_way_back_too(tmp_path: Path) -> None:
    begin(tmp_path)
    served = (tmp_path / f"{GAP}.json").read_text(encoding="utf-8")
    archive(served, GAP, tmp_path)
    assert roll_back(tmp_path, GAP, DAY) == risk.artifact(GAP).version


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
        roll_back(tmp_path, GAP, DAY)
    assert (tmp_path / f"{GAP}.json").read_text(encoding="utf-8") == served
