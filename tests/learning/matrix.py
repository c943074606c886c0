"""Which samples would change a model? Crowds of every kind and size, and the gate's verdict on each."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np
from statsmodels.stats.proportion import proportion_confint

from models.training import gate
from models.training.fitting import Fit, Rows, log_loss
from models.training.outcomes import expected
from models.training.specs import CONSTRAINT
from models.training.train import train
from tests.learning import crowds
from tests.learning.crowds import Dice, Kind
from tests.learning.samples import as_sheet

SIZES = (100, 500, 5_000)
MOST = 0.05  # of tries in which a sample that should teach nothing may be believed
LEAST = 0.60  # of tries in which a world that differs should be followed, from ENOUGH people on
ENOUGH = 5_000
TOO_FEW = frozenset({"number", "believable"})
# What is true of any sample in which there is little to learn, or in which it is drowned.
NO_BETTER = frozenset({"gain", "flattening", "calibration", "groups"})

World = tuple[Kind, Fit | None]


@dataclass(frozen=True, slots=True)
class Cell:
    """A kind of sample: who comes and by which law, and whether the gate should follow.

    reasons: what may truly be said against it, besides that they are too few. known: that the gate can't
    tell it from a world that differs, whatever it did: no promise is made.
    """

    name: str
    draw: Callable[[Dice], World]
    follow: bool = False
    reasons: frozenset[str] = frozenset()
    promised: bool = True


@dataclass(slots=True)
class Result:
    """How often the gate said yes, why it said no, and what following it would gain in truth (nats)."""

    cell: Cell
    size: int
    tries: int = 0
    yes: int = 0
    why: Counter[str] = field(default_factory=Counter)
    gains: list[float] = field(default_factory=list)

    @property
    def interval(self) -> tuple[float, float]:
        """The 95 % interval of the share of yes (Clopper and Pearson)."""
        low, high = proportion_confint(self.yes, self.tries, alpha=0.05, method="beta")
        return float(low), float(high)

    @property
    def untrue(self) -> Mapping[str, int]:
        """Reasons that were given and aren't true of this cell."""
        return {why: n for why, n in self.why.items() if why not in self.cell.reasons | TOO_FEW}


def beside(share: float, kind: Kind) -> Callable[[Dice], World]:
    """So many of this kind among honest people, in a world that is as the report says."""
    return lambda dice: (crowds.mixed((1 - share, crowds.honest()), (share, kind)), None)


def _differing(dice: Dice) -> World:
    law = crowds.another(dice)
    return crowds.honest(law), law


def _riders(dice: Dice) -> World:
    law = crowds.another(dice, crowds.RIDERS_DRIFT)
    return crowds.mixed((0.1, crowds.honest()), (0.9, crowds.riders(law))), None


def _imitators(dice: Dice) -> World:
    return crowds.mixed(
        (0.7, crowds.honest()), (0.3, crowds.honest(crowds.another(dice, 3 * crowds.DRIFT)))
    ), None


CARELESS = NO_BETTER | {"haste", "line", "contradiction", "repeat"}
CELLS: tuple[Cell, ...] = (
    Cell("as the report says, nothing to learn", lambda dice: (crowds.honest(), None), reasons=NO_BETTER),
    Cell("90 % riders, with another law", _riders, reasons=frozenset({"trade"})),
    Cell("refused people agree 3 times as readily", lambda dice: (crowds.consenting(crowds.honest()), None),
         reasons=NO_BETTER | {"base_rate"}),
    *(Cell(f"{100 * share:.0f} % tap anything, fast", beside(share, crowds.taps()), reasons=CARELESS)
      for share in (0.10, 0.30)),
    *(Cell(f"{100 * share:.0f} % tap anything, in a reader's time", beside(share, crowds.taps(patient=True)),
           reasons=CARELESS) for share in (0.10, 0.30)),
    Cell("10 % press the same button throughout", beside(0.10, crowds.lines()), reasons=CARELESS),
    *(Cell(f"{100 * share:.0f} % answer the contrary", beside(share, crowds.contrary()), reasons=NO_BETTER)
      for share in (0.05, 0.15, 0.30)),
    *(Cell(f"{100 * share:.0f} % prepared sheets from a script", beside(share, crowds.script()),
           reasons=NO_BETTER | {"repeat"}) for share in (0.05, 0.15, 0.30)),
    *(Cell(f"{100 * share:.0f} % praise dear premiums", beside(share, crowds.agenda()), reasons=NO_BETTER)
      for share in (0.05, 0.15, 0.30)),
    Cell("30 % imitate a world that differs", _imitators, reasons=NO_BETTER, promised=False),
    Cell("the world differs", _differing, follow=True, reasons=NO_BETTER | {"base_rate"}),
)  # fmt: skip


def run(
    cells: Iterable[Cell], sizes: Iterable[int], tries: Callable[[Cell, int], int], seed: int
) -> Iterator[Result]:
    """Draw every cell at every size so often, and ask the gate each time."""
    for cell in cells:
        for size in sizes:
            result = Result(cell, size)
            for number in range(tries(cell, size)):
                _try(result, np.random.default_rng([seed, CELLS.index(cell), size, number]))
            yield result


def _try(result: Result, dice: Dice) -> None:
    kind, law = result.cell.draw(dice)
    current = train(CONSTRAINT).fit
    verdict = gate.judge(CONSTRAINT, as_sheet(kind(result.size, dice)), current)
    result.tries += 1
    if verdict.refused or verdict.learned is None:
        result.why[verdict.why] += 1
    else:
        result.yes += 1
        result.gains.append(gained(verdict.learned.candidate, current, law or current))


def gained(candidate: Fit, current: Fit, law: Fit) -> float:
    """What following the candidate gains in truth, in nats a worker of the reference population."""
    ground = expected(CONSTRAINT)
    truth = Rows(ground.x, law.probabilities(ground.x), ground.weight)
    return log_loss(current.probabilities(ground.x), truth) - log_loss(
        candidate.probabilities(ground.x), truth
    )


def broken(result: Result) -> list[str]:
    """What this result breaks of the promises."""
    share, found = result.yes / result.tries, []
    if result.cell.follow:
        if result.size >= ENOUGH and share < LEAST:
            found.append(f"followed in {100 * share:.0f} % of the tries, promised {LEAST:.0%}")
        if worse := sum(gain <= 0 for gain in result.gains):
            found.append(f"{worse} of {result.yes} challengers are no improvement")
    elif result.cell.promised and share > MOST:
        found.append(f"believed in {100 * share:.0f} % of the tries, promised {MOST:.0%}")
    return [*found, *(f"reason {why} isn't true here" for why in result.untrue)]
