"""Groups side by side, for the published and the served model of financing constraint."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from scipy.special import expit

from models.training import population
from models.training.fitting import Floats
from models.training.outcomes import SAMPLE, published_constant, table_6_offsets
from models.training.population import Table
from models.training.specs import CONSTRAINT, TABLE_6
from models.training.train import BANDS, train

GROUPS: Mapping[str, Mapping[str, tuple[int, ...]]] = {
    "gender": {"women": (0,), "men": (1,)},
    "age": {"up to 20": (1,), "21-30": (2,), "31-40": (3,), "41-50": (4,), "over 50": (5,)},
    "region": {"west": (1,), "centre": (2,), "northeast": (3,), "east": (4,)},
    "education": {"up to junior": (1, 2), "senior": (3,), "college": (4,), "bachelor or more": (5, 6)},
}


@dataclass(frozen=True, slots=True)
class Group:
    """Means and band shares of one group. `gap` is the served mean minus what Table 6 expects of the group.

    false_low: among those whom Table 6 expects to be constrained, the share that the model calls low.
    """

    feature: str
    name: str
    share: float
    published: float
    served: float
    gap: float
    published_bands: tuple[float, float, float]
    served_bands: tuple[float, float, float]
    published_false_low: float
    served_false_low: float


def groups() -> list[Group]:
    """Every group of the rebuilt flexible workers, and truck drivers as their own population."""
    everyone = population.rebuild("flexible").sample(TABLE_6, size=SAMPLE)
    trucks = population.rebuild("truck").sample(TABLE_6, size=SAMPLE)
    constant = published_constant(everyone)
    cuts = [_cuts(values, everyone.shares) for values in _both(everyone, constant)]
    return [
        _group(feature, name, table, inside, constant, cuts)
        for feature, name, table, inside in _members(everyone, trucks)
    ]


def _members(everyone: Table, trucks: Table) -> Iterator[tuple[str, str, Table, np.ndarray]]:
    for feature, levels in GROUPS.items():
        for name, codes in levels.items():
            yield feature, name, everyone, everyone.holds({feature: codes})
    yield "occupation", "all flexible", everyone, np.ones(len(everyone.shares), dtype=bool)
    yield "occupation", "truck drivers", trucks, np.ones(len(trucks.shares), dtype=bool)


def _group(
    feature: str,
    name: str,
    table: Table,
    inside: np.ndarray,
    constant: float,
    cuts: list[tuple[float, float]],
) -> Group:
    published, served = (values[inside] for values in _both(table, constant))
    weights = table.shares[inside]
    mean_published, mean_served = (
        float(np.average(values, weights=weights)) for values in (published, served)
    )
    bands = [_bands(values, weights, cut) for values, cut in zip((published, served), cuts, strict=True)]
    constrained = weights * published
    return Group(
        feature=feature,
        name=name,
        share=float(weights.sum()),
        published=mean_published,
        served=mean_served,
        gap=mean_served - mean_published,
        published_bands=bands[0],
        served_bands=bands[1],
        published_false_low=_bands(published, constrained, cuts[0])[0],
        served_false_low=_bands(served, constrained, cuts[1])[0],
    )


def _both(table: Table, constant: float) -> tuple[Floats, Floats]:
    columns = [table.features.index(name) for name in CONSTRAINT.features]
    served = train(CONSTRAINT).fit.probabilities(CONSTRAINT.design(table.levels[:, columns]))
    return np.asarray(expit(constant + table_6_offsets(table))), served


def _cuts(values: Floats, shares: Floats) -> tuple[float, float]:
    order = np.argsort(values)
    reached = 100 * np.cumsum(shares[order])
    low, high = (float(values[order][np.searchsorted(reached, cut)]) for cut in BANDS)
    return low, high


def _bands(values: Floats, weights: Floats, cuts: tuple[float, float]) -> tuple[float, float, float]:
    low = float(np.average(values < cuts[0], weights=weights))
    high = float(np.average(values >= cuts[1], weights=weights))
    return low, 1 - low - high, high
