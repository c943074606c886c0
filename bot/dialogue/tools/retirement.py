"""When a pension starts, and whether the years will do: who, born in which month, and paid for how long."""

import re

from bot.content.questionnaire import Answers
from bot.content.vocabulary import Vocabulary
from bot.dialogue.reading.exact import exact
from bot.dialogue.reading.folding import fold
from bot.dialogue.reading.numerals import decimals
from bot.dialogue.tools.floor import Tool
from bot.dialogue.tools.steps import Said, Step, one_of, stepwise, yuan_or_nothing

WHO = ("man", "woman_55", "woman_50")
FIRST_YEAR, LAST_YEAR = 1945, 2015  # of birth
MOST_MONTHS = 600  # of contributions
YEAR = 12  # months
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_BORN = (
    re.compile(r"(?P<y>19[0-9]{2}|20[0-9]{2}|[0-9]{2}) ?[年./-] ?(?P<m>[0-9]{1,2})(?: ?月)?(?![0-9])"),
    re.compile(r"(?P<m>[0-9]{1,2}) ?[/.-] ?(?P<y>19[0-9]{2}|20[0-9]{2})(?![0-9])"),
    re.compile(rf"(?P<name>{'|'.join(_MONTHS)})[a-z]*\.? ?(?P<y>19[0-9]{{2}}|20[0-9]{{2}})"),
)
_PAID = re.compile(r"(?P<y>.+?)(?:年|years?)(?:零|又|and)? ?(?:(?P<half>半)|(?P<m>.+?)(?:个?月|months?))?")


def born_in(text: str, vocabulary: Vocabulary) -> str | None:
    """Read a month of birth (1975年3月, 75.3, March 1975) as 1975-03."""
    words = fold(text, vocabulary)
    for form in _BORN:
        if found := form.search(words):
            named = found.groupdict().get("name")
            month = _MONTHS.index(named) + 1 if named else int(found["m"])
            year = int(found["y"]) + (1900 if len(found["y"]) == 2 else 0)
            return f"{year}-{month:02}" if 1 <= month <= YEAR else None
    return None


def paid_for(text: str, vocabulary: Vocabulary) -> str | None:
    """Read how long was paid (12年5个月, 十年半, 8 years) in months; a bare number is years, a no is zero."""
    words = decimals(fold(text, vocabulary))
    if found := _PAID.search(words):
        years = exact(found["y"], "次", vocabulary)
        months = exact(found["m"], "次", vocabulary) if found["m"] else 6 if found["half"] else 0
        if years is None or months is None:
            return None
        return _whole(years * YEAR + months)
    if "月" in words or "month" in words:
        months = exact(text, "期", vocabulary)
        return None if months is None else _whole(months)
    years_said = yuan_or_nothing(text, vocabulary)
    return None if years_said is None else _whole(float(years_said) * YEAR)


def _whole(months: object) -> str | None:
    number = float(str(months))
    return str(int(number)) if number == int(number) else None


def _month(value: str) -> bool:
    return re.fullmatch(r"[0-9]{4}-(?:0[1-9]|1[0-2])", value, re.ASCII) is not None


BORN = Step(
    "born", read=born_in, form=_month, possible=lambda value, _: FIRST_YEAR <= int(value[:4]) <= LAST_YEAR
)
PAID = Step(
    "paid",
    ("0",),
    read=paid_for,
    possible=lambda value, _: value.isdecimal() and int(value) <= MOST_MONTHS,
)


def following(said: Said, _answers: Answers) -> Step | None:
    """Return what is asked next."""
    steps = (Step("who", WHO, read=one_of("who")), BORN, PAID)
    return next((step for step in steps if step.id not in said), None)


TOOL = Tool(
    "retirement", stepwise("retirement", following), hears=frozenset({"six_digits"}), instead="pension"
)
