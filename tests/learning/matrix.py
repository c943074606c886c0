"""Which samples would change a model? Crowds of every kind and size, and the gate's verdict on each.

A try draws each kind of people once. Every cell takes its share of them, and a smaller size takes the first
ones. The tries of one cell owe each other nothing, while cells and sizes of the same try share people.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from scipy.stats import binomtest

from models.training import gate
from models.training.fitting import Fit, Rows, log_loss
from models.training.gate import Answer
from models.training.outcomes import expected
from models.training.sheet import Sheet
from models.training.specs import CONSTRAINT
from tests.learning import crowds
from tests.learning.crowds import Dice, Kind
from tests.learning.samples import Row, as_rows, sheet_of

SEED = 2027  # the gate's figures were chosen on the seeds 2026 and 7
SIZES = (100, 500, 5_000)  # few, some, many
MOST = 0.05  # of tries in which a sample that should teach nothing may be believed
LEAST = 0.60  # of tries in which a world that differs should be followed, from ENOUGH people on
ENOUGH = 5_000
SURE = 0.95  # that a share isn't beyond its bound
TOO_FEW = frozenset({"number", "believable"})
# What is true of any sample in which there is little to learn, or in which it is drowned.
NO_BETTER = frozenset({"gain", "flattening", "calibration", "groups"})

World = tuple[Kind, Fit | None]


def _differing(dice: Dice) -> World:
    law = crowds.another(dice)
    return crowds.honest(law), law


# Whom a cell takes its people from, and the law by which these are refused where it isn't the report's.
PEOPLE: Mapping[str, Callable[[Dice], World]] = {
    "honest": lambda dice: (crowds.honest(), None),
    "riders": lambda dice: (crowds.riders(crowds.another(dice, crowds.RIDERS_DRIFT)), None),
    "consenting": lambda dice: (crowds.consenting(crowds.honest()), None),
    "taps": lambda dice: (crowds.taps(), None),
    "patient": lambda dice: (crowds.taps(patient=True), None),
    "lines": lambda dice: (crowds.lines(), None),
    "contrary": lambda dice: (crowds.contrary(), None),
    "script": lambda dice: (crowds.script(), None),
    "agenda": lambda dice: (crowds.agenda(), None),
    "imitators": lambda dice: (crowds.honest(crowds.another(dice, 3 * crowds.DRIFT)), None),
    "differing": _differing,
}


@dataclass(frozen=True, slots=True)
class Cell:
    """A kind of sample: who comes, and whether the gate should follow.

    people: a kind of PEOPLE and its share; honest ones are the rest. reasons: what may truly be said against
    it, besides that they are too few. promised: not where the gate can't tell it from a world that differs,
    whatever it did.
    """

    name: str
    people: str
    share: float = 1.0
    follow: bool = False
    reasons: frozenset[str] = frozenset()
    promised: bool = True


@dataclass(slots=True)
class Result:
    """How often the gate said yes, why it said no, and what following it would gain in truth (nats).

    said: of each reason the first answer, with its figures.
    """

    cell: Cell
    size: int
    tries: int = 0
    yes: int = 0
    why: Counter[str] = field(default_factory=Counter)
    gains: list[float] = field(default_factory=list)
    said: dict[str, Answer] = field(default_factory=dict)

    @property
    def certain(self) -> bool:
        """Whether nothing has to be tried: fewer people than complete answers are needed."""
        return self.size < gate.LEAST

    @property
    def at_most(self) -> float:
        """The share of yes that is hardly exceeded (Clopper and Pearson, one-sided)."""
        found = binomtest(self.yes, self.tries, alternative="less")
        return float(found.proportion_ci(SURE, "exact").high)

    @property
    def at_least(self) -> float:
        """The share of yes that is hardly missed (the same from below)."""
        found = binomtest(self.yes, self.tries, alternative="greater")
        return float(found.proportion_ci(SURE, "exact").low)

    @property
    def untrue(self) -> Mapping[str, int]:
        """Reasons that were given and aren't true of this cell."""
        return {why: n for why, n in self.why.items() if why not in self.cell.reasons | TOO_FEW}

    def add(self, other: "Result") -> None:
        """Count the tries of the same cell in."""
        self.tries += other.tries
        self.yes += other.yes
        self.why += other.why
        self.gains += other.gains
        self.said = other.said | self.said


CARELESS = NO_BETTER | {"haste", "line", "contradiction", "repeat"}
CELLS: tuple[Cell, ...] = (
    Cell("as the report says, nothing to learn", "honest", reasons=NO_BETTER),
    Cell("90 % riders, with another law", "riders", 0.90, reasons=frozenset({"trade"})),
    Cell("refused people agree 3 times as readily", "consenting", reasons=NO_BETTER | {"base_rate"}),
    *(Cell(f"{100 * share:.0f} % tap anything, fast", "taps", share, reasons=CARELESS)
      for share in (0.10, 0.30)),
    *(Cell(f"{100 * share:.0f} % tap anything, in a reader's time", "patient", share, reasons=CARELESS)
      for share in (0.10, 0.30)),
    Cell("10 % press the same button throughout", "lines", 0.10, reasons=CARELESS),
    *(Cell(f"{100 * share:.0f} % answer the contrary", "contrary", share, reasons=NO_BETTER)
      for share in (0.05, 0.15, 0.30)),
    *(Cell(f"{100 * share:.0f} % prepared sheets from a script", "script", share,
           reasons=NO_BETTER | {"repeat"}) for share in (0.05, 0.15, 0.30)),
    *(Cell(f"{100 * share:.0f} % praise dear premiums", "agenda", share, reasons=NO_BETTER)
      for share in (0.05, 0.15, 0.30)),
    Cell("30 % imitate a world that differs", "imitators", 0.30, reasons=NO_BETTER, promised=False),
    Cell("the world differs", "differing", follow=True, reasons=NO_BETTER | {"base_rate"}),
)  # fmt: skip


class Draw:
    """The people of one try, at most so many; each kind is drawn once, by dice of its own."""

    def __init__(self, seed: int, number: int, most: int) -> None:
        self._seeds, self._most = (seed, number), most
        self._drawn: dict[str, tuple[Sequence[Row], Fit | None]] = {}

    def people(self, kind: str) -> tuple[Sequence[Row], Fit | None]:
        """As many of a kind as the largest cell needs, in rows of the export, and the law of their world."""
        if kind not in self._drawn:
            dice = np.random.default_rng([*self._seeds, list(PEOPLE).index(kind)])
            come, law = PEOPLE[kind](dice)
            most = 1.0 if kind == "honest" else max(cell.share for cell in CELLS if cell.people == kind)
            self._drawn[kind] = as_rows(come(round(most * self._most), dice)), law
        return self._drawn[kind]

    def sheet(self, cell: Cell, size: int) -> Sheet:
        """The first people of a cell."""
        count = round(cell.share * size)
        others, _ = self.people(cell.people)
        honest = self.people("honest")[0][count:size] if count < size else []
        return sheet_of([*others[:count], *honest])


def run(cells: Sequence[Cell], sizes: Sequence[int], tries: Iterable[int], seed: int) -> Iterator[Result]:
    """Draw the people of every try, and ask the gate about each cell at each size; a result each time."""
    for number in tries:
        draw = Draw(seed, number, max(sizes))
        yield from (asked(cell, draw, size) for size in sizes for cell in cells)


def gathered(results: Iterable[Result]) -> list[Result]:
    """Put the tries of each cell at each size together."""
    found: dict[tuple[str, int], Result] = {}
    for result in results:
        key = result.cell.name, result.size
        found.setdefault(key, Result(result.cell, result.size)).add(result)
    return list(found.values())


def asked(cell: Cell, draw: Draw, size: int) -> Result:
    """Ask the gate about the people of a cell."""
    current = crowds.report()
    verdict = gate.judge(CONSTRAINT, draw.sheet(cell, size), current)
    if verdict.refused:
        return Result(cell, size, 1, 0, Counter([verdict.why]), said={verdict.why: verdict.refused})
    assert verdict.learned is not None
    gain = gained(verdict.learned.candidate, current, draw.people(cell.people)[1] or current)
    return Result(cell, size, 1, 1, gains=[gain])


def gained(candidate: Fit, current: Fit, law: Fit) -> float:
    """What following the candidate gains in truth, in nats a worker of the reference population."""
    ground = expected(CONSTRAINT)
    truth = Rows(ground.x, law.probabilities(ground.x), ground.weight)
    return log_loss(current.probabilities(ground.x), truth) - log_loss(
        candidate.probabilities(ground.x), truth
    )


def broken(result: Result) -> list[str]:
    """What this result breaks of the promises."""
    if result.certain:
        return []
    share, found = result.yes / result.tries, []
    if result.cell.follow:
        if result.size >= ENOUGH and share < LEAST:
            found.append(f"followed in {100 * share:.0f} % of the tries, promised {LEAST:.0%}")
        if worse := sum(gain <= 0 for gain in result.gains):
            found.append(f"{worse} of {result.yes} challengers are no improvement")
    elif result.cell.promised and share > MOST:
        found.append(f"believed in {100 * share:.0f} % of the tries, promised {MOST:.0%}")
    return [*found, *(f"reason {why} isn't true here" for why in result.untrue)]


def unsure(result: Result) -> bool:
    """Whether a promise is kept so far, by too few tries to be sure of it."""
    if result.certain or broken(result) or not result.cell.promised:
        return False
    if result.cell.follow:
        return result.size >= ENOUGH and result.at_least < LEAST
    return result.at_most > MOST
