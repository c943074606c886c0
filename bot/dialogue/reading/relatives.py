"""Typed words about the chat's two talks: which one they name, and whether a relative's answers are meant."""

import re
from functools import lru_cache
from typing import NamedTuple

from bot.content.vocabulary import Terms, Vocabulary
from bot.dialogue.reading.folding import fold

MOST = 60  # characters; a longer text has a content of its own
_SIGNS = re.compile(r"[ 、,.!?;:~'\"“”‹👪]+")


class _Forms(NamedTuple):
    """Patterns of texts: that want the talk for a relative, that begin with one, and of words that ask."""

    chinese: re.Pattern[str]
    english: re.Pattern[str]
    begins: re.Pattern[str]
    asking: re.Pattern[str]


def names_talk(text: str, vocabulary: Vocabulary) -> str | None:
    """Name the command of the talk whose button has these words (mine, family); None for all other words."""
    if len(text) > MOST:
        return None
    said = _plain(text, vocabulary)
    for verb, words in vocabulary.choices.get("talks", {}).items():
        if said in {_plain(word, vocabulary) for word in words}:
            return verb
    return None


def for_relative(text: str, vocabulary: Vocabulary) -> bool:
    """Say whether a text wants to answer for a relative, and nothing else: 帮我妈问, 换成我妈的."""
    if len(text) > MOST:
        return False
    folded, forms = fold(text, vocabulary), _forms(vocabulary)
    return bool(
        forms.chinese.fullmatch(_SIGNS.sub("", folded))
        or forms.english.fullmatch(_SIGNS.sub(" ", folded.replace("'", "")).strip())
    )


def only_asks(text: str, vocabulary: Vocabulary) -> bool:
    """Say whether English words want to ask or fill in for a relative: no more than that, so no danger.

    Chinese ones need no such word, and "I want to do it for my family" may be anything.
    """
    asking = _forms(vocabulary).asking
    return for_relative(text, vocabulary) and bool(asking.search(fold(text, vocabulary)))


def of_relative(text: str, vocabulary: Vocabulary) -> bool:
    """Say whether a text begins with a relative of the person who writes: 我妈54岁, my mother is 54."""
    return bool(_forms(vocabulary).begins.match(fold(text[:MOST], vocabulary)))


def _plain(text: str, vocabulary: Vocabulary) -> str:
    return _SIGNS.sub("", fold(text[:MOST], vocabulary))


@lru_cache(8)
def _forms(vocabulary: Vocabulary) -> _Forms:
    words = vocabulary.choices.get("relative", {})

    def chinese(kind: str) -> str:
        return _any(tuple(word for word in words.get(kind, ()) if not word.isascii()))

    def english(kind: str) -> str:
        return _any(tuple(word.replace("'", "") for word in words.get(kind, ()) if word.isascii()))

    kin, mine, fill = chinese("kin"), chinese("mine"), chinese("fill")
    doing = f"{chinese('for')}{mine}*{kin}{fill}*(?:{chinese('do')}|的)"
    seeing = f"{chinese('switch')}{mine}*{kin}的"
    said = f"(?:(?:{english('do')}|{english('fill')}) )*"
    whom = f"for (?:{english('mine')} )+{english('kin')}"
    return _Forms(
        re.compile(f"{fill}*(?:{doing}|{seeing})(?:{fill}|{chinese('do')})*"),
        re.compile(f"{said}{whom}(?: {english('do')}| {english('fill')})*"),
        re.compile(f"(?:{mine}+{kin}|{english('mine')} {english('kin')}(?![a-z]))"),
        re.compile(f"(?<![a-z]){english('do')}(?![a-z])"),
    )


def _any(words: Terms) -> str:
    longest = sorted(words, key=len, reverse=True)
    # Atomic: no word is taken apart again, so no text takes long.
    return f"(?>{'|'.join(map(re.escape, longest))})" if longest else "(?!)"
