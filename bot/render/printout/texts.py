"""Takes texts of the knowledge apart for a printed form: lines, things to tick off."""

import re
from collections.abc import Mapping

from bot.content.questionnaire import Language

SENTENCE: Mapping[Language, str] = {"zh": r"[^。]+。?", "en": r"\S.*?(?:\.(?=\s|$)|$)"}
COMMA: Mapping[Language, str] = {"zh": r"[、，](?![^（]*）)", "en": r"[,;] (?![^(]*\))"}  # outside brackets
AND: Mapping[Language, str] = {"zh": "和", "en": "and "}  # before the last of several things
OR: Mapping[Language, str] = {"zh": "或", "en": "or "}  # before another thing that will do


def lines(text: str) -> tuple[str, ...]:
    """Part a text into its lines, without their bullets."""
    return tuple(line.removeprefix("•").strip() for line in text.split("\n") if line.strip())


def checklist(text: str, language: Language, none_needed: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Part words on papers to bring: the first sentence into things to tick off, the others into remarks.

    A first sentence that begins with `none_needed` is a remark too; one with a list within the list, or
    with a choice of things, stays whole.
    """
    sentences = [found.strip() for found in re.findall(SENTENCE[language], text) if found.strip("。. ")]
    if not sentences or sentences[0].startswith(none_needed):
        return (), tuple(sentences)
    first, *remarks = sentences
    whole = first.strip("。.")
    things = [thing.strip() for thing in re.split(COMMA[language], whole) if thing.strip()]
    within = any(thing.startswith(AND[language]) for thing in things[:-1])
    if not things or within or any(thing.startswith(OR[language]) for thing in things):
        things = [whole]
    elif len(things) > 1:
        things[-1] = things[-1].removeprefix(AND[language]) or things[-1]
    return tuple(thing[0].upper() + thing[1:] for thing in things), tuple(remarks)
