"""What a vehicle costs that is rented to be bought (first, monthly and at the end), and whose it is."""

from decimal import Decimal

from bot.content.questionnaire import Answers
from bot.dialogue.tools.floor import Tool
from bot.dialogue.tools.steps import Said, Step, months, one_of, stepwise, yuan, yuan_or_nothing

MOST = Decimal(2_000_000)  # yuan; more is no worker's vehicle
LONGEST = 120  # months
OWNERS = ("mine", "theirs", "other")


def rents(said: Said) -> Decimal:
    """Return all rents together."""
    return Decimal(said["rent"]) * Decimal(said["months"])


def total(said: Said) -> Decimal:
    """Return all that is paid, from the first day to the last."""
    return Decimal(said["down"]) + rents(said) + Decimal(said.get("end", "0"))


def _amount(value: str, _said: Said) -> bool:
    return 0 <= Decimal(value) <= MOST


def _price(value: str, said: Said) -> bool:
    return Decimal(said["down"]) < Decimal(value) <= min(total(said), MOST)


DOWN = Step("down", ("0",), read=yuan_or_nothing, possible=_amount)
RENT = Step("rent", read=yuan, possible=lambda value, _: 0 < Decimal(value) <= MOST / 10)
MONTHS = Step(
    "months",
    ("12", "24", "36", "48"),
    read=months,
    possible=lambda value, _: 1 <= Decimal(value) <= LONGEST,
)
OWNER = Step("owner", OWNERS, read=one_of("owner"))
END = Step("end", ("0",), read=yuan_or_nothing, possible=_amount)
PRICE = Step("price", read=yuan, skippable=True, possible=_price)


def following(said: Said, _answers: Answers) -> Step | None:
    """Return what is asked next; what a vehicle costs at the end is asked only where it becomes one's own."""
    steps = [DOWN, RENT, MONTHS, OWNER]
    if said.get("owner") == "mine":
        steps += [END, PRICE]
    return next((step for step in steps if step.id not in said), None)


TOOL = Tool("vehicle", stepwise("vehicle", following))
