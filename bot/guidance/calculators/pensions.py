"""How much a pension is a month: base pension and individual account, as a range."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from bot.content.parameters import Figures, number_of
from bot.guidance.calculators.amounts import MONTHS, Range, cents
from bot.guidance.calculators.contributions import pension_contribution
from bot.guidance.calculators.places import Place
from bot.guidance.calculators.retirement import Age, years_needed

CALCULATION_BASE = "pension.calculation_base"
TENTH = Decimal("0.1")


@dataclass(frozen=True, slots=True)
class Pension:
    """A monthly pension in today's yuan: base pension and individual account, as one rounded range."""

    base: Decimal
    account: Decimal
    total: Range
    years_needed: Decimal
    base_year: int


def payment_months(figures: Figures, age: Age) -> Decimal:
    """Return the months by which the account is divided; between whole ages by line, to 0.1.

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
    figures: Figures, place: Place, share: Decimal, years: Decimal, age: Age, retires_in: int
) -> Pension:
    """Estimate a monthly pension in today's money, as a range without false precision.

    `share` is the base as a share of the average wage, the same all along, and `years` are years of
    contributions. Wages and the account are taken to grow alike, so that both stay in today's yuan; the range
    leaves a tenth either way for what nobody knows. `base_year` is that of the calculation base. Local extras
    are left out. Source: 国发〔2005〕38号.
    """
    id = place.id_of(figures, CALCULATION_BASE)
    value, _ = figures.last(id)
    calculation_base = number_of(id, value.value)
    base = cents((calculation_base + calculation_base * share) / 2 * years / 100)
    wage = pension_contribution(figures, place, share).base
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
