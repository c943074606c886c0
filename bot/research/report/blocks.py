"""What a section of the report is made of (a lead, tables, a plot), and how its numbers are written."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.research.disclosure import LEAST


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a table."""

    cells: tuple[str, ...]
    alarm: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A table; its first `words` columns hold words, the others numbers."""

    columns: Sequence[str]
    rows: Sequence[Row]
    caption: str = ""
    words: int = 1


@dataclass(frozen=True, slots=True)
class Part:
    """A section: its lead, and tables, a plot or the sentence that says why there is nothing."""

    key: str
    lead: str
    tables: tuple[Table, ...] = ()
    plot: str = ""
    nothing: str = ""


def percent(share: float) -> str:
    return f"{100 * share:.1f}%"


def tens(count: int) -> int:
    """Round down, so that two numbers beside each other don't tell of a few people between them."""
    return count // LEAST * LEAST
