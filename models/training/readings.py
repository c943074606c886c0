"""Other readings of Table 6, each with what it would change of the served model of financing constraint."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy.special import expit

from models.training import population, published
from models.training.fitting import Fit, Floats, Rows, calibrate, fit
from models.training.outcomes import SAMPLE, expected
from models.training.population import Table, weighted_counts
from models.training.specs import CONSTRAINT, TABLE_6
from models.training.train import BANDS

HELD = "social_insurance"
NARROW = 0.22  # of all workers were refused for their credit record: the only narrower outcome in print


@dataclass(frozen=True, slots=True)
class Reading:
    """A reading beside the one that is served.

    mean: what Table 6's own constant gives under it, as it stands in print; None where that says nothing.
    premium: the served slope of premium. places, bands: mean shift of a place, share of workers whose band
    changes. frequency: the mean natural frequency it would be calibrated to.
    """

    id: str
    mean: float | None
    premium: float
    places: float
    bands: float
    frequency: float


def readings() -> list[Reading]:
    """Every reading, the served one first."""
    everyone = population.rebuild("flexible").sample(TABLE_6, size=SAMPLE)
    constrained = published.read().constrained
    served = _slopes()
    flipped = {**served, HELD: -served[HELD]}
    return [
        _reading("served", served, constrained, _printed_mean(everyone, {})),
        _reading("raw_investing", served, constrained, _printed_mean(everyone, {"investing": (2, -1)})),
        _reading("raw_codes", flipped, constrained,
                 _printed_mean(everyone, {"investing": (2, -1), HELD: (2, -1), "gender": (1, 1)})),
        _reading("narrow_outcome", served, NARROW, None),
        _reading("held_at_mean", served, constrained, None, held=True),
    ]  # fmt: skip


def _slopes() -> dict[str, float]:
    return {name: published.read().table_6[name].coef for name in TABLE_6}


def _printed_mean(everyone: Table, recoded: Mapping[str, tuple[int, int]]) -> float:
    """The mean of Table 6 with its constant as printed, some codes being `start + step * code` in the data.

    Investing is printed with two signs; in raw codes (1 yes, 2 no) the sign of its interval is right.
    """
    table = published.read().table_6
    logits = np.full(len(everyone.shares), table["constant"].coef)
    for name in TABLE_6:
        start, step = recoded.get(name, (0, 1))
        slope = abs(table[name].coef) if name in recoded else table[name].coef
        logits += slope * (start + step * everyone.column(name))
    return float(everyone.shares @ expit(logits))


def _reading(
    id: str, slopes: Mapping[str, float], rate: float, mean: float | None, *, held: bool = False
) -> Reading:
    ground = expected(CONSTRAINT)
    now = fit(CONSTRAINT.columns, ground, signs=CONSTRAINT.column_signs)
    then = _fitted(slopes, rate, held=held)
    before, after = (_places(found.logits(ground.x), ground.weight) for found in (now, then))
    return Reading(
        id=id,
        mean=mean,
        premium=float(then.slopes[CONSTRAINT.features.index("premium")]),
        places=float(np.average(np.abs(before - after), weights=ground.weight)),
        bands=float(
            np.average(np.digitize(before, BANDS) != np.digitize(after, BANDS), weights=ground.weight)
        ),
        frequency=rate,
    )


def _fitted(slopes: Mapping[str, float], rate: float, *, held: bool) -> Fit:
    """Return the served model under these slopes. `held` estimates with social insurance, then holds it at
    its mean.
    """
    table = population.rebuild("flexible").sample(TABLE_6, size=SAMPLE)
    offsets: Floats = np.zeros(len(table.shares))
    for name, slope in slopes.items():
        offsets = offsets + slope * table.column(name)
    outcome = np.asarray(expit(calibrate(offsets, table.shares, rate) + offsets))
    columns = (*CONSTRAINT.columns, HELD) if held else CONSTRAINT.columns
    x = np.column_stack([table.column(name) for name in columns])
    found = fit(columns, Rows(x, outcome, table.shares), signs=CONSTRAINT.column_signs)
    if not held:
        return found
    mean = float(np.average(table.column(HELD), weights=table.shares))
    return Fit(CONSTRAINT.columns, found.constant + found.slopes[-1] * mean, found.slopes[:-1])


def _places(logits: Floats, weights: Floats) -> Floats:
    _, where = np.unique(logits.round(6), return_inverse=True)
    shares = weighted_counts(where, weights)
    middle: Floats = 100 * (np.cumsum(shares) - shares / 2) / shares.sum()
    return middle[where]
