"""Tables that may be published: counts with OpenDP's noise, and the privacy budget that they spend, kept.

Whether any one person takes part changes the odds of whatever comes out by a factor of e^epsilon at most,
whatever else somebody knows; over all releases of a database together by e^BUDGET.
"""

import csv
import fcntl
import io
import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from bot.privacy.private_files import write
from bot.research.columns import UNKNOWN
from bot.research.export import text
from bot.research.report.labels import Labels
from bot.research.tally import Tally
from models.training import published

BUDGET = 3.0  # epsilon that all releases of a database may spend together
SURE = 0.95  # of the numbers lie within the stated distance of the true ones
KEPT = Path("var/privacy-budget.csv")
LEDGER = ("day", "epsilon", "spent", "tables", "scale", "mechanism")
HEAD = ("feature", "code", "zh", "en", "people", "within")
TOLD_BY_ANOTHER = frozenset({"gap"})  # by commercial cover, turned round


class BudgetSpent(ValueError):
    """A release would spend more than is left; nothing was published."""


@dataclass(frozen=True, slots=True)
class Release:
    """What a release spends, what all have spent with it, and the scale of its noise in people."""

    epsilon: float
    spent: float
    tables: int
    scale: float

    @property
    def within(self) -> int:
        """How far a number lies from the true one at most, SURE of the time."""
        return math.ceil(self.scale * math.log(1 / (1 - SURE)))


def publish(
    tally: Tally, epsilon: float, folder: Path, ledger: Path, on: date, labels: Sequence[Labels]
) -> Release:
    """Write `tables.csv`: how many gave each code of each feature and outcome, and how many gave none.

    The budget is written down before a number is made: whatever dies, it can be wasted but never overspent.
    Releases at once take turns at the ledger.

    Raises:
        BudgetSpent: epsilon is not positive, or more than is left.
    """
    tables = [name for name in tally.codes if name not in TOLD_BY_ANOTHER]
    with _alone_at(ledger):
        before = spent(ledger)
        if not 0 < epsilon <= BUDGET - before + 1e-9:
            raise BudgetSpent(
                f"epsilon {epsilon:g} can't be spent: {before:g} of {BUDGET:g} are spent already ({ledger})"
            )
        release = Release(epsilon, before + epsilon, len(tables), len(tables) / epsilon)
        noisy = _noise(release)
        _enter(ledger, release, on)
    cells = [(feature, code) for feature in tables for code in (*_codes(feature), UNKNOWN)]
    numbers = noisy([int((tally.codes[feature] == code).sum()) for feature, code in cells])
    rows = [
        (feature, "" if code == UNKNOWN else str(code), *(_named(words, feature, code) for words in labels),
         str(max(0, number)), str(release.within))
        for (feature, code), number in zip(cells, numbers, strict=True)
    ]  # fmt: skip
    write(folder / "tables.csv", text([HEAD, *rows]))
    return release


def ledger_of(url: str) -> Path:
    """Return where the budget of the bot's own database is kept: beside a file, in `var` for a server.

    Raises:
        BudgetSpent: it lies in `var` from earlier releases, and beside the database there is none.
    """
    elsewhere, parsed = KEPT, sa.make_url(url)
    if parsed.get_backend_name() != "sqlite":
        return elsewhere
    beside = Path(parsed.database or "").with_name(KEPT.name)
    if elsewhere.exists() and not beside.exists():
        raise BudgetSpent(
            f"the budget was kept in {elsewhere.absolute()} before: move it to {beside}, "
            "or name it with --ledger"
        )
    return beside


def spent(ledger: Path) -> float:
    """How much of the budget is spent; raises ValueError when the ledger can't be read as one."""
    if not ledger.exists():
        return 0.0
    with ledger.open(encoding="utf-8", newline="") as file:
        return sum(float(row["epsilon"]) for row in csv.DictReader(file))


def _noise(release: Release) -> Callable[[list[int]], list[int]]:
    """The mechanism; a person stands in one cell of each table, so `tables` numbers change by one at most."""
    import opendp.prelude as dp  # an extra of this project: few operators publish tables

    dp.enable_features("contrib")
    space = dp.vector_domain(dp.atom_domain(T="i64")), dp.l1_distance(T="i64")
    laplace: Any = dp.m.make_laplace(*space, scale=release.scale)
    if laplace.map(release.tables) > release.epsilon * (1 + 1e-9):
        raise AssertionError("the noise is too weak for what it claims to spend")
    return lambda counts: list(laplace(counts))


@contextmanager
def _alone_at(ledger: Path) -> Iterator[None]:
    """Wait until nobody else is at the ledger, and keep others away; a process that dies lets go."""
    ledger.parent.mkdir(parents=True, exist_ok=True)
    # A file of its own: the ledger itself is replaced by each release.
    with ledger.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _enter(ledger: Path, release: Release, on: date) -> None:
    """Add a line to the ledger, whole and on disk when it returns."""
    mechanism = f"discrete Laplace, OpenDP {version('opendp')}, one person more or less"
    line = (on, f"{release.epsilon:g}", f"{release.spent:g}", release.tables, f"{release.scale:g}", mechanism)
    lines = io.StringIO(ledger.read_bytes().decode() if ledger.exists() else "", newline="")
    lines.seek(0, io.SEEK_END)
    csv.writer(lines).writerows([line] if lines.tell() else [LEDGER, line])
    write(ledger, lines.getvalue())


def _codes(feature: str) -> Sequence[int]:
    return published.read().coding.get(feature, (0, 1))


def _named(labels: Labels, feature: str, code: int) -> str:
    value = str(labels.words["unknown"]) if code == UNKNOWN else labels.code(feature, code)
    return f"{labels.feature(feature)}{labels.words['colon']}{value}"
