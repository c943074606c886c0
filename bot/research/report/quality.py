"""Do the models still hold? Scores beside collected outcomes, and the bands among groups of workers."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import chi2

from bot.research.columns import Group
from bot.research.disclosure import hidden_table, told
from bot.research.report.published import interval
from bot.research.tally import Tally
from models.serving.risk import Model, Score
from models.training.evaluation import auc
from models.training.fitting import Floats, Rows
from models.training.specs import SERVED

TENTHS = 10
EACH = 50  # people in a part of the calibration, at least
CHANCE = 0.999
BANDS = ("low", "middle", "high")
# No served model uses these: they show whether its bands fall unevenly on people whom it doesn't tell apart.
GROUPINGS = ("occupation", "age", "region", "gender")
OUTCOMES = {spec.name: spec.outcome for spec in SERVED}


@dataclass(frozen=True, slots=True)
class Part:
    """Workers with similar predictions: mean prediction, share with the outcome and its 99 % interval."""

    n: int
    predicted: float
    observed: float | None
    interval: tuple[float, float] | None


@dataclass(frozen=True, slots=True)
class Calibration:
    """A model beside `n` outcomes. `alarm` says that they differ by more than chance, `rank` is the AUC."""

    model: str
    version: str
    n: int
    parts: tuple[Part, ...]
    alarm: bool
    rank: float | None


@dataclass(frozen=True, slots=True)
class Band:
    """How many of a group lie in each band; None where the cell may not be published."""

    grouping: str
    group: Group
    counts: tuple[int | None, ...]


def calibrations(tally: Tally, models: Mapping[str, Model]) -> list[Calibration]:
    """Compare each served model with the outcomes of those who answered all of its questions."""
    return [_calibration(tally, model, OUTCOMES[name]) for name, model in models.items()]


def bands(tally: Tally, model: Model) -> list[Band]:
    """Count the bands by each grouping, groups with nobody left out."""
    table, usable = tally.complete(model.features)
    _, places = _scored(model, table[usable])
    return [
        band
        for grouping in GROUPINGS
        for band in by_group(
            grouping, {group: places[held[usable]] for group, held in tally.groups(grouping).items()}
        )
    ]


def by_group(grouping: str, places: Mapping[Group, NDArray[np.int64]]) -> Iterator[Band]:
    """Hide the small cells of one grouping.

    People who didn't answer are a group like the others; otherwise the difference between two groupings,
    of which one was answered by everybody, would be just them.
    """
    counts = {
        group: np.bincount(held, minlength=len(BANDS)).tolist() for group, held in places.items() if len(held)
    }
    few = hidden_table(list(counts.values()))
    for row, (group, line) in enumerate(counts.items()):
        cells = (None if (row, column) in few else count for column, count in enumerate(line))
        yield Band(grouping, group, tuple(cells))


def _calibration(tally: Tally, model: Model, outcome: str) -> Calibration:
    table, usable = tally.complete(model.features)
    usable = usable & (tally.codes[outcome] >= 0)
    y = tally.codes[outcome][usable].astype(np.float64)
    p, _ = _scored(model, table[usable])
    count = min(TENTHS, len(y) // EACH)
    if not count:
        return Calibration(model.name, model.version, len(y), (), alarm=False, rank=None)
    parts, distance = [], 0.0
    for part in np.array_split(np.argsort(p, kind="stable"), count):
        expected, hits, n = float(p[part].sum()), int(y[part].sum()), len(part)
        distance += (hits - expected) ** 2 / (expected * (1 - expected / n))
        shown = told(n, hits)
        parts.append(Part(n, expected / n, hits / n if shown else None, interval(hits, n) if shown else None))
    alarm = distance > chi2.ppf(CHANCE, count)
    rank = auc(p, Rows(p[:, None], y, np.ones(len(y)))) if 0 < y.sum() < len(y) else None
    return Calibration(model.name, model.version, len(y), tuple(parts), bool(alarm), rank)


def _scored(model: Model, table: NDArray[np.int64]) -> tuple[Floats, NDArray[np.int64]]:
    """The natural frequency and the band's place of each profile; each profile that occurs is scored once."""
    profiles, where = np.unique(table, axis=0, return_inverse=True)
    scores = [model.score(dict(zip(model.features, row, strict=True))) for row in profiles.tolist()]
    p = np.array([score.probability for score in scores if isinstance(score, Score)])
    place = np.array(
        [BANDS.index(score.band) for score in scores if isinstance(score, Score)], dtype=np.int64
    )
    return p[where.ravel()], place[where.ravel()]
