"""Spellings -> one spelling: width, case, invisible and decorative signs, script, dialect, slips."""

import re
import unicodedata
from collections.abc import Callable, Mapping
from functools import cache, lru_cache

from bot.content.vocabulary import Vocabulary

_MEANT = str.maketrans(
    {  # signs that say something; all other pictures are decoration
        **dict.fromkeys("❌🚫👎✖✗✘🙅❎", "不是"),
        **dict.fromkeys("❓❔", "?"),
        **dict.fromkeys("–—―−‐‑〜", "-"),
        **dict.fromkeys("‘’`´", "'"),
        "。": ".",
        "…": ".",
    }
)
_LISTING = re.compile(r"(?<![０-９])，|，(?![０-９])")
_SPACE = re.compile(r"\s+")
_GROUPED = re.compile(r"(?<=[0-9]),(?=[0-9]{3}(?![0-9]))|(?<=[0-9]) (?=000(?![0-9]))")
_NO_WHOLE = re.compile(r"(?<![0-9.])\.(?=[0-9])")
_DASHES = re.compile(r"[-~]+")
_SPACES = re.compile(r" {2,}")
_SILENT = ("Cf", "Cc", "Cs", "Co", "Cn", "Mn", "Me", "So")
_TRADITIONAL = frozenset("徵乾藉夥瞭麽")  # the few that GB 2312 holds
_CJK = "\u3400-\u9fff"
_CHARACTER = re.compile(rf"[{_CJK}]")
_BETWEEN = re.compile(rf"(?<=[{_CJK}]) (?=[{_CJK}])")


def fold(text: str, vocabulary: Vocabulary) -> str:
    """Fold `text` to plain lower-case Simplified Chinese or English with single spaces.

    A Chinese comma stays apart from the comma that groups thousands; spaces between Chinese
    characters stay, for they part amounts.
    """
    listed = _LISTING.sub("、", text)
    plain = unicodedata.normalize("NFKC", listed.translate(_MEANT)).translate(_MEANT).lower()
    spaced = _SPACE.sub(" ", plain)
    visible = "".join(filter(_is_seen, spaced))
    simple = _simplify(visible) if is_traditional(visible) else visible
    grouped = _GROUPED.sub("", simple)
    whole = _NO_WHOLE.sub("0.", grouped)
    dashed = _DASHES.sub("-", whole)
    return _SPACES.sub(" ", _spellings(vocabulary)[0](dashed)).strip()


def mend(words: str, vocabulary: Vocabulary) -> str:
    """Respell the usual slips of sound-alike characters in folded words; what changes is only a guess."""
    return _spellings(vocabulary)[1](words)


def join(words: str) -> str:
    """Drop the spaces between Chinese characters: 骑 手 -> 骑手."""
    return _BETWEEN.sub("", words)


@lru_cache(maxsize=8)
def _spellings(vocabulary: Vocabulary) -> tuple[Callable[[str], str], Callable[[str], str]]:
    """Return what respells dialect, and what respells slips."""
    return _respelling(vocabulary.dialect), _respelling(vocabulary.slips)


def _respelling(words: Mapping[str, str]) -> Callable[[str], str]:
    longest_first = sorted(words, key=len, reverse=True)
    pattern = re.compile("|".join(map(re.escape, longest_first)) or "(?!)")  # of no words: matches nothing
    return lambda text: pattern.sub(lambda found: words[found[0]], text)


@lru_cache(maxsize=8192)  # characters, never whole words of anybody
def _is_seen(character: str) -> bool:
    skin_tone = "\U0001f3fb" <= character <= "\U0001f3ff"
    return not skin_tone and unicodedata.category(character) not in _SILENT


def is_traditional(text: str) -> bool:
    """Say whether a Chinese character stands here that the plain Simplified set GB 2312 can't write."""
    chinese = "".join(_CHARACTER.findall(text))
    return len(chinese.encode("gb2312", "ignore")) < 2 * len(chinese) or not _TRADITIONAL.isdisjoint(chinese)


def _simplify(text: str) -> str:
    return _converter()(text)


@cache
def _converter() -> Callable[[str], str]:
    from opencc import OpenCC  # late: 7 MB and 30 ms that most talks never need

    return OpenCC("t2s").convert
