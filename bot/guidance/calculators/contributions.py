"""What a pension costs a month: the flexible worker's contribution, its share of income, its subsidy."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from bot.content.parameters import Figures, table_of
from bot.guidance.calculators.amounts import CENT, MONTHS, Range, cents
from bot.guidance.calculators.places import Place

BASE_LIMITS = "pension.base_limits"
MEDICAL_RATE = "medical.flex.rate"
FLOOR_FACTOR = "pension.flex.floor_factor"
TIERS = "pension.flex.tiers"
SAME_STANDARD = Decimal("0.05")  # a floor further below its share of the average wage belongs to another one


@dataclass(frozen=True, slots=True)
class Contribution:
    """A month's contribution in yuan; `year` is that of its base, which is old if `carried`."""

    share: Decimal
    base: Decimal
    month: Decimal
    year: int
    carried: bool

    @property
    def per_year(self) -> Decimal:
        """What twelve months cost, in yuan."""
        return self.month * MONTHS


def pension_contribution(figures: Figures, place: Place, share: Decimal) -> Contribution:
    """Work out a month's contribution of a flexible worker.

    share: the chosen base as a share of the province's average wage, held between floor and cap.
    Raises NoValue where the place's base isn't known.
    Source: 国发〔2005〕38号, 国办发〔2019〕13号 and the province's or city's notice.
    """
    id = place.id_of(figures, BASE_LIMITS)
    value, carried = figures.last(id)
    limits = table_of(id, value.value)
    floor_factor = figures.number(FLOOR_FACTOR)
    # The published floor is rounded, and below 60 % in some provinces: the lowest tier is the floor.
    wanted = limits["floor"] if share == floor_factor else cents(limits["average"] * share)
    base = min(max(wanted, limits["floor"]), limits["cap"])
    month = cents(base * figures.number("pension.flex.contribution_rate"))
    return Contribution(share, base, month, value.from_.year, carried)


def lowest_contribution(figures: Figures, place: Place) -> Contribution:
    """Work out a month's contribution at the lowest tier; raises NoValue where the base isn't known."""
    return pension_contribution(figures, place, figures.number(FLOOR_FACTOR))


def higher_contributions(figures: Figures, place: Place) -> Mapping[str, Contribution]:
    """Work out a month's contribution by the higher tiers, which are shares of the average wage.

    Empty where that wage isn't the place's own: its floor is that of another standard, or the figures are
    those of another part of the province. Raises NoValue where the place's base isn't known.
    """
    id = place.id_of(figures, BASE_LIMITS)
    value, _ = figures.last(id)
    limits, floor_factor = table_of(id, value.value), figures.number(FLOOR_FACTOR)
    expected = limits["average"] * floor_factor
    if not place.is_certain(figures, BASE_LIMITS) or limits["floor"] < expected * (1 - SAME_STANDARD):
        return {}
    tiers = figures.table(TIERS)
    return {
        name: pension_contribution(figures, place, share)
        for name, share in tiers.items()
        if share != floor_factor
    }


def medical_contribution(figures: Figures, place: Place) -> Contribution:
    """Work out a month of employees' medical insurance for a flexible worker at the lowest base.

    Raises NoValue where the province's rate isn't known. Source: the province's notice.
    """
    rate = figures.number(place.id_of(figures, MEDICAL_RATE))
    lowest = lowest_contribution(figures, place)
    return replace(lowest, month=cents(lowest.base * rate))


def share_of_income(amount: Decimal, income: Range) -> Range:
    """Compare a month's amount with a band of monthly income, as shares to the hundredth; at most 1."""
    return Range(*(min(Decimal(1), (amount / i).quantize(CENT)) for i in (income.high, income.low)))


def subsidy(figures: Figures, contribution: Decimal, province: str | None = None) -> Decimal:
    """Work out the most that the flexible workers' subsidy returns of a contribution, in yuan.

    province: for people in hardship, whose province may have a lower share of its own; raises NoValue once
    that has ended. Source: 就业补助资金管理办法.
    """
    own = f"subsidy.flex.share.{province}"
    return cents(contribution * figures.number(own if own in figures.parameters else "subsidy.flex.share"))
