"""The served models as scorecards: whole points for each answer, and how often which reason is given."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from scipy.stats import spearmanr

from models.serving.risk import Model, Score
from models.training import population
from models.training.fitting import Floats
from models.training.sheet import Ints

DOUBLE = 20  # points by which the odds of the outcome double


@dataclass(frozen=True, slots=True)
class Points:
    """The points of one answer, against the mean of the population, and the share of people who give it."""

    feature: str
    code: int
    points: int
    share: float


@dataclass(frozen=True, slots=True)
class Card:
    """A model in whole points.

    order: the rank correlation of the sums of points with the places that are served. reasons: by feature the
    share of people for whom it moves the score the most, and whether a worker may be given it as a reason.
    """

    rows: tuple[Points, ...]
    order: float
    reasons: Mapping[str, tuple[float, bool]]


def card(model: Model) -> Card:
    """The scorecard of a served model over the rebuilt population."""
    table = population.rebuild("flexible").table(model.features)
    points = np.column_stack(
        [_points(model, name, table.levels[:, at]) for at, name in enumerate(model.features)]
    )
    places, strongest = _served(model, table.levels.tolist())
    # Each profile stands as often as ten thousand people would have it: a rank correlation takes no weights.
    often = np.rint(10_000 * table.shares / table.shares.sum()).astype(np.int64)
    order = spearmanr(np.repeat(points.sum(axis=1), often), np.repeat(places, often)).statistic
    reasons = {
        name: (float(table.shares[strongest == at].sum()), name in model.shown)
        for at, name in enumerate(model.features)
    }
    return Card(tuple(_rows(model)), float(order), reasons)


def _rows(model: Model) -> Iterator[Points]:
    for name in model.features:
        reference = population.rebuild("flexible").table((name,))
        for (code,), share in zip(reference.levels.tolist(), reference.shares.tolist(), strict=True):
            yield Points(name, code, _whole(model.points[name][code]), share)


def _points(model: Model, name: str, codes: Ints) -> Floats:
    return np.array([_whole(model.points[name][code]) for code in codes.tolist()], dtype=np.float64)


def _whole(part: float) -> int:
    return round(DOUBLE * part / float(np.log(2)))


def _served(model: Model, profiles: list[list[int]]) -> tuple[Floats, Floats]:
    """The place of each profile, and which of its answers moves it the most."""
    scores = [model.score(dict(zip(model.features, profile, strict=True))) for profile in profiles]
    found = [score for score in scores if isinstance(score, Score)]
    places = np.array([score.percentile for score in found])
    return places, np.array([model.features.index(score.drivers[0].feature) for score in found])
