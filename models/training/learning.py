"""Collected answers against the model in service: the gate's yes makes a challenger, its no is recorded."""

from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any, Literal

import numpy as np

from models.serving import artifact
from models.training import answers, gate, published, register, sheet
from models.training.answers import AnswersError
from models.training.catalytic import with_surveys_share
from models.training.fitting import Fit
from models.training.gate import Learned, Verdict
from models.training.sheet import Sheet
from models.training.specs import SERVED, Spec
from models.training.train import ARTIFACTS, content, train

Outcome = Literal["refused", "waiting", "nominated"]


@dataclass(frozen=True, slots=True, eq=False)
class Decision:
    """What became of one model's try: `waiting` means that an earlier challenger hasn't finished its month.

    challenger: the version that was nominated, or that waits already; empty if neither.
    """

    model: str
    outcome: Outcome
    verdict: Verdict
    champion: str
    challenger: str = ""


def learn(path: Path, on: date, folder: Path = ARTIFACTS) -> list[Decision]:
    """Ask the gate about each served model whose outcome the file holds; a yes nominates a challenger.

    Nothing that serves is changed: that takes a month beside the model in service, and a person's word. Each
    decision is recorded with its reason. A file that can't be read changes nothing and is not recorded.

    Raises:
        AnswersError: as in `answers.read`, and when no outcome is there.
        ArtifactError: the artifact that serves now is missing or was changed.
    """
    columns = answers.outcomes(path)
    specs = [spec for spec in SERVED if spec.outcome in columns]
    if not specs:
        wanted = " or ".join(spec.outcome for spec in SERVED)
        raise AnswersError(
            f"{path}, row 1: no column {wanted}. Export the answers with an outcome. Nothing was changed"
        )
    collected = {spec.name: answers.read(path, spec) for spec in specs}
    current = {spec.name: register.serving(folder, spec.name) for spec in specs}
    found = sheet.read(path)
    return [
        _learned(spec, found, current[spec.name], collected[spec.name].sha256, on, folder) for spec in specs
    ]


def _learned(spec: Spec, found: Sheet, current: str, sha256: str, on: date, folder: Path) -> Decision:
    verdict = gate.judge(spec, found, coefficients(current, spec))
    waits = register.challenger(folder, spec.name)
    version = register.version(current)
    if verdict.refused or verdict.learned is None:
        decision = Decision(spec.name, "refused", verdict, version)
    elif waits:
        decision = Decision(spec.name, "waiting", verdict, version, waits.version)
    else:
        text = challenger(spec, verdict.learned, verdict.rows, sha256)
        register.nominate(folder, spec.name, text)
        decision = Decision(spec.name, "nominated", verdict, version, register.version(text))
    register.note(folder, on, spec.name, decision.outcome, champion=version, challenger=decision.challenger,
                  why=verdict.why, answers_sha256=sha256, **figures(verdict))  # fmt: skip
    return decision


def challenger(spec: Spec, learned: Learned, people: int, sha256: str) -> str:
    """The artifact of what was learned, with the constant that gives the survey's share."""
    trained = train(spec, learned.rows, tau=learned.tau)
    trained = replace(trained, fit=with_surveys_share(spec, trained.fit))
    made_from = {
        "evidence": published.read().sha256,
        "answers": {"sha256": sha256, "rows": people, "tau": learned.tau},
    }
    return artifact.seal(content(trained, made_from))


def figures(verdict: Verdict) -> dict[str, Any]:
    """What a record says of a verdict: every question with its answer and figures, no group of few."""
    return {
        "rows": verdict.rows,
        "left_out": verdict.left_out,
        "tau": verdict.learned.tau if verdict.learned else None,
        "questions": [
            {"question": answer.question, "yes": answer.yes, "about": answer.about, **answer.figures}
            for answer in verdict.answers
        ],
    }


def coefficients(text: str, spec: Spec) -> Fit:
    """The coefficients of a sealed artifact.

    Raises:
        ArtifactError: the text was changed after training.
    """
    document = artifact.verify(text, name=spec.name)
    slopes = np.array([row["slope"] for row in document["terms"]])
    means = np.array([row["mean"] for row in document["terms"]])
    return Fit(spec.columns, float(document["baseline"] - slopes @ means), slopes)
