"""Words -> one exact number, or one of a few choices, as a tool needs it; None where they are vague."""

import re
from decimal import Decimal

from bot.content.vocabulary import Vocabulary
from bot.dialogue.reading import measures, numerals, place
from bot.dialogue.reading.folding import fold

MAX_READ = 40  # characters; a number is said in fewer
STRANGE = 6  # characters of words that we don't know, beside one number: 先交500
MONEY = "元"
_OTHER_UNIT = re.compile("[年月周天日元块期次岁%分厘]|year|month|week|day|yuan|percent")
_HARMLESS = frozenset({"filler", "quantity", "total", "doubt", "about", "part"})  # we say the number back


def exact(text: str, unit: str, vocabulary: Vocabulary) -> Decimal | None:
    """Read a number that counts 元, 岁, 小时, 次, 期 or 天; “about 5000” is 5000, “5000 to 6000” is not.

    Money by the year, week, day or hour is not read: every tool asks for a sum, or for what is paid a month.
    """
    if len(text) > MAX_READ:
        return None
    words = numerals.decimals(numerals.english(fold(text, vocabulary).strip(" .!,、")))
    if unit == MONEY and (
        measures.STRANGE.search(measures.PERIOD.sub(" ", words)) or measures.periods(words) - {"month"}
    ):
        return None
    plain = measures.reorder(measures.PERIOD.sub(" ", words) if unit == MONEY else words)
    known, pattern = measures.grammar(unit, vocabulary)
    found, strange, end = [], "", 0
    for match in pattern.finditer(plain):
        strange += plain[end : match.start()]
        end = match.end()
        if match["number"] in ("k", "w"):  # of know, of how
            strange += match["number"]
        elif match["number"]:
            found.append(match["number"])
        elif known[match["early"] or match["word"]] not in _HARMLESS:
            return None
    strange += plain[end:]
    if len(found) != 1 or len(strange.strip()) > STRANGE or _OTHER_UNIT.search(strange):
        return None
    span = numerals.spans(found[0])
    return Decimal(str(span[0])) if span is not None and span[0] == span[1] else None


def chosen(text: str, choices: str, vocabulary: Vocabulary) -> str | None:
    """Read which value of a list is named, by its words or by its place (第二个); None where two are."""
    words = fold(text, vocabulary)
    if len(words) > MAX_READ:
        return None
    offered = vocabulary.choices[choices]
    longest: dict[str, int] = {}
    for value, terms in offered.items():
        held = [fold(term, vocabulary) for term in terms]
        longest[value] = max((len(term) for term in held if _holds(words, term)), default=0)
    best = max(longest.values())
    named = [value for value, length in longest.items() if length == best]
    if best and len(named) == 1:
        return named[0]
    at = place(text, vocabulary)
    return list(offered)[at - 1] if at and at <= len(offered) else None


def written(number: Decimal) -> str:
    """Write a number as tools keep it: plain digits, without needless zeros."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _holds(words: str, term: str) -> bool:
    """Say whether a text holds a word; an English one stands between others."""
    if not term.isascii():
        return term in words
    return re.search(rf"(?<![a-z0-9']){re.escape(term)}(?![a-z0-9'])", words) is not None
