"""Numerals -> numbers: 5500, 5.5千, 五千五, 1万2千, 3w5, 六七千, 十几, five thousand five hundred."""

import re

DIGITS = (
    {c: i for i, c in enumerate("零一二三四五六七八九")}
    | {c: i for i, c in enumerate("零壹贰叁肆伍陆柒捌玖")}
    | {"两": 2, "俩": 2, "〇": 0, "仨": 3}
)
UNITS = {
    "十": 10,
    "拾": 10,
    "百": 100,
    "佰": 100,
    "千": 1000,
    "仟": 1000,
    "k": 1000,
    "万": 10**4,
    "w": 10**4,
    "亿": 10**8,
}
SIGNS = "".join(DIGITS) + "".join(UNITS) + "廿卅半几"
TENS = "[二三四五六]?十[一二三四五六七八九]?"  # an age in words, from 10 to 69
NUMERAL = rf"(?:[0-9]+(?:\.[0-9]+)?|[{SIGNS}])(?:[0-9]+(?:\.[0-9]+)?|[{SIGNS}]| (?=[十百千万亿kw]))*"
MAX_LENGTH = 16  # characters; a longer run of digits is no amount
MOST = 1e12  # stands for no upper end
_PAIR = re.compile(r"([一二两三四五六七八])([二两三四五六七八九])(?![一二三四五六七八九])")
_SPOKEN = re.compile(
    r"(?<![0-9零一二两三四五六七八九十早晚午上])([0-9]+|[零一二两三四五六七八九])点([0-9零一二三四五六七八九]{1,2})"
    r"(?=[万千百kw亿元块岁]|个?小时|个?钟|来|多|左右|$)"
)
_ONES = """zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen
    sixteen seventeen eighteen nineteen"""
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
_ENGLISH = dict(zip(_TENS.split(), range(20, 100, 10), strict=True)) | {
    w: i for i, w in enumerate(_ONES.split())
}
_SCALES = {"hundred": 100, "thousand": 1000, "grand": 1000, "million": 10**6}
_ENGLISH_RUN = re.compile(
    rf"(?<![a-z])(?:half(?: a)?|(?:[0-9]+(?:\.[0-9]+)? ?)?(?:{'|'.join((*_ENGLISH, *_SCALES))}))(?![a-z])"
    rf"(?:[ -](?:and )?(?:{'|'.join((*_ENGLISH, *_SCALES))})(?![a-z]))*"
)


def spans(run: str) -> tuple[float, float] | None:
    """Read a run of numeral signs as (least, most): equal for a number, apart for 六七千 and 几千."""
    run = run.replace(" ", "").replace("廿", "二十").replace("卅", "三十")
    if len(run) > MAX_LENGTH:
        return None
    if run.startswith("几"):
        low, high = value("二" + run[1:]), value("九" + run[1:])
    elif (pair := _PAIR.search(run)) and 0 < DIGITS[pair[2]] - DIGITS[pair[1]] <= 2:
        low, high = (value(run[: pair.start()] + pair[i] + run[pair.end() :]) for i in (1, 2))
    else:
        low = high = value(run)
    return None if low is None or high is None else (low, high)


def value(run: str) -> float | None:
    """Read one exact number, or None. Short forms count too: 五千五 is 5500, 一万半 is 15000."""
    units = [(UNITS[c], -i) for i, c in enumerate(run) if c in UNITS]
    if not units:
        return _plain(run)
    unit, at = max(units)
    left, right = run[:-at], run[-at + 1 :]
    if not left and unit > 10 and right and (right not in DIGITS or run[0] in "kw"):
        return None  # 万五 is 15000, but 千八百 is 800 to 1000
    times = 1.0 if not left else 0.5 if left == "半" else value(left)
    rest = _rest(right, unit)
    return None if times is None or rest is None or rest >= unit else times * unit + rest


def place(number: float) -> float:
    """Return the unit of the last digit that counts: 1000 for 5000, 10000 for 120000."""
    unit = 1.0
    while number and number % (unit * 10) == 0 and unit < 10**9:
        unit *= 10
    return unit


def decimals(words: str) -> str:
    """Write a spoken decimal point as a point (一点五万 -> 1.5万); a clock's 七点到九点 stays."""
    return _SPOKEN.sub(lambda found: f"{_digit(found[1])}.{''.join(map(_digit, found[2]))}", words)


def _digit(sign: str) -> str:
    return sign if sign.isdecimal() else str(DIGITS[sign])


def english(words: str) -> str:
    """Write English number words as digits: about five thousand -> about 5000."""
    return _ENGLISH_RUN.sub(lambda run: _digits(run[0]), words)


def _plain(run: str) -> float | None:
    half = 0.5 if len(run) > 1 and run.endswith("半") else 0.0
    digits = run.removesuffix("半") if half else run
    if re.fullmatch(r"[0-9]+(\.[0-9]+)?", digits):
        return float(digits) + half
    return DIGITS[digits] + half if digits in DIGITS else None


def _rest(right: str, unit: int) -> float | None:
    """Read what follows a unit: nothing, a full remainder, or one digit that counts in the next unit."""
    if not right:
        return 0.0
    if right == "半":
        return unit / 2 if unit > 10 else 0.5
    if unit >= 100 and (right in DIGITS or re.fullmatch("[0-9]", right)):
        return (DIGITS[right] if right in DIGITS else int(right)) * unit / 10
    if right[0] in "零〇" and len(right) > 1:
        return value(right[1:]) if right[1] not in "零〇" else None
    if unit >= 1000 and re.fullmatch("[0-9]{2}", right):
        return None  # 1万25: 10025 or 12500?
    return value(right)


def _digits(run: str) -> str:
    total, section = 0.0, 0.0
    for word in re.split(r"[ -]+", re.sub(r"(?<=[0-9])(?=[a-z])", " ", re.sub("half(?: a)?", "0.5", run))):
        if word in _SCALES:
            section = (section or 1) * _SCALES[word]
            if _SCALES[word] >= 1000:
                total, section = total + section, 0.0
        elif word != "and":
            section += _ENGLISH[word] if word in _ENGLISH else float(word)
    number = total + section
    return str(int(number)) if number == int(number) else str(number)
