"""Reads what emergencies and swindles sound like from knowledge/{alarms,swindles}.yaml: words, patterns."""

import re
from dataclasses import dataclass

from bot.content import swindles as content
from bot.content.alarms import Alarms, ByLanguage, Heeded, Kind, Pattern, Patterns, Scene, Terms
from bot.content.questionnaire import Language
from bot.content.swindles import Swindles
from bot.loading.strict_yaml import File

GAP = {"zh": 8, "en": 4}  # signs in Chinese and words in English that may stand between two groups
_AND = re.compile(r"\s\+(\d*)\s")
_UNLESS = " ! "
_CERTAIN = "= "


@dataclass(frozen=True, slots=True)
class _Patterns:
    zh: str
    en: str
    unless: dict[Language, str]


@dataclass(frozen=True, slots=True)
class _Scene:
    id: str
    kind: Kind
    numbers: str
    cards: str
    when: dict[Language, str]


@dataclass(frozen=True, slots=True)
class WrittenSwindles:
    """knowledge/swindles.yaml as it is written."""

    harmless: dict[Language, str]
    ideas: dict[str, dict[Language, str]]
    signs: dict[str, _Patterns]
    speaks: dict[content.Speech, _Patterns]
    enough: str
    contacts: str
    cards: dict[content.Kind, str]


@dataclass(frozen=True, slots=True)
class WrittenAlarms:
    """knowledge/alarms.yaml as it is written."""

    spellings: dict[Language, dict[str, str]]
    harmless: dict[Language, str]
    degrees: str
    ideas: dict[str, dict[Language, str]]
    patterns: dict[Kind, _Patterns]
    scenes: tuple[_Scene, ...]
    small: str
    fine: dict[Language, str]
    gentle: dict[Kind, str]


def alarms(file: File) -> Alarms:
    """Read the alarms; raises KnowledgeRefused where a spelling or a pattern isn't clear."""
    read = file.fit(WrittenAlarms, [file.mapping()])[0]
    return Alarms(
        spellings={language: _spellings(file, language, by) for language, by in read.spellings.items()},
        harmless=_terms(read.harmless),
        degrees="".join(read.degrees.split()),
        ideas={name: _terms(by) for name, by in read.ideas.items()},
        patterns={kind: _patterns(file, "patterns", kind, by) for kind, by in read.patterns.items()},
        scenes=tuple(
            Scene(s.id, s.kind, tuple(s.numbers.split()), tuple(s.cards.split()), _terms(s.when))
            for s in read.scenes
        ),
        fine=_terms(read.fine),
        small=tuple(read.small.split()),
        gentle=read.gentle,
    )


def swindles(file: File, heeded: Heeded) -> Swindles:
    """Read the swindles, in the spellings that emergencies have; raises KnowledgeRefused as `alarms` does."""
    read = file.fit(WrittenSwindles, [file.mapping()])[0]
    return Swindles(
        spellings=heeded.spellings,
        harmless=_terms(read.harmless),
        degrees=heeded.degrees,
        ideas={name: _terms(by) for name, by in read.ideas.items()},
        patterns={sign: _patterns(file, "signs", sign, by) for sign, by in read.signs.items()},
        cards=read.cards,
        enough=frozenset(read.enough.split()),
        contacts=tuple(read.contacts.split()),
        speaks=Heeded(
            spellings=heeded.spellings,
            harmless={},
            degrees=heeded.degrees,
            ideas={},
            patterns={sign: _patterns(file, "speaks", sign, by) for sign, by in read.speaks.items()},
        ),
    )


def _terms(by: dict[Language, str]) -> ByLanguage:
    return {language: _listed(line, language) for language, line in by.items()}


def _listed(line: str, language: Language) -> Terms:
    parts = line.split() if language == "zh" else (" ".join(part.split()) for part in line.split(","))
    return tuple(part for part in parts if part)


def _spellings(file: File, language: Language, by: dict[str, str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for word, line in by.items():
        for other in _listed(line, language):
            if other in found and found[other] != word:
                raise file.refuse(f"spellings.{language}", f"{other!r} stands for two words; keep one")
            found[other] = word
    return found


def _patterns(file: File, table: str, kind: str, read: _Patterns) -> Patterns:
    lines: dict[Language, str] = {"zh": read.zh, "en": read.en}
    return Patterns(
        {
            language: tuple(
                _pattern(file, f"{table}.{kind}.{language}", line, language)
                for line in text.splitlines()
                if line.strip()
            )
            for language, text in lines.items()
        },
        _terms(read.unless),
    )


def _pattern(file: File, where: str, line: str, language: Language) -> Pattern:
    said, _, unless = line.removeprefix(_CERTAIN).partition(_UNLESS)
    parts = _AND.split(said)
    groups = tuple(_listed(part, language) for part in parts[::2])
    if not all(groups):
        raise file.refuse(where, f"{line!r} has an empty side; name words on both sides of +")
    gaps = tuple(int(number) if number else GAP[language] for number in parts[1::2])
    return Pattern(groups, gaps, _listed(unless, language), line.startswith(_CERTAIN))
