"""Is a candidate better than the model in service, on people whom it hasn't seen, and for every group?"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import expit, xlog1py, xlogy
from scipy.stats import chisquare, norm
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.weightstats import DescrStatsW

from models.training.catalytic import blend, folds, take
from models.training.fitting import Fit, Floats, Rows, calibrate, fit
from models.training.sheet import OCCUPATION, Bools, Ints, Picked, Sheet
from models.training.specs import Spec

FOLDS = 10
PARTS = 10  # of a score, for its calibration
FEW = 25  # people in a part that is compared with its prediction, at least
GROUP = 100  # people in a group that is judged
GAP = 0.03  # between a group's prediction and its answers; nobody would notice less
# Chances at which a candidate that is right is found wrong, over all tests of one kind together. That of the
# fit is high: a law that a straight line follows hardly ever comes near it, and an attack often does.
MISFIT, SURE = 0.10, 0.01
# Groups that these features separate must not be worse off: column, name of the group, its codes.
GROUPS: Sequence[tuple[str, str, tuple[int, ...]]] = (
    ("gender", "women", (0,)), ("gender", "men", (1,)),
    ("age", "up to 30", (1, 2)), ("age", "31-40", (3,)), ("age", "over 40", (4, 5)),
    ("education", "up to junior", (1, 2)), ("education", "senior", (3,)), ("education", "college", (4, 5, 6)),
    ("region", "west", (1,)), ("region", "centre", (2,)),
    ("region", "northeast", (3,)), ("region", "east", (4,)),
    ("social_insurance", "outside", (0,)), ("social_insurance", "inside", (1,)),
)  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class Predictions:
    """Of every row by models that were fitted without it.

    Each has the constant of the rows that it was fitted on, so that models are compared by their order and
    not by how common the outcome is among those who came. flattened: the model in service with its
    differences made smaller, as careless or contrary answers make them.
    """

    candidate: Floats
    current: Floats
    flattened: Floats


@dataclass(frozen=True, slots=True)
class Gain:
    """What an answer gains (nats) from one model against another, and in how many standard errors."""

    mean: float
    z: float


@dataclass(frozen=True, slots=True)
class Group:
    """A group: mean prediction less share with the outcome, by either model, and the gain an answer."""

    feature: str
    name: str
    people: int
    gap_current: float
    gap_candidate: float
    gain: float
    worse: bool


def predict(spec: Spec, rows: Rows, current: Fit, tau: float) -> Predictions:
    """Predict each tenth of the rows from the other nine."""
    fold = folds(len(rows.y), FOLDS)
    found = np.full((3, len(rows.y)), np.nan)
    for held in range(FOLDS):
        seen, at = take(rows, np.flatnonzero(fold != held)), np.flatnonzero(fold == held)
        x = rows.x[at]
        if not np.isfinite(current.logits(x)).all():
            break  # what can't be computed stays no number
        candidate = blend(spec, seen, tau=tau * (FOLDS - 1) / FOLDS)
        for place, model in enumerate((candidate, current, _flattened(current, seen))):
            offsets = model.logits(seen.x)
            constant = calibrate(offsets, seen.weight, float(np.average(seen.y, weights=seen.weight)))
            found[place, at] = expit(constant + model.logits(x))
    return Predictions(*found)


def gain(better: Floats, worse: Floats, rows: Rows) -> Gain:
    """Compare two models row by row: the paired difference of log loss, and its standard error."""
    found = DescrStatsW(_losses(worse, rows.y) - _losses(better, rows.y), weights=rows.weight)
    return Gain(float(found.mean), float(found.ttest_mean(0)[0]))


def misfit(held: Predictions, picked: Picked) -> float:
    """The chance of shares as far from the candidate's as these, over all ways of cutting the rows.

    Cut by tenths of either score and by every answer: an attack leaves a dent that no straight line follows.
    """
    cuts = [_tenths(held.candidate), _tenths(held.current), *picked.levels.T]
    chances = [_distance(held.candidate, picked.rows.y, cut) for cut in cuts]
    return float(multipletests(chances, alpha=MISFIT, method="fdr_bh")[1].min())


def groups(sheet: Sheet, picked: Picked, held: Predictions, rows: Rows) -> list[Group]:
    """Every group of enough people beside its predictions, and whether the candidate does it worse.

    Worse: its answers are predicted worse, or its share is missed by more, and by more than chance.
    """
    members = [part for part in _members(sheet, picked.at) if np.count_nonzero(part[2]) >= GROUP]
    far = float(norm.isf(SURE / max(1, len(members))))
    return [_group(feature, name, take(rows, at), _of(held, at), far)
            for feature, name, inside in members for at in [np.flatnonzero(inside)]]  # fmt: skip


def _group(feature: str, name: str, rows: Rows, held: Predictions, far: float) -> Group:
    gaps = [float((p - rows.y).mean()) for p in (held.current, held.candidate)]
    error = float((held.candidate * (1 - held.candidate)).mean() / len(rows.y)) ** 0.5
    own = gain(held.candidate, held.current, rows)
    missed = abs(gaps[1]) > max(GAP, abs(gaps[0])) and abs(gaps[1]) > far * error
    return Group(feature, name, len(rows.y), gaps[0], gaps[1], own.mean, own.z < -far or missed)


def _members(sheet: Sheet, at: Ints) -> Iterator[tuple[str, str, Bools]]:
    for feature, name, codes in GROUPS:
        yield feature, name, np.isin(sheet.code(feature)[at], codes)
    work = sheet.word(OCCUPATION)[at]
    for id in sorted(set(work.tolist()) - {""}):
        yield "occupation", id, work == id


def _of(held: Predictions, at: Ints) -> Predictions:
    return Predictions(held.candidate[at], held.current[at], held.flattened[at])


def _flattened(current: Fit, rows: Rows) -> Fit:
    """The model with its slopes all made smaller by the factor that fits best; never larger or reversed."""
    found = fit(("logit",), Rows(current.logits(rows.x)[:, None], rows.y, rows.weight))
    factor = min(1.0, max(0.0, float(found.slopes[0])))
    return Fit(current.features, current.constant, factor * current.slopes)


def _losses(p: Floats, y: Floats) -> Floats:
    return np.asarray(-(xlogy(y, p) + xlog1py(1 - y, -p)), dtype=np.float64)


def _tenths(p: Floats) -> Ints:
    cuts = np.unique(np.quantile(p, np.arange(1, PARTS) / PARTS))
    return np.searchsorted(cuts, p, side="right")


def _distance(p: Floats, y: Floats, cut: Ints) -> float:
    """The chance of shares as far from the predicted ones, part by part; small parts are left out."""
    parts = [part for part in (cut == value for value in np.unique(cut)) if np.count_nonzero(part) >= FEW]
    seen, foreseen = ([float(v[part].sum()) for part in parts for v in (of, 1 - of)] for of in (y, p))
    # As many degrees of freedom as parts: each part's two counts add up to its size.
    return float(chisquare(seen, foreseen, ddof=len(parts) - 1, sum_check=False).pvalue)
