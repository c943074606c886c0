"""Simulates learning from workers who differ from the report: what predicts them best?"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import log
from pathlib import Path

import numpy as np

from models.training import plots
from models.training.catalytic import TAU, blend, choose_tau
from models.training.fitting import Fit, Floats, Rows, fit, log_loss
from models.training.outcomes import expected
from models.training.specs import CONSTRAINT
from models.training.train import train

SIZES = (0, 100, 300, 1_000, 3_000, 10_000)
WORLDS = 40
SPREAD = 0.25  # log-odds a simulated truth lies off the report, per standard deviation of an answer


@dataclass(frozen=True, slots=True)
class Point:
    """Mean expected log loss (nats) over the worlds after `size` answers. `best` is the truth's own."""

    size: int
    prior: float
    data: float
    catalytic: float
    best: float
    tau: float

    @property
    def excess(self) -> float:
        """Return how much worse the catalytic fit is than the better of the other two, negative if better."""
        return self.catalytic / min(self.prior, self.data) - 1


def run(*, worlds: int = WORLDS, sizes: Sequence[int] = SIZES, seed: int = 7) -> list[Point]:
    """Draw true coefficients around the report's, generate answers, fit, and score against the truth."""
    draw = np.random.default_rng(seed)
    ground = expected(CONSTRAINT)
    published = train(CONSTRAINT).fit
    mean = ground.weight @ ground.x
    deviation = np.sqrt(ground.weight @ (ground.x - mean) ** 2)
    losses = np.zeros((len(sizes), 5))
    for _ in range(worlds):
        truth = _world(published, mean, deviation, draw)
        target = Rows(ground.x, truth.probabilities(ground.x), ground.weight)
        order = draw.choice(len(ground.weight), size=max(sizes), p=ground.weight / ground.weight.sum())
        outcomes = (draw.random(max(sizes)) < target.y[order]).astype(np.float64)
        every = Rows(ground.x[order], outcomes, np.ones(max(sizes)))
        for index, size in enumerate(sizes):
            rows = Rows(every.x[:size], every.y[:size], every.weight[:size])
            losses[index] += _losses(published, rows, target)
    means = losses / worlds
    return [Point(size, *map(float, row)) for size, row in zip(sizes, means, strict=True)]


def _world(published: Fit, mean: Floats, deviation: Floats, draw: np.random.Generator) -> Fit:
    shift = draw.normal(0, SPREAD, len(deviation)) / deviation
    at_mean = published.constant + published.slopes @ mean + draw.normal(0, SPREAD)
    slopes = published.slopes + shift
    return Fit(published.features, float(at_mean - slopes @ mean), slopes)


def _losses(published: Fit, rows: Rows, target: Rows) -> tuple[float, float, float, float, float]:
    """Of the report alone, the answers alone, both and the truth; and the tau that was chosen."""
    prior, best = (log_loss(p, target) for p in (published.probabilities(target.x), target.y))
    if not len(rows.y):
        return prior, log(2), prior, best, TAU
    alone = fit(CONSTRAINT.columns, rows, signs=CONSTRAINT.column_signs)
    tau = choose_tau(CONSTRAINT, rows)
    both = blend(CONSTRAINT, rows, tau=tau)
    data, catalytic = (log_loss(found.probabilities(target.x), target) for found in (alone, both))
    return prior, data, catalytic, best, tau


def write(folder: Path, *, worlds: int = WORLDS) -> list[Point]:
    """Run the simulation and write `learning.md` and its plot into the folder; the same bytes each time."""
    points = run(worlds=worlds)
    losses = {
        "report alone": [point.prior for point in points],
        "answers alone": [point.data for point in points],
        "both (catalytic)": [point.catalytic for point in points],
        "best possible": [point.best for point in points],
    }
    plots.learning([point.size for point in points], losses, folder / "learning.svg")
    rows = "\n".join(
        f"| {point.size:,} | {point.prior:.4f} | {point.data:.4f} | {point.catalytic:.4f} | {point.best:.4f} "
        f"| {point.tau:,.0f} | {100 * point.excess:+.2f} % |"
        for point in points
    )
    (folder / "learning.md").write_text(
        _PAGE.format(rows=rows, worlds=worlds, spread=SPREAD), encoding="utf-8"
    )
    return points


_PAGE = """# How answers take over from the report

Made by `python -m models simulate`; do not edit. It shows that the code learns, not how the world is.

In {worlds} simulated worlds the true coefficients of *financing_constraint* differ from the report's: each
by a normal draw of {spread} log-odds per standard deviation of its answer, the constant by as much. Workers
drawn from the reference population answer. Three models are fitted and scored by their expected log loss
against the truth: the report alone, the answers alone, and the catalytic fit that serves (the report with
weight tau, each answer with 1).
Tau is 2,110 below 50 answers and chosen by cross-validation from there on.

![Log loss by number of answers](learning.svg)

| answers | report alone | answers alone | both | best possible | mean tau | both, against the better |
|--:|--:|--:|--:|--:|--:|--:|
{rows}

With no answers the result is the report's model, and "answers alone" is a coin (ln 2); with many it is that
of the answers.
"""
