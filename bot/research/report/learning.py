"""May the models learn from these answers? The gate's verdicts, and whom the answers speak for."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.research.columns import Columns
from bot.research.participants import Participant
from models.training import answers, change, composition, gate, learning, register, response_checks, stability
from models.training.change import Change
from models.training.composition import Whom
from models.training.gate import Verdict
from models.training.register import Challenger
from models.training.sheet import Sheet, sheet
from models.training.specs import SERVED
from models.training.stability import Period
from models.training.train import ARTIFACTS

LAST = 10  # decisions that are shown


@dataclass(frozen=True, slots=True)
class Judged:
    """One model: what the gate says, whom the answers speak for, what a candidate would change, who waits.

    months: how far the score of the model in service has shifted, month by month.
    """

    model: str
    verdict: Verdict
    whom: Whom
    change: Change | None
    waits: Challenger | None
    months: tuple[Period, ...] = ()


@dataclass(frozen=True, slots=True)
class Learning:
    """What the gate says of each model today, and the last decisions, the newest first."""

    judged: tuple[Judged, ...] = ()
    decisions: tuple[Mapping[str, Any], ...] = ()


class Rows:
    """The rows of participants whose questionnaire's codes the models know."""

    def __init__(self, columns: Columns) -> None:
        self.columns = columns
        self.names = [column.name for column in columns.columns]
        self.rows: list[dict[str, str]] = []

    def add(self, participant: Participant) -> None:
        """Keep one person's row, without a name."""
        if participant.answered in answers.questionnaires():
            self.rows.append(self.columns.row(participant, ""))

    def sheet(self) -> Sheet:
        """Put the rows together."""
        return sheet(self.names, self.rows)


def judge(given: Sheet, folder: Path | None) -> Learning:
    """Ask the gate about every served model; nothing is written.

    folder: the models that serve, those that this package carries unless given.

    Raises:
        ArtifactError: a model was changed by hand.
    """
    place = folder or ARTIFACTS
    if not given.people:
        return Learning()
    decisions = list(register.decisions(place))[::-1]
    return Learning(tuple(_judged(given, place)), tuple(decisions[:LAST]))


def _judged(given: Sheet, folder: Path) -> Iterator[Judged]:
    kept = response_checks.check(given).kept
    for spec in SERVED:
        text = register.serving(folder, spec.name)
        serves = learning.coefficients(text, spec)
        verdict = gate.judge(spec, given, serves)
        changed = None
        if verdict.learned and not verdict.refused:
            new = learning.challenger(spec, verdict.learned, verdict.rows, "")
            changed = change.change(text, new, spec.name)
        whom = composition.whom(spec, given, kept)
        months = tuple(stability.by_month(spec, serves, given, kept))
        yield Judged(spec.name, verdict, whom, changed, register.challenger(folder, spec.name), months)
