"""What borrowing costs and leaves behind: the true yearly cost, the ceilings, the day an entry is gone."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

import pyxirr

from bot.content.parameters import Figures
from bot.guidance.calculators.amounts import MONTHS, in_year


@dataclass(frozen=True, slots=True)
class YearlyCost:
    """The true yearly cost of a loan (all-in), compounded and simple; the simple one against the ceilings."""

    yearly: Decimal
    simple: Decimal
    interest: Decimal
    private_ceiling: Decimal
    assisted_ceiling: Decimal

    @property
    def over_private(self) -> bool:
        """Whether it costs more than a court would grant a private lender."""
        return self.simple > self.private_ceiling

    @property
    def over_assisted(self) -> bool:
        """Whether it costs more than a bank may take through an online partner."""
        return self.simple > self.assisted_ceiling


def record_gone(figures: Figures, settled: date) -> date:
    """Say when a settled bad entry disappears: five years from settlement. Source: 征信业管理条例第16条."""
    return in_year(settled, settled.year + int(figures.number("credit.record_years")))


def private_ceiling(figures: Figures) -> Decimal:
    """Return the yearly rate up to which a court grants private lending: four times the LPR."""
    return figures.number("credit.private_multiple") * figures.number("credit.lpr_1y")


def yearly_cost(
    figures: Figures, received: Decimal, payments: Sequence[Decimal], *, fees: Iterable[Decimal] = ()
) -> YearlyCost:
    """Work out what a loan truly costs in a year, from all that is paid.

    `received` is yuan in hand on day 0, after anything kept back. `payments` are monthly, in yuan, and `fees`
    are paid on day 0. The yearly rate compounds the monthly internal rate of return; `simple` is twelve times
    it. Raises ValueError when no rate fits (nothing received, or nothing paid).
    """
    in_hand = received - sum(fees, Decimal(0))
    monthly = pyxirr.irr([-float(in_hand), *map(float, payments)]) if payments and in_hand > 0 else None
    if monthly is None or not math.isfinite(monthly):
        raise ValueError(f"a loan of {received} with {len(payments)} payments has no rate; check the amounts")
    ratio = Decimal("0.0001")
    return YearlyCost(
        yearly=Decimal((1 + monthly) ** MONTHS - 1).quantize(ratio, ROUND_HALF_UP),
        simple=Decimal(monthly * MONTHS).quantize(ratio, ROUND_HALF_UP),
        interest=sum(payments, Decimal(0)) - in_hand,
        private_ceiling=private_ceiling(figures),
        assisted_ceiling=figures.number("credit.assisted_cap"),
    )
