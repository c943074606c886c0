"""Phrases that the check looks for, as knowledge/phrases.yaml lists them."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.content.questionnaire import Language

ByLanguage = Mapping[Language, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Phrases:
    """In lower case, by language: never said, surer than any source, only to warn of, warning, officialese.

    No first step begins with one that is `waiting`.
    """

    never: ByLanguage
    surer: ByLanguage
    warned_of: ByLanguage
    warning: ByLanguage
    officialese: ByLanguage
    waiting: ByLanguage
