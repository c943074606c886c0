"""How good a model is on rows with expected or observed outcomes: ranking, accuracy, calibration."""

from dataclasses import dataclass

import numpy as np
from scipy.special import expit, logit
from sklearn.metrics import roc_auc_score

from models.training.fitting import Floats, Rows, fit, log_loss


@dataclass(frozen=True, slots=True)
class Quality:
    """AUC, Brier, log loss in nats, calibration slope (1 is right), predicted minus observed mean."""

    auc: float
    brier: float
    log_loss: float
    slope: float
    in_the_large: float


def quality(p: Floats, rows: Rows) -> Quality:
    """Return the quality of these predictions. If the rows hold expected outcomes, no loss is zero."""
    squares = rows.y * (1 - p) ** 2 + (1 - rows.y) * p**2
    return Quality(
        auc=auc(p, rows),
        brier=float(np.average(squares, weights=rows.weight)),
        log_loss=log_loss(p, rows),
        slope=_recalibrated(p, rows)[1],
        in_the_large=float(np.average(p - rows.y, weights=rows.weight)),
    )


def auc(p: Floats, rows: Rows) -> float:
    """The chance that a worker with the outcome is placed above one without it, ties counting half."""
    positive, negative = rows.weight * rows.y, rows.weight * (1 - rows.y)
    return float(
        roc_auc_score(
            np.repeat([1, 0], len(p)), np.tile(p, 2), sample_weight=np.concatenate([positive, negative])
        )
    )


def miscalibration(p: Floats, rows: Rows) -> float:
    """What the best straight recalibration of the log-odds would still gain, in nats a row; 0 is perfect.

    A perfectly calibrated model scores about 1/n on n fresh rows: two parameters' worth of chance.
    """
    constant, slope = _recalibrated(p, rows)
    return log_loss(p, rows) - log_loss(np.asarray(expit(constant + slope * logit(p))), rows)


def _recalibrated(p: Floats, rows: Rows) -> tuple[float, float]:
    if np.ptp(p) < 1e-12:
        return 0.0, 1.0
    found = fit(("logit",), Rows(np.asarray(logit(p))[:, None], rows.y, rows.weight))
    return found.constant, float(found.slopes[0])
