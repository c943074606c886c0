"""What the report's plots are drawn on; their letters become shapes, to look the same everywhere."""

import base64
import io
from collections.abc import Callable
from functools import cache, wraps
from typing import Any, ParamSpec

import matplotlib as mpl
from matplotlib import font_manager
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from bot.loading.places import KNOWLEDGE
from bot.research.report.labels import Labels

FONTS = KNOWLEDGE / "fonts"
BLUE, ORANGE, GREY, DARK, LIGHT = "#1f5fa8", "#b8460e", "#808a96", "#1b2430", "#d5dbe3"
WIDTH = 8.2  # inches
Arguments = ParamSpec("Arguments")


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


def drawn(draw: Callable[Arguments, Figure]) -> Callable[Arguments, str]:
    """Turn a figure into an image that stands in the page itself."""

    @wraps(draw)
    def image(*args: Arguments.args, **kwargs: Arguments.kwargs) -> str:
        out = io.BytesIO()
        with mpl.rc_context(_style()):
            draw(*args, **kwargs).savefig(out, format="svg", metadata={"Date": None, "Creator": None})
        return "data:image/svg+xml;base64," + base64.b64encode(out.getvalue()).decode("ascii")

    return image


def canvas(height: float, panels: int = 1) -> tuple[Figure, list[Axes]]:
    """Make a figure with this number of panels beside each other."""
    figure = Figure(figsize=(WIDTH, height), layout="constrained")
    made: list[Axes] = figure.subplots(1, panels, squeeze=False).ravel().tolist()
    for axes in made:
        bare(axes)
    return figure, made


def bare(axes: Axes) -> None:
    """Take away the frame and the marks at names."""
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.tick_params(axis="y", length=0)


def once(axes: Axes, label: str) -> str | None:
    """Return a label the first time that it is asked for, so that the legend names it once."""
    return None if label in axes.get_legend_handles_labels()[1] else label


def legend(figure: Figure, axes: Axes) -> None:
    """Name the colours of one panel above the figure."""
    handles, names = axes.get_legend_handles_labels()
    if handles:
        figure.legend(
            handles, names, loc="outside upper right", ncols=len(names), frameon=False, fontsize=8.5
        )


def few(labels: Labels) -> str:
    """Say that something may not be published."""
    return str(labels.words["few"])
