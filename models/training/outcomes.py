"""What the report expects of each outcome, cell by cell of the rebuilt population."""

from collections.abc import Mapping
from functools import cache

import numpy as np
from scipy.special import expit

from models.training import population, published
from models.training.fitting import Floats, Rows, calibrate
from models.training.population import Population, Table, weighted_counts
from models.training.specs import EMPLOYMENT, GAP, PUBLISHED, TABLE_4, TABLE_6, Spec

SAMPLE = 2**14  # profiles for the joints that are too wide to enumerate


@cache
def expected(spec: Spec) -> Rows:
    """What the report says of this outcome: the population's cells, expected outcomes, total weight 1."""
    flexible = population.rebuild("flexible")
    if spec is EMPLOYMENT:
        return _employment_rows()
    if spec is PUBLISHED:
        table = flexible.sample(spec.features, size=SAMPLE)
        outcome = np.asarray(expit(published_constant(table) + table_6_offsets(table)))
        return Rows(spec.design(table.levels), outcome, table.shares)
    return expected_in(flexible, spec)


def expected_in(flexible: Population, spec: Spec, *, digits: int = 12) -> Rows:
    """Return the same for a served model in any population. `digits` is the grain of the averaging, in log-
    odds.
    """
    table = flexible.table(spec.features)
    outcome = _gap(flexible, table) if spec is GAP else _constrained(flexible, table, digits)
    return Rows(spec.design(table.levels), outcome, table.shares)


def table_6_offsets(table: Table) -> Floats:
    """Published log-odds of each cell, without the constant, over those of Table 6's predictors it has."""
    slopes = published.read().table_6
    return _offsets(table, {name: slopes[name].coef for name in TABLE_6 if name in table.features})


def published_constant(table: Table) -> float:
    """The constant that makes Table 6's slopes give the published share of constrained workers."""
    return calibrate(table_6_offsets(table), table.shares, published.read().constrained)


def _constrained(flexible: Population, table: Table, digits: int) -> Floats:
    """P(constrained | cell): Table 6, calibrated to the published share, averaged over the rest."""
    left_out = [name for name in TABLE_6 if name not in table.features and name != "social_insurance"]
    rest = flexible.table(left_out)
    rest_offsets, rest_shares = _merged(table_6_offsets(rest), rest.shares, digits)
    wide = flexible.table((*table.features, "social_insurance"))
    offsets = table_6_offsets(wide)
    every = (offsets[:, None] + rest_offsets[None, :]).ravel()
    shares = np.outer(wide.shares, rest_shares).ravel()
    constant = calibrate(every, shares, published.read().constrained)
    p = expit(constant + offsets[:, None] + rest_offsets[None, :]) @ rest_shares
    return _conditional(wide, p, table)


def _gap(flexible: Population, table: Table) -> Floats:
    """P(no commercial cover | cell): neither cover, or social only."""
    wide = flexible.table((*table.features, "commercial"))
    return _conditional(wide, 1 - wide.column("commercial"), table)


def _employment_rows() -> Rows:
    """Flexible and stable workers in the survey's proportion, Table 4's slopes, a recalibrated constant."""
    evidence = published.read()
    share = evidence.sample["flexible"] / evidence.sample["total"]
    parts = [
        (population.rebuild(name).sample(TABLE_4, size=SAMPLE), weight)
        for name, weight in (("flexible", share), ("stable", 1 - share))
    ]
    table = Table(
        TABLE_4,
        np.vstack([part.levels for part, _ in parts]),
        np.concatenate([part.shares * weight for part, weight in parts]),
    )
    offsets = _offsets(table, {name: evidence.table_4[name].coef for name in TABLE_4})
    return Rows(
        EMPLOYMENT.design(table.levels),
        expit(calibrate(offsets, table.shares, share) + offsets),
        table.shares,
    )


def _conditional(wide: Table, values: Floats, table: Table) -> Floats:
    """Mean of `values` over the wide table's cells, for each cell of the narrow table."""
    places = {tuple(cell): index for index, cell in enumerate(table.levels.tolist())}
    columns = wide.levels[:, [wide.features.index(name) for name in table.features]]
    where = np.array([places[tuple(cell)] for cell in columns.tolist()])
    result: Floats = weighted_counts(where, values * wide.shares) / weighted_counts(where, wide.shares)
    return result


def _merged(offsets: Floats, shares: Floats, digits: int) -> tuple[Floats, Floats]:
    values, where = np.unique(offsets.round(digits), return_inverse=True)
    return values, weighted_counts(where, shares)


def _offsets(table: Table, slopes: Mapping[str, float]) -> Floats:
    result: Floats = np.zeros(len(table.shares))
    for name, slope in slopes.items():
        result = result + slope * table.column(name)
    return result
