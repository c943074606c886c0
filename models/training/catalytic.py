"""How collected answers take over from the report: a catalytic prior whose weight the answers choose.

Huang, Stein, Rubin and Kou, "Catalytic prior distributions with application to generalized linear models",
PNAS 117 (2020): the simpler source enters as weighted synthetic rows of total weight tau. Here the rows
are the rebuilt population with its expected outcomes.
"""

import numpy as np
from numpy.typing import NDArray

from models.training.fitting import Fit, Rows, calibrate, fit, log_loss
from models.training.outcomes import expected
from models.training.specs import Spec

TAU = 2110.0  # the published survey counts as the people it asked, and never for more
TAUS = (10.0, 30.0, 100.0, 300.0, 1000.0, TAU)
ENOUGH = 50  # rows from which cross-validation chooses tau
FOLDS = 5
SEED = 2020


def choose_tau(spec: Spec, rows: Rows) -> float:
    """The prior's weight with the least cross-validated log loss; TAU below ENOUGH rows."""
    if len(rows.y) < ENOUGH:
        return TAU
    fold = folds(len(rows.y), FOLDS)
    scaled = (FOLDS - 1) / FOLDS  # the same ratio of prior to data as with all rows

    def loss(tau: float) -> float:
        parts = []
        for held in range(FOLDS):
            fitted = blend(spec, take(rows, np.flatnonzero(fold != held)), tau=tau * scaled)
            test = take(rows, np.flatnonzero(fold == held))
            parts.append(log_loss(fitted.probabilities(test.x), test))
        return float(np.nan_to_num(np.mean(parts), nan=np.inf))  # NaN compares as no larger: it would win

    return min(TAUS, key=loss)


def blend(spec: Spec, rows: Rows, *, tau: float) -> Fit:
    """The catalytic fit alone, without its uncertainty."""
    return fit(spec.columns, expected(spec).times(tau).plus(rows), signs=spec.column_signs)


def with_surveys_share(spec: Spec, fitted: Fit) -> Fit:
    """The same slopes, with the constant that gives the reference population the survey's share."""
    ground = expected(spec)
    share = float(np.average(ground.y, weights=ground.weight))
    return Fit(fitted.features, calibrate(ground.x @ fitted.slopes, ground.weight, share), fitted.slopes)


def folds(rows: int, count: int) -> NDArray[np.int64]:
    """The fold of each row, at random but the same each time."""
    result: NDArray[np.int64] = np.random.default_rng(SEED).permutation(rows) % count
    return result


def take(rows: Rows, index: NDArray[np.int64]) -> Rows:
    """Some of the rows."""
    return Rows(rows.x[index], rows.y[index], rows.weight[index])
