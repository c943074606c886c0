"""What a gap costs: months without medical cover after a break, and a fund for months without income."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Literal

from bot.content.parameters import Figures

HUNDRED = Decimal("1E2")  # the bands of an answer are no sharper


@dataclass(frozen=True, slots=True)
class Reserve:
    """An emergency fund's target in full hundreds of yuan, and the answer by which it was worked out.

    Those who spend more than the last answer names have no `high`.
    """

    low: Decimal
    high: Decimal | None
    by: Literal["spending", "income"]


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


def emergency_fund(
    figures: Figures, low: Decimal, high: Decimal | None, by: Literal["spending", "income"] = "spending"
) -> Reserve:
    """Return an emergency fund's target: few months of little to many of much.

    low, high: the ends of the answer's band, in yuan a month; the last answer has no upper end.
    """
    months = figures.table("savings.emergency_months")
    most = _hundreds(high * months["high"]) if high is not None else None
    return Reserve(_hundreds(low * months["low"]), most, by)


def _hundreds(amount: Decimal) -> Decimal:
    return Decimal(int(amount.quantize(HUNDRED, ROUND_HALF_UP)))
