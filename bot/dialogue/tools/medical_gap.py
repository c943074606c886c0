"""How long a break in medical insurance leaves somebody without cover, in either scheme."""

from decimal import Decimal

from bot.content.questionnaire import Answers
from bot.content.vocabulary import Vocabulary
from bot.dialogue.reading import denies
from bot.dialogue.tools.floor import Tool
from bot.dialogue.tools.steps import Said, Step, months, one_of, stepwise, whole

SCHEMES = ("resident", "employee")
MOST_YEARS, MOST_MONTHS = 30, 360


def _years(value: str, _said: Said) -> bool:
    return value.isdecimal() and int(value) <= MOST_YEARS


def _read_years(text: str, vocabulary: Vocabulary) -> str | None:
    """Read whole years; a no is zero years."""
    return "0" if denies(text, vocabulary) else whole("年")(text, vocabulary)


YEARS = Step("years", ("0", "1", "2", "3", "4"), read=_read_years, possible=_years)
MONTHS = Step(
    "months", ("1", "3", "6", "12"), read=months, possible=lambda value, _: 1 <= Decimal(value) <= MOST_MONTHS
)


def following(said: Said, _answers: Answers) -> Step | None:
    """Return what is asked next: whole years of the residents’ scheme, months of the employees’."""
    if "scheme" not in said:
        return Step("scheme", SCHEMES, read=one_of("scheme"))
    step = YEARS if said["scheme"] == "resident" else MONTHS
    return step if step.id not in said else None


TOOL = Tool("medical_gap", stepwise("medical_gap", following), instead="waiting")
