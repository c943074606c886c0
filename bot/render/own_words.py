"""What a question says of the person it is about: province, sex, age, birth, retirement."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache

from bot.content.knowledge import Told
from bot.content.parameters import Figures
from bot.content.questionnaire import PROVINCE, SKIPPED, Answers, Question
from bot.content.vocabulary import Terms
from bot.dialogue.reading import Guess, Match, lexicon, numerals, read
from bot.dialogue.reading.folding import fold
from bot.dialogue.tools.retirement import born_in
from bot.guidance import calculators
from bot.guidance.calculators import Category, Retirement
from bot.render.view import View

YEAR = "(?:19|20)[0-9]{2}"
BORN = "19[4-9][0-9]|200[0-9]"  # in which a worker may be born; two digits do where a word follows them
RETIRING = "20[2-6][0-9]"
NOTHING = "(?!)"  # the pattern of no words
BIRTHS = range(1945, 2011)  # years that are read as somebody's birth, not as the day of something else
BY_SEX: Mapping[str, tuple[Category, ...]] = {"male": ("man",), "female": ("woman_55",)}
EITHER: tuple[Category, ...] = ("man", "woman_55")


@dataclass(frozen=True, slots=True)
class _Patterns:
    """What tells an age, a year of birth and a year of retirement, which is `zh` or `en`."""

    age: re.Pattern[str]
    born: re.Pattern[str]
    retiring: re.Pattern[str]


@lru_cache(4)
def _patterns(told: Told) -> _Patterns:
    age, decade, year, soon = map(_behind, (told.age, told.decade, told.year, told.soon))
    born, retiring = _before(told.born), _before(told.retiring)
    return _Patterns(
        re.compile(f"(?:[0-9]{{2}}|{numerals.TENS}){age}|[0-9]{{2}}{decade}|{YEAR}{year}|{born}{YEAR}"),
        re.compile(f"(?P<zh>{BORN}|[4-9][0-9]){year}?{_behind(told.born)}|{born}(?P<en>{BORN})"),
        re.compile(f"(?P<zh>{RETIRING}){year}?{soon}?{_behind(told.retiring)}|{retiring}(?P<en>{RETIRING})"),
    )


def _behind(words: Terms) -> str:
    """Return the pattern of the Chinese ones among words, which stand behind a number."""
    return f"(?:{'|'.join(re.escape(word) for word in words if not word.isascii()) or NOTHING})"


def _before(words: Terms) -> str:
    """Return the pattern of the English ones among words, which stand before a number."""
    return f"(?:{'|'.join(re.escape(word) for word in words if word.isascii()) or NOTHING}) "


@dataclass(frozen=True, slots=True)
class Born:
    """When somebody of a kind may retire: by the first and the last month that the birth may be in."""

    who: Category
    year: int
    month: int | None
    first: Retirement
    last: Retirement


@dataclass(frozen=True, slots=True)
class Retiring:
    """How many years of contributions a pension takes for those who retire in a year."""

    year: int
    years_needed: Decimal


def said_of_oneself(sheet: View, asked: str) -> Answers:
    """Return the answers that a question holds: the province (by a city too), the city, the sex, the age.

    A province that is named stands alone: a city that was answered before is taken back.
    """
    known, vocabulary = sheet.knowledge.questionnaire.by_id, sheet.knowledge.vocabulary
    words, told = fold(asked, vocabulary), dict[str, tuple[str, ...]]()
    patterns = _patterns(sheet.knowledge.asks.told)

    def named(question: Question) -> tuple[str, ...]:
        tokens = lexicon.of(question, vocabulary).cut(words)
        options = {option for t in tokens if len(t.text) > 1 and len(t.options) == 1 for option in t.options}
        return tuple(options) if len(options) == 1 else ()

    for id in (PROVINCE, "sex"):
        if option := named(known[id]):
            told[id] = option
    if PROVINCE in told and (city := sheet.knowledge.questionnaire.city_in(*told[PROVINCE])) is not None:
        told[city.id] = named(city) or (SKIPPED,)
    if "sex" not in told and (sex := _sex(sheet, words)) is not None:
        told["sex"] = (sex,)
    ages = [read(age, known["age"], vocabulary, sheet.today.year) for age in patterns.age.findall(words)]
    if len(ages) == 1 and isinstance(ages[0], Match | Guess) and len(ages[0].options) == 1:
        told["age"] = ages[0].options
    return told


def _sex(sheet: View, words: str) -> str | None:
    """Return the sex that words for a person (my mother, his wife) show, or None where they show both."""
    named = {
        sex
        for sex, said in sheet.knowledge.asks.persons.items()
        if any(re.search(rf"\b{word}\b" if word.isascii() else word, words) for word in said)
    }
    return named.pop() if len(named) == 1 else None


def retirement_said(sheet: View, asked: str, sex: str) -> Mapping[str, object]:
    """Work out what `direct.j2` tells of a birth or a year of retirement that a question names."""
    vocabulary, figures = sheet.knowledge.vocabulary, Figures(sheet.knowledge.parameters, sheet.today)
    words = fold(asked, vocabulary)
    born = [
        Born(
            category,
            birth[0],
            birth[1],
            calculators.retirement(figures, category, date(birth[0], birth[1] or 1, 1)),
            calculators.retirement(figures, category, date(birth[0], birth[1] or 12, 1)),
        )
        for birth in _birth(asked, words, sheet)
        for category in BY_SEX.get(sex, EITHER)
    ]
    retiring = None
    if found := _patterns(sheet.knowledge.asks.told).retiring.search(words):
        year = int(found["zh"] or found["en"])
        if year >= sheet.today.year:
            retiring = Retiring(year, calculators.years_needed(figures, year))
    return {"born": born, "retiring": retiring}


def _birth(asked: str, words: str, sheet: View) -> list[tuple[int, int | None]]:
    said = born_in(asked, sheet.knowledge.vocabulary)
    if said is not None and int(said[:4]) in BIRTHS:
        return [(int(said[:4]), int(said[5:]))]
    if found := _patterns(sheet.knowledge.asks.told).born.search(words):
        year = int(found["zh"] or found["en"])
        year += 1900 if year < 100 else 0
        return [(year, None)] if year in BIRTHS else []
    return []
