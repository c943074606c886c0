"""What a vehicle costs that is rented to be bought, in words."""

from collections.abc import Mapping
from decimal import Decimal

from bot.dialogue.tools.steps import UNKNOWN, Said
from bot.dialogue.tools.vehicle import following, rents, total
from bot.guidance import calculators
from bot.guidance.calculators import Cost
from bot.render.tools.steps import stepwise
from bot.render.view import View

FIRST = 30  # days until the first rent


def _result(_sheet: View, said: Said) -> Mapping[str, object]:
    price = said.get("price", UNKNOWN)
    return {
        "total": total(said),
        "rents": rents(said),
        "owner": said["owner"],
        "dearer": None if price == UNKNOWN else total(said) - Decimal(price),
        "cost": None if price == UNKNOWN else _cost(said, Decimal(price)),
    }


def _cost(said: Said, price: Decimal) -> Cost:
    """Work out the yearly cost as of a loan of the price, less what is paid first."""
    payments = [Decimal(said["rent"])] * int(said["months"])
    payments[-1] += Decimal(said["end"])
    return calculators.loan_cost(price - Decimal(said["down"]), payments, FIRST)


SCREEN = stepwise("vehicle", following, _result)
