"""The bands of a question of amount, as its options state them, and which of them an interval touches."""

import math
import re
from dataclasses import dataclass
from typing import Literal

from bot.content.questionnaire import Question

Period = Literal["hour", "day", "week", "month", "year"]
UNITS = ("元", "岁", "小时", "次")
_LOW = re.compile(r"([0-9.]+)(万?)[–-]")
_PERIODS: tuple[tuple[str, Period], ...] = (("一天", "day"), ("一个月", "month"), ("一年", "year"))
_SENSIBLE = {"岁": 99.0, "小时": 24.0, "次": 99.0, "元": 10.0**9}
DAYS: dict[Period, tuple[float, float]] = {  # working days in a period, few and many
    "day": (1, 1), "week": (5, 7), "month": (22, 30), "year": (250, 365),
}  # fmt: skip
_YEAR = {"week": 52.0, "month": 12.0, "year": 1.0}


@dataclass(frozen=True, slots=True)
class Band:
    """One option: from `low` (as its words say, else just above the band before) to `high`."""

    id: str
    low: float
    high: float
    ends: bool


@dataclass(frozen=True, slots=True)
class Scale:
    """The bands of a question in order, the unit they count in, and the period they count by."""

    unit: str
    period: Period | None
    bands: tuple[Band, ...]

    @property
    def sensible(self) -> float:
        """The largest number that can be meant."""
        return _SENSIBLE[self.unit]

    @property
    def top(self) -> float:
        """Where the open-ended last band begins."""
        return max((band.high for band in self.bands if band.high < math.inf), default=0.0)

    @property
    def first(self) -> float:
        """The highest amount of the first band that holds any."""
        return next((band.high for band in self.bands if band.high > 0), 0.0)

    def touched(self, low: float, high: float) -> tuple[Band, ...]:
        """List the bands that [low, high] touches; a number between two stated bands touches both."""
        if self.unit in ("岁", "次"):
            low, high = (
                (math.floor(low), math.floor(high)) if low == high else (math.ceil(low), math.floor(high))
            )
        if not 0 <= low <= high or low > self.sensible:
            return ()
        lower, upper = self._at(low), self._at(high)
        return self.bands[lower[0] : upper[-1] + 1] if lower and upper else ()

    def between(self, number: float) -> bool:
        """Say whether a number falls below or between the bands as stated."""
        at = self._at(math.floor(number) if self.unit in ("岁", "次") else number)
        return len(at) > 1 or (at == [0] and number < self.bands[0].low)

    def _at(self, number: float) -> list[int]:
        index = next((i for i, band in enumerate(self.bands) if number <= band.high), None)
        if index is None:
            return []
        return [index - 1, index] if index and number < self.bands[index].low else [index]


def of(question: Question) -> Scale:
    """Read the scale off the options of `question`, of which one at least has a highest amount."""
    said = " ".join(option.zh for option in question.options)
    unit = next((unit for unit in UNITS if unit in said), "元")
    bands: list[Band] = []
    before = 0.0
    for option in question.options:
        if option.up_to is None and option.exclusive:
            continue
        stated = _LOW.match(option.zh)
        low = float(stated[1]) * (10**4 if stated[2] else 1) if stated else before
        before = math.inf if option.up_to is None else option.up_to
        bands.append(Band(option.id, low, before, option.ends))
    # The period that is asked about comes first; an explanation behind it may name another.
    named = [(question.text.zh.find(words), period) for words, period in _PERIODS]
    period = min((found for found in named if found[0] >= 0), default=(0, None))[1]
    return Scale(unit, period, tuple(bands))


def convert(low: float, high: float, told: Period, asked: Period) -> tuple[float, float] | None:
    """Convert an interval from one period to another as wide as working days differ; None for hours."""
    if told == "hour" or asked == "hour":
        return None
    if "day" in (told, asked):
        few, many = DAYS[asked if told == "day" else told]
        return (low * few, high * many) if told == "day" else (low / many, high / few)
    return low * _YEAR[told] / _YEAR[asked], high * _YEAR[told] / _YEAR[asked]
