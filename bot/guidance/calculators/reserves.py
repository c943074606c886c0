"""What a gap costs: months without medical cover after a break, and a fund for months without income."""

from decimal import ROUND_HALF_UP, Decimal

from bot.content.parameters import Figures
from bot.guidance.calculators.amounts import Range

HUNDRED = Decimal("1E2")  # the bands of an answer are no sharper


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


def emergency_fund(figures: Figures, spending: Range) -> Range:
    """Return an emergency fund's target in full hundreds of yuan: few months of little to many of much."""
    months = figures.table("savings.emergency_months")
    return Range(_hundreds(spending.low * months["low"]), _hundreds(spending.high * months["high"]))


def _hundreds(amount: Decimal) -> Decimal:
    return Decimal(int(amount.quantize(HUNDRED, ROUND_HALF_UP)))
