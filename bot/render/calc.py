"""Sums in the chat: three taps at most, nothing is kept, and the working is shown."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from bot.content.parameters import Figures, NoValue, number_of
from bot.content.questionnaire import PROVINCE, Question
from bot.dialogue.replies import Reckon
from bot.guidance import calculators
from bot.guidance.calculators import BASE_LIMITS, CALCULATION_BASE, MEDICAL_RATE, Age, Contribution, Place
from bot.guidance.places import place_in
from bot.render.message import Button, Message, in_rows
from bot.render.view import View

LISTED = (
    "tool:debts",
    "tool:loan",
    "tool:rate",
    "tool:vehicle",
    "calc:contribution",
    "tool:retirement",
    "tool:medical_gap",
    "calc:record",
)
YEARS = (15, 20, 25, 30)
AGES = (55, 58, 60, 63)
GAPS = (0, 1, 2, 3, 4)
BACK = 6  # calendar years in which a debt may have been settled
AMOUNTS = (1000, 5000, 10000, 20000, 50000)
COUNTS = (3, 6, 12, 24, 36)
DEARER = (0, 5, 10, 15, 20, 25, 30, 40)  # how much more is paid back than borrowed, in percent of it


@dataclass(frozen=True, slots=True)
class Asked:
    """One question of a sum: its label, the values offered, how one is shown, and the columns of buttons."""

    label: str
    values: Sequence[str]
    shown: Callable[[View, str], str] = lambda _sheet, value: value
    columns: int = 2


def reckon(sheet: View, reply: Reckon) -> Message:
    """Ask the sum's next question, or give its result; anything forged leads back to the list of sums."""
    if reply.sum is None or reply.sum not in SUMS:
        rows = [(Button(sheet.label(f"calc_{data.split(':')[1]}"), data),) for data in LISTED]
        return Message(sheet.render("calc.j2", sum=None), tuple(rows), replaces=reply.replaces)
    ask, work = SUMS[reply.sum]
    given = _given(sheet, reply)
    said: list[str] = []
    for value in given:
        asked = ask(sheet, said)
        if asked is None or value not in asked.values:
            break
        said.append(value)
    asked = ask(sheet, said)
    if asked is not None:
        return _question(sheet, reply, asked, said)
    figures = Figures(sheet.knowledge.parameters, sheet.today)
    try:
        text = sheet.render("calc.j2", sum=reply.sum, said=_words(sheet, ask, said), **work(figures, said))
    except NoValue:  # a figure of this place is unsure or not yet known
        text = sheet.render("calc.j2", sum="missing")
    again = (
        Button(sheet.label("calc_again"), f"calc:{reply.sum}:"),
        Button(sheet.label("calc_others"), "calc:"),
    )
    return Message(text, (again, *sheet.rows(("tips",))), replaces=True)


def _given(sheet: View, reply: Reckon) -> tuple[str, ...]:
    """What was tapped; the place is taken from the answers unless the sum is restarted."""
    if reply.given is None and reply.sum in ("contribution", "pension"):
        place = place_in(sheet.answers, sheet.knowledge.questionnaire)
        told = (place.province, place.city) if place is not None else ()
        return tuple(value for value in told if value is not None)
    return tuple(value for value in reply.given or () if value)


def _question(sheet: View, reply: Reckon, asked: Asked, said: Sequence[str]) -> Message:
    text = sheet.render(
        "calc.j2", sum="asking", name=sheet.label(f"calc_{reply.sum}"), asked=sheet.label(asked.label)
    )
    buttons = [
        Button(asked.shown(sheet, value), "calc:" + ":".join((reply.sum or "", *said, value)))
        for value in asked.values
    ]
    rows = in_rows(buttons, asked.columns)
    return Message(text, (*rows, (Button(sheet.label("calc_others"), "calc:"),)), replaces=reply.replaces)


def _words(sheet: View, ask: "Ask", said: Sequence[str]) -> dict[str, str]:
    return {
        sheet.label(asked.label): asked.shown(sheet, value)
        for i, value in enumerate(said)
        if (asked := ask(sheet, said[:i])) is not None
    }


Ask = Callable[[View, Sequence[str]], Asked | None]
Work = Callable[[Figures, Sequence[str]], Mapping[str, object]]


def _province(sheet: View) -> Asked:
    return _options("calc_ask_province", sheet.knowledge.questionnaire.by_id[PROVINCE])


def _options(label: str, question: Question) -> Asked:
    def shown(sheet: View, id: str) -> str:
        option = question.option(id)
        return option.in_(sheet.language) if option else id

    return Asked(label, [option.id for option in question.options], shown, question.columns)


def _where(sheet: View, said: Sequence[str]) -> Asked | None:
    """Ask for the province, then for the city where some city has bases of its own."""
    if not said:
        return _province(sheet)
    city = sheet.knowledge.questionnaire.city_in(said[0])
    return _options("calc_ask_city", city) if city is not None and len(said) == 1 else None


def _yuan(sheet: View, value: str) -> str:
    return sheet.label("calc_yuan", amount=Decimal(value))


def _years(sheet: View, value: str) -> str:
    return sheet.label("calc_years", years=int(value))


def _next(*questions: Callable[[View, Sequence[str]], Asked]) -> Ask:
    return lambda sheet, said: questions[len(said)](sheet, said) if len(said) < len(questions) else None


def _instalments(_sheet: View, said: Sequence[str]) -> Asked:
    amount, count = (Decimal(value) for value in said)
    sums = [str((amount * (100 + more) / 100 / count).quantize(Decimal(1))) for more in DEARER]
    return Asked("calc_ask_instalment", list(dict.fromkeys(sums)), _yuan)


def _contribution(figures: Figures, said: Sequence[str]) -> Mapping[str, object]:
    place = Place(*said)
    lowest = calculators.lowest_contribution(figures, place)
    return {
        "tiers": {"lowest": lowest, **calculators.higher_contributions(figures, place)},
        "place": place.in_words(figures, BASE_LIMITS),
        "medical": _medical(figures, place),
        "resident": _resident(figures),
    }


def _medical(figures: Figures, place: Place) -> Contribution | None:
    """Work out a month of employees' medical insurance; None where the place's rate isn't known."""
    try:
        known = place.id_of(figures, MEDICAL_RATE) in figures.parameters
        return calculators.medical_contribution(figures, place) if known else None
    except NoValue:
        return None


def _resident(figures: Figures) -> Decimal | None:
    """Return the least that residents pay for a year of medical insurance; None once that is too old."""
    id = "medical.resident.individual_min"
    try:
        value, _ = figures.last(id)
    except NoValue:
        return None
    return number_of(id, value.value)


def _pension(figures: Figures, said: Sequence[str]) -> Mapping[str, object]:
    place, years, age = Place(said[0]), Decimal(said[1]), Age(int(said[2]), 0)
    share = figures.table("pension.flex.tiers")["lowest"]
    found = calculators.pension(figures, place, share, years, age, figures.on.year)
    return {
        "pension": found,
        "needed": calculators.years_needed(figures, figures.on.year),
        "years": years,
        "place": place.in_words(figures, CALCULATION_BASE, BASE_LIMITS),
    }


def _waiting(figures: Figures, said: Sequence[str]) -> Mapping[str, object]:
    return {"months": calculators.waiting_months(figures, int(said[0]))}


def _record(figures: Figures, said: Sequence[str]) -> Mapping[str, object]:
    year = int(said[0])
    latest = date(year, 12, 31) if year < figures.on.year else figures.on
    return {
        "first": calculators.record_gone(figures, date(year, 1, 1)),
        "last": calculators.record_gone(figures, latest),
    }


def _loan(figures: Figures, said: Sequence[str]) -> Mapping[str, object]:
    amount, count, instalment = Decimal(said[0]), int(said[1]), Decimal(said[2])
    cost = calculators.yearly_cost(figures, amount, [instalment] * count)
    return {
        "cost": cost,
        "repaid": instalment * count,
        "amount": amount,
        "private": calculators.private_ceiling(figures),
    }


SUMS: Mapping[str, tuple[Ask, Work]] = {
    "contribution": (_where, _contribution),
    "pension": (
        _next(
            lambda sheet, _: _province(sheet),
            lambda _sheet, _: Asked("calc_ask_years", [str(y) for y in YEARS], _years),
            lambda _sheet, _: Asked("calc_ask_age", [str(a) for a in AGES], _years),
        ),
        _pension,
    ),
    "waiting": (_next(lambda _sheet, _: Asked("calc_ask_gap", [str(g) for g in GAPS], _years)), _waiting),
    "record": (
        _next(
            lambda sheet, _: Asked("calc_ask_settled", [str(sheet.today.year - back) for back in range(BACK)])
        ),
        _record,
    ),
    "loan": (
        _next(
            lambda _sheet, _: Asked("calc_ask_amount", [str(a) for a in AMOUNTS], _yuan),
            lambda _sheet, _: Asked("calc_ask_count", [str(c) for c in COUNTS]),
            _instalments,
        ),
        _loan,
    ),
}
