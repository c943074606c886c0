"""A plan for a household in debt: what must stay, what is left, and whom to pay first, by what is lost."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal
from typing import Literal, get_args

from bot.guidance.calculators.amounts import CENT

Kind = Literal["home", "vehicle", "utility", "court", "card", "bank", "microloan", "person"]
KINDS: tuple[Kind, ...] = get_args(Kind)
Loss = Literal["home", "vehicle", "utility", "freedom", "pledge", "nothing"]
LOSSES: tuple[Loss, ...] = get_args(Loss)
OF_KIND: Mapping[str, Loss] = {"home": "home", "vehicle": "vehicle", "utility": "utility", "court": "freedom"}
NOTHING = Decimal(0)


@dataclass(frozen=True, slots=True)
class Household:
    """A month's money, in yuan: what is earned, and the least that must stay for each need."""

    income: Decimal
    food: Decimal
    rent: Decimal
    vehicle: Decimal
    insurance: Decimal

    @property
    def kept(self) -> Decimal:
        """What must stay, before anybody is paid."""
        return self.food + self.rent + self.vehicle + self.insurance

    @property
    def free(self) -> Decimal:
        """What is left for debts."""
        return max(NOTHING, self.income - self.kept)


@dataclass(frozen=True, slots=True)
class Debt:
    """One debt in yuan: what is left, what is due a month, and its simple yearly rate if it is known."""

    kind: Kind
    left: Decimal
    monthly: Decimal
    yearly: Decimal | None = None
    overdue: bool = False
    secured: bool = False

    @property
    def due(self) -> Decimal:
        """What is to be paid this month."""
        return min(self.monthly, self.left)

    @property
    def loss(self) -> Loss:
        """What would be lost first if it isn't paid."""
        return OF_KIND.get(self.kind, "pledge" if self.secured else "nothing")


@dataclass(frozen=True, slots=True)
class Payment:
    """What one debt, by its number from 0 on, gets this month."""

    number: int
    debt: Debt
    pay: Decimal


@dataclass(frozen=True, slots=True)
class Plan:
    """A month's plan: what must stay, what is left, what is due in all, and the payments in their order."""

    kept: Decimal
    free: Decimal
    due: Decimal
    payments: tuple[Payment, ...]

    @property
    def short(self) -> Decimal:
        """By how much all of them want more than is left."""
        return max(NOTHING, self.due - self.free)


def plan(household: Household, debts: Sequence[Debt]) -> Plan:
    """Share out what is left: debts by what would be lost first, then the others in proportion.

    What is over once everybody has this month's sum goes to what is overdue and could be lost, then to the
    dearest. Raises ValueError for a number below zero.
    """
    numbers = [household.income, household.food, household.rent, household.vehicle, household.insurance]
    numbers += [number for debt in debts for number in (debt.left, debt.monthly, debt.yearly or NOTHING)]
    if any(number < 0 for number in numbers):
        raise ValueError("a number below zero; check the amounts")
    order = sorted(range(len(debts)), key=lambda number: _place(debts[number]))
    paid = _dues(debts, order, household.free)
    due = sum((debt.due for debt in debts), NOTHING)
    over = household.free - due
    for number in sorted(order, key=lambda number: _eager(debts[number])) if over > 0 else ():
        more = min(over, debts[number].left - paid[number])
        paid[number] += more
        over -= more
    payments = tuple(Payment(number, debts[number], paid[number]) for number in order)
    return Plan(household.kept, household.free, due, payments)


def _dues(debts: Sequence[Debt], order: Sequence[int], left: Decimal) -> dict[int, Decimal]:
    """Pay each debt what is due as far as it goes; those with which nothing is lost share what remains."""
    paid = dict.fromkeys(order, NOTHING)
    for number in order:
        if debts[number].loss != "nothing":
            paid[number] = min(debts[number].due, left)
            left -= paid[number]
    rest = [number for number in order if debts[number].loss == "nothing"]
    wanted = sum((debts[number].due for number in rest), NOTHING)
    for number in rest:
        due = debts[number].due
        share = due if wanted <= left else (due * left / wanted).quantize(CENT, ROUND_DOWN)
        paid[number] = share
    return paid


def _place(debt: Debt) -> tuple[int, bool, Decimal]:
    """Say where a debt stands: by what is lost, then overdue ones first, then the dearest, as they were said.

    By its size it doesn't: who owes more to one would have to give that one less.
    """
    return LOSSES.index(debt.loss), not debt.overdue, -_rate(debt)


def _eager(debt: Debt) -> tuple[int, Decimal]:
    """Say which debt gets what is over: overdue ones with which something is lost, then the dearest."""
    behind = debt.overdue and debt.loss != "nothing"
    return LOSSES.index(debt.loss) if behind else len(LOSSES), -_rate(debt)


def _rate(debt: Debt) -> Decimal:
    return NOTHING if debt.yearly is None else debt.yearly
