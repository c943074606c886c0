"""The vocabulary of typed amounts: units, periods, words that bend a number, and what is no amount."""

import re
from functools import lru_cache

from bot.dialogue.reading import numerals
from bot.dialogue.reading.scale import Period
from bot.dialogue.reading.words import DOUBT, NEGATION, OPAQUE, terms

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
_ALONE = {
    "元": terms("元 块 块钱 圆 yuan"),
    "岁": terms("岁 周岁"),
    "小时": terms("小时 钟头 hours"),
    "次": terms("次 回 times"),
}
_WAYS = {  # how a word bends the number beside it
    "down": terms(
        "不超过 至多 最多 顶多 以下 以内 之内 少于 低于 under below < ≤", "at most", "up to", "less than"
    ),
    "less": terms("不到 不足 不满 未满 没到"),
    "up": terms(
        "以上 超过 往上 至少 起码 最少 不止 不低于 over above + > ≥", "more than", "at least", "or more"
    ),
    "past": terms("上 过 破"),
    "about": terms("左右 上下 大概 大约 差不多 来 约 about around roughly approx ish ≈"),
    "nearly": terms("快到 将近 接近 差点 快 近 almost nearly"),
    "over": terms("多一点 多点 出头"),
    "more": terms("多 几 odd"),
    "some": terms("把 好"),
}
_FILLERS = terms(
    "我 我的 挣 赚 攒 存 攒下 存下 欠 欠了 欠着 借了 花 花了 能 可以 有 收入 工资 到手 拿 "
    "现在 今年 今年是 已经 了 是 的 人 的人 吧 呢 啊 呀 哈 嘛 就 就是 也 每 钱 总的 "
    "平均 刚 刚满 满 刚刚 年龄 岁数 "
    "这 只 工作 干 上班 跑 换 换了 换过 没还 未还 没还清 还有 还欠 还剩 剩 月 整 共 都 要 个 "
    "i i'm im am is my me have earn make owe save spend it's the a of in and year old aged age "
    ". ! ' \" ( ) / : ; ¥ rmb"
)
_TOTALS = terms("一共 总共 加起来 攒了 存了 total")
_JOINS = terms("和 或 或者 or 、 , 跟 and")
_RANGES = terms("到 至 - to")


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


@lru_cache(maxsize=8)
def grammar(unit: str) -> tuple[dict[str, str], re.Pattern[str]]:
    """Give the kind of every word beside a number that counts `unit`, and the pattern that cuts a phrase.

    Kinds: filler, join, range, doubt, negation, strange, total (which is no sum by the month), or the way
    in which a word bends its number.
    Groups of the pattern: number (with suffix, its unit), or word.
    """
    kinds: dict[str, str] = {}
    for kind, words in (
        ("doubt", DOUBT),
        ("negation", NEGATION),
        ("total", _TOTALS),
        ("filler", (*_FILLERS, *_ALONE[unit])),
        ("join", _JOINS),
        ("range", _RANGES),
        ("strange", ("欠我", "还了", "还掉", "借给")),
        ("strange", [word for word in OPAQUE if any(sign in word for sign in numerals.SIGNS)]),
        *_WAYS.items(),
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
