"""Collected answers from a CSV file, checked cell by cell before any of them is used.

Columns: `questionnaire_version`, the model's features in the report's codes, and the outcome (`constrained`
or `gap`, 0 or 1). An empty cell is an answer that wasn't given. Other columns are ignored.
"""

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path

import numpy as np
import yaml

from models.training import published
from models.training.fitting import Rows
from models.training.specs import Spec

VERSION = "questionnaire_version"
QUESTIONNAIRES = Path(__file__).with_name("questionnaires.yaml")


class AnswersError(ValueError):
    """The file can't be learned from; the message names file, row, what is wrong and what to do."""


@dataclass(frozen=True, slots=True, eq=False)
class Collected:
    """Complete rows; `left_out` counts those with a feature or the outcome unknown.

    They stand in the order of their values: an export shuffles people, and no decision may hang on that.
    """

    rows: Rows
    left_out: int
    sha256: str


@cache
def questionnaires() -> tuple[str, ...]:
    """Return the versions of the questionnaire whose codes are those of the evidence, the oldest first."""
    return tuple(yaml.safe_load(QUESTIONNAIRES.read_text(encoding="utf-8"))["versions"])


def outcomes(path: Path) -> frozenset[str]:
    """The columns of the file.

    Raises:
        AnswersError: the file can't be read or has no header.
    """
    return frozenset(table(path)[0])


def read(path: Path, spec: Spec) -> Collected:
    """The rows of the file that this model can learn from.

    Raises:
        AnswersError: a missing column, an unknown code, another questionnaire's row, no complete row, or only
            one outcome. Nothing is skipped silently: the first fault stops the reading.
    """
    header, lines = table(path)
    columns = (*spec.features, spec.outcome)
    if missing := [name for name in (VERSION, *columns) if name not in header]:
        raise _fault(
            path, 1, f"no column {', '.join(missing)}", "export the answers again with these columns"
        )
    if not lines:
        raise _fault(path, 1, "a header but no row", "export again once there are answers")
    levels = [_levels(path, number, row, columns) for number, row in lines]
    complete = sorted(tuple(v for v in row if v is not None) for row in levels if None not in row)
    if not complete:
        raise _fault(path, 2, f"no row has all of {', '.join(columns)}", "collect complete answers first")
    numbers = np.array(complete, dtype=np.float64)
    if len(np.unique(numbers[:, -1])) < 2:
        raise _fault(
            path,
            2,
            f"every complete row has {spec.outcome} = {numbers[0, -1]:.0f}",
            "a model can't learn from one outcome only: export rows of both",
        )
    design = spec.design(numbers[:, :-1].astype(np.int64))
    rows = Rows(design, numbers[:, -1], np.ones(len(numbers)))
    return Collected(rows, len(levels) - len(complete), sha256(path.read_bytes()).hexdigest())


def table(path: Path) -> tuple[list[str], list[tuple[int, dict[str, str]]]]:
    """Read the columns of the file, and its rows with their numbers.

    Raises:
        AnswersError: the file can't be read, or a row doesn't fit the header.
    """
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise _fault(
            path, 1, f"can't be read as UTF-8 text ({error})", "export it again as CSV in UTF-8"
        ) from error
    lines = csv.reader(io.StringIO(text, newline=""))
    header = next(lines, [])
    if not header:
        raise _fault(
            path, 1, "the file is empty", "export the answers again; the first row holds the columns"
        )
    if len(set(header)) < len(header):
        raise _fault(path, 1, "a column appears twice", "keep one of them")
    rows = []
    for cells in lines:
        if not cells:
            continue
        if len(cells) != len(header):
            what = f"{len(cells)} cells where the header has {len(header)}"
            raise _fault(path, lines.line_num, what, "export the answers again")
        rows.append((lines.line_num, dict(zip(header, cells, strict=True))))
    return header, rows


def _levels(
    path: Path, number: int, row: Mapping[str, str], columns: Sequence[str]
) -> tuple[int | None, ...]:
    evidence = published.read()
    if row[VERSION] not in questionnaires():
        raise _fault(
            path,
            number,
            f"{VERSION} is {row[VERSION]!r}; the codes here are those of {', '.join(questionnaires())}",
            "export the rows of these versions only, or add it to models/training/questionnaires.yaml "
            "once its codes are known to be the same",
        )
    result: list[int | None] = []
    for name in columns:
        allowed = {str(code): code for code in evidence.coding.get(name, (0, 1))}
        cell = row[name].strip()
        if cell and cell not in allowed:
            what = f"{name} is {cell!r}; known codes: {', '.join(allowed)}"
            raise _fault(path, number, what, "correct the cell, or leave it empty if the answer is unknown")
        result.append(allowed[cell] if cell else None)
    return tuple(result)


def _fault(path: Path, row: int, what: str, remedy: str) -> AnswersError:
    return AnswersError(f"{path}, row {row}: {what}. {remedy[0].upper()}{remedy[1:]}. Nothing was changed")
