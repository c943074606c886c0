"""The report's plots: SVG whose letters are drawn in our own font, so that they look the same everywhere."""

import base64
import io
from collections.abc import Callable, Sequence
from functools import cache, wraps
from textwrap import fill
from typing import Any, ParamSpec

import matplotlib as mpl
from matplotlib import font_manager
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from bot.adapters.places import KNOWLEDGE
from bot.office.drift import ALARM, WATCH, Drift
from bot.office.labels import Labels
from bot.office.published import Compared
from bot.office.quality import Band, Calibration

FONTS = KNOWLEDGE / "fonts"
BLUE, ORANGE, GREY, DARK, LIGHT = "#1f5fa8", "#b8460e", "#808a96", "#1b2430", "#d5dbe3"
BANDS = ("#a9c8e8", "#5d93c9", "#1f4e86")
WIDTH = 8.2  # inches
WRAP = {"zh": 22, "en": 50}  # characters of a long name in a line
Arguments = ParamSpec("Arguments")
# Name, collected share and its 99 % interval (None: hidden), share of the reference.
Level = tuple[str, float | None, tuple[float, float] | None, float]


@cache
def _style() -> Any:
    names = []
    for path in sorted(FONTS.glob("*.otf")):
        font_manager.fontManager.addfont(str(path))
        names.append(font_manager.FontProperties(fname=str(path)).get_name())
    return {
        "font.family": sorted(set(names)), "font.size": 8.5, "svg.fonttype": "path", "svg.hashsalt": "office",
        "axes.unicode_minus": False,
        "text.color": DARK, "axes.labelcolor": DARK, "xtick.color": DARK, "ytick.color": DARK,
    }  # fmt: skip


def _drawn(draw: Callable[Arguments, Figure]) -> Callable[Arguments, str]:
    """Turn a figure into an image that stands in the page itself."""

    @wraps(draw)
    def image(*args: Arguments.args, **kwargs: Arguments.kwargs) -> str:
        out = io.BytesIO()
        with mpl.rc_context(_style()):
            draw(*args, **kwargs).savefig(out, format="svg", metadata={"Date": None, "Creator": None})
        return "data:image/svg+xml;base64," + base64.b64encode(out.getvalue()).decode("ascii")

    return image


@_drawn
def shares(rows: Sequence[Compared], labels: Labels) -> Figure:
    """Printed shares beside collected ones with their 99 % intervals."""
    words = labels.words["shares"]
    figure, (axes,) = _canvas(0.34 * len(rows) + 1.3)
    for place, row in enumerate(rows):
        axes.axhline(place, color=LIGHT, linewidth=0.6, zorder=0)
        if row.share is not None and row.interval is not None:
            low, high = row.interval
            axes.plot([100 * low, 100 * high], [place] * 2, color=BLUE, linewidth=2, solid_capstyle="butt")
            axes.plot(
                100 * row.share, place, "o", color=BLUE, markersize=5, label=_once(axes, words["collected"])
            )
        axes.plot(100 * row.printed.value, place, "D", markerfacecolor="none", markeredgecolor=ORANGE,
                  markeredgewidth=1.4, markersize=6, label=_once(axes, words["published"]))  # fmt: skip
        axes.text(101.5, place, f"n={row.n:,}" if row.n else "", fontsize=7, color=GREY, va="center")
    axes.set_yticks(
        range(len(rows)), [fill(labels.share(row.printed), WRAP[labels.language]) for row in rows]
    )
    axes.set_xlim(0, 100)
    axes.set_ylim(len(rows) - 0.4, -0.6)
    axes.set_xlabel(words["axis"])
    _legend(figure, axes)
    return figure


@_drawn
def levels(panels: Sequence[tuple[str, int, Sequence[Level]]], labels: Labels) -> Figure:
    """One panel a feature: (name, n, levels)."""
    words = labels.words["levels"]
    columns = 2
    lines = -(-len(panels) // columns)
    figure = Figure(figsize=(WIDTH, 2.15 * lines + 0.5), layout="constrained")
    grid = figure.subplots(lines, columns, squeeze=False).ravel().tolist()
    for axes, (name, n, rows) in zip(grid, panels, strict=False):
        for place, (_, collected, interval, reference) in enumerate(rows):
            if collected is None or interval is None:
                axes.text(0.5, place, _few(labels), fontsize=7, color=GREY, va="center")
            else:
                axes.barh(
                    place, 100 * collected, color=BLUE, height=0.62, label=_once(axes, words["collected"])
                )
                axes.plot([100 * end for end in interval], [place] * 2, color=DARK, linewidth=1.1)
            axes.plot([100 * reference] * 2, [place - 0.4, place + 0.4], color=ORANGE, linewidth=2.2,
                      label=_once(axes, words["reference"]))  # fmt: skip
        axes.set_yticks(range(len(rows)), [row[0] for row in rows], fontsize=7.5)
        axes.invert_yaxis()
        axes.set_title(f"{name} · n={n:,}", fontsize=10, loc="left")
        axes.tick_params(axis="x", labelsize=7)
        _bare(axes)
    for axes in grid[len(panels) :]:
        axes.set_visible(False)
    _legend(figure, grid[0])
    figure.supxlabel(words["axis"], fontsize=9)
    return figure


@_drawn
def dropoff(rows: Sequence[tuple[str, int | None]], labels: Labels) -> Figure:
    """How many stopped at each question, in the order of the questions."""
    figure, (axes,) = _canvas(0.27 * len(rows) + 0.9)
    for place, (_, count) in enumerate(rows):
        axes.barh(place, count or 0, color=BLUE, height=0.62)
        text = _few(labels) if count is None else f"{count:,}"
        axes.annotate(text, (count or 0, place), xytext=(4, 0), textcoords="offset points", fontsize=7.5,
                      color=GREY if count is None else DARK, va="center")  # fmt: skip
    axes.set_yticks(range(len(rows)), [name for name, _ in rows])
    axes.invert_yaxis()
    axes.set_xlabel(labels.words["dropoff"]["axis"])
    axes.margins(x=0.1)
    axes.set_xlim(left=0)
    return figure


@_drawn
def times(rows: Sequence[tuple[str, float]], labels: Labels) -> Figure:
    """How many seconds a question takes, in the order of the questions."""
    figure, (axes,) = _canvas(0.27 * len(rows) + 0.9)
    for place, (_, seconds) in enumerate(rows):
        axes.barh(place, seconds, color=BLUE, height=0.62)
        axes.annotate(f"{seconds:.0f}", (seconds, place), xytext=(4, 0), textcoords="offset points",
                      fontsize=7.5, va="center")  # fmt: skip
    axes.set_yticks(range(len(rows)), [name for name, _ in rows])
    axes.invert_yaxis()
    axes.set_xlabel(labels.words["times"]["axis"])
    axes.margins(x=0.1)
    axes.set_xlim(left=0)
    return figure


@_drawn
def bands(models: Sequence[tuple[str, Sequence[Band]]], labels: Labels) -> Figure:
    """Bands by group, one panel a model; a group with a hidden cell is left empty."""
    words = labels.words["bands"]
    most = max(len(rows) for _, rows in models)
    figure, panels = _canvas(0.34 * most + 1.3, len(models))
    for axes, (name, rows) in zip(panels, models, strict=True):
        for place, row in enumerate(rows):
            counts = [count for count in row.counts if count is not None]
            if len(counts) < len(row.counts):
                axes.text(1, place, _few(labels), fontsize=7, color=GREY, va="center")
                continue
            left = 0.0
            for count, color, band in zip(counts, BANDS, words["bands"], strict=True):
                width = 100 * count / sum(counts)
                axes.barh(place, width, left=left, color=color, height=0.66, label=_once(axes, band))
                axes.text(left + width / 2, place, f"{width:.0f}", ha="center", va="center", fontsize=7,
                          color="white" if color != BANDS[0] else DARK)  # fmt: skip
                left += width
        axes.set_title(name, fontsize=10, loc="left")
        axes.set_xlim(0, 100)
        axes.set_xlabel(words["axis"])
        named = [labels.option("occupation", row.group) for row in rows]
        axes.set_yticks(range(len(rows)), named if axes is panels[0] else [""] * len(rows))
        axes.invert_yaxis()
    _legend(figure, panels[0])
    return figure


@_drawn
def calibration(rows: Sequence[Calibration], labels: Labels) -> Figure:
    """Observed against predicted, one panel a model."""
    words = labels.words["calibration"]
    figure, panels = _canvas(4.1, len(rows))
    for axes, row in zip(panels, rows, strict=True):
        axes.plot([0, 100], [0, 100], color=GREY, linewidth=0.9)
        for part in row.parts:
            if part.observed is not None and part.interval is not None:
                ends = [100 * end for end in part.interval]
                axes.plot([100 * part.predicted] * 2, ends, color=BLUE, linewidth=1.6)
                axes.plot(100 * part.predicted, 100 * part.observed, "o", color=BLUE, markersize=5)
        axes.set_title(f"{labels.words['models'][row.model]} · n={row.n:,}", fontsize=10, loc="left")
        axes.set_xlim(0, 100)
        axes.set_ylim(0, 100)
        axes.set_aspect("equal")
        axes.set_xlabel(words["predicted"])
        axes.set_ylabel(words["observed"])
    return figure


@_drawn
def drift(rows: Sequence[Drift], labels: Labels) -> Figure:
    """The stability index of each feature, with the lines at which one looks and at which it rings."""
    figure, (axes,) = _canvas(0.27 * len(rows) + 0.9)
    colors = {"quiet": BLUE, "watch": "#d9a514", "alarm": ORANGE}
    for place, row in enumerate(rows):
        axes.barh(place, row.psi, color=colors[row.state], height=0.62)
    for line, name in ((WATCH, "watch"), (ALARM, "alarm")):
        axes.axvline(line, color=colors[name], linewidth=1.2, linestyle="--")
        label = labels.words["drift"]["states"][name]
        axes.text(line, -0.75, f" {label} {line}", fontsize=7.5, color=colors[name], va="bottom")
    axes.set_yticks(range(len(rows)), [labels.feature(row.feature) for row in rows])
    axes.set_xlim(0, max([1.3 * ALARM, *(1.1 * row.psi for row in rows)]))
    axes.set_ylim(len(rows) - 0.4, -0.8)
    axes.set_xlabel(labels.words["drift"]["axis"])
    return figure


def _canvas(height: float, panels: int = 1) -> tuple[Figure, list[Axes]]:
    figure = Figure(figsize=(WIDTH, height), layout="constrained")
    made: list[Axes] = figure.subplots(1, panels, squeeze=False).ravel().tolist()
    for axes in made:
        _bare(axes)
    return figure, made


def _bare(axes: Axes) -> None:
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.tick_params(axis="y", length=0)


def _once(axes: Axes, label: str) -> str | None:
    """Give a label the first time that it is asked for, so that the legend names it once."""
    return None if label in axes.get_legend_handles_labels()[1] else label


def _legend(figure: Figure, axes: Axes) -> None:
    handles, names = axes.get_legend_handles_labels()
    if handles:
        figure.legend(
            handles, names, loc="outside upper right", ncols=len(names), frameon=False, fontsize=8.5
        )


def _few(labels: Labels) -> str:
    return str(labels.words["few"])
