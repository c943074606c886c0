"""The reference populations: the joint answers with the most entropy that reproduce every published share.

Features that no share ties together are independent in the result: the report says nothing of their
association, so neither does the population. It therefore factors into blocks, and the joint of any
few features is an exact table; only wide joints are sampled.
"""

import itertools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from models.training import published
from models.training.published import Codes, Share

Floats = NDArray[np.float64]
Levels = NDArray[np.int64]
TOLERANCE = 1e-9  # on a share; the promise to readers is 1e-6
LAST_STEPS = 10  # of Newton's; each doubles the digits, so that two or three do


class InfeasibleShares(ValueError):
    """No population has all the given shares; the message names the shares that are missed the most.

    missed: the same by their labels, the worst first.
    """

    def __init__(self, message: str, missed: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.missed = tuple(missed)


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """A joint distribution: `levels` [cells x features] holds codes, `shares` [cells] sums to 1."""

    features: tuple[str, ...]
    levels: Levels
    shares: Floats

    def marginal(self, features: Sequence[str]) -> "Table":
        """The joint of some of the features, cells in lexicographic order of their codes."""
        columns = self.levels[:, [self.features.index(feature) for feature in features]]
        cells, where = np.unique(columns, axis=0, return_inverse=True)
        return Table(tuple(features), cells, weighted_counts(where, self.shares))

    def share(self, of: Codes, given: Codes | None = None) -> float:
        """P(of | given)."""
        inside = self.holds(given or {})
        return float(self.shares[inside & self.holds(of)].sum() / self.shares[inside].sum())

    def holds(self, codes: Codes) -> NDArray[np.bool_]:
        """For each cell, whether every named feature has one of its codes."""
        result = np.ones(len(self.levels), dtype=bool)
        for feature, allowed in codes.items():
            result &= np.isin(self.levels[:, self.features.index(feature)], allowed)
        return result

    def column(self, feature: str) -> Floats:
        """The codes of one feature, as floats."""
        return self.levels[:, self.features.index(feature)].astype(np.float64)


@dataclass(frozen=True, slots=True, eq=False)
class Population:
    """Independent blocks of features; `constraints` are the shares that it was balanced against."""

    name: str
    blocks: tuple[Table, ...]
    constraints: tuple[Share, ...]

    def table(self, features: Sequence[str]) -> Table:
        """The exact joint of the features; its size is the product of their levels, so keep them few."""
        parts = [block.marginal(kept) for block in self.blocks if (kept := _kept(block, features))]
        levels, shares = parts[0].levels, parts[0].shares
        for part in parts[1:]:
            levels = np.hstack(
                [np.repeat(levels, len(part.levels), axis=0), np.tile(part.levels, (len(levels), 1))]
            )
            shares = np.outer(shares, part.shares).ravel()
        order = tuple(feature for part in parts for feature in part.features)
        return Table(order, levels, shares).marginal(features)

    def factors(self, features: Sequence[str]) -> tuple[Table, ...]:
        """Independent tables whose product is `table(features)`."""
        return tuple(block.marginal(kept) for block in self.blocks if (kept := _kept(block, features)))

    def share(self, of: Codes, given: Codes | None = None) -> float:
        """P(of | given) in this population."""
        return self.table(sorted({*of, *(given or {})})).share(of, given)

    def sample(self, features: Sequence[str], *, size: int, seed: int = 2110) -> Table:
        """`size` profiles over the features, reweighted so that every constraint on them holds to TOLERANCE.

        Each block is drawn systematically (its own shares hold to 1/size) and shuffled against the others;
        balancing then removes what is left of the error in the shares.
        """
        draw = np.random.default_rng(seed)
        columns: dict[str, Levels] = {}
        for block in self.blocks:
            points = (np.arange(size) + 0.5) / size
            cells = np.searchsorted(np.cumsum(block.shares), points).clip(max=len(block.shares) - 1)
            drawn = block.levels[draw.permutation(cells)]
            columns.update({feature: drawn[:, column] for column, feature in enumerate(block.features)})
        every = np.column_stack(list(columns.values()))
        table = Table(tuple(columns), every, np.full(size, 1 / size))
        return balance(table, self.constraints).marginal(features)


def balance(base: Table, shares: Iterable[Share]) -> Table:
    """The distribution nearest to `base` (least relative entropy) under which every share holds.

    The dual is convex and smooth: log sum(base * exp(moments @ multipliers)), least at the solution.

    Raises:
        InfeasibleShares: the shares contradict each other, or `base` has no cell for one of them.
    """
    wanted = tuple(shares)
    if not wanted:
        return base
    inside = [base.holds(share.given) for share in wanted]
    hits = [base.holds(share.of) for share in wanted]
    moments = np.column_stack(
        [within * (hit - share.value) for within, hit, share in zip(inside, hits, wanted, strict=True)]
    ).astype(np.float64)
    weights = _tilt(base.shares, moments)
    missed = np.abs(weights @ moments)
    if not missed.max() < TOLERANCE:
        worst = [wanted[index].label for index in np.argsort(-missed)[:3]]
        raise InfeasibleShares(
            f"no population has all these shares at once; missed the most: {'; '.join(worst)} "
            f"(by {missed.max():.2g}). Correct or widen one of them in models/evidence/shares.yaml",
            worst,
        )
    return Table(base.features, base.levels, weights)


def weighted_counts(where: Levels, weights: Floats) -> Floats:
    """The total weight at each index 0, 1, 2 ..."""
    return np.bincount(where.ravel(), weights=weights).astype(np.float64)


@cache
def rebuild(name: str) -> Population:
    """The population `flexible`, `truck` or `stable` as the evidence describes it."""
    return build(name, published.read())


def build(name: str, evidence: published.Survey) -> Population:
    """Balance the named population, starting from its base or, where it has none, from equal cells.

    Raises:
        InfeasibleShares: as in `balance`.
    """
    base, shares = evidence.populations[name]
    start = _equal(evidence, shares) if base is None else build(base, evidence).blocks
    blocks = []
    for tied in _tied([set(block.features) for block in start], shares):
        inside = [block for block in start if set(block.features) <= tied]
        joint = Population(name, tuple(inside), ()).table(sorted(tied))
        blocks.append(balance(joint, [share for share in shares if share.features <= tied]))
    return Population(name, tuple(blocks), shares)


def _equal(evidence: published.Survey, shares: Sequence[Share]) -> tuple[Table, ...]:
    groups = _tied([{feature} for feature in evidence.coding], shares, evidence.impossible)
    return tuple(_cells(sorted(group), evidence.coding, evidence.impossible) for group in groups)


def _cells(features: Sequence[str], coding: Codes, impossible: Iterable[Codes]) -> Table:
    levels = np.array(list(itertools.product(*(coding[feature] for feature in features))), dtype=np.int64)
    table = Table(tuple(features), levels, np.ones(len(levels)))
    for cell in impossible:
        if set(cell) <= set(features):
            levels = levels[~table.holds(cell)]
            table = Table(tuple(features), levels, np.ones(len(levels)))
    return Table(table.features, table.levels, table.shares / len(table.levels))


def _tied(
    groups: Iterable[set[str]], shares: Iterable[Share], impossible: Iterable[Mapping[str, object]] = ()
) -> list[set[str]]:
    """Join groups of features that one share or one impossible cell speaks of together."""
    result = [set(group) for group in groups]
    for together in [*(set(share.features) for share in shares), *(set(cell) for cell in impossible)]:
        touched = [group for group in result if group & together]
        result = [group for group in result if not group & together] + [set().union(*touched)]
    return sorted(result, key=min)


def _tilt(base: Floats, moments: Floats) -> Floats:
    """The exponential tilt of `base` under which all moments have mean zero, or the nearest found."""
    log_base = np.log(base)

    def weights(multipliers: Floats) -> tuple[Floats, float]:
        exponents = log_base + moments @ multipliers
        top = float(exponents.max())
        raw = np.exp(exponents - top)
        return raw / raw.sum(), top + float(np.log(raw.sum()))

    def dual(multipliers: Floats) -> tuple[float, Floats]:
        tilted, value = weights(multipliers)
        return value, tilted @ moments

    def curvature(multipliers: Floats) -> Floats:
        tilted, _ = weights(multipliers)
        mean = tilted @ moments
        result: Floats = (moments * tilted[:, None]).T @ moments - np.outer(mean, mean)
        return result

    found = minimize(
        dual,
        np.zeros(moments.shape[1]),
        jac=True,
        hess=curvature,
        method="trust-exact",
        options={"gtol": TOLERANCE, "maxiter": 300},
    )
    # The search compares values, which tell nothing any more below the root of their rounding, at a place
    # that differs from processor to processor. Newton's last steps look at the moments alone.
    multipliers, (tilted, _) = found.x, weights(found.x)
    for _ in range(LAST_STEPS):
        step = np.linalg.lstsq(curvature(multipliers), tilted @ moments, rcond=None)[0]
        nearer, _ = weights(multipliers - step)
        if np.abs(nearer @ moments).max() >= np.abs(tilted @ moments).max():
            break
        multipliers, tilted = multipliers - step, nearer
    return tilted


def _kept(block: Table, features: Sequence[str]) -> list[str]:
    return [feature for feature in block.features if feature in features]
