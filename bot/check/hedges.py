"""Checks that one language is no surer than the other: what holds a sentence back stands in both."""

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from bot.content.questionnaire import LANGUAGES, Language


class Hedge(NamedTuple):
    """Words that hold back, by language: those that the other language must answer, and those that answer."""

    kind: str
    asks: Mapping[Language, re.Pattern[str]]
    answers: Mapping[Language, re.Pattern[str]]


def _hedge(kind: str, zh: str, en: str, zh_too: str = "(?!)", en_too: str = "(?!)") -> Hedge:
    asks: Mapping[Language, re.Pattern[str]] = {"zh": re.compile(zh), "en": re.compile(en, re.IGNORECASE)}
    too: Mapping[Language, re.Pattern[str]] = {
        "zh": re.compile(f"{zh}|{zh_too}"),
        "en": re.compile(f"{en}|{en_too}", re.IGNORECASE),
    }
    return Hedge(kind, asks, too)


HEDGES = (
    _hedge(
        "that it is a ceiling",
        "最[多长高]|不超过",
        r"\bat most\b|\bup to\b|\bno more than\b",
        "以[内下]|到",
        r"\b(?:the most|exceed|takes no longer|not more)\b",
    ),
    _hedge(
        "that it is a floor",
        "至少|最[少低](?!工资|生活|档)|不低于|不少于",
        r"\bat least\b",
        "以上|满",
        r"\b(?:or more|above)\b",
    ),
    _hedge(
        "that it is the usual case",
        "一般(?!保证|规矩|人)|多半|多数|原则上|通常|多往|常要",
        r"\b(?:usually|(?<!at )(?<!the )mostly|most (?:places|kinds)|as a rule|often)\b",
        "常见|的规矩",
        r"\b(?:usual|most|mostly|moving to)\b",
    ),
    _hedge(
        "that it is only possible",
        "可以|可能|可延|可在",
        r"\b(?:might|could)\b",
        "能",
        r"\b(?:may|can|can’t|mostly|allows|offer|at your own choice)\b",
    ),
    _hedge(
        "that places differ",
        "看当地|看地方|各地(?:不同|补交)|有的地方|有的省",
        r"\b(?:places differ|depends on the place|some (?:places|provinces)|ask yours|local notice)\b",
        "当地|各地|地方|看城市|不少地方",
        r"\b(?:local|places?|provinces|city)\b",
    ),
    _hedge(
        "what the time counts from",
        "(?:受理|立案|收到|出事|谈妥|同意|决定|出生|离校|到期|冻了|拖走|责令|公布)(?:以后|后|了)|收到.{0,6}\\d+天|[那结]天?[起束].{0,6}算",
        r"\bonce (?:taken|a case)\b|\bof (?:receiving|birth|the accident)\b|\bfrom (?:the day|its end)\b",
        "后|起|算|那天|以内",
        r"\b(?:once|after|when|until then|if (?:so|they|the)|days? of|years? of|within 1 year of|from)\b",
    ),
)


def unlike(texts: Mapping[Language, str]) -> Iterator[str]:
    """Say what only one language says of how far its words hold."""
    for kind, asks, answers in HEDGES:
        for language in LANGUAGES:
            (other,) = (each for each in LANGUAGES if each != language)
            met = asks[language].search(texts[language])
            if met and not answers[other].search(texts[other]):
                yield f"only {language} says {kind} (“{met[0]}”)"
