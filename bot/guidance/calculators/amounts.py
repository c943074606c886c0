"""Amounts and days: rounding to the cent, ranges, the same day in another year."""

from calendar import isleap
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")
MONTHS = 12


@dataclass(frozen=True, slots=True)
class Range:
    """From low to high, both in the same unit."""

    low: Decimal
    high: Decimal


def cents(amount: Decimal) -> Decimal:
    """Round an amount of yuan to the cent, halves up."""
    return amount.quantize(CENT, ROUND_HALF_UP)


def in_year(day: date, year: int) -> date:
    """Return the same day in another year; 1 March for 29 February where there is none."""
    leap_day = (day.month, day.day) == (2, 29) and not isleap(year)
    return date(year, 3, 1) if leap_day else day.replace(year=year)
