"""The people who answered, beside those whom the survey asked: weights for the difference, and their cost."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.stats import binomtest
from statsmodels.stats.proportion import proportion_confint

from models.training import population
from models.training.fitting import Floats
from models.training.population import InfeasibleShares, Levels, Table, balance
from models.training.published import Share
from models.training.sheet import OCCUPATION, UNKNOWN, Bools, Sheet
from models.training.specs import Spec

LEAST = 0.05  # share of the reference in a class that is weighted; smaller levels join their neighbour
SURE = 0.01


@dataclass(frozen=True, slots=True, eq=False)
class Raked:
    """Weights (mean 1) under which the sample has the reference's shares, or why there are none."""

    weights: Floats
    missing: str = ""

    @property
    def effective(self) -> float:
        """As many people in a plain random sample would tell as much (Kish)."""
        return float(self.weights.sum() ** 2 / (self.weights**2).sum())

    @property
    def design_effect(self) -> float:
        """How many of these people tell as much as one in a plain random sample."""
        return len(self.weights) / self.effective


def rake(levels: Levels, features: Sequence[str]) -> Raked:
    """Weigh people so that every feature has the reference population's shares.

    Least relative entropy from equal weights is raking. Levels of few are joined with the next.
    """
    table = Table(tuple(features), levels, np.full(len(levels), 1 / len(levels)))
    shares = [share for name in features for share in _classes(name)]
    absent = [share.label for share in shares if not table.holds(share.of).any()]
    if absent:
        return Raked(np.ones(len(levels)), absent[0])
    try:
        found = balance(table, shares)
    except InfeasibleShares as error:
        return Raked(np.ones(len(levels)), error.missed[0])
    return Raked(found.shares * len(levels))


@dataclass(frozen=True, slots=True)
class Whom:
    """Whom a sample speaks for: how many answered, how many a model can use, and what these tell.

    effective, design_effect: after weighting to the reference; None where it can't be weighted. silent: by
    feature the share of people who left it open, the largest first. trade: the commonest work, and its share.
    """

    people: int
    complete: int
    effective: float | None
    design_effect: float | None
    silent: tuple[tuple[str, float], ...]
    trade: tuple[str, float]


def whom(spec: Spec, sheet: Sheet, kept: Bools) -> Whom:
    """Describe whom the answers speak for that one model could learn from."""
    picked = sheet.pick(spec, kept)
    raked = rake(picked.levels, spec.features) if len(picked.at) else Raked(np.ones(0), "everybody")
    open_ = {name: float((sheet.code(name) == UNKNOWN).mean()) for name in (*spec.features, spec.outcome)}
    trade, most, told = most_common(sheet.word(OCCUPATION)[picked.at].tolist())
    return Whom(
        sheet.people,
        len(picked.at),
        None if raked.missing else raked.effective,
        None if raked.missing else raked.design_effect,
        tuple(sorted(open_.items(), key=lambda item: -item[1])),
        (trade, most / told if told else 0.0),
    )


def most_common(ids: Sequence[str]) -> tuple[str, int, int]:
    """The most common of these (empty ones left out): its name, how many have it, how many told."""
    told = [id for id in ids if id]
    names, counts = np.unique(told, return_counts=True) if told else (np.array([""]), np.array([0]))
    at = int(np.argmax(counts))
    return str(names[at]), int(counts[at]), len(told)


def surely_above(hits: int, of: int, share: float) -> bool:
    """Whether a share in the population is above this one, by more than chance."""
    return of > 0 and bool(binomtest(hits, of, share, alternative="greater").pvalue < SURE)


def interval(hits: float, of: float) -> tuple[float, float]:
    """The 99 % interval of a share (Wilson)."""
    low, high = proportion_confint(hits, of, alpha=SURE, method="wilson")
    return float(low), float(high)


def _classes(name: str) -> list[Share]:
    """The reference's shares of a feature's levels, small ones joined; the last follows from the others."""
    reference = population.rebuild("flexible").table((name,))
    classes: list[tuple[list[int], float]] = []
    for (code,), share in zip(reference.levels.tolist(), reference.shares.tolist(), strict=True):
        if classes and (classes[-1][1] < LEAST or share < LEAST):
            classes[-1] = ([*classes[-1][0], code], classes[-1][1] + share)
        else:
            classes.append(([code], share))
    return [
        Share({name: tuple(codes)}, {}, share, None, (share, share), None) for codes, share in classes[:-1]
    ]
