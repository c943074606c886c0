"""What two fen a month or five in ten thousand a day are a year."""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation

from bot.content.questionnaire import Answers
from bot.content.vocabulary import Vocabulary
from bot.dialogue.reading.exact import written
from bot.dialogue.reading.rates import PERIODS, Period, rate
from bot.dialogue.tools.floor import Tool
from bot.dialogue.tools.steps import Said, Step, one_of, stepwise

OPEN = "?"  # of a rate of which time isn't told
TIMES: Mapping[str, int] = {"day": 365, "month": 12, "year": 1}  # a year
ASKED_BACK = Decimal(1)  # a year: a worker who says more than 100 % is asked whether that is right
MOST = Decimal(100)
LENDERS = ("bank", "microloan", "person", "other")


def told(value: str) -> tuple[Decimal, Period | None] | None:
    """Return the ratio and the time of a rate as it is kept: month*0.02, ?*24."""
    period, _, ratio = value.partition("*")
    try:
        known = next((each for each in PERIODS if each == period), None)
        number = Decimal(ratio)
    except InvalidOperation:
        return None
    return (number, known) if number.is_finite() and (known or period == OPEN) else None


def kept(value: str) -> bool:
    """Say whether this is a rate as it is kept."""
    return len(value) <= 24 and told(value) is not None


def _read(text: str, vocabulary: Vocabulary) -> str | None:
    found = rate(text, vocabulary)
    return None if found is None else f"{found.period or OPEN}*{written(found.ratio)}"


def _possible(value: str, _said: Said) -> bool:
    found = told(value)
    return found is not None and 0 < found[0] * TIMES[found[1] or "year"] <= MOST


RATE = Step("rate", ("month*0.02", "month*0.015", "day*0.0005"), read=_read, form=kept, possible=_possible)
PERIOD = Step(
    "period",
    PERIODS,
    read=one_of("period"),
    possible=lambda value, said: (told(said["rate"]) or (MOST, None))[0] * TIMES[value] <= MOST,
)
SURE = Step("sure", ("yes", "no"), read=one_of("sure"))
LENDER = Step("lender", LENDERS, read=one_of("lender"))


def agreed(said: Said) -> tuple[Decimal, Period]:
    """Return the ratio and the time, once both are said."""
    ratio, period = told(said["rate"]) or (Decimal(0), None)
    chosen: Period = next((each for each in PERIODS if each == said.get("period")), "year")
    return ratio, period or chosen


def following(said: Said, _answers: Answers) -> Step | None:
    """Return what is asked next."""
    if "rate" not in said:
        return RATE
    if said["rate"].startswith(OPEN) and "period" not in said:
        return PERIOD
    ratio, period = agreed(said)
    if ratio * TIMES[period] > ASKED_BACK and "sure" not in said:
        return SURE
    return LENDER if "lender" not in said else None


TOOL = Tool("rate", stepwise("rate", following))
