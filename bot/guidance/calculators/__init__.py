"""Policy in code: contributions, pensions, waiting months, loans, reserves. Pure; figures come by day.

Amounts are yuan as Decimal, to the cent unless named a range; ratios are 0.2, never 20.
Whatever a figure lacks on the day raises parameters.NoValue.
"""

from bot.guidance.calculators.amounts import Range, cents
from bot.guidance.calculators.contributions import (
    BASE_LIMITS,
    MEDICAL_RATE,
    Contribution,
    higher_contributions,
    lowest_contribution,
    medical_contribution,
    pension_contribution,
    share_of_income,
    subsidy,
)
from bot.guidance.calculators.costs import Cost, ceiling, loan_cost, rate_cost
from bot.guidance.calculators.loans import YearlyCost, private_ceiling, record_gone, yearly_cost
from bot.guidance.calculators.pensions import CALCULATION_BASE, Pension, payment_months, pension
from bot.guidance.calculators.places import Place
from bot.guidance.calculators.reserves import Reserve, emergency_fund, waiting_months
from bot.guidance.calculators.retirement import (
    Age,
    Category,
    Retirement,
    RetirementSpan,
    delay_months,
    retirement,
    retirement_span,
    years_needed,
)

__all__ = [
    "BASE_LIMITS", "CALCULATION_BASE", "MEDICAL_RATE", "Age", "Category", "Contribution", "Cost", "Pension",
    "Place", "Range", "Reserve", "Retirement", "RetirementSpan", "YearlyCost", "ceiling", "cents",
    "delay_months", "emergency_fund", "higher_contributions", "loan_cost", "lowest_contribution",
    "medical_contribution", "payment_months", "pension", "pension_contribution",
    "private_ceiling", "rate_cost", "record_gone", "retirement", "retirement_span", "share_of_income",
    "subsidy", "waiting_months", "yearly_cost", "years_needed",
]  # fmt: skip
