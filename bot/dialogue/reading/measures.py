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
_DATE = "[-/.年月日号初头中底末尾腊冬正 0-9一二三四五六七八九十廿]"
# A year or a date of birth: 80后, 1985年的, 88年, a bare 88, 1965/1/1, 七五年底的, born in 1990.
BORN = re.compile(
    r"(?P<early>(?:(?:i'?m|i|was|am|born|in|on|dob) ?)*|我?是?)"
    r"(?:(?:19|20)(?P<full>[0-9]{2})|(?P<short>[0-9]{2}|[零〇五六七八九][零〇一二三四五六七八九]))"
    rf"(?P<told>年?后?)(?P<date>{_DATE}{{0,10}})(?P<late>(?:的|生|出生|生人|年|了|吧|嘞|哈)*)"
)
DECADE = re.compile(  # 六旬, 奔四, 三字头, 四张, and words for a round age
    r"我?(?:今年)?(?:都|已经|是)?(?P<nearly>年近|快|将近|马上)?(?P<past>年过|过了?)?(?:"
    r"(?P<to>奔)(?P<goal>[二三四五六七八])(?:十)?|(?P<tens>[二三四五六七八2-8])(?:旬|字头|张)|(?P<round>半百|花甲|古稀))"
    r"(?:的|人|了|多|出头|吧|啦|嘞)*"
)
ROUND_AGES = {"半百": 50, "花甲": 60, "古稀": 70}
SHORT_OF = re.compile(r"差(?P<by>[一两二三123])(?:岁|年)?(?:就|到|满|不到)?(?=[0-9二三四五六七八九])")
_AFTER = {
    "元": r" ?(?:元|块钱|块|圆|人民币|rmb|yuan|cny|¥|大洋)+整?",
    "岁": r" ?(?:周岁|岁|years? old|years?|yo|y/o)",
    "小时": r" ?(?:个?小时|个?钟头|个钟|hours?|hrs?|h)(?![a-z])",
    "次": r" ?(?:次|回|times?)",
    "期": r" ?(?:期|次|回|个?月|instal?lments?|payments?|months?|times?)(?![a-z])",
    "天": r" ?(?:天|日|days?)(?![a-z])",
    "年": r" ?(?:年|years?|yrs?)(?![a-z])",
}
FILLING_SIGNS = ".!'\"()/:;¥"
JOINING_SIGNS = "、,"
OWN = "own"
"""Stands for the quantity that is asked for."""


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
    """Return the kind of every word beside a number that counts `unit`, and the pattern that cuts a phrase.

    Kinds: filler, join, range, doubt, negation, strange, total (which is no sum by the month), quantity (what
    it is an amount of), part (one of several debts), or the way in which a word bends its number.
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
        *((kind, words) for kind, words in _of_money(vocabulary) if unit == "元"),
        ("strange", [word for word in said.opaque if any(sign in word for sign in numerals.SIGNS)]),
        *beside.bends.items(),
    ):
        kinds |= dict.fromkeys(words, kind)
    longest = sorted(kinds, key=len, reverse=True)
    early = "|".join(re.escape(word) for word in longest if word[0] in numerals.SIGNS and len(word) > 1)
    number = rf"(?P<number>{numerals.NUMERAL})(?P<suffix>{_AFTER[unit]})?"
    return kinds, re.compile(rf"(?P<early>{early})|{number}|(?P<word>{'|'.join(map(_bounded, longest))})")


def _of_money(vocabulary: Vocabulary) -> tuple[tuple[str, tuple[str, ...]], ...]:
    beside = vocabulary.amounts
    quantities = tuple(word for words in beside.quantities.values() for word in words)
    return ("part", beside.parts), ("quantity", quantities)


@lru_cache(maxsize=32)
def quantities(question: str, vocabulary: Vocabulary) -> dict[str, str]:
    """Return what each word makes a number an amount of: OWN, or the quantity of another question."""
    by_name = vocabulary.amounts.quantities
    others = {word: name for name in reversed(list(by_name)) for word in by_name[name]}
    return others | dict.fromkeys(by_name.get(question, ()), OWN)


def _bounded(word: str) -> str:
    return (
        rf"(?<![a-z]){word}(?![a-z])"
        if word.isascii() and word.isalpha() and word != "ish"
        else re.escape(word)
    )
