"""Has what is answered, or scored, moved away from the population that the report gives?"""

from collections.abc import Sequence

import numpy as np
from scipy.special import rel_entr

from models.training import population
from models.training.fitting import Fit, Floats
from models.training.sheet import UNKNOWN, Ints
from models.training.specs import Spec

TENTHS = 10


def psi(counts: Floats, shares: Floats) -> Floats:
    """The population stability index of counts [... x levels] against shares: relative entropy both ways.

    Half a person more in each level keeps it finite.
    """
    smoothed = counts + 0.5
    observed = smoothed / smoothed.sum(axis=-1, keepdims=True)
    result: Floats = (rel_entr(observed, shares) + rel_entr(shares, observed)).sum(axis=-1)
    return result


def of_feature(name: str, codes: Ints) -> float:
    """The index of a feature's answers; unknown ones are left out."""
    expected = population.rebuild("flexible").table((name,))
    known = codes[codes != UNKNOWN]
    counts = np.array([np.count_nonzero(known == code) for (code,) in expected.levels.tolist()])
    return float(psi(counts.astype(np.float64), expected.shares))


def of_score(spec: Spec, model: Fit, levels: Ints) -> float:
    """The index of a model's score over tenths of the reference population (fewer where scores are tied)."""
    table = population.rebuild("flexible").table(spec.features)
    reference = model.logits(spec.design(table.levels)).round(9)
    order = np.argsort(reference, kind="stable")
    reached = np.cumsum(table.shares[order])
    cuts = np.unique(reference[order][np.searchsorted(reached, np.arange(1, TENTHS) / TENTHS)])
    shares = np.bincount(np.searchsorted(cuts, reference), weights=table.shares, minlength=len(cuts) + 1)
    scored = model.logits(spec.design(levels)).round(9)
    counts = np.bincount(np.searchsorted(cuts, scored), minlength=len(cuts) + 1)
    inside = shares > 0
    return float(psi(counts[inside].astype(np.float64), shares[inside].astype(np.float64)))


def known(names: Sequence[str]) -> tuple[str, ...]:
    """Of these features, those that the reference population has."""
    blocks = population.rebuild("flexible").blocks
    return tuple(name for name in names if any(name in block.features for block in blocks))
