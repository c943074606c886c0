"""The words that a question knows, and typed words cut into them: longest first, nothing left out."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from bot.content.questionnaire import Option, Question
from bot.content.vocabulary import Vocabulary
from bot.dialogue.reading.folding import fold, join

Kind = Literal["name", "hint", "negation", "turn", "doubt", "question", "pause", "filler", "unknown"]
PAUSES = ",、;.!:()\"'/+&|·"
DENIAL = ("no", "none")
"""Ids of the options that a plain no means."""


@dataclass(frozen=True, slots=True)
class Token:
    """One word of the typed text; `options` are those that it names or hints at."""

    kind: Kind
    text: str
    options: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Lexicon:
    """The known words of one question."""

    known: dict[str, Token]
    pattern: re.Pattern[str]

    def cut(self, words: str) -> list[Token]:
        """Cut folded words into tokens; every character is in one of them, blanks aside. Linear."""
        tokens: list[Token] = []
        end = 0
        for found in self.pattern.finditer(words):
            tokens += _unknown(words[end : found.start()])
            tokens.append(self.known[found[0]])
            end = found.end()
        return tokens + _unknown(words[end:])

    def names(self) -> dict[str, Token]:
        """The words that name or hint at options."""
        return {text: token for text, token in self.known.items() if token.options}


def of(question: Question, vocabulary: Vocabulary) -> Lexicon:
    """Return the lexicon of `question`; made once."""
    return _lexicon(question.id, question.options, vocabulary)


def _unknown(gap: str) -> list[Token]:
    return [Token("unknown", gap.strip())] if gap.strip() else []


@lru_cache(maxsize=128)
def _lexicon(id: str, options: tuple[Option, ...], vocabulary: Vocabulary) -> Lexicon:
    known: dict[str, Token] = {}
    kinds = vocabulary.kinds

    def add(kind: Kind, words: Iterable[str], option: str = "") -> None:
        """Add words of a kind, in place of what they were; those of several options keep them all."""
        for word in words:
            text = join(fold(word, vocabulary)) or word
            before = known.get(text)
            held = before.options if before and before.kind == kind and option else frozenset[str]()
            known[text] = Token(kind, text, held | {option} if option else frozenset())

    add("filler", kinds.particles + vocabulary.topics.get(id, ()) + kinds.total)
    add("negation", kinds.negation)
    add("turn", kinds.turn)
    add("doubt", kinds.doubt)
    add("question", kinds.question)
    add("unknown", kinds.opaque + vocabulary.unlike.get(id, ()))
    add("pause", PAUSES)
    ids = {option.id for option in options}
    also = vocabulary.names.get(id, {})
    for option in options:
        add("hint", _parts(option), option.id)
    for option in options:
        add("name", names(option, also.get(option.id, ())), option.id)
        add("name", kinds.yes if option.id == "yes" else kinds.no if option.id in DENIAL else (), option.id)
        add("name", kinds.dont_know if option.id == "unknown" else (), option.id)
    for option_id, hints in vocabulary.hints.get(id, {}).items():
        add("hint", hints if option_id in ids else (), option_id)
    for text, token in known.items():
        if token.kind == "name" and (len(token.options) > 1 or text in (*kinds.assent, *kinds.dissent)):
            known[text] = Token("hint", text, token.options)
    return Lexicon(known, _pattern(known))


def names(option: Option, also: tuple[str, ...]) -> tuple[str, ...]:
    """List all words that name `option`: its own, its listed parts, its aliases and those of the reader."""
    zh, en = (re.sub(r"\s*(?:（[^）]*）|\([^)]*\))$", "", label) for label in (option.zh, option.en))
    listed = (*zh.split("、"), *re.split(r", (?=[^0-9])", en))
    return (option.zh, option.en, en, *option.aliases, *listed, *also)


def _parts(option: Option) -> list[str]:
    """List what stands between the marks of a label: worth a guess."""
    return [part for part in re.split(r"[，、（）;()]", option.zh) if len(part) > 1]


def _pattern(known: dict[str, Token]) -> re.Pattern[str]:
    """One alternation, longest word first; a Latin word stands alone."""
    longest = sorted(known, key=len, reverse=True)
    return re.compile("|".join(_bounded(word) for word in longest))


def _bounded(word: str) -> str:
    left = r"(?<![a-z])" if word[0].isascii() and word[0].isalpha() else ""
    right = r"(?![a-z])" if word[-1].isascii() and word[-1].isalpha() else ""
    return left + re.escape(word) + right
