"""Policy in code: contributions, pensions, waiting months, loans, reserves. Pure; figures come by day.

Amounts are yuan as Decimal, to the cent unless named a range; ratios are 0.2, never 20.
Whatever a figure lacks on the day raises parameters.NoValue.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Literal

import pyxirr

from bot.parameters import Figures, number_of, table_of

CENT = Decimal("0.01")
TENTH = Decimal("0.1")
MONTHS = 12

Category = Literal["man", "woman_55", "woman_50"]


@dataclass(frozen=True, slots=True)
class Contribution:
    """A month's pension contribution in yuan; `year` is that of its base, which is old if `carried`."""

    share: Decimal
    base: Decimal
    month: Decimal
    year: int
    carried: bool

    @property
    def per_year(self) -> Decimal:
        """What twelve months cost, in yuan."""
        return self.month * MONTHS


@dataclass(frozen=True, slots=True)
class Range:
    """From low to high, both in the same unit."""

    low: Decimal
    high: Decimal


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
class Pension:
    """A monthly pension in today's yuan: base pension and individual account, as one rounded range."""

    base: Decimal
    account: Decimal
    total: Range
    years_needed: Decimal
    base_year: int


@dataclass(frozen=True, slots=True)
class YearlyCost:
    """The true yearly cost of a loan (all-in, compounded) against the ceilings of its day."""

    yearly: Decimal
    simple: Decimal
    interest: Decimal
    private_ceiling: Decimal
    assisted_ceiling: Decimal

    @property
    def over_private(self) -> bool:
        """Whether it costs more than a court would grant a private lender."""
        return self.yearly > self.private_ceiling

    @property
    def over_assisted(self) -> bool:
        """Whether it costs more than a bank may take through an online partner."""
        return self.yearly > self.assisted_ceiling


def cents(amount: Decimal) -> Decimal:
    """Round an amount of yuan to the cent, halves up."""
    return amount.quantize(CENT, ROUND_HALF_UP)


# --- pension: what it costs ------------------------------------------------------------------------


def pension_contribution(figures: Figures, province: str, share: Decimal) -> Contribution:
    """Work out a month's contribution of a flexible worker.

    share: the chosen base as a share of the province's average wage, held between floor and cap.
    Source: 国发〔2005〕38号, 国办发〔2019〕13号 and the province's notice.
    """
    id = f"pension.base_limits.{province}"
    value, carried = figures.last(id)
    limits = table_of(id, value.value)
    floor_factor = figures.number("pension.flex.floor_factor")
    # The published floor is rounded, and below 60 % in some provinces: the lowest tier is the floor.
    wanted = limits["floor"] if share == floor_factor else cents(limits["average"] * share)
    base = min(max(wanted, limits["floor"]), limits["cap"])
    month = cents(base * figures.number("pension.flex.contribution_rate"))
    return Contribution(share, base, month, value.from_.year, carried)


def share_of_income(amount: Decimal, income: Range) -> Range:
    """Compare a month's amount with a band of monthly income, as shares to the hundredth; at most 1."""
    return Range(*(min(Decimal(1), (amount / i).quantize(CENT)) for i in (income.high, income.low)))


def subsidy(figures: Figures, contribution: Decimal) -> Decimal:
    """Work out the most that the flexible workers' subsidy returns of a contribution, in yuan."""
    return cents(contribution * figures.number("subsidy.flex.share"))


# --- pension: when, how many years, how much -------------------------------------------------------


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
    return Retirement(Age(*divmod(months, MONTHS)), year, month + 1, years_needed(figures, year))


def years_needed(figures: Figures, year: int) -> Decimal:
    """Say how many years of contributions a monthly pension takes for those who retire in a year."""
    return Figures(figures.parameters, date(year, 12, 31), figures.used).number("pension.min_years")


def payment_months(figures: Figures, age: Age) -> Decimal:
    """Give the months by which the account is divided; between whole ages by line, to 0.1.

    That gives the figures published for 60 years 1 month (138.4) and 50 years 1 month (194.6).
    Source: 国发〔2005〕38号 annex.
    """
    table = figures.table("pension.payment_months")
    whole = table[str(age.years)]
    if age.months == 0:
        return whole
    part = (table[str(age.years + 1)] - whole) * age.months / MONTHS
    return (whole + part).quantize(TENTH, ROUND_HALF_UP)


def pension(
    figures: Figures, province: str, share: Decimal, years: Decimal, age: Age, retires_in: int
) -> Pension:
    """Estimate a monthly pension in today's money, as a range without false precision.

    share: the base as a share of the average wage, the same all along; years: of contributions. Wages
    and the account are taken to grow alike, so that both stay in today's yuan; the range leaves a tenth
    either way for what nobody knows. `base_year` is that of the calculation base. Local extras are left
    out. Source: 国发〔2005〕38号.
    """
    id = f"pension.calculation_base.{province}"
    value, _ = figures.last(id)
    calculation_base = number_of(id, value.value)
    base = cents((calculation_base + calculation_base * share) / 2 * years / 100)
    wage = pension_contribution(figures, province, share).base
    saved = wage * figures.number("pension.flex.account_rate") * MONTHS * years
    account = cents(saved / payment_months(figures, age))
    total = base + account
    return Pension(
        base=base,
        account=account,
        total=Range(_tens(total * 9 / 10), _tens(total * 11 / 10)),
        years_needed=years_needed(figures, retires_in),
        base_year=value.from_.year,
    )


def _tens(amount: Decimal) -> Decimal:
    return (amount / 10).quantize(Decimal(1), ROUND_HALF_UP) * 10


# --- medical: what a break costs -------------------------------------------------------------------


def waiting_months(figures: Figures, gap_years: int) -> Decimal:
    """Say how long residents wait for cover after a break: fixed months, and one more per further year.

    gap_years: years without contributions, 1 or more; 0 is a missed enrolment. Source: 国办发〔2024〕38号.
    """
    months = figures.number("medical.resident.waiting_months")
    if gap_years == 0:
        return months
    months += figures.number("medical.resident.waiting_per_gap_year") * gap_years
    if gap_years >= figures.number("medical.resident.long_gap_years"):
        months = max(months, figures.number("medical.resident.long_gap_months"))
    return months


# --- credit ----------------------------------------------------------------------------------------


def record_gone(figures: Figures, settled: date) -> date:
    """Say when a settled bad entry disappears: five years from settlement. Source: 征信业管理条例第16条."""
    year = settled.year + int(figures.number("credit.record_years"))
    leap_day = (settled.month, settled.day) == (2, 29) and not _leap(year)
    return date(year, 3, 1) if leap_day else settled.replace(year=year)


def private_ceiling(figures: Figures) -> Decimal:
    """Give the yearly rate up to which a court grants private lending: four times the LPR."""
    return figures.number("credit.private_multiple") * figures.number("credit.lpr_1y")


def yearly_cost(
    figures: Figures, received: Decimal, payments: Sequence[Decimal], *, fees: Iterable[Decimal] = ()
) -> YearlyCost:
    """Work out what a loan truly costs in a year, from all that is paid.

    received: yuan in hand on day 0, after anything kept back; payments: one a month, in yuan; fees: paid
    on day 0. The yearly rate compounds the monthly internal rate of return; `simple` is twelve times it.
    Raises ValueError when no rate fits (nothing received, or nothing paid).
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


# --- reserves --------------------------------------------------------------------------------------


def emergency_fund(figures: Figures, spending: Range) -> Range:
    """Give the target of an emergency fund in yuan: three months of the lower, six of the higher spending."""
    months = figures.table("savings.emergency_months")
    return Range(spending.low * months["low"], spending.high * months["high"])


def _leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
