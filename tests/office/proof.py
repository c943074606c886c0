"""What was put into a town comes out of the office: shares, slopes and quiet, or alarms and no learning."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import sqlalchemy as sa
import statsmodels.api as sm
from scipy.stats import norm

from bot.demo.town.people import Resident, Town
from bot.dialogue.data_rights import RESEARCH
from bot.privacy.keyring import Keyring
from bot.research.columns import Columns
from bot.research.export import export
from bot.research.participants import Office
from bot.research.report.drift import drift
from bot.research.report.published import SURE, Compared, agreement, compare
from bot.research.report.quality import calibrations
from bot.research.retraining import Retrained, retrain
from bot.research.tally import Tally, tally
from bot.storage.conversations import state_of
from bot.storage.engine import open_database
from bot.storage.tables import conversations
from models.training import learning, register
from models.training.fitting import Rows, log_loss
from models.training.specs import CONSTRAINT, SERVED, TABLE_6
from models.training.train import ARTIFACTS
from tests.databases import begin
from tests.office.towns import DAY

TRUTH = 20_000  # residents in whom the truth of a town is looked up
WORSE = 0.001  # nats by which a promoted model may truly be worse: no worker would notice


@dataclass(frozen=True, slots=True)
class Verdict:
    """A promise, whether it was kept, and the numbers."""

    promise: str
    kept: bool
    numbers: str

    def __str__(self) -> str:
        return f"{'kept  ' if self.kept else 'BROKEN'}  {self.promise}: {self.numbers}"


async def poisoned(url: str, keyring: Keyring) -> int:
    """Break the sealed answers of everyone who did not agree to research, so that opening one is noticed.

    Gives how many agreed.
    """
    database, agreed = open_database(url), 0
    async with begin(database) as connection:
        for row in (await connection.execute(sa.select(conversations))).all():
            if RESEARCH in (state_of(row, keyring.sealer(row.key, row.person)).consent or ()):
                agreed += 1
            elif row.consent is not None:
                mine = conversations.c.person == row.person
                await connection.execute(sa.update(conversations).where(mine).values(answers=b"canary"))
    await database.dispose()
    return agreed


async def verdicts(office: Office, agreed: int, town: Town, folder: Path) -> list[Verdict]:
    """Judge one town's database; `agreed` people agreed to research, everybody else's answers are broken."""
    sheet = Columns(office.knowledge)
    count = await export(office.participants(), sheet, folder)
    counted = await tally(office.participants(), sheet)
    found = {model.decision.model: model for model in await retrain(office, folder / "models", DAY)}
    residents = list(Town(town.questionnaire, TRUTH, town.seed + 1, town.moved).residents())
    return [
        Verdict(
            "no consent to research, not one row opened",
            count == counted.people == agreed and not office.unreadable,
            f"{agreed} agreed, {count} rows, {office.unreadable} canaries touched",
        ),
        *_shares(counted, moved=town.moved),
        _slopes(folder / "answers.csv", town),
        *_alarms(counted, office, moved=town.moved),
        *_gate(found, residents, folder / "models"),
        *([_unlike(found)] if town.moved else []),
    ]


def _shares(counted: Tally, *, moved: bool) -> Iterator[Verdict]:
    rows = compare(counted)
    correct, compared = agreement(rows)
    numbers = f"{correct} of {compared}"
    if moved:
        yield Verdict("a moved town's shares leave the published ones", correct < compared, numbers)
        return
    outside = "; ".join(_line(row) for row in rows if row.agrees is False)
    yield Verdict("the published shares lie in their 99 % intervals", correct == compared, numbers + outside)


def _line(row: Compared) -> str:
    return f" {row.printed}: {row.share} {row.interval}"


def _slopes(path: Path, town: Town) -> Verdict:
    """Fit Table 6 again from the export by another program than ours, and look where the truth lies."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = [[row[name] for name in (*TABLE_6, "constrained")] for row in csv.DictReader(file)]
    complete = np.array([[float(cell) for cell in row] for row in rows if all(row)])
    fitted = sm.Logit(complete[:, -1], sm.add_constant(complete[:, :-1])).fit(disp=0)
    far = (fitted.params[1:] - [town.slopes[name] for name in TABLE_6]) / fitted.bse[1:]
    inside = int(np.count_nonzero(np.abs(far) <= norm.ppf((1 + SURE) / 2)))
    worst = TABLE_6[int(np.abs(far).argmax())]
    numbers = f"{inside} of {len(far)}, n={len(complete):,}, the farthest {worst} at {np.abs(far).max():.2f}"
    return Verdict(
        "Table 6's slopes lie in their 99 % intervals", inside == len(far), f"{numbers} standard errors"
    )


def _alarms(counted: Tally, office: Office, *, moved: bool) -> Iterator[Verdict]:
    states = drift(counted)
    ringing = [row.feature for row in states if row.state == "alarm"]
    numbers = ", ".join(f"{row.feature} {row.psi:.3f} {row.state}" for row in states[:4])
    wanted = {"commercial", "premium"} <= set(ringing) if moved else not ringing
    yield Verdict("drift " + ("rings" if moved else "is quiet"), wanted, numbers)
    models = calibrations(counted, office.knowledge.models)
    numbers = ", ".join(f"{row.model} n={row.n:,} {'alarm' if row.alarm else 'quiet'}" for row in models)
    wanted = all(row.alarm is moved for row in models)
    yield Verdict("calibration " + ("rings" if moved else "is quiet"), wanted, numbers)


def _gate(found: dict[str, Retrained], residents: list[Resident], models: Path) -> Iterator[Verdict]:
    """Hold the gate's word against the truth: the log loss over many residents, none of whom it saw."""
    for spec in SERVED:
        question, option = ("constrained", "yes") if spec is CONSTRAINT else ("commercial_cover", "none")
        levels = np.array([[resident.levels[name] for name in spec.features] for resident in residents])
        y = np.array([float(resident.answers[question] == (option,)) for resident in residents])
        rows = Rows(spec.design(levels), y, np.ones(len(y)))
        waits = register.challenger(models, spec.name)
        served = register.serving(ARTIFACTS, spec.name)
        old, new = (
            log_loss(learning.coefficients(text, spec).probabilities(rows.x), rows)
            for text in (served, waits.text if waits else served)
        )
        decision = found[spec.name].decision
        numbers = f"{decision.outcome}: {decision.verdict.why}, true log loss {old:.5f} -> {new:.5f}"
        yield Verdict(f"the gate is right about {spec.name}", new <= old + WORSE, numbers)


def _unlike(found: dict[str, Retrained]) -> Verdict:
    """Say whether the gate sees that the people of a moved town are no longer those of the survey."""
    why = {name: model.decision.verdict.why for name, model in found.items()}
    wanted = set(why.values()) <= {"drift", "score_drift", "base_rate", "weights"}
    return Verdict("a town of other people teaches the models nothing", wanted, str(why))
