"""May this answer be believed? Haste, straight lines, contradictions and repeats, before anything is learned.

An answer that fails is left out. Where more fail than honest people would, those who weren't caught can't be
trusted either, and the whole sample is refused.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy.stats import binomtest

from models.training.sheet import CONSTRAINED, UNKNOWN, Bools, Sheet

Check = Literal["haste", "line", "contradiction", "repeat"]

SURE = 0.01  # chance at which a sample within the limit is refused all the same
TIMED = 5  # answers of a person whose time is known, at least
HASTE = 0.5  # of them quicker than anybody reads: the person did not read
CHOSEN = 8  # questions with one answer, at least
LINE = 0.95  # of them on the same button
OVER = 2  # levels by which saving may lie above income: beyond, more is saved than earned
# How many of a hundred honest people fail a check at most: by accident, or for a reason that we don't see.
LIMITS: dict[Check, float] = {"haste": 0.05, "line": 0.02, "contradiction": 0.02, "repeat": 0.01}


@dataclass(frozen=True, slots=True)
class Found:
    """How many of those whom a check could judge failed it, and whether that is too many."""

    check: Check
    judged: int
    failed: int
    limit: float
    chance: float

    @property
    def too_many(self) -> bool:
        """Whether a sample in which the limit is kept would hardly ever show so many."""
        return self.chance < SURE


@dataclass(frozen=True, slots=True, eq=False)
class Checked:
    """What the checks found, and which rows are left."""

    found: tuple[Found, ...]
    kept: Bools


def check(sheet: Sheet) -> Checked:
    """Judge every row of a sheet.

    What one check has found isn't held against the sample by the next: lines are alike, and a copy
    contradicts itself as often as it is sent.
    """
    haste, line, contradiction = _haste(sheet), _line(sheet), _contradiction(sheet)
    tapped = haste[1] | line[1]
    copied = (sheet.earlier > 0) & ~tapped
    own = ~(tapped | copied)
    results: dict[Check, tuple[Bools, Bools]] = {
        "haste": haste,
        "line": line,
        "contradiction": (contradiction[0] & own, contradiction[1] & own),
        "repeat": (~tapped, copied),
    }
    failed = np.logical_or.reduce([tapped, copied, contradiction[1]])
    return Checked(tuple(_found(name, *results[name]) for name in LIMITS), ~failed)


def _found(name: Check, judged: Bools, failing: Bools) -> Found:
    people, count = int(judged.sum()), int(failing.sum())
    chance = binomtest(count, people, LIMITS[name], alternative="greater").pvalue if people else 1.0
    return Found(name, people, count, LIMITS[name], float(chance))


def _haste(sheet: Sheet) -> tuple[Bools, Bools]:
    """People who answered quicker than anybody reads."""
    timed = sheet.code("timed")
    judged = timed >= TIMED
    return judged, judged & (sheet.code("hasty") >= HASTE * timed)


def _line(sheet: Sheet) -> tuple[Bools, Bools]:
    """People who pressed the same button all the way down."""
    chosen = sheet.code("chosen")
    judged = chosen >= CHOSEN
    return judged, judged & (sheet.code("same_button") >= LINE * chosen)


def _contradiction(sheet: Sheet) -> tuple[Bools, Bools]:
    """People who save more than they earn, have kinds of debt but no debt, or debts but never borrowed."""
    income, saving, debt = (sheet.code(name) for name in ("income", "saving", "debt"))
    both = (income != UNKNOWN) & (saving != UNKNOWN)
    owing = debt != UNKNOWN
    borrowed = sheet.word(CONSTRAINED)
    failing = both & (saving > income + OVER)
    failing |= (debt == 1) & sheet.ticks("debt_kinds")
    failing |= (debt > 1) & (borrowed == "never_needed")
    return both | (owing & (borrowed != "")), failing
