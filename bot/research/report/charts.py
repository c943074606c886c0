"""The report's plots: SVG that stands in the page itself."""

from collections.abc import Sequence
from textwrap import fill

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from bot.research.columns import Group
from bot.research.report.canvas import (
    BLUE,
    DARK,
    GREY,
    LIGHT,
    ORANGE,
    WIDTH,
    bare,
    canvas,
    drawn,
    few,
    legend,
    once,
)
from bot.research.report.drift import Drift
from bot.research.report.labels import Labels
from bot.research.report.published import Compared
from bot.research.report.quality import Band, Calibration
from models.training.stability import ALARM, WATCH

BANDS = ("#a9c8e8", "#5d93c9", "#1f4e86")
WRAP = {"zh": 22, "en": 50}  # characters of a long name in a line
# Name, collected share and its 99 % interval (None: hidden), share of the reference.
Level = tuple[str, float | None, tuple[float, float] | None, float]


@drawn
def shares(rows: Sequence[Compared], labels: Labels) -> Figure:
    """Printed shares beside collected ones with their 99 % intervals."""
    words = labels.words["shares"]
    figure, (axes,) = canvas(0.34 * len(rows) + 1.3)
    for place, row in enumerate(rows):
        axes.axhline(place, color=LIGHT, linewidth=0.6, zorder=0)
        if row.share is not None and row.interval is not None:
            low, high = row.interval
            axes.plot([100 * low, 100 * high], [place] * 2, color=BLUE, linewidth=2, solid_capstyle="butt")
            axes.plot(
                100 * row.share, place, "o", color=BLUE, markersize=5, label=once(axes, words["collected"])
            )
        axes.plot(100 * row.printed.value, place, "D", markerfacecolor="none", markeredgecolor=ORANGE,
                  markeredgewidth=1.4, markersize=6, label=once(axes, words["published"]))  # fmt: skip
        axes.text(101.5, place, f"n={row.n:,}" if row.n else "", fontsize=7, color=GREY, va="center")
    axes.set_yticks(
        range(len(rows)), [fill(labels.share(row.printed), WRAP[labels.language]) for row in rows]
    )
    axes.set_xlim(0, 100)
    axes.set_ylim(len(rows) - 0.4, -0.6)
    axes.set_xlabel(words["axis"])
    legend(figure, axes)
    return figure


@drawn
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
                axes.text(0.5, place, few(labels), fontsize=7, color=GREY, va="center")
            else:
                axes.barh(
                    place, 100 * collected, color=BLUE, height=0.62, label=once(axes, words["collected"])
                )
                axes.plot([100 * end for end in interval], [place] * 2, color=DARK, linewidth=1.1)
            axes.plot([100 * reference] * 2, [place - 0.4, place + 0.4], color=ORANGE, linewidth=2.2,
                      label=once(axes, words["reference"]))  # fmt: skip
        axes.set_yticks(range(len(rows)), [row[0] for row in rows], fontsize=7.5)
        axes.invert_yaxis()
        axes.set_title(f"{name} · n={n:,}", fontsize=10, loc="left")
        axes.tick_params(axis="x", labelsize=7)
        bare(axes)
    for axes in grid[len(panels) :]:
        axes.set_visible(False)
    legend(figure, grid[0])
    figure.supxlabel(words["axis"], fontsize=9)
    return figure


@drawn
def dropoff(rows: Sequence[tuple[str, int | None]], labels: Labels) -> Figure:
    """How many stopped at each question, in the order of the questions."""
    figure, (axes,) = canvas(0.27 * len(rows) + 0.9)
    for place, (_, count) in enumerate(rows):
        axes.barh(place, count or 0, color=BLUE, height=0.62)
        text = few(labels) if count is None else f"{count:,}"
        axes.annotate(text, (count or 0, place), xytext=(4, 0), textcoords="offset points", fontsize=7.5,
                      color=GREY if count is None else DARK, va="center")  # fmt: skip
    axes.set_yticks(range(len(rows)), [name for name, _ in rows])
    axes.invert_yaxis()
    axes.set_xlabel(labels.words["dropoff"]["axis"])
    axes.margins(x=0.1)
    axes.set_xlim(left=0)
    return figure


@drawn
def times(rows: Sequence[tuple[str, float]], labels: Labels) -> Figure:
    """How many seconds a question takes, in the order of the questions."""
    figure, (axes,) = canvas(0.27 * len(rows) + 0.9)
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


@drawn
def bands(models: Sequence[tuple[str, Sequence[Band]]], labels: Labels) -> Figure:
    """Bands by group, a panel a model and grouping; a group with a hidden cell is left empty."""
    words = labels.words["bands"]
    groups: dict[str, list[Group]] = {}
    for row in (row for _, rows in models for row in rows):
        if row.group not in groups.setdefault(row.grouping, []):
            groups[row.grouping].append(row.group)
    sizes = [len(inside) for inside in groups.values()]
    figure = Figure(figsize=(WIDTH, 0.27 * sum(sizes) + 0.2 * len(sizes) + 0.9), layout="constrained")
    grid = figure.subplots(
        len(groups), len(models), sharex=True, sharey="row", squeeze=False, height_ratios=sizes
    )
    for line, (grouping, inside) in zip(grid.tolist(), groups.items(), strict=True):
        for axes, (_, rows) in zip(line, models, strict=True):
            by_group = {row.group: row.counts for row in rows if row.grouping == grouping}
            for place, group in enumerate(inside):
                _stack(axes, place, by_group.get(group, (None,)), labels)
            bare(axes)
        line[0].set_yticks(range(len(inside)), [labels.group(grouping, group) for group in inside])
        line[0].set_ylim(len(inside) - 0.4, -0.6)
        line[0].set_xlim(0, 100)
        line[0].set_ylabel(labels.grouping(grouping), color=GREY)
    for top, bottom, (name, _) in zip(grid[0], grid[-1], models, strict=True):
        top.set_title(name, fontsize=10, loc="left")
        bottom.set_xlabel(words["axis"])
    figure.align_ylabels(grid[:, 0])
    legend(figure, next((axes for axes in grid.flat if axes.get_legend_handles_labels()[1]), grid[0, 0]))
    return figure


def _stack(axes: Axes, place: int, counts: Sequence[int | None], labels: Labels) -> None:
    """Draw one group's bands after each other, as parts of a hundred."""
    shown = [count for count in counts if count is not None]
    if len(shown) < len(counts):
        axes.text(1, place, few(labels), fontsize=7, color=GREY, va="center")
        return
    left = 0.0
    for count, color, band in zip(shown, BANDS, labels.words["bands"]["bands"], strict=True):
        width = 100 * count / sum(shown)
        axes.barh(place, width, left=left, color=color, height=0.66, label=once(axes, band))
        axes.text(left + width / 2, place, f"{width:.0f}", ha="center", va="center", fontsize=7,
                  color="white" if color != BANDS[0] else DARK)  # fmt: skip
        left += width


@drawn
def calibration(rows: Sequence[Calibration], labels: Labels) -> Figure:
    """Observed against predicted, one panel a model."""
    words = labels.words["calibration"]
    figure, panels = canvas(4.1, len(rows))
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


@drawn
def drift(rows: Sequence[Drift], labels: Labels) -> Figure:
    """The stability index of each feature, with the lines at which one looks and at which it rings."""
    figure, (axes,) = canvas(0.27 * len(rows) + 0.9)
    colors = {"quiet": BLUE, "watch": "#d9a514", "alarm": ORANGE, "unsure": LIGHT}
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
