"""Has what is answered, or scored, moved away from the population that the report gives?"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy.special import rel_entr

from models.training import population
from models.training.fitting import Fit, Floats
from models.training.sheet import MONTH, UNKNOWN, Bools, Ints, Sheet
from models.training.specs import Spec

TENTHS = 10
WATCH, ALARM = 0.1, 0.2
CHANCE = 0.9995  # the certainty with which chance is ruled out
DRAWS = 10_000  # samples without a shift in which chance is looked up
SEED = 2110
EACH = 100  # people in a period that is judged, at least

State = Literal["quiet", "watch", "alarm", "unsure"]


@dataclass(frozen=True, slots=True)
class Shift:
    """The index of some people's counts against shares, and what it means for that many people."""

    psi: float
    people: int
    state: State


@dataclass(frozen=True, slots=True)
class Period:
    """A month, and how far the score of those who answered in it lies from the reference population's."""

    month: str
    shift: Shift


def judged(counts: Floats, shares: Floats) -> Shift:
    """Judge how far counts lie from shares.

    Where so few people could be an alarm's distance away by chance alone, quiet would say nothing: the state
    is `unsure`, unless they lie still farther away than that.
    """
    people = int(counts.sum())
    value, chance = float(psi(counts, shares)), _by_chance(people, shares)
    if value >= WATCH and value > chance:
        return Shift(value, people, "alarm" if value >= ALARM else "watch")
    return Shift(value, people, "unsure" if chance >= ALARM else "quiet")


def by_month(spec: Spec, model: Fit, sheet: Sheet, kept: Bools) -> Iterator[Period]:
    """Judge the score of each month in which enough people answered, the earliest first."""
    picked = sheet.pick(spec, kept)
    months = sheet.word(MONTH)[picked.at]
    for month in sorted(set(months.tolist()) - {""}):
        levels = picked.levels[months == month]
        if len(levels) >= EACH:
            yield Period(month, judged(*_score_counts(spec, model, levels)))


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
    return float(psi(*_score_counts(spec, model, levels)))


def _score_counts(spec: Spec, model: Fit, levels: Ints) -> tuple[Floats, Floats]:
    """How many people's scores lie in each tenth of the reference population, and its own shares of them."""
    table = population.rebuild("flexible").table(spec.features)
    reference = model.logits(spec.design(table.levels)).round(9)
    order = np.argsort(reference, kind="stable")
    reached = np.cumsum(table.shares[order])
    cuts = np.unique(reference[order][np.searchsorted(reached, np.arange(1, TENTHS) / TENTHS)])
    shares = np.bincount(np.searchsorted(cuts, reference), weights=table.shares, minlength=len(cuts) + 1)
    scored = model.logits(spec.design(levels)).round(9)
    counts = np.bincount(np.searchsorted(cuts, scored), minlength=len(cuts) + 1)
    inside = shares > 0
    return counts[inside].astype(np.float64), shares[inside].astype(np.float64)


def _by_chance(people: int, shares: Floats) -> float:
    """The index that chance hardly exceeds; tables of its distribution fail for few people."""
    drawn = np.random.default_rng(SEED).multinomial(people, shares / shares.sum(), size=DRAWS)
    return float(np.quantile(psi(drawn.astype(np.float64), shares), CHANCE))
