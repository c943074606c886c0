"""When a pension starts: the statutory age by birth and sex, and the years of contributions it takes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Literal

from bot.content.parameters import Figures
from bot.guidance.calculators.amounts import MONTHS, Range, in_year

Category = Literal["man", "woman_55", "woman_50"]


@dataclass(frozen=True, slots=True)
class Age:
    """An age in whole years and months."""

    years: int
    months: int


@dataclass(frozen=True, slots=True)
class Retirement:
    """When a pension may start: the statutory age, its month, and the years of contributions it takes."""

    age: Age
    year: int
    month: int
    years_needed: Decimal


@dataclass(frozen=True, slots=True)
class RetirementSpan:
    """The earliest and the latest retirement that an age band allows; `delay` is a range of months.

    `reached` says that the earliest may be over already, which then needs the years asked for today.
    """

    earliest: Retirement
    latest: Retirement
    delay: Range
    reached: bool


def delay_months(figures: Figures, category: Category, born: date) -> int:
    """Say by how many months the statutory age is raised. Source: decision of 2024-09-13, annexes 1-3."""
    rule = figures.table(f"pension.delay.{category}")
    months = (
        (born.year - int(rule["first_birth_year"])) * MONTHS + born.month - int(rule["first_birth_month"])
    )
    if months < 0:
        return 0
    return min(months // int(rule["step_months"]) + 1, int(rule["most_months"]))


def retirement(figures: Figures, category: Category, born: date) -> Retirement:
    """Say when the statutory age is reached, and how many years of contributions a pension then takes."""
    rule = figures.table(f"pension.delay.{category}")
    months = int(rule["base_age_months"]) + delay_months(figures, category, born)
    year, month = divmod(born.year * MONTHS + born.month - 1 + months, MONTHS)
    # The figures begin in 2025. A person who reached the age before and asks now reads what holds now.
    needed = years_needed(figures, max(year, figures.on.year))
    return Retirement(Age(*divmod(months, MONTHS)), year, month + 1, needed)


def retirement_span(
    figures: Figures, categories: Sequence[Category], ages: tuple[int, int]
) -> RetirementSpan:
    """Say between which months the statutory age is reached, for a person of these ages today.

    `categories` are one or more, if it isn't known which applies. `ages` are the lowest and the highest, in
    completed years.
    """
    oldest = in_year(figures.on, figures.on.year - ages[1] - 1) + timedelta(days=1)
    youngest = in_year(figures.on, figures.on.year - ages[0])
    cases = [(category, born) for category in categories for born in (oldest, youngest)]
    found = sorted((retirement(figures, *case) for case in cases), key=lambda case: (case.year, case.month))
    delays = [Decimal(delay_months(figures, *case)) for case in cases]
    earliest = found[0]
    reached = (earliest.year, earliest.month) <= (figures.on.year, figures.on.month)
    return RetirementSpan(earliest, found[-1], Range(min(delays), max(delays)), reached)


def years_needed(figures: Figures, year: int) -> Decimal:
    """Say how many years of contributions a monthly pension takes for those who retire in a year."""
    return Figures(figures.parameters, date(year, 12, 31), figures.used).number("pension.min_years")
