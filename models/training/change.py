"""What another model would change for workers: in the reference population, so that no one's answers show."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from models.serving.artifact import verify
from models.serving.risk import Model, Score, load
from models.training import population
from models.training.fitting import Floats

BANDS = ("low", "middle", "high")
FAR = 10  # places in a hundred: who moves less would hardly notice


@dataclass(frozen=True, slots=True)
class Term:
    """A slope in either model, in log-odds."""

    name: str
    before: float
    after: float


@dataclass(frozen=True, slots=True, eq=False)
class Change:
    """Shares of workers by their band in either model [before x after], and how far places move."""

    bands: Floats
    mean_move: float
    far: float
    terms: tuple[Term, ...]

    @property
    def kept(self) -> float:
        """The share of workers who stay in their band."""
        return float(np.trace(self.bands))

    @property
    def up(self) -> float:
        """The share whose band is higher than before."""
        return float(np.triu(self.bands, 1).sum())

    @property
    def down(self) -> float:
        """The share whose band is lower than before."""
        return float(np.tril(self.bands, -1).sum())


def change(before: str, after: str, name: str) -> Change:
    """Compare two artifacts of one model, worker by worker.

    Raises:
        ArtifactError: one of them was changed after training.
    """
    old, new = (load(text, name=name) for text in (before, after))
    table = population.rebuild("flexible").table(old.features)
    bands = np.zeros((len(BANDS), len(BANDS)))
    moves = np.zeros(len(table.shares))
    for at, (levels, share) in enumerate(zip(table.levels.tolist(), table.shares.tolist(), strict=True)):
        profile = dict(zip(old.features, levels, strict=True))
        was, will = (_scored(model, profile) for model in (old, new))
        bands[BANDS.index(was.band), BANDS.index(will.band)] += share
        moves[at] = abs(will.percentile - was.percentile)
    return Change(
        bands / bands.sum(),
        float(np.average(moves, weights=table.shares)),
        float(np.average(moves >= FAR, weights=table.shares)),
        tuple(Term(term, slope, slopes(after, name)[term]) for term, slope in slopes(before, name).items()),
    )


def slopes(text: str, name: str) -> Mapping[str, float]:
    """The slopes of an artifact by term, in log-odds.

    Raises:
        ArtifactError: it was changed after training.
    """
    return {row["name"]: row["slope"] for row in verify(text, name=name)["terms"]}


def _scored(model: Model, profile: Mapping[str, int]) -> Score:
    found = model.score(profile)
    if not isinstance(found, Score):
        raise AssertionError("a complete profile is scored")
    return found
