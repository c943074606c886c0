"""A model that learns: collected answers against the model in service, promotion on merit, the way back."""

import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from bot.content.questionnaire import LANGUAGES
from bot.privacy.private_files import write
from bot.research.columns import Columns
from bot.research.export import export
from bot.research.participants import Office
from bot.research.report.labels import Labels, environment
from models.serving import artifact
from models.training import answers, learning
from models.training.learning import Decision
from models.training.specs import SERVED
from models.training.train import ARTIFACTS, archive

PREVIOUS = "previous"


@dataclass(frozen=True, slots=True)
class Term:
    """A slope before and after, in log-odds."""

    name: str
    before: float
    after: float


@dataclass(frozen=True, slots=True)
class Retrained:
    """What became of one model: the gate's decision, versions and slopes before and after."""

    decision: Decision
    before: str
    after: str
    terms: tuple[Term, ...]


@dataclass(frozen=True, slots=True)
class _Version:
    id: str
    slopes: Mapping[str, float]


async def retrain(office: Office, folder: Path, on: date) -> list[Retrained]:
    """Learn from everyone who agreed to research and told the outcome; write models and card into a folder.

    A folder without models begins with those that this package carries. What is promoted takes its place,
    the old one is kept in `previous/`.

    Raises:
        AnswersError: too few complete answers, or all alike.
        ArtifactError: a model in the folder was changed by hand.
    """
    begin(folder)
    before = {spec.name: _read(folder, spec.name) for spec in SERVED}
    with tempfile.TemporaryDirectory() as private:
        people = (p async for p in office.participants() if p.answered in answers.questionnaires())
        await export(people, Columns(office.knowledge), Path(private))
        decisions = learning.learn(Path(private) / "answers.csv", folder)
    found = [_retrained(decision, before[decision.model], folder) for decision in decisions]
    for language in LANGUAGES:
        labels = Labels(language, office.knowledge.questionnaire)
        words = {"words": labels.words["card"], "models": labels.words["models"]}
        text = environment().get_template("card.md.j2").render(found=found, on=on, **words)
        write(folder / f"CARD.{language}.md", text)
    return found


def begin(folder: Path) -> None:
    """Put the models that this package carries into a folder that has none."""
    folder.mkdir(parents=True, exist_ok=True)
    for spec in SERVED:
        path = folder / f"{spec.name}.json"
        if not path.exists():
            shutil.copyfile(ARTIFACTS / path.name, path)


class NoEarlierModel(ValueError):
    """There is no earlier version to put back."""


def roll_back(folder: Path, model: str, version: str = "") -> str:
    """Put a model's earlier version back, the last one unless named; gives the version that serves now.

    What served until now is kept in `previous/` too, so a step back can be taken back.

    Raises:
        NoEarlierModel: there is no such earlier version.
        ArtifactError: one of the two was changed by hand.
    """
    kept = sorted(
        (folder / PREVIOUS).glob(f"{model}-{version}*.json"), key=lambda path: path.stat().st_mtime_ns
    )
    if not kept:
        raise NoEarlierModel(f"{folder / PREVIOUS} holds no earlier {model} {version}".rstrip())
    text = kept[-1].read_text(encoding="utf-8")
    wanted = artifact.verify(text, name=model)
    current = folder / f"{model}.json"
    _read(folder, model)
    archive(current.read_text(encoding="utf-8"), model, folder)
    fresh = current.with_suffix(".json.new")
    fresh.write_text(text, encoding="utf-8")
    fresh.replace(current)
    return str(wanted["sha256"][:12])


def _retrained(decision: Decision, before: _Version, folder: Path) -> Retrained:
    after = _read(folder, decision.model)
    terms = tuple(Term(name, slope, after.slopes[name]) for name, slope in before.slopes.items())
    return Retrained(decision, before.id, after.id, terms)


def _read(folder: Path, name: str) -> _Version:
    document = artifact.verify((folder / f"{name}.json").read_text(encoding="utf-8"), name=name)
    return _Version(document["sha256"][:12], {row["name"]: row["slope"] for row in document["terms"]})
