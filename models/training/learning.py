"""How collected answers take over from the report: a catalytic prior, and promotion only on merit.

Huang, Stein, Rubin and Kou, "Catalytic prior distributions with application to generalized linear models",
PNAS 117 (2020): the simpler source enters as weighted synthetic rows of total weight tau. Here the rows
are the rebuilt population with its expected outcomes.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from models.serving import artifact
from models.training import answers, published
from models.training.answers import AnswersError, Collected
from models.training.evaluation import miscalibration
from models.training.fitting import Fit, Rows, fit, log_loss
from models.training.outcomes import expected
from models.training.specs import SERVED, Spec
from models.training.train import ARTIFACTS, Trained, archive, content, train

TAU = 2110.0  # the published survey counts as the people it asked
TAUS = (10.0, 30.0, 100.0, 300.0, 1000.0, TAU, 6000.0, 20000.0)
ENOUGH = 50  # rows from which cross-validation chooses tau
LEAST = 100  # rows below which a candidate can't be judged
FOLDS = 5
CHANCE = 3.0  # in 1 / rows: 95 % of perfectly calibrated models miss by less (half of chi-squared's 5.99)
SEED = 2020


@dataclass(frozen=True, slots=True, eq=False)
class Decision:
    """One candidate beside the model that serves now, on held-out rows (nats a row)."""

    model: str
    promoted: bool
    why: str
    tau: float
    rows: int
    left_out: int
    log_loss: tuple[float, float]
    miscalibration: tuple[float, float]


def learn(path: Path, folder: Path = ARTIFACTS) -> list[Decision]:
    """Train a candidate for each served model whose outcome the file holds; promote it only on merit.

    The candidate is judged on a quarter of the rows that it hasn't seen; once promoted it is fitted again on
    all of them. The old artifact is kept in `previous/`. A file that is refused changes nothing.

    Raises:
        AnswersError: see `answers.read`; also when no outcome is there or too few rows are complete.
        ArtifactError: the artifact that serves now is missing or was changed.
    """
    columns = answers.outcomes(path)
    specs = [spec for spec in SERVED if spec.outcome in columns]
    if not specs:
        wanted = " or ".join(spec.outcome for spec in SERVED)
        raise AnswersError(
            f"{path}, row 1: no column {wanted}. Export the answers with an outcome. Nothing was changed"
        )
    collected = [(spec, answers.read(path, spec)) for spec in specs]
    for spec, found in collected:
        if len(found.rows.y) < LEAST:
            raise AnswersError(
                f"{path}: {len(found.rows.y)} complete rows for {spec.name}, {LEAST} are needed to judge a "
                "candidate. Collect more. Nothing was changed"
            )
    current = {
        spec.name: (folder / f"{spec.name}.json").read_bytes().decode("utf-8") for spec, _ in collected
    }
    judged = [
        (spec, found, judge(spec, found, serving(current[spec.name], spec))) for spec, found in collected
    ]
    for spec, found, decision in judged:
        if decision.promoted:
            _promote(spec, found, decision, current[spec.name], folder)
    return [decision for _, _, decision in judged]


def judge(spec: Spec, collected: Collected, current: Fit) -> Decision:
    """Fit on three quarters of the rows, compare with the current model on the rest."""
    order = np.random.default_rng(SEED).permutation(len(collected.rows.y))
    cut = len(order) // 4
    held, seen = _take(collected.rows, order[:cut]), _take(collected.rows, order[cut:])
    tau = choose_tau(spec, seen)
    candidate = train(spec, seen, tau=tau).fit
    p_new, p_old = candidate.probabilities(held.x), current.probabilities(held.x)
    loss = log_loss(p_new, held), log_loss(p_old, held)
    wrong = miscalibration(p_new, held), miscalibration(p_old, held)
    promoted, why = merit(loss, wrong, cut)
    counts = len(order), collected.left_out
    return Decision(spec.name, promoted, why, tau, *counts, loss, wrong)


def merit(loss: tuple[float, float], wrong: tuple[float, float], rows: int) -> tuple[bool, str]:
    """Whether a candidate may serve, from (candidate, current) log loss and miscalibration on held-out rows.

    A perfectly calibrated model shows some miscalibration by chance; CHANCE / rows of it are allowed.
    """
    if not np.isfinite([*loss, *wrong]).all():
        return False, "a figure could not be computed"
    if loss[0] > loss[1]:
        return False, "worse in log loss on held-out rows"
    if wrong[0] > max(wrong[1], CHANCE / rows):
        return False, "worse calibrated on held-out rows"
    return True, "no worse in log loss and as well calibrated"


def choose_tau(spec: Spec, rows: Rows) -> float:
    """The prior's weight with the least cross-validated log loss; TAU below ENOUGH rows."""
    if len(rows.y) < ENOUGH:
        return TAU
    fold = np.random.default_rng(SEED).permutation(len(rows.y)) % FOLDS
    scaled = (FOLDS - 1) / FOLDS  # the same ratio of prior to data as with all rows

    def loss(tau: float) -> float:
        parts = []
        for held in range(FOLDS):
            fitted = blend(spec, _take(rows, np.flatnonzero(fold != held)), tau=tau * scaled)
            test = _take(rows, np.flatnonzero(fold == held))
            parts.append(log_loss(fitted.probabilities(test.x), test))
        return float(np.nan_to_num(np.mean(parts), nan=np.inf))  # NaN compares as no larger: it would win

    return min(TAUS, key=loss)


def blend(spec: Spec, rows: Rows, *, tau: float) -> Fit:
    """The catalytic fit alone, without its uncertainty."""
    return fit(spec.columns, expected(spec).times(tau).plus(rows), signs=spec.column_signs)


def serving(text: str, spec: Spec) -> Fit:
    """The coefficients of a sealed artifact.

    Raises:
        ArtifactError: the text was changed after training.
    """
    document = artifact.verify(text, name=spec.name)
    slopes = np.array([row["slope"] for row in document["terms"]])
    means = np.array([row["mean"] for row in document["terms"]])
    return Fit(spec.columns, float(document["baseline"] - slopes @ means), slopes)


def _promote(spec: Spec, collected: Collected, decision: Decision, old: str, folder: Path) -> None:
    trained: Trained = train(spec, collected.rows, tau=decision.tau)
    made_from = {
        "evidence": published.read().sha256,
        "answers": {"sha256": collected.sha256, "rows": decision.rows, "tau": decision.tau},
    }
    archive(old, spec.name, folder)
    fresh = folder / f"{spec.name}.json.new"
    fresh.write_text(artifact.seal(content(trained, made_from)), encoding="utf-8")
    fresh.replace(folder / f"{spec.name}.json")


def _take(rows: Rows, index: np.ndarray[tuple[int], np.dtype[np.int64]]) -> Rows:
    return Rows(rows.x[index], rows.y[index], rows.weight[index])
