"""A rate by the year, in words."""

from collections.abc import Mapping

from bot.content.parameters import Figures
from bot.dialogue.tools.rate import TIMES, agreed, following
from bot.dialogue.tools.steps import Said
from bot.guidance import calculators
from bot.guidance.calculators.costs import EXAMPLE
from bot.render.tools.steps import stepwise
from bot.render.view import View


def _result(sheet: View, said: Said) -> Mapping[str, object]:
    ratio, period = agreed(said)
    cost = calculators.rate_cost(ratio, TIMES[period])
    ceiling = calculators.ceiling(Figures(sheet.knowledge.parameters, sheet.today), said["lender"])
    return {
        "ratio": ratio,
        "period": period,
        "cost": cost,
        "amount": EXAMPLE,
        "lender": said["lender"],
        "ceiling": ceiling,
        "against": None if ceiling is None else cost.against(ceiling),
    }


SCREEN = stepwise("rate", following, _result)
