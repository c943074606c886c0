"""Is a candidate better than the model in service, on people whom it hasn't seen, and for every group?"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import expit, xlog1py, xlogy
from scipy.stats import norm
from statsmodels.stats.weightstats import DescrStatsW

from models.training.catalytic import blend, folds, take
from models.training.fitting import Fit, Floats, Rows, calibrate, fit
from models.training.sheet import OCCUPATION, Bools, Ints, Picked, Sheet
from models.training.specs import Spec

FOLDS = 10
GROUP = 100  # people in a group that is judged
GAP = 0.03  # between a group's prediction and its answers; nobody would notice less
SURE = 0.01  # chance at which a candidate that does no group worse is found to, over all groups together
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
    """What an answer gains (nats) from one model against another, and in how many standard errors.

    chance: that so much is gained by chance if the true gain is the least that counts.
    """

    mean: float
    z: float
    chance: float


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


def gain(better: Floats, worse: Floats, rows: Rows, least: float = 0.0) -> Gain:
    """Compare two models row by row: the paired difference of log loss, its standard error and chance.

    The rows' own spread is a fair measure although the folds share people (Bayle, Bayle, Janson and Mackey,
    "Cross-validation confidence intervals for test error", NeurIPS 2020), unless both models come to the
    same. A least gain above zero keeps clear of that case too.
    """
    found = DescrStatsW(_losses(worse, rows.y) - _losses(better, rows.y), weights=rows.weight)
    by_chance = found.ttest_mean(least, alternative="larger")[1]
    return Gain(float(found.mean), float(found.ttest_mean(0)[0]), float(by_chance))


def groups(sheet: Sheet, picked: Picked, held: Predictions, rows: Rows) -> list[Group]:
    """Every group of enough people beside its predictions, and whether the candidate does it worse.

    Worse: its answers are predicted worse, or its share is missed by more, and by more than chance.
    """
    members = [part for part in _members(sheet, picked.at) if np.count_nonzero(part[2]) >= GROUP]
    far = float(norm.isf(SURE / max(1, 3 * len(members))))  # of each: worse predicted, share above, below
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
