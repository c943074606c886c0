"""Logistic regression on weighted outcomes: scikit-learn fits, signs are kept, uncertainty stands beside."""

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.special import expit, xlog1py, xlogy
from sklearn.linear_model import LogisticRegression

Floats = NDArray[np.float64]
POLISH = 3  # steps; each doubles the right digits
CLOSE = 1e-3  # log-odds: a longer last step is no polish


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """Weighted rows: `x` [rows x features] codes, `y` [rows] expected outcome 0..1, `weight` [rows]."""

    x: Floats
    y: Floats
    weight: Floats

    def plus(self, other: "Rows") -> "Rows":
        """These rows and the others."""
        return Rows(
            np.vstack([self.x, other.x]),
            np.concatenate([self.y, other.y]),
            np.concatenate([self.weight, other.weight]),
        )

    def times(self, factor: float) -> "Rows":
        """The same rows with `factor` times the weight."""
        return Rows(self.x, self.y, self.weight * factor)


@dataclass(frozen=True, slots=True, eq=False)
class Fit:
    """log-odds = constant + x @ slopes, in the report's codes."""

    features: tuple[str, ...]
    constant: float
    slopes: Floats

    def logits(self, x: Floats) -> Floats:
        """Log-odds of each row."""
        result: Floats = self.constant + x @ self.slopes
        return result

    def probabilities(self, x: Floats) -> Floats:
        """Probability of each row."""
        result: Floats = expit(self.logits(x))
        return result


def fit(features: Sequence[str], rows: Rows, *, signs: Mapping[str, int] | None = None) -> Fit:
    """The maximum-likelihood fit in which each slope named in `signs` has that sign or is zero.

    The likelihood is concave, so the best fit under the signs is the best of the fits in which some of
    the signed slopes are held at zero and the others come out right.
    """
    signed = [name for name in features if name in (signs or {})]
    best: tuple[float, Fit] | None = None
    for count in range(len(signed) + 1):
        for dropped in itertools.combinations(signed, count):
            found = _fit_without(features, rows, dropped)
            if _keeps(found, signs or {}):
                loss = log_loss(found.probabilities(rows.x), rows)
                if best is None or loss < best[0]:
                    best = (loss, found)
        if count == 0 and best is not None:
            break
    if best is None:
        raise AssertionError("with every signed slope at zero the signs hold")
    return best[1]


def information(fitted: Fit, rows: Rows, *, centre: Floats) -> Floats:
    """Fisher information [1 + features, square] of (log-odds at `centre`, slopes)."""
    p = fitted.probabilities(rows.x)
    design = np.column_stack([np.ones(len(rows.x)), rows.x - centre])
    result: Floats = (design * (rows.weight * p * (1 - p))[:, None]).T @ design
    return result


def log_loss(p: Floats, rows: Rows) -> float:
    """Mean negative log-likelihood in nats, with expected outcomes; infinite if the impossible happened."""
    losses = -(xlogy(rows.y, p) + xlog1py(1 - rows.y, -p))
    return float(np.average(losses, weights=rows.weight))


def calibrate(offsets: Floats, weights: Floats, mean: float) -> float:
    """The constant at which the weighted mean of expit(constant + offsets) is `mean`."""

    def excess(constant: float) -> float:
        return float(np.average(expit(constant + offsets), weights=weights)) - mean

    return float(brentq(excess, -50, 50, xtol=1e-13))


def _fit_without(features: Sequence[str], rows: Rows, dropped: Sequence[str]) -> Fit:
    used = [index for index, name in enumerate(features) if name not in dropped]
    weight = np.concatenate([rows.weight * rows.y, rows.weight * (1 - rows.y)])
    told = weight > 0  # an observed outcome has one half, an expected one both
    x = np.vstack([rows.x, rows.x])[:, used][told]
    y = np.repeat([1, 0], len(rows.x))[told]
    weight = weight[told]
    # Centred columns and a mean weight of one keep the solver's tolerance meaningful.
    centre = np.average(x, axis=0, weights=weight)
    model = LogisticRegression(C=np.inf, solver="newton-cholesky", tol=1e-10, max_iter=200)
    model.fit(x - centre, y, sample_weight=weight * len(weight) / weight.sum())
    found = _polished(x - centre, y, weight / weight.sum(), np.append(model.intercept_, model.coef_))
    slopes = np.zeros(len(features))
    slopes[used] = found[1:]
    constant = float(found[0] - found[1:] @ centre)
    return Fit(tuple(features), constant, slopes)


def _polished(x: Floats, y: NDArray[np.int64], weight: Floats, found: Floats) -> Floats:
    """Newton's last steps: the solver stops where processors still differ in the ninth digit."""
    design = np.column_stack([np.ones(len(x)), x])
    for _ in range(POLISH):
        p = expit(design @ found)
        curvature = (design * (weight * p * (1 - p))[:, None]).T @ design
        step = np.linalg.lstsq(curvature, design.T @ (weight * (y - p)), rcond=None)[0]
        if np.abs(step).max() > CLOSE:  # separated rows: there is no end to walk to
            break
        found = found + step
    return found


def _keeps(found: Fit, signs: Mapping[str, int]) -> bool:
    return all(
        slope * signs.get(name, 0) >= 0 for name, slope in zip(found.features, found.slopes, strict=True)
    )
