"""What a loan really costs, in words."""

from collections.abc import Mapping
from decimal import Decimal

from bot.content.parameters import Figures
from bot.dialogue.tools.loan import following, in_hand, repaid
from bot.dialogue.tools.steps import Said
from bot.guidance import calculators
from bot.render.tools.steps import stepwise
from bot.render.view import View


def _result(sheet: View, said: Said) -> Mapping[str, object]:
    figures = Figures(sheet.knowledge.parameters, sheet.today)
    count, instalment = int(said["count"]), Decimal(said["instalment"])
    cost = calculators.loan_cost(in_hand(said), [instalment] * count, int(said["first"]))
    ceiling = calculators.ceiling(figures, said["lender"])
    return {
        "cost": cost,
        "in_hand": in_hand(said),
        "repaid": repaid(said),
        "fee": Decimal(said["fee"]),
        "lender": said["lender"],
        "ceiling": ceiling,
        "against": None if ceiling is None else cost.against(ceiling),
    }


SCREEN = stepwise("loan", following, _result)
