"""Has the world moved away from the survey? The population stability index, with its own chance in view."""

from dataclasses import dataclass

import numpy as np

from bot.research.disclosure import LEAST
from bot.research.tally import Tally
from models.training import population
from models.training.stability import State, judged


@dataclass(frozen=True, slots=True)
class Drift:
    """How far a feature's answers lie from the reference population's; `n` answers."""

    feature: str
    psi: float
    n: int
    state: State


def drift(tally: Tally) -> list[Drift]:
    """Judge every feature of the reference population, the farthest first; none of which few answered."""
    found = []
    for feature in compared_with(tally):
        expected, counts = population.rebuild("flexible").table((feature,)), tally.levels(feature)
        if sum(counts.values()) >= LEAST:
            observed = [float(counts[code]) for (code,) in expected.levels.tolist()]
            shift = judged(np.array(observed), expected.shares)
            found.append(Drift(feature, shift.psi, shift.people, shift.state))
    return sorted(found, key=lambda row: -row.psi)


def compared_with(tally: Tally) -> list[str]:
    """The features that the reference population has."""
    known = {feature for block in population.rebuild("flexible").blocks for feature in block.features}
    return [feature for feature in tally.codes if feature in known]
