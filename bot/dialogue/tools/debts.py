"""The debt helper: a household's month, up to eight debts, and a plan to leaf through to the end."""

import re
from decimal import Decimal

from bot.content.questionnaire import Answers
from bot.content.vocabulary import Vocabulary
from bot.dialogue.reading import denies, place
from bot.dialogue.reading.rates import PERIODS, Period
from bot.dialogue.replies import UseTool
from bot.dialogue.tools import rate
from bot.dialogue.tools.floor import Heard, Heeded, Tool
from bot.dialogue.tools.steps import (
    BACK,
    UNKNOWN,
    Said,
    Step,
    heeded,
    joined,
    months,
    one_of,
    parted,
    typed_back,
    yuan,
    yuan_or_nothing,
)

NAME = "debts"
MANY = 8  # debts
MOST = Decimal(10_000_000)  # yuan
LONGEST = 480  # instalments
NEEDS = ("food", "rent", "vehicle", "insurance")
KINDS = ("home", "vehicle", "utility", "court", "card", "bank", "microloan", "person")
ASKED_SECURED = frozenset({"card", "bank", "microloan", "person"})  # of the others it is clear
PAGE, PLAN, RIGHTS = "page", "plan", "rights"
YES, NO = "yes", "no"


def _amount(value: str, _said: Said) -> bool:
    return 0 <= Decimal(value) <= MOST


def _rate(text: str, vocabulary: Vocabulary) -> str | None:
    """Read a rate, or a no, which is no interest."""
    return (
        "year*0" if denies(text, vocabulary) else rate.RATE.read(text, vocabulary) if rate.RATE.read else None
    )


def _rate_possible(value: str, _said: Said) -> bool:
    found = rate.told(value)
    return found is not None and 0 <= found[0] * rate.TIMES[found[1] or "year"] <= rate.MOST


HOUSEHOLD = (
    Step("income", read=yuan_or_nothing, possible=_amount),
    *(Step(need, ("0",), read=yuan_or_nothing, possible=_amount) for need in NEEDS),
)


def numbered(number: int) -> dict[str, Step]:
    """Make the steps of one debt, by what they ask."""

    def left(said: Said) -> Decimal:
        return Decimal(said[f"left{number}"])

    def monthly(said: Said) -> Decimal:
        return Decimal(said[f"monthly{number}"])

    def period_possible(value: str, said: Said) -> bool:
        ratio, _ = rate.told(said[f"rate{number}"]) or (rate.MOST, None)
        return ratio * rate.TIMES[value] <= rate.MOST

    return {
        "kind": Step(f"kind{number}", KINDS, read=one_of("debt")),
        "left": Step(f"left{number}", read=yuan, possible=lambda value, _: 0 < Decimal(value) <= MOST),
        "monthly": Step(
            f"monthly{number}",
            ("0",),
            read=yuan_or_nothing,
            possible=lambda value, said: 0 <= Decimal(value) <= left(said),
        ),
        "rate": Step(
            f"rate{number}",
            ("year*0",),
            read=_rate,
            skippable=True,
            form=rate.kept,
            possible=_rate_possible,
        ),
        "period": Step(f"period{number}", PERIODS, read=one_of("period"), possible=period_possible),
        "sure": Step(f"sure{number}", (YES, NO), read=one_of("sure")),
        "count": Step(
            f"count{number}",
            read=months,
            skippable=True,
            possible=lambda value, said: (
                left(said) <= monthly(said) * Decimal(value) <= left(said) * 100 and int(value) <= LONGEST
            ),
        ),
        "overdue": Step(f"overdue{number}", (NO, YES), read=one_of("overdue")),
        "secured": Step(f"secured{number}", (NO, YES), read=one_of("secured")),
        "more": Step(f"more{number}", (YES, NO), read=one_of("more")),
    }


DEBTS = tuple(numbered(number) for number in range(1, MANY + 1))
TOO_MUCH = Step("sure_all", (YES, NO), read=one_of("sure"))


def debts(said: Said) -> int:
    """Return how many debts were begun."""
    return sum(f"kind{number}" in said for number in range(1, MANY + 1))


def rate_of(said: Said, number: int) -> tuple[Decimal, Period] | None:
    """Return the ratio of a debt's interest and its time; None where it isn't known."""
    found = rate.told(said.get(f"rate{number}", UNKNOWN))
    if found is None:
        return None
    period = found[1] or next((p for p in PERIODS if p == said.get(f"period{number}")), None)
    return (found[0], period) if period is not None else None


def following(said: Said, _answers: Answers) -> Step | None:
    """Return what is asked next; None when the plan can be made."""
    for step in HOUSEHOLD:
        if step.id not in said:
            return step
    for number, steps in enumerate(DEBTS, 1):
        for step in _of_one(said, number, steps):
            if step.id not in said:
                return step
        if number == MANY or said[f"more{number}"] == NO:
            break
    wanted = sum(Decimal(said[f"monthly{number}"]) for number in range(1, debts(said) + 1))
    if wanted > Decimal(said["income"]) and TOO_MUCH.id not in said:
        return TOO_MUCH
    return None


def _of_one(said: Said, number: int, steps: dict[str, Step]) -> list[Step]:
    """List what is asked of one debt, as far as that is clear."""
    asked = [steps["kind"], steps["left"], steps["monthly"], steps["rate"]]
    told = said.get(f"rate{number}", "")
    if told.startswith(f"{rate.OPEN}*"):
        asked.append(steps["period"])
    known = rate_of(said, number)
    if known is not None and known[0] * rate.TIMES[known[1]] > rate.ASKED_BACK:
        asked.append(steps["sure"])
    if told == UNKNOWN and Decimal(said[f"monthly{number}"]) > 0:
        asked.append(steps["count"])  # then the rate can be worked out
    asked.append(steps["overdue"])
    if said.get(f"kind{number}") in ASKED_SECURED:
        asked.append(steps["secured"])
    return asked if number == MANY else [*asked, steps["more"]]


def _turn(said: tuple[str, ...], heard: Heard) -> Heeded:
    held = parted(said, following, heard.answers)
    step = following(held, heard.answers)
    if step is None:
        return _leafed(held, heard)
    after, note = heeded(step, held, heard)
    kept = joined(after)
    return Heeded(UseTool(NAME, kept, note, replaces=bool(heard.tapped)), kept)


def _leafed(held: dict[str, str], heard: Heard) -> Heeded:
    """Show another page of the plan, or go back to the last question."""
    subject, _, value = heard.tapped.partition(":")
    if value == BACK or typed_back(heard):
        held = dict(list(held.items())[:-1])
        kept = joined(held)
        return Heeded(UseTool(NAME, kept, replaces=bool(heard.tapped)), kept)
    named = place(heard.typed, heard.vocabulary) or _number(heard.typed)
    page = value if subject == PAGE else str(named) if named else PLAN
    known = {PLAN, RIGHTS, *(str(number) for number in range(1, debts(held) + 1))}
    kept = joined(held)
    return Heeded(UseTool(NAME, kept, page if page in known else PLAN, replaces=bool(heard.tapped)), kept)


def _number(text: str) -> int | None:
    found = re.fullmatch(r"\s*第?([1-8一二三四五六七八])笔?\s*", text)
    return None if found is None else "12345678".find(found[1]) + 1 or "一二三四五六七八".find(found[1]) + 1


TOOL = Tool(NAME, _turn, hears=frozenset({"six_digits"}))
