"""Plots for the card and the docs: small SVG files, the same bytes each time."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from models.training.fitting import Floats
from models.training.published import Coefficient

STYLE: Any = {"svg.hashsalt": "models", "svg.fonttype": "none", "font.size": 9, "font.family": "sans-serif"}
BLUE, ORANGE, GREY = "#1f5fa8", "#c8641e", "#808080"


def coefficients(
    published: Mapping[str, Coefficient], refitted: Mapping[str, tuple[float, float]], path: Path
) -> None:
    """Published slopes with their 95 % intervals beside the refitted (slope, standard error)."""
    names = list(refitted)
    figure, axes = _canvas(6.4, 4.2)
    for row, name in enumerate(names):
        low, high = published[name].interval
        slope, error = refitted[name]
        axes.plot([low, high], [row - 0.12] * 2, color=GREY, label="as printed" if not row else None)
        axes.plot(published[name].coef, row - 0.12, "o", color=GREY, markersize=4)
        axes.plot([slope - 1.96 * error, slope + 1.96 * error], [row + 0.12] * 2, color=BLUE,
                  label="refitted" if not row else None)  # fmt: skip
        axes.plot(slope, row + 0.12, "o", color=BLUE, markersize=4)
    axes.axvline(0, color="black", linewidth=0.6)
    axes.set_yticks(range(len(names)), names)
    axes.invert_yaxis()
    axes.set_xlabel("log-odds per level")
    axes.legend(frameon=False)
    _save(figure, path)


def standard_errors(published: Mapping[str, Coefficient], implied: Mapping[str, float], path: Path) -> None:
    """Standard errors that the rebuilt population implies against those in print."""
    figure, axes = _canvas(4.6, 4.2)
    top = 1.15 * max(published[name].printed_se for name in implied)
    axes.plot([0, top], [0, top], color=GREY, linewidth=0.8)
    for name, value in implied.items():
        axes.plot(published[name].printed_se, value, "o", color=BLUE, markersize=4)
        axes.annotate(
            name, (published[name].printed_se, value), xytext=(4, -3), textcoords="offset points", fontsize=7
        )
    axes.set_xlabel("in print")
    axes.set_ylabel("implied by the rebuilt population")
    _save(figure, path)


def calibration(curves: Mapping[str, tuple[Floats, Floats]], path: Path) -> None:
    """Mean outcome against mean prediction in tenths of the population, per model."""
    figure, axes = _canvas(4.6, 4.2)
    axes.plot([0, 1], [0, 1], color=GREY, linewidth=0.8)
    for (name, (predicted, observed)), color in zip(curves.items(), (BLUE, ORANGE), strict=True):
        axes.plot(predicted, observed, "o-", color=color, markersize=4, label=name)
    axes.set_xlabel("predicted")
    axes.set_ylabel("expected under the rebuilt population")
    axes.legend(frameon=False)
    _save(figure, path)


def distribution(groups: Mapping[str, tuple[Floats, Floats]], path: Path) -> None:
    """Share of each group at or below a natural frequency: (probabilities, shares) per group."""
    figure, axes = _canvas(5.6, 3.6)
    for (name, (p, shares)), color in zip(groups.items(), (BLUE, ORANGE), strict=True):
        order = np.argsort(p)
        axes.step(p[order], np.cumsum(shares[order]), where="post", color=color, label=name)
    axes.set_xlabel("natural frequency of financing constraint")
    axes.set_ylabel("share of the group at or below")
    axes.legend(frameon=False)
    _save(figure, path)


def learning(sizes: Sequence[int], losses: Mapping[str, Sequence[float]], path: Path) -> None:
    """Log loss by number of answers: report alone, answers alone, both, best possible, in this order."""
    figure, axes = _canvas(6, 3.8)
    places = range(len(sizes))
    styles = (("o-", GREY), ("s-", ORANGE), ("D-", BLUE), (":", "black"))
    for (name, values), (style, color) in zip(losses.items(), styles, strict=True):
        axes.plot(places, values, style, color=color, label=name)
    axes.set_xticks(places, [f"{size:,}" for size in sizes])
    axes.set_xlabel("answers")
    axes.set_ylabel("expected log loss, nats")
    axes.legend(frameon=False)
    _save(figure, path)


def _canvas(width: float, height: float) -> tuple[Figure, Axes]:
    figure = Figure(figsize=(width, height), layout="tight")
    return figure, figure.add_subplot()


def _save(figure: Figure, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with mpl.rc_context(STYLE):
        figure.savefig(path, metadata={"Date": None, "Creator": None})
