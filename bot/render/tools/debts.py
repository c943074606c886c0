"""The debt helper in words: its questions, the plan, a page for each debt, and what nobody may do."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from bot.content.parameters import Figures
from bot.dialogue.replies import UseTool
from bot.dialogue.tools import rate
from bot.dialogue.tools.debts import (
    HOUSEHOLD,
    NAME,
    PAGE,
    PLAN,
    RIGHTS,
    YES,
    debts,
    following,
    rate_of,
)
from bot.dialogue.tools.floor import STOP, VERB
from bot.dialogue.tools.steps import BACK, UNKNOWN, Said, parted
from bot.guidance import calculators
from bot.guidance.calculators import Cost
from bot.guidance.debts import KINDS, Debt, Household, Payment, Plan, plan
from bot.render.message import Button, Keyboard, Message, in_rows
from bot.render.tools.screens import Screen
from bot.render.tools.steps import COMMON, asked, base, template, told, word
from bot.render.view import View

FIRST = 30  # days until the next instalment
LENDERS: Mapping[str, str] = {"bank": "bank", "microloan": "microloan", "person": "person"}
WORDS = template(NAME)


@dataclass(frozen=True, slots=True)
class _Owed:
    """What was said, as a plan needs it; `costs` are those of the debts that are known."""

    household: Household
    debts: tuple[Debt, ...]
    costs: tuple[Cost | None, ...]

    @property
    def plan(self) -> Plan:
        return plan(self.household, self.debts)


def _owed(said: Said) -> _Owed:
    household = Household(*(Decimal(said[step.id]) for step in HOUSEHOLD))
    numbers = range(1, debts(said) + 1)
    costs = tuple(_cost(said, number) for number in numbers)
    owed = tuple(_debt(said, number, cost) for number, cost in zip(numbers, costs, strict=True))
    return _Owed(household, owed, costs)


def _debt(said: Said, number: int, cost: Cost | None) -> Debt:
    kind = next(kind for kind in KINDS if kind == said[f"kind{number}"])
    return Debt(
        kind,
        Decimal(said[f"left{number}"]),
        Decimal(said[f"monthly{number}"]),
        None if cost is None else cost.simple,
        said[f"overdue{number}"] == YES,
        said.get(f"secured{number}") == YES,
    )


def _cost(said: Said, number: int) -> Cost | None:
    """Work out a yearly cost from the rate, or from what is left and how many instalments there are."""
    known = rate_of(said, number)
    if known is not None:
        return calculators.rate_cost(known[0], rate.TIMES[known[1]])
    count = said.get(f"count{number}", UNKNOWN)
    if count == UNKNOWN:
        return None
    payments = [Decimal(said[f"monthly{number}"])] * int(count)
    return calculators.loan_cost(Decimal(said[f"left{number}"]), payments, FIRST)


def _show(sheet: View, reply: UseTool) -> Message:
    said = parted(reply.said, following, sheet.answers)
    step = following(said, sheet.answers)
    if step is not None:
        number = debts(said) + (base(step.id) == "kind")
        own = {id: value for id, value in said.items() if _belongs(id, number)}
        wanted = sum(Decimal(said[f"monthly{n}"]) for n in range(1, debts(said) + 1) if f"monthly{n}" in said)
        return asked(
            sheet, reply, step, said, told(sheet, NAME, own), number=number, wanted=wanted,
            left=own.get(f"left{number}"), rate=_rate_word(sheet, said, number),
        )  # fmt: skip
    owed = _owed(said)
    page = reply.note or PLAN
    if page == RIGHTS:
        return Message(sheet.block(WORDS, "rights"), _back(sheet), replaces=reply.replaces)
    if page.isdecimal() and 0 < int(page) <= len(owed.debts):
        return _page(sheet, reply, owed, int(page) - 1)
    return _plan(sheet, reply, owed)


def _belongs(id: str, number: int) -> bool:
    """Say whether something was said of this debt; of the household, while no debt is begun."""
    return id == f"{base(id)}{number}" if number else base(id) == id


def _rate_word(sheet: View, said: Said, number: int) -> str:
    value = said.get(f"rate{number}")
    return "" if value is None else word(sheet, NAME, f"rate{number}", value)


def _plan(sheet: View, reply: UseTool, owed: _Owed) -> Message:
    made = owed.plan
    lines = [
        {"number": payment.number + 1, "name": _name(sheet, payment.debt), "pay": payment.pay,
         "due": payment.debt.due, "loss": payment.debt.loss}
        for payment in made.payments
    ]  # fmt: skip
    unknown = sum(debt.yearly is None for debt in owed.debts)
    text = sheet.block(WORDS, "plan", plan=made, household=owed.household, lines=lines, unknown=unknown)
    buttons = [
        Button(f"{payment.number + 1} {_name(sheet, payment.debt)}", _to(str(payment.number + 1)))
        for payment in made.payments
    ]
    last = f"{VERB}:{NAME}:{PAGE}:{BACK}"
    rows: Keyboard = (
        *in_rows(buttons),
        (Button(sheet.block(WORDS, "to_rights"), _to(RIGHTS)),),
        (Button(sheet.block(COMMON, "back"), last), _stop(sheet)),
    )
    return Message(text, rows, replaces=reply.replaces)


def _page(sheet: View, reply: UseTool, owed: _Owed, number: int) -> Message:
    payment: Payment = next(each for each in owed.plan.payments if each.number == number)
    debt, cost = payment.debt, owed.costs[number]
    figures = Figures(sheet.knowledge.parameters, sheet.today)
    ceiling = calculators.ceiling(figures, LENDERS.get(debt.kind, ""))
    sentence = sheet.block(WORDS, f"say_{debt.kind}", pay=payment.pay)
    enough = 0 < debt.due <= payment.pay  # then there is nothing to ask for
    text = sheet.block(
        WORDS,
        "page",
        number=number + 1,
        name=_name(sheet, debt),
        debt=debt,
        pay=payment.pay,
        cost=cost,
        ceiling=ceiling,
        against=None if cost is None or ceiling is None else cost.against(ceiling),
        sentence=sentence,
        enough=enough,
        why=sheet.block(WORDS, f"why_{debt.loss}"),
        beware=sheet.block(WORDS, f"beware_{debt.kind}", debt=debt),
    )
    # Lenders read Chinese, whatever the worker reads.
    copied = replace(sheet, language="zh").block(WORDS, f"say_{debt.kind}", pay=payment.pay)
    copy = Button(sheet.label("copy_sentence"), "", copies=copied)
    return Message(text, (*(() if enough else ((copy,),)), *_back(sheet)), replaces=reply.replaces)


def _name(sheet: View, debt: Debt) -> str:
    return sheet.block(WORDS, f"kind_{debt.kind}")


def _to(page: str) -> str:
    return f"{VERB}:{NAME}:{PAGE}:{page}"


def _stop(sheet: View) -> Button:
    return Button(sheet.block(WORDS, "put_away"), f"{VERB}:{NAME}:{STOP}")


def _back(sheet: View) -> Keyboard:
    return ((Button(sheet.block(WORDS, "to_plan"), _to(PLAN)), _stop(sheet)),)


def _told(sheet: View, said: tuple[str, ...]) -> list[str]:
    return [" ".join(line) for line in told(sheet, NAME, parted(said, following, sheet.answers))]


SCREEN = Screen(_show, _told)
