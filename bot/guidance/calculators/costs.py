"""What borrowing costs a year, from what is in hand and what is paid when; and the lender's own ceiling."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Literal

from bot.content.parameters import Figures
from bot.guidance.calculators.amounts import MONTHS, cents
from bot.guidance.calculators.loans import private_ceiling

YEAR = 365  # days
MONTH = YEAR / MONTHS  # days between instalments
RATIO = Decimal("0.0001")
BEYOND = Decimal(10)  # a yearly rate above 1000 % says nothing to anybody
HALVINGS = 200
EXAMPLE = Decimal(10_000)  # yuan, on which the interest of a rate is shown

Against = Literal["under", "between", "over"]


@dataclass(frozen=True, slots=True)
class Cost:
    """What borrowing costs a year, without compounding and with it, and the interest in yuan.

    A rate above BEYOND is left out of `yearly`.
    """

    simple: Decimal
    yearly: Decimal | None
    interest: Decimal

    def against(self, ceiling: Decimal) -> Against:
        """Compare with a ceiling: between, where it is over by the one way of counting only."""
        if self.simple > ceiling:
            return "over"
        return "under" if self.yearly is not None and self.yearly <= ceiling else "between"


def loan_cost(in_hand: Decimal, payments: Sequence[Decimal], first: int) -> Cost:
    """Work out what a loan costs a year from what arrived and what is paid, a month apart.

    first: days until the first payment. Raises ValueError where nothing is in hand, or less is paid back.
    """
    interest = sum(payments, Decimal(0)) - in_hand
    if in_hand <= 0 or not payments or interest < 0 or first < 1:
        raise ValueError("nothing in hand, or less paid back than borrowed; check the amounts")
    days = [first + number * MONTH for number in range(len(payments))]
    growth = _growth(float(in_hand), list(map(float, payments)), days)
    if len(payments) == 1:
        simple = interest / in_hand * YEAR / first
    else:
        simple = Decimal(math.expm1(growth / MONTHS) * MONTHS)
    compounded = Decimal(math.expm1(growth)) if growth < math.log1p(float(BEYOND)) else None
    return Cost(_ratio(simple), _ratio(compounded) if compounded is not None else None, interest)


def rate_cost(ratio: Decimal, times: int) -> Cost:
    """Work out the yearly cost of a rate that is charged so often a year; the interest is that of EXAMPLE."""
    simple = ratio * times
    growth = math.log1p(float(ratio)) * times
    compounded = _ratio(Decimal(math.expm1(growth))) if growth < math.log1p(float(BEYOND)) else None
    return Cost(_ratio(simple), compounded, cents(EXAMPLE * simple))


def _growth(in_hand: float, payments: Sequence[float], days: Sequence[float]) -> float:
    """Find the growth a year, counted continuously, at which the payments are worth what was in hand."""

    def worth(growth: float) -> float:
        return sum(paid * math.exp(-growth * day / YEAR) for paid, day in zip(payments, days, strict=True))

    low, high = 0.0, 1.0
    while worth(high) > in_hand:
        high *= 2
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if worth(middle) > in_hand else (low, middle)
    return high if low else 0.0


def ceiling(figures: Figures, lender: str) -> Decimal | None:
    """Return the yearly ceiling that holds for a lender of this kind; None where none is known to."""
    match lender:
        case "bank":
            return figures.number("credit.assisted_cap")
        case "microloan":
            return figures.number("credit.microloan_cap")
        case "person":
            return private_ceiling(figures)
    return None


def _ratio(rate: Decimal) -> Decimal:
    return rate.quantize(RATIO, ROUND_HALF_UP)
