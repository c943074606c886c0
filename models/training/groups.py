"""Whom a served model misreads: group by group and where groups meet, over plausible worlds.

The gap of a group is the served mean less what a world expects of the group, beyond the same of everybody: a
moved base rate is no group's own. Its range holds nine of ten worlds.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import expit

from models.training.fitting import Floats
from models.training.published import Codes
from models.training.specs import Spec
from models.training.worlds import World

LARGE = 0.03  # a gap beyond it is stated in the card
GROUPS: Mapping[str, Codes] = {
    "women": {"gender": (0,)},
    "men": {"gender": (1,)},
    "up to 20": {"age": (1,)},
    "21-30": {"age": (2,)},
    "31-40": {"age": (3,)},
    "41-50": {"age": (4,)},
    "over 50": {"age": (5,)},
    "west": {"region": (1,)},
    "centre": {"region": (2,)},
    "northeast": {"region": (3,)},
    "east": {"region": (4,)},
    "up to junior secondary": {"education": (1, 2)},
    "senior secondary": {"education": (3,)},
    "college": {"education": (4,)},
    "bachelor or more": {"education": (5, 6)},
    "up to 3,000 yuan": {"income": (1,)},
    "over 10,000 yuan": {"income": (5, 6)},
    "in social insurance": {"social_insurance": (1,)},
    "outside social insurance": {"social_insurance": (0,)},
    "4-6 hours a day": {"daily_hours": (1,)},
    "over 12 hours a day": {"daily_hours": (5,)},
    "unsteady income": {"income_stability": (1,)},
    "women outside social insurance": {"gender": (0,), "social_insurance": (0,)},
    "men in social insurance": {"gender": (1,), "social_insurance": (1,)},
    "women up to 3,000 yuan": {"gender": (0,), "income": (1,)},
    "men up to 3,000 yuan": {"gender": (1,), "income": (1,)},
    "women over 40": {"gender": (0,), "age": (4, 5)},
    "women, up to junior secondary": {"gender": (0,), "education": (1, 2)},
}


@dataclass(frozen=True, slots=True)
class Gap:
    """A group's gap with the range of nine worlds of ten, and how often its people are put in a wrong band.

    `false_low` is the share called low of those who have the outcome, `false_high` the share called high of
    those without.
    """

    name: str
    share: float
    gap: float
    low: float
    high: float
    false_low: float
    false_high: float

    @property
    def large(self) -> bool:
        """Whether the card tells of it."""
        return abs(self.gap) > LARGE


def gaps(
    spec: Spec,
    coefficients: Floats,
    means: Floats,
    bands: tuple[float, float],
    drawn: Sequence[World],
) -> list[Gap]:
    """Measure every group; `coefficients` are (log-odds at `means`, slopes), `bands` cut the places."""
    rows = np.array([_in_world(spec, coefficients, means, bands, world) for world in drawn])
    middle = rows.mean(axis=0)
    low, high = np.quantile(rows[:, :, 1], (0.05, 0.95), axis=0)
    return [
        Gap(name, *(float(value) for value in (row[0], row[1], low[i], high[i], row[2], row[3])))
        for i, (name, row) in enumerate(zip(GROUPS, middle, strict=True))
    ]


def _in_world(
    spec: Spec, coefficients: Floats, means: Floats, bands: tuple[float, float], world: World
) -> Floats:
    """For each group: share, gap, false low, false high."""
    line = coefficients[0] + (spec.design(world.codes(spec.features)) - means) @ coefficients[1:]
    served, expected, shares = np.asarray(expit(line)), world.outcome(spec), world.shares
    everybody = float(shares @ (served - expected))
    order = np.argsort(line, kind="stable")
    reached = 100 * np.cumsum(shares[order])
    cuts = [line[order][min(np.searchsorted(reached, cut), len(line) - 1)] for cut in bands]
    rows = []
    for codes in GROUPS.values():
        inside = world.holds(codes)
        weight = shares * inside
        gap = float(weight @ (served - expected) / weight.sum()) - everybody
        with_it, without = weight * expected, weight * (1 - expected)
        rows.append(
            (
                weight.sum(),
                gap,
                with_it @ (line < cuts[0]) / with_it.sum(),
                without @ (line >= cuts[1]) / without.sum(),
            )
        )
    return np.array(rows)
