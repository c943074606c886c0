"""Words -> a rate of interest (月息两分, 日息万五, 年化24%, 0.05% a day), or None."""

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from bot.content.vocabulary import Vocabulary
from bot.dialogue.reading import numerals
from bot.dialogue.reading.folding import fold, join

Period = Literal["day", "month", "year"]
PERIODS: tuple[Period, ...] = ("day", "month", "year")
MAX_READ = 40  # characters
_SAID: tuple[tuple[Period, str], ...] = (
    ("day", r"日|天|(?<![a-z])(?:a|per|each|every) day|daily"),
    ("month", r"月|(?<![a-z])(?:a|per|each|every) month|monthly"),
    ("year", r"年|(?<![a-z])(?:a|per|each|every) year|yearly|annual|apr(?![a-z])"),
)
_N = rf"(?P<n>{numerals.NUMERAL})"
_FORMS: tuple[tuple[str, Decimal], ...] = (
    (rf"万(?:分之)?{_N}", Decimal("0.0001")),
    (rf"千(?:分之)?{_N}", Decimal("0.001")),
    (rf"百分之{_N}|{_N.replace('n>', 'm>')} ?(?:%|个点|percent|per cent)", Decimal("0.01")),
)
# A fen is the hundredth part a month, and a li the thousandth, whatever they would be of a day or a year.
_FEN = rf"{_N}分(?:(?P<li>{numerals.NUMERAL})厘?)?|{_N.replace('n>', 'only>')}厘(?P<half>半)?"
_BARE = rf"[^0-9]*?(?<![a-z]){_N}(?![a-z])[^0-9]*"


@dataclass(frozen=True, slots=True)
class Rate:
    """A rate as a ratio, and of which time, None where nothing says it."""

    ratio: Decimal
    period: Period | None


def rate(text: str, vocabulary: Vocabulary) -> Rate | None:
    """Read one rate of interest. Fen and li are by the month; of a day or a year they are not read."""
    if len(text) > MAX_READ:
        return None
    words = join(numerals.decimals(numerals.english(fold(text, vocabulary))))
    told = [period for period, said in _SAID if re.search(said, words)]
    if len(told) > 1 or "-" in words:
        return None
    period = told[0] if told else None
    for form, unit in _FORMS:
        if found := re.search(form, words):
            number = _number(found["n"] or found.groupdict().get("m") or "")
            return None if number is None else Rate(number * unit, period)
    if fens := list(re.finditer(_FEN, words)):
        if len(fens) > 1 or period not in (None, "month"):
            return None
        ratio = _fen(fens[0])
        return None if ratio is None else Rate(ratio, "month")
    bare = re.fullmatch(_BARE, words)
    number = _number(bare["n"]) if bare else None
    return None if number is None else Rate(number / 100, period)


def _fen(found: re.Match[str]) -> Decimal | None:
    if found["only"]:
        number = _number(found["only"])
        half = Decimal("0.5") if found["half"] else Decimal(0)
        return None if number is None else (number + half) / 1000
    fen, li = _number(found["n"]), _number(found["li"]) if found["li"] else Decimal(0)
    if found["li"] == "半":
        li = Decimal(5)
    return None if fen is None or li is None or not 0 <= li < 10 else fen / 100 + li / 1000


def _number(run: str) -> Decimal | None:
    span = numerals.spans(run)
    return Decimal(str(span[0])) if span is not None and span[0] == span[1] else None
