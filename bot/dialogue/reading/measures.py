"""The grammar of typed amounts: units, periods, words that bend a number, and what is no amount."""

import re
from functools import lru_cache

from bot.content.vocabulary import Vocabulary
from bot.dialogue.reading import numerals
from bot.dialogue.reading.scale import Period

_SPANS = "年|个?月|天|日|周|星期|礼拜|个?小时|钟头|year|month|mo|week|day|hour"
PERIOD = re.compile(
    rf"(?:(?<!十)一个?|(?<![0-9.])1个?|每一?个?|按|/ ?|per |an? |each |every )(?P<unit>{_SPANS})(?![a-z])|"
    r"(?P<pay>[年月日时周])(?:薪|入|均|收入|结)|(?<![a-z])(?P<ly>month|dai|week|year|hour)ly"
)
_PERIODS: dict[str, Period] = {
    **dict.fromkeys(("小时", "钟头", "时", "hour"), "hour"),
    **dict.fromkeys(("天", "日", "day", "dai"), "day"),
    **dict.fromkeys(("周", "星期", "礼拜", "week"), "week"),
    **dict.fromkeys(("月", "month", "mo"), "month"),
    **dict.fromkeys(("年", "year"), "year"),
}
STRANGE = re.compile(  # dates, stretches of time, pay by the piece, hours of the clock, foreign money
    r"[0-9]{4}年|半年|(?:(?<![0-9.])[0-9]{1,2}|[一两二三四五六七八九十半几])个?(?:年|月|季度|星期|周)(?![a-z岁])|"
    r"[一每][单件票趟公]|时薪|[0-9]点|点到|[早晚][0-9一二三四五六七八九十]|米|"
    r"美元|美金|港币|港元|欧元|[0-9]刀|[$€£]|(?<![a-z])(?:usd|hkd|dollars?|bucks|euros?)(?![a-z])|"
    r"[0-9]e[0-9]|[0-9]\.[0-9]+\."
)
BORN = re.compile(  # a year of birth: 80后, 1985年的, 88年, a bare 88
    r"我?是?(?:(?:19|20)(?P<full>[0-9]{2})|(?P<short>[0-9]{2}|[零〇五六七八九][零〇五]))"
    r"(?P<told>年?后?)(?:的|生|出生|生人|年|了|吧)*"
)
_AFTER = {
    "元": r" ?(?:元|块钱|块|圆|人民币|rmb|yuan|cny|¥|大洋)+整?",
    "岁": r" ?(?:周岁|岁|years? old|years?|yo|y/o)",
    "小时": r" ?(?:个?小时|个?钟头|个钟|hours?|hrs?|h)(?![a-z])",
    "次": r" ?(?:次|回|times?)",
}
FILLING_SIGNS = ".!'\"()/:;¥"
JOINING_SIGNS = "、,"


def periods(words: str) -> set[Period]:
    """List the periods that folded words speak of: 一天, 每月, per week."""
    return {
        _PERIODS[(found["unit"] or found["pay"] or found["ly"]).lstrip("个")]
        for found in PERIOD.finditer(words)
    }


def reorder(words: str) -> str:
    """Bring a vague word inside a number behind it: 二十多万 -> 二十万多, 好几千 -> 几千, 八个半 -> 八半."""
    plain = re.sub(r"([0-9十百千])([多几来])([千万kw])", r"\1\3\2", words.replace("好几", "几"))
    return re.sub(rf"(?<=[0-9{numerals.SIGNS}])个半", "半", plain)


@lru_cache(maxsize=32)
def grammar(unit: str, vocabulary: Vocabulary) -> tuple[dict[str, str], re.Pattern[str]]:
    """Give the kind of every word beside a number that counts `unit`, and the pattern that cuts a phrase.

    Kinds: filler, join, range, doubt, negation, strange, total (which is no sum by the month), or the way
    in which a word bends its number.
    Groups of the pattern: number (with suffix, its unit), or word.
    """
    kinds: dict[str, str] = {}
    said, beside = vocabulary.kinds, vocabulary.amounts
    for kind, words in (
        ("doubt", said.doubt),
        ("negation", said.negation),
        ("total", beside.totals),
        ("filler", (*beside.fillers, *FILLING_SIGNS, *beside.units[unit])),
        ("join", (*beside.joins, *JOINING_SIGNS)),
        ("range", (*beside.ranges, "-")),
        ("strange", beside.not_this),
        ("strange", [word for word in said.opaque if any(sign in word for sign in numerals.SIGNS)]),
        *beside.bends.items(),
    ):
        kinds |= dict.fromkeys(words, kind)
    longest = sorted(kinds, key=len, reverse=True)
    early = "|".join(re.escape(word) for word in longest if word[0] in numerals.SIGNS and len(word) > 1)
    number = rf"(?P<number>{numerals.NUMERAL})(?P<suffix>{_AFTER[unit]})?"
    return kinds, re.compile(rf"(?P<early>{early})|{number}|(?P<word>{'|'.join(map(_bounded, longest))})")


def _bounded(word: str) -> str:
    return (
        rf"(?<![a-z]){word}(?![a-z])"
        if word.isascii() and word.isalpha() and word != "ish"
        else re.escape(word)
    )
