"""Can a model of this form follow the answers, or do they change at some level by a step that no line makes?

People who answer for a purpose change the outcome of some groups and not of others. That leaves a step at a
level of an answer, or of the score in service.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import statsmodels.api as sm
from statsmodels.stats.multitest import multipletests

from models.training.fitting import Fit, Floats, fit
from models.training.sheet import Bools, Ints, Picked
from models.training.specs import Spec

SCORE = "score"  # in service, beside the answers
TENTHS = 10  # of it
FEW = 25  # people on either side of a step, at least: below, the test's table doesn't hold
ALONE = 1e-6  # share of a step that the model's own columns leave: less, and they can make it themselves


@dataclass(frozen=True, slots=True)
class Misfit:
    """The chance of a step as large as the largest found if there is none; `about` says what it is in."""

    chance: float
    about: str


def misfit(spec: Spec, picked: Picked, current: Fit) -> Misfit:
    """Seek a step at every level of every answer and at every tenth of the score in service.

    Each is Rao's score test of one column more, over the best fit of the model's columns to these rows
    without weights. Its slopes may have any sign: which signs a model may learn is our choice and no claim
    about people. Simes' bound joins the chances, as the least that Benjamini and Hochberg's way adjusts to.
    """
    fitted = fit(spec.columns, picked.rows)
    design = sm.add_constant(picked.rows.x, has_constant="add")
    model = sm.GLM(picked.rows.y, design, family=sm.families.Binomial())
    at_best = np.append(fitted.constant, fitted.slopes)
    names, chances = [], []
    for name, step in _steps(spec, picked, current):
        column = step.astype(np.float64)
        if _own_share(design, column) > ALONE:
            names.append(name)
            chances.append(float(np.squeeze(model.score_test(at_best, exog_extra=column[:, None])[1])))
    if not chances:
        return Misfit(1.0, "")
    return Misfit(float(multipletests(chances, method="fdr_bh")[1].min()), names[int(np.argmin(chances))])


def _steps(spec: Spec, picked: Picked, current: Fit) -> Iterator[tuple[str, Bools]]:
    """What a step is in, and the people above it."""
    for name, codes in [*zip(spec.features, picked.levels.T, strict=True), (SCORE, _tenths(picked, current))]:
        for code in np.unique(codes)[1:]:
            above = codes >= code
            if FEW <= np.count_nonzero(above) <= len(above) - FEW:
                yield name, above


def _tenths(picked: Picked, current: Fit) -> Ints:
    score = current.logits(picked.rows.x)
    cuts = np.unique(np.quantile(score, np.arange(1, TENTHS) / TENTHS))
    return np.searchsorted(cuts, score, side="left")


def _own_share(design: Floats, column: Floats) -> float:
    """The share of a column's squares that the design's columns can't make."""
    rest = column - design @ np.linalg.lstsq(design, column, rcond=None)[0]
    return float(rest @ rest / (column @ column))
