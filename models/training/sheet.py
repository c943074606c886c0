"""Everything that people answered, beside what a model reads of it: what the checks of a sample look at."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from operator import itemgetter
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from models.training import answers, published
from models.training.fitting import Floats, Rows
from models.training.specs import SERVED, Spec

UNKNOWN = -1  # where a cell is empty
ENOUGH = 10  # answers in a sheet that is compared with others; shorter ones are alike by chance
# How people answered, beside what: see bot/research/columns.py.
MANNER = ("timed", "hasty", "chosen", "same_button")
OCCUPATION, CONSTRAINED, MONTH = "answer_occupation", "answer_constrained", "month"

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Picked:
    """The rows from which a model can learn: their codes, outcomes, and places in the sheet."""

    levels: Ints
    rows: Rows
    at: Ints


@dataclass(frozen=True, eq=False)
class Sheet:
    """All rows of a file, complete or not, in the order of their values: an export shuffles people.

    codes: by column the report's code, a tick (0, 1) or a count, UNKNOWN where empty. words: by column the id
    of the answer, empty where there is none. earlier: how many rows before this one hold the same answers.
    """

    codes: Mapping[str, Ints]
    words: Mapping[str, NDArray[np.str_]]
    earlier: Ints

    @cached_property
    def people(self) -> int:
        """The number of rows."""
        return len(self.earlier)

    def code(self, name: str) -> Ints:
        """A column of codes; unknown throughout where the file has none."""
        return self.codes.get(name, np.full(self.people, UNKNOWN))

    def word(self, name: str) -> NDArray[np.str_]:
        """A column of ids; empty throughout where the file has none."""
        return self.words.get(name, np.full(self.people, "", dtype=np.str_))

    def ticks(self, question: str) -> Bools:
        """People who ticked anything of a list."""
        columns = [column > 0 for name, column in self.codes.items() if name.startswith(f"{question}__")]
        result: Bools = np.logical_or.reduce(columns) if columns else np.zeros(self.people, dtype=bool)
        return result

    def pick(self, spec: Spec, kept: Bools | None = None) -> Picked:
        """The complete rows for a model, of those that are kept."""
        table = np.column_stack([self.code(name) for name in (*spec.features, spec.outcome)])
        whole = (table != UNKNOWN).all(axis=1) & (True if kept is None else kept)
        levels = table[whole, :-1]
        y = table[whole, -1].astype(np.float64)
        return Picked(levels, Rows(spec.design(levels), y, np.ones(len(y))), np.flatnonzero(whole))


def read(path: Path) -> Sheet:
    """Read a file that `answers.read` has accepted.

    Raises:
        AnswersError: the file can't be read.
    """
    header, lines = answers.table(path)
    return sheet(header, [row for _, row in lines])


def sheet(header: Sequence[str], rows: Sequence[Mapping[str, str]]) -> Sheet:
    """Make a sheet of rows as an export words them; columns that nothing here looks at are left out."""
    coded = [name for name in header if name in _coded() or "__" in name or name in MANNER]
    worded = [name for name in header if name.startswith("answer_")]
    said = [name for name in (*coded, *worded) if name not in MANNER]
    names = (*said, *(name for name in (*MANNER, MONTH) if name in header))
    cells = sorted(map(itemgetter(*names), rows))
    columns = dict(zip(names, zip(*cells, strict=True), strict=True)) if cells else dict.fromkeys(names, ())
    return Sheet(
        {name: _numbers(columns[name]) for name in names if name in coded},
        {name: np.array(columns[name], dtype=np.str_) for name in names if name not in coded},
        _earlier([cell[: len(said)] for cell in cells]),
    )  # fmt: skip


def weighted(picked: Picked, weights: Floats) -> Rows:
    """The rows with these weights."""
    return Rows(picked.rows.x, picked.rows.y, weights)


def _coded() -> frozenset[str]:
    return frozenset((*published.read().coding, *(spec.outcome for spec in SERVED)))


def _numbers(cells: Sequence[str]) -> Ints:
    known = {cell: int(cell) if cell else UNKNOWN for cell in set(cells)}  # far fewer than there are rows
    return np.array([known[cell] for cell in cells], dtype=np.int64)


def _earlier(said: Sequence[tuple[str, ...]]) -> Ints:
    seen: Counter[tuple[str, ...]] = Counter()
    result = np.zeros(len(said), dtype=np.int64)
    for at, cells in enumerate(said):
        if len(cells) - cells.count("") >= ENOUGH:
            result[at] = seen[cells]
            seen[cells] += 1
    return result
