"""A score with unknown answers, held to a calculation over every profile of the population."""

import itertools
from dataclasses import dataclass

import numpy as np
import pytest
from numpy.typing import NDArray

from models.serving.reference import Reference
from models.serving.risk import Model, Score
from models.serving.scoring import Z90

Array = NDArray[np.float64]
Partial = tuple[int | None, ...]
CLOSE = 1e-9


@dataclass(frozen=True)
class Everybody:
    """All profiles of a population: their codes, shares, log-odds and the variances of these."""

    levels: NDArray[np.int64]
    shares: Array
    logits: Array
    variances: Array

    @classmethod
    def of(cls, model: Model, reference: Reference) -> "Everybody":
        levels = np.array(list(itertools.product(*(model.codes[name] for name in model.features))))
        shares, logits = np.ones(len(levels)), np.full(len(levels), model.mean_logit)
        away = [np.ones((len(levels), 1))]
        for factor in reference.factors:
            columns = levels[:, [model.features.index(name) for name in factor.features]]
            shares *= [factor.shares[tuple(cell)] for cell in columns.tolist()]
        for name, column in zip(model.features, levels.T.tolist(), strict=True):
            logits += [model.points[name][level] for level in column]
            away.append(np.array([model.away[name][level] for level in column]))
        terms = np.hstack(away)
        return cls(levels, shares, logits, np.einsum("ni,ij,nj->n", terms, model.covariance, terms))

    def like(self, known: Partial) -> NDArray[np.bool_]:
        """Say who has the known answers."""
        same = [self.levels[:, place] == level for place, level in enumerate(known) if level is not None]
        return np.asarray(np.logical_and.reduce([np.full(len(self.levels), True), *same]))

    def place(self, logit: float) -> float:
        """Return the percentile of a risk: whose is lower, and half of those whose is the same."""
        lower, same = self.logits < logit - CLOSE, abs(self.logits - logit) <= CLOSE
        return float(100 * (self.shares[lower].sum() + self.shares[same].sum() / 2) / self.shares.sum())


def chance(logit: float | Array) -> Array:
    return np.asarray(1 / (1 + np.exp(-np.asarray(logit))))


@pytest.mark.slow
@pytest.mark.parametrize("group", [None, "truck"])
def test_every_score_with_unknown_answers_is_what_all_profiles_together_give(
    served: Model, group: str | None
) -> None:
    whole = Everybody.of(served, served.population)
    theirs = served.groups.get(group or "")
    mine = Everybody.of(served, theirs) if theirs else whole
    options = [(None, *served.codes[name]) for name in served.features]
    partial: list[Partial] = sorted(itertools.product(*options), key=lambda known: known.count(None))
    widths: dict[Partial, float] = {}
    held = 0
    for known in partial:
        here = mine.like(known)
        shares = mine.shares[here] / mine.shares[here].sum()
        logits = mine.logits[here]
        centre = float(shares @ logits)
        spread = Z90 * np.sqrt(shares @ (mine.variances[here] + (logits - centre) ** 2))
        probability = float(shares @ chance(logits))
        low = min(float(chance(centre - spread)), probability)
        high = max(float(chance(centre + spread)), probability)
        missing = [place for place, level in enumerate(known) if level is None]
        after = {
            (place, level): widths[(*known[:place], level, *known[place + 1 :])]
            for place in missing
            for level in served.codes[served.features[place]]
        }
        more = max(0.0, max(after.values(), default=0.0) - (high - low)) / 2
        low, high = low - more, high + more
        low, high = (low - (high - 1), 1.0) if high > 1 else (0.0, high - low) if low < 0 else (low, high)
        widths[known] = high - low

        score = served.score(dict(zip(served.features, known, strict=True)), group=group)
        if not isinstance(score, Score):
            continue
        held += 1
        found = (score.logit, score.probability, score.low, score.high, score.percentile)
        assert found == pytest.approx((centre, probability, low, high, whole.place(centre)), abs=CLOSE)
        if theirs:
            assert score.group_percentile == pytest.approx(mine.place(centre), abs=CLOSE)
        assert score.missing == tuple(served.features[place] for place in missing)
        if missing:
            levels = mine.levels[here]
            mean_width = {
                served.features[place]: sum(
                    after[place, level] * shares[levels[:, place] == level].sum()
                    for level in served.codes[served.features[place]]
                )
                for place in missing
            }
            assert score.ask_next is not None
            assert mean_width[score.ask_next] == pytest.approx(min(mean_width.values()), abs=CLOSE)
    assert held > 1_000
