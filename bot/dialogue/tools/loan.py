"""What a loan really costs: what arrives, what is paid first, the instalments, and when the first is due.

A fee is easily counted twice: it may be missing from what arrives, or be paid besides. So we ask.
"""

from decimal import Decimal

from bot.content.questionnaire import Answers
from bot.dialogue.tools.floor import Tool
from bot.dialogue.tools.steps import Said, Step, days, months, one_of, stepwise, yuan, yuan_or_nothing

MOST = Decimal(10_000_000)  # yuan; more is no loan of a worker's
LONGEST = 360  # instalments
LATEST = 366  # days until the first one
DEAR = 2  # times what arrives: a worker who is to pay back more is asked whether that is right
WITHIN, BESIDES = "within", "besides"  # a fee that what arrives is already without, or one that comes on top
LENDERS = ("bank", "microloan", "person", "other")


def in_hand(said: Said) -> Decimal:
    """Return what is left of the loan after what was paid first, which may be taken off already."""
    return Decimal(said["received"]) - (0 if said.get("apart") == WITHIN else Decimal(said["fee"]))


def repaid(said: Said) -> Decimal:
    """Return all that is paid back."""
    return Decimal(said["count"]) * Decimal(said["instalment"])


def _instalment_possible(value: str, said: Said) -> bool:
    return in_hand(said) <= Decimal(said["count"]) * Decimal(value) <= MOST * LONGEST


RECEIVED = Step("received", read=yuan, possible=lambda value, _: 0 < Decimal(value) <= MOST)
FEE = Step(
    "fee",
    ("0",),
    read=yuan_or_nothing,
    possible=lambda value, _: 0 <= Decimal(value) <= MOST,
)
APART = Step(
    "apart",
    (WITHIN, BESIDES),
    read=one_of("apart"),
    possible=lambda value, said: value == WITHIN or Decimal(said["fee"]) < Decimal(said["received"]),
)
COUNT = Step(
    "count",
    ("1", "3", "6", "12", "24", "36"),
    read=months,
    possible=lambda value, _: 1 <= Decimal(value) <= LONGEST,
)
INSTALMENT = Step("instalment", read=yuan, possible=_instalment_possible)
FIRST = Step("first", ("7", "14", "30"), read=days, possible=lambda value, _: 1 <= Decimal(value) <= LATEST)
LENDER = Step("lender", LENDERS, read=one_of("lender"))
SURE = Step("sure", ("yes", "no"), read=one_of("sure"))


def following(said: Said, _answers: Answers) -> Step | None:
    """Return what is asked next."""
    for step in (RECEIVED, FEE, APART, COUNT, INSTALMENT):
        if step.id not in said and (step is not APART or Decimal(said["fee"]) > 0):
            return step
    if repaid(said) > DEAR * in_hand(said) and "sure" not in said:
        return SURE
    return next((step for step in (FIRST, LENDER) if step.id not in said), None)


TOOL = Tool("loan", stepwise("loan", following), hears=frozenset({"six_digits"}), instead="loan")
