"""The reference population as an artifact carries it: independent tables whose product is exact."""

import itertools
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Cell = tuple[int, ...]
DIGITS = 9  # two risks that agree to this many decimals of log-odds are the same place


@dataclass(frozen=True, slots=True)
class Factor:
    """The joint shares of a few features; features of different factors are independent."""

    features: tuple[str, ...]
    shares: Mapping[Cell, float]


@dataclass(frozen=True, slots=True)
class Reference:
    """A population over a model's own features. Exact: no sampling, no compression."""

    factors: tuple[Factor, ...]

    def given(self, known: Mapping[str, int]) -> tuple[tuple[str, ...], list[tuple[Cell, float]]]:
        """The features that are not known, and P(their levels | known) cell by cell; shares sum to 1."""
        missing: tuple[str, ...] = ()
        joint: list[tuple[Cell, float]] = [((), 1.0)]
        for factor in self.factors:
            unknown, cells = _condition(factor, known)
            if unknown:
                missing += unknown
                joint = [(head + tail, p * q) for (head, p), (tail, q) in itertools.product(joint, cells)]
        return missing, joint


@dataclass(frozen=True, slots=True)
class Ranks:
    """The distribution of a risk in a population: sorted log-odds and the share at or below each."""

    logits: Sequence[float]
    reached: Sequence[float]

    def percentile(self, logit: float) -> float:
        """0..100: the share with a lower risk plus half of the share with the same risk (mid-rank)."""
        place = round(logit, DIGITS)
        below = self._reached(bisect_left(self.logits, place))
        through = self._reached(bisect_right(self.logits, place))
        return 50.0 * (below + through)

    def _reached(self, count: int) -> float:
        return self.reached[count - 1] if count else 0.0


def rank(reference: Reference, logit: Callable[[Mapping[str, int]], float]) -> Ranks:
    """Score every cell of the population once; some thousand cells, some milliseconds."""
    features, cells = reference.given({})
    shares: dict[float, float] = defaultdict(float)
    for levels, share in cells:
        shares[round(logit(dict(zip(features, levels, strict=True))), DIGITS)] += share
    logits = sorted(shares)
    total = sum(shares.values())
    reached = list(itertools.accumulate(shares[value] / total for value in logits))
    return Ranks(logits, reached)


def read(tables: Iterable[Mapping[str, Any]], codes: Mapping[str, Sequence[int]]) -> Reference:
    """From the artifact: tables of features with their shares, in lexicographic order of the codes."""
    factors = []
    for table in tables:
        features = tuple(table["features"])
        cells = itertools.product(*(codes[feature] for feature in features))
        factors.append(Factor(features, dict(zip(cells, table["shares"], strict=True))))
    return Reference(tuple(factors))


def _condition(factor: Factor, known: Mapping[str, int]) -> tuple[tuple[str, ...], list[tuple[Cell, float]]]:
    unknown = tuple(feature for feature in factor.features if feature not in known)
    if not unknown:
        return unknown, []
    fixed = [(column, known[name]) for column, name in enumerate(factor.features) if name in known]
    kept = [column for column, name in enumerate(factor.features) if name not in known]
    shares = [
        (tuple(cell[column] for column in kept), share)
        for cell, share in factor.shares.items()
        if all(cell[column] == level for column, level in fixed)
    ]
    total = sum(share for _, share in shares)
    return unknown, [(cell, share / total) for cell, share in shares if share]
