"""Reads lists of words: those of the reader (knowledge/reading.yaml), those of the check (phrases.yaml)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from bot.content.phrases import Phrases
from bot.content.vocabulary import AmountWords, ByOption, Kinds, Steering, Terms, Vocabulary
from bot.loading.strict_yaml import File

YES, NO = "<yes>", "<no>"
"""Stand for all words of a kind among the hints of an option."""

Word = TypeVar("Word", bound=str)


@dataclass(frozen=True, slots=True)
class _OptionWords:
    names: str = ""
    hints: str = ""


@dataclass(frozen=True, slots=True)
class WrittenWords:
    """knowledge/reading.yaml as it is written, with its lines parted into terms."""

    dialect: dict[str, str]
    slips: dict[str, str]
    steering: dict[Steering, str]
    kinds: Kinds
    topics: dict[str, Terms]
    unlike: dict[str, Terms]
    amounts: AmountWords
    options: dict[str, dict[str, _OptionWords]]
    choices: dict[str, dict[str, Terms]] = field(default_factory=dict)


def vocabulary(file: File) -> Vocabulary:
    """Read the vocabulary; raises KnowledgeRefused where a spelling stands for two words."""
    raw = file.mapping()
    for section in ("kinds", "topics", "unlike", "amounts", "choices"):
        raw[section] = _parted(raw.get(section))
    read = file.fit(WrittenWords, [raw])[0]
    kinds = replace(read.kinds, yes=read.kinds.yes + read.kinds.assent, no=read.kinds.no + read.kinds.dissent)
    return Vocabulary(
        dialect=_inverted(file, "dialect", read.dialect),
        slips=_inverted(file, "slips", read.slips),
        steering=_inverted(file, "steering", read.steering),
        kinds=kinds,
        topics=read.topics,
        unlike=read.unlike,
        names=_by_option(read, "names", kinds),
        hints=_by_option(read, "hints", kinds),
        amounts=read.amounts,
        choices=read.choices,
    )


def phrases(file: File) -> Phrases:
    """Read the phrases that the check looks for."""
    return file.fit(Phrases, [_parted(file.mapping())])[0]


def terms(line: str) -> Terms:
    """List the terms of a line: blanks separate Chinese words, a comma and a blank English ones."""
    parts = (part.strip() for part in line.split(", "))
    return tuple(term for part in parts for term in ([part] if part.isascii() else part.split()) if term)


def _parted(raw: Any) -> Any:
    """Part all lines of a mapping, however deep, into terms; what is no mapping is left to be refused."""
    if isinstance(raw, dict):
        return {key: _parted(below) for key, below in raw.items()}
    return terms(raw) if isinstance(raw, str) else raw


def _inverted(file: File, section: str, lines: Mapping[Word, str]) -> Mapping[str, Word]:
    """Map each spelling to the word before its line."""
    found: dict[str, Word] = {}
    for word, line in lines.items():
        for term in terms(line):
            if term in found:
                raise file.refuse(f"{section}.{word}", f"{term!r} stands for {found[term]!r} too; keep one")
            found[term] = word
    return found


def _by_option(read: WrittenWords, what: str, kinds: Kinds) -> ByOption:
    lines = {
        id: {option: line for option, words in options.items() if (line := getattr(words, what))}
        for id, options in read.options.items()
    }
    return {
        id: {option: tuple(_spelled_out(terms(line), kinds)) for option, line in options.items()}
        for id, options in lines.items()
    }


def _spelled_out(listed: Iterable[str], kinds: Kinds) -> Iterable[str]:
    for term in listed:
        yield from kinds.yes if term == YES else kinds.no if term == NO else (term,)
