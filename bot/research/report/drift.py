"""Has the world moved away from the survey? The population stability index, with its own chance in view."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

from bot.research.disclosure import LEAST
from bot.research.tally import Tally
from models.training import population
from models.training.fitting import Floats

WATCH, ALARM = 0.1, 0.2
CHANCE = 0.9995  # how sure it must be that a shift isn't chance
DRAWS = 10_000  # samples without drift in which chance is looked up
SEED = 2110
State = Literal["quiet", "watch", "alarm"]


@dataclass(frozen=True, slots=True)
class Drift:
    """How far a feature's answers lie from the reference population's; `n` answers."""

    feature: str
    psi: float
    n: int
    state: State


def drift(tally: Tally) -> list[Drift]:
    """Judge every feature of the reference population, the farthest first."""
    reference = population.rebuild("flexible")
    found = []
    for feature in tally.codes:
        if any(feature in block.features for block in reference.blocks):
            expected = reference.table((feature,))
            shares = {
                int(code): float(p) for (code,), p in zip(expected.levels, expected.shares, strict=True)
            }
            if sum(tally.levels(feature).values()) >= LEAST:
                found.append(_judged(feature, tally.levels(feature), shares))
    return sorted(found, key=lambda row: -row.psi)


def _judged(feature: str, counts: Mapping[int, int], shares: Mapping[int, float]) -> Drift:
    observed = np.array([counts[code] for code in shares], dtype=np.float64)
    n = int(observed.sum())
    expected = np.array(list(shares.values()))
    value = float(psi(observed, expected))
    state: State = "quiet"
    if value >= WATCH and value > _by_chance(n, expected):
        state = "alarm" if value >= ALARM else "watch"
    return Drift(feature, value, n, state)


def psi(counts: Floats, shares: Floats) -> Floats:
    """The index of counts [... x levels] against shares; half a person more in each level keeps it finite."""
    smoothed = counts + 0.5
    observed = smoothed / smoothed.sum(axis=-1, keepdims=True)
    result: Floats = ((observed - shares) * np.log(observed / shares)).sum(axis=-1)
    return result


def _by_chance(n: int, shares: Floats) -> float:
    """How far the index of n answers goes by chance alone; tables of its distribution fail for small n."""
    drawn = np.random.default_rng(SEED).multinomial(n, shares / shares.sum(), size=DRAWS)
    return float(np.quantile(psi(drawn.astype(np.float64), shares), CHANCE))
