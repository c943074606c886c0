"""Typed words -> an option of the open question: names, amounts in every usual spelling, near matches."""

import re
import unicodedata
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Literal

from bot.questionnaire import Option, Question


@dataclass(frozen=True, slots=True)
class Match:
    """The words surely mean these options (one, or several where several may be chosen)."""

    options: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Guess:
    """The words may mean these options; the worker is asked to confirm."""

    options: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Control:
    """The words steer the talk rather than answer."""

    verb: Literal["back", "skip", "why"]


@dataclass(frozen=True, slots=True)
class NotRead:
    """The words mean nothing here."""


Reading = Match | Guess | Control | NotRead

CONTROLS: dict[str, Literal["back", "skip", "why"]] = {
    **dict.fromkeys(("返回", "上一步", "上一题", "back"), "back"),
    **dict.fromkeys(("跳过", "不想说", "不想回答", "不知道", "不清楚", "skip", "don't know"), "skip"),
    **dict.fromkeys(("为什么", "为什么问", "干嘛问", "why"), "why"),
}

_DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"两": 2, "俩": 2, "〇": 0}
_UNITS = {"十": 10, "百": 100, "千": 1000, "k": 1000, "w": 10000, "万": 10000, "亿": 10**8}
_NUMERAL = r"[0-9]+(?:\.[0-9]+)?|[零〇一二两俩三四五六七八九十百千万亿]+"
_AMOUNT = re.compile(rf"(?P<first>{_NUMERAL})(?P<unit>[十百千k万w亿]?)(?P<tail>[0-9]*)")
_ROUGH = re.compile(rf"({_NUMERAL})([十百千k万w]?)")
_PAIR = re.compile(r"([一二两三四五六七八九])([一二三四五六七八九])([十百千万])")
_MARGINS = (  # vague words, and the span in which the true amount then lies
    (re.compile(r"左右|大概|大约|差不多|上下|约"), (0.9, 1.1)),
    (re.compile(r"多|来|以上|超过|好几"), (1.001, 1.2)),
    (re.compile(r"不到|以下|不足"), (0.85, 0.999)),
)
_FILLER = re.compile(
    r"^(?:我|一个月|每个月|每月|月入|月|一年|一共|总共|有|是|挣|赚|攒|存|欠|花|就)+"
    r"|(?:元|块钱|块|圆|人民币|一个月|每月|/月|岁|个小时|小时|吧|呢|啊|的|了|yuan|rmb|[。，,！!.])+$"
)
MAX_AMOUNT = 10**9  # yuan; a larger figure is a slip


def normalise(text: str) -> str:
    """Fold full width, case, zero-width and control characters, thousands separators and spaces."""
    folded = unicodedata.normalize("NFKC", text)
    visible = "".join(c for c in folded if unicodedata.category(c) not in ("Cf", "Cc", "Mn", "So"))
    return re.sub(r"(?<=[0-9]),(?=[0-9]{3})|\s+", "", visible).lower()


def read(text: str, question: Question) -> Reading:
    """Read `text` as an answer to `question`; total: any string gives a reading."""
    words = normalise(text)
    if not words:
        return NotRead()
    named = _named(words, question)
    if named:
        return Match(named)
    if words in CONTROLS:
        return Control(CONTROLS[words])
    if any(option.up_to is not None for option in question.options):
        return _read_amount(words, question)
    return _near(words, question)


def _names(option: Option) -> set[str]:
    return {normalise(name) for name in (option.zh, option.en, *option.aliases)}


def _named(words: str, question: Question) -> tuple[str, ...]:
    """Find options named exactly; a list of names only where several may be chosen."""
    exact = [o.id for o in question.options if words in _names(o) or words.rstrip("省市区") in _names(o)]
    if len(exact) == 1:
        return (exact[0],)
    parts = [part for part in re.split(r"[、,，;；和/+]", words) if part]
    if not question.multiple or len(parts) < 2:
        return ()
    found = [[o.id for o in question.options if part in _names(o)] for part in parts]
    if any(len(ids) != 1 for ids in found):
        return ()
    chosen = {ids[0] for ids in found}
    together = tuple(o.id for o in question.options if o.id in chosen)
    return together if question.accepts(together) else ()


def _near(words: str, question: Question) -> Reading:
    """Offer the options whose names contain the words, are contained in them, or nearly agree."""
    names = {name: option.id for option in question.options for name in _names(option)}
    inside = {id for name, id in names.items() if len(name) > 1 and name in words}
    around = {id for name, id in names.items() if len(words) > 1 and words in name}
    close = {names[name] for name in get_close_matches(words, names, n=2, cutoff=0.6)}
    ids = inside or around or close
    guesses = tuple(option.id for option in question.options if option.id in ids)
    return Guess(guesses[:3]) if guesses else NotRead()


def _read_amount(words: str, question: Question) -> Reading:
    """Read one amount; what is vague is a match only if its whole span lies in one option."""
    margin = (1.0, 1.0)
    for vague, span in _MARGINS:
        if vague.search(words):
            words, margin = vague.sub("", words), span
    while (shorter := _FILLER.sub("", words)) != words:
        words = shorter
    exact = parse_amount(words)
    amounts = [exact * margin[0], exact * margin[1]] if exact is not None else _rough(words)
    covering = [option.id for option in (_covering(amount, question) for amount in amounts) if option]
    ids = tuple(dict.fromkeys(covering))
    if not ids:
        return _near(words, question)
    return Match(ids) if exact is not None and len(ids) == 1 else Guess(ids)


def _rough(words: str) -> list[float]:
    """Pull out the numbers of a vague phrase: 六七千 -> 6000, 7000; 3000到5000 -> 3000, 5000."""
    pair = _PAIR.search(words)
    spelled = [pair[1] + pair[3], pair[2] + pair[3]] if pair else map("".join, _ROUGH.findall(words))
    return [amount for amount in map(parse_amount, spelled) if amount is not None]


def _covering(amount: float, question: Question) -> Option | None:
    """Find the first option that reaches the amount; the open-ended last one takes the rest."""
    if not 0 <= amount <= MAX_AMOUNT:
        return None
    scale = [option for option in question.options if option.up_to is not None or not option.exclusive]
    return next((o for o in scale if o.up_to is None or amount <= o.up_to), None)


def parse_amount(words: str) -> float | None:
    """Read one exact number: 5500, 5.5千, 五千五, 1.2万, 3万5, 5k; None when it is not exactly one."""
    match = _AMOUNT.fullmatch(words)
    if match is None or len(words) > 20:
        return None
    first, unit, tail = match["first"], match["unit"], match["tail"]
    value = float(first) if first[0].isascii() else parse_chinese(first)
    if value is None or (tail and (not unit or len(tail) > 1)):
        return None
    scale = _UNITS.get(unit, 1)
    return value * scale + (int(tail) * scale / 10 if tail else 0)


def parse_chinese(words: str) -> float | None:
    """Read a Chinese numeral with the spoken short form: 五千五 is 5500, 一万二 is 12000."""
    total, section, digit, last = 0.0, 0.0, None, 1
    for character in words:
        if character in _DIGITS:
            if digit is not None and digit != 0:
                return None  # 六七千: two digits in a row are a range, not a number
            digit = _DIGITS[character]
            last = 1 if character in "零〇" else last
        elif _UNITS[character] >= 10000:
            total = (total + section + (digit or 0)) * _UNITS[character]
            section, digit, last = 0.0, None, _UNITS[character]
        else:
            section += (1 if digit is None else digit) * _UNITS[character]
            digit, last = None, _UNITS[character]
    return total + section + (digit or 0) * (last // 10 if last >= 100 else 1)
