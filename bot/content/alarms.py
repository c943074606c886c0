"""What an emergency sounds like and what is done about it: knowledge/alarms.yaml as frozen values."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from bot.content.questionnaire import Language

Kind = Literal["life", "violence", "child", "accident", "swindle", "hunger"]
KINDS: tuple[Kind, ...] = ("life", "violence", "child", "accident", "swindle", "hunger")
"""What comes first when a message holds several."""
ALARM = "alarm"  # the classifier, and its head that says whether a text is an emergency at all

Terms = tuple[str, ...]
ByLanguage = Mapping[Language, Terms]


@dataclass(frozen=True, slots=True)
class Pattern:
    """Words that make an alarm: one of each group, in order, each at most so far behind the one before.

    One of `unless` anywhere in the text rules it out. One that is `certain` makes an alarm by itself.
    """

    groups: tuple[Terms, ...]
    gaps: tuple[int, ...]
    unless: Terms = ()
    certain: bool = False


@dataclass(frozen=True, slots=True)
class Patterns:
    """The patterns of one kind by language, and the words that make each of them doubtful."""

    by_language: Mapping[Language, tuple[Pattern, ...]]
    unless: ByLanguage


@dataclass(frozen=True, slots=True)
class Scene:
    """One way in which an emergency is answered: the numbers to call, and the cards that help next.

    `when` holds the words that distinguish it from the other scenes of its kind; the scene without any is the
    default.
    """

    id: str
    kind: Kind
    numbers: Terms
    cards: Terms
    when: ByLanguage


@dataclass(frozen=True, eq=False)
class Heeded:
    """What a text is listened to for, by kind. `spellings` maps how a word is said elsewhere to the word.
    `degrees` are the signs before 死 that make it mean "very". `harmless` and `ideas` are lists of words. Two
    are never equal, so that what is made of one is remembered by it.
    """

    spellings: Mapping[Language, Mapping[str, str]]
    harmless: ByLanguage
    degrees: str
    ideas: Mapping[str, ByLanguage]
    patterns: Mapping[str, Patterns]


@dataclass(frozen=True, eq=False)
class Alarms(Heeded):
    """All of emergencies: their patterns by `Kind`, and how each is answered. `fine` is what somebody says
    whose danger is over, with or without `small` words. `gentle` has by kind the number that is named where a
    text may be an emergency.
    """

    scenes: tuple[Scene, ...]
    fine: ByLanguage
    small: Terms
    gentle: Mapping[Kind, str]
