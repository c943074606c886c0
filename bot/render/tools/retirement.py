"""When a pension starts, and whether the years will do, in words."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from bot.content.parameters import Figures, NoValue
from bot.dialogue.tools.retirement import YEAR, following
from bot.dialogue.tools.steps import Said
from bot.guidance import calculators
from bot.guidance.calculators import Category, Pension, Retirement
from bot.guidance.places import place_in
from bot.render.tools.steps import stepwise
from bot.render.view import View

CATEGORIES: tuple[Category, ...] = ("man", "woman_55", "woman_50")


def _result(sheet: View, said: Said) -> Mapping[str, object]:
    figures = Figures(sheet.knowledge.parameters, sheet.today)
    category = next(each for each in CATEGORIES if each == said["who"])
    year, month = map(int, said["born"].split("-"))
    found = calculators.retirement(figures, category, date(year, month, 1))
    ahead = (found.year - sheet.today.year) * YEAR + found.month - sheet.today.month
    paid = int(said["paid"])
    total = paid + max(0, ahead)
    needed = int(found.years_needed * YEAR)
    return {
        "found": found,
        "reached": ahead <= 0,
        "paid": paid,
        "total": total,
        "needed": needed,
        "short": max(0, needed - total),
        "pension": _pension(sheet, figures, found, total) if total >= needed else None,
        "province": sheet.answers.get("province"),
    }


def _pension(sheet: View, figures: Figures, found: Retirement, total: int) -> Pension | None:
    """Estimate the pension at the lowest tier; None where the place or its figures aren't known."""
    place = place_in(sheet.answers, sheet.knowledge.questionnaire)
    if place is None:
        return None
    share = figures.table("pension.flex.tiers")["lowest"]
    years = (Decimal(total) / YEAR).quantize(Decimal("0.1"))
    try:
        return calculators.pension(figures, place, share, years, found.age, max(found.year, sheet.today.year))
    except (NoValue, KeyError):
        return None


SCREEN = stepwise("retirement", following, _result)
