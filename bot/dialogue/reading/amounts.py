"""Words -> an amount -> the band that holds it: sure only if all is understood and the span lies in one."""

import re
from dataclasses import dataclass, replace

from bot.content.questionnaire import Question
from bot.content.vocabulary import Vocabulary
from bot.dialogue.reading import lexicon, measures, numerals, scale
from bot.dialogue.reading.choices import MAX_GUESSES, choose
from bot.dialogue.reading.meanings import Guess, Match, NotRead, Reading
from bot.dialogue.reading.scale import Band, Scale

_DATED = re.compile("[-/.][0-9]{1,2}[-/.][0-9]{1,2}")  # 65/1/1; 26.5 is an age
_A_NUMBER = re.compile(numerals.NUMERAL)
_NEVER_SURE = frozenset({"some", "over", "past"})
YOUNGEST = 10  # years
WHOLE_DEBT = "debt"  # the question whose answer is the sum of its parts
Span = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Number:
    """One number in the words: its span, whether vague in itself (六七千), whether without a unit.

    `of` is OWN for the quantity that is asked for, the name of another, or nothing where no word says it.
    """

    low: float
    high: float
    vague: bool
    bare: bool
    of: str = ""


def measure(words: str, question: Question, vocabulary: Vocabulary, year: int) -> Reading:
    """Read folded words as an amount on the scale of `question`, or as the name of an option."""
    bands = scale.of(question)
    plain = numerals.decimals(numerals.english(words))
    if bands.unit == "岁" and (told := _born(plain, bands, year) or _decade(plain, bands)):
        return told
    named = choose(words, question, vocabulary)
    if (
        isinstance(named, Match)
        or words in lexicon.of(question, vocabulary).known
        or not _A_NUMBER.search(plain)
    ):
        return named
    if measures.STRANGE.search(measures.PERIOD.sub(" ", plain)):
        return NotRead()
    return _Phrase(plain, question, vocabulary).read()


def _born(words: str, bands: Scale, now: int) -> Reading | None:
    """Guess the bands of a year of birth (80后, 1985年, a bare 88), for the birthday is open; None if none.

    now: the present year.
    """
    found = measures.BORN.fullmatch(words)
    if not found:
        return None
    year = int("".join(str(numerals.DIGITS.get(c, c)) for c in found["full"] or found["short"]))
    dated = bool(found["date"].strip() if found["told"] else _DATED.fullmatch(found["date"]))
    sure = bool(found["full"] or "后" in found["told"] or "born" in found["early"] or dated)
    told = bool(found["told"]) or not {"年", "生"}.isdisjoint(found["late"])
    if not sure and (found["date"] or _is_an_age(found["short"], year, told=told)):
        return None
    age = (now - year) % 100  # a year of this century or of the last
    younger = 10 if "后" in found["told"] and year % 10 == 0 else 5 if "后" in found["told"] else 1
    ages = bands.touched(max(age - younger, 0), age)
    return Guess(tuple(band.id for band in ages)) if ages else None


def _is_an_age(digits: str, year: int, *, told: bool) -> bool:
    """Say whether two digits are rather an age than a year: 35, or 七八 for seven or eight."""
    if digits.isascii():
        return 10 <= year < (50 if told else 70)
    return not told and digits[1] not in "零〇五"


def _decade(words: str, bands: Scale) -> Reading | None:
    """Guess the bands of a decade: 六旬, 奔四 (nearly 40), 三字头 (in the thirties), 花甲, 差一岁四十."""
    if short := measures.SHORT_OF.match(words):
        number = numerals.spans(words[short.end() :].rstrip("岁了"))
        by = numerals.DIGITS.get(short["by"]) or int(short["by"])
        return _guess(bands, number[0] - by, number[1] - by) if number else None
    found = measures.DECADE.fullmatch(words)
    if not found:
        return None
    sign = found["goal"] or found["tens"]
    age = 10 * (numerals.DIGITS.get(sign) or int(sign)) if sign else measures.ROUND_AGES[found["round"]]
    if found["to"] or found["nearly"]:
        return _guess(bands, age - 3, age - 1)
    return _guess(bands, age + 1, age + 9)


def _guess(bands: Scale, low: float, high: float) -> Reading | None:
    ages = bands.touched(low, high)
    return Guess(tuple(band.id for band in ages)) if ages else None


class _Phrase:
    """One typed phrase around one or more numbers, cut once into what counts."""

    def __init__(self, words: str, question: Question, vocabulary: Vocabulary) -> None:
        self.scale = scale.of(question)
        self.vocabulary = vocabulary
        self.quantities = measures.quantities(question.id, vocabulary)
        self.adds_up = question.id == WHOLE_DEBT
        self.of = ""  # what the next number is an amount of
        self.named_last = False  # a quantity was named and no number follows yet
        self.parts = 0
        self.periods = measures.periods(words)
        self.numbers: list[Number] = []
        self.kinds: set[str] = set()  # of the words beside the numbers
        self.ways: set[str] = set()  # in which they bend a number
        self._cut(measures.reorder(measures.PERIOD.sub(" ", words)))

    def _cut(self, words: str) -> None:
        known, pattern = measures.grammar(self.scale.unit, self.vocabulary)
        if words.startswith("-"):
            self.kinds.add("doubt")  # a minus or a bullet
        end = 0
        for found in pattern.finditer(words):
            self._gap(words[end : found.start()])
            end = found.end()
            if found["number"]:
                self._number(found["number"], suffix=bool(found["suffix"]))
                continue
            word = found["early"] or found["word"]
            kind = known[word]
            if word in self.vocabulary.amounts.totals:
                self.kinds.add("total")
            if kind == "quantity":
                self.of, self.named_last = self.quantities[word], True
            elif kind == "part":
                self.parts += 1
                self.kinds |= set() if self.adds_up else {"strange"}
            elif kind in ("join", "range"):
                self.kinds |= {kind} if self.numbers else set()
            elif kind in ("filler", "doubt", "negation", "strange", "total"):
                self.kinds.add(kind)
            else:
                self.ways.add(kind)
        self._gap(words[end:])
        if self.named_last and not any(number.of for number in self.numbers):
            self.numbers = [replace(number, of=self.of) for number in self.numbers]  # 5000工资

    def _gap(self, words: str) -> None:
        if words.strip():
            self.kinds.add("strange")

    def _number(self, run: str, *, suffix: bool) -> None:
        if len(run) > 1 and run.endswith("几"):
            run = run[:-1]
            self.ways.add("more")
        span = numerals.spans(run)
        if span is None:
            self.kinds.add("strange")
            return
        bare = not suffix and not any(c in numerals.UNITS for c in run if c not in "十拾百佰")
        self.numbers.append(Number(*span, vague=span[0] != span[1], bare=bare, of=self.of))
        self.named_last = False
        if len(self.numbers) == 2:
            self._share_unit(run)

    def _share_unit(self, run: str) -> None:
        """Let the first number have the second one's unit: 3-5千 is 3000 to 5000."""
        first, second = self.numbers
        unit = numerals.UNITS.get(run[-1], 1)
        if first.bare and unit >= 100 and first.high < second.low / unit and "range" in self.kinds:
            self.numbers[0] = replace(first, low=first.low * unit, high=first.high * unit, bare=False)

    def read(self) -> Reading:
        """Say which band holds the amount, which bands may, or that there is no amount."""
        if not self.numbers or "negation" in self.kinds or len(self.periods) > 1:
            return NotRead()
        if others := [number.of for number in self.numbers if number.of not in ("", measures.OWN)]:
            self.kinds.add("doubt")
            own = [number for number in self.numbers if number.of == measures.OWN]
            self.numbers = own or [number for number in self.numbers if not number.of]
            if not self.numbers:
                return NotRead(others[0])
        if self.scale.unit == "岁" and any(n.bare and n.high < YOUNGEST for n in self.numbers):
            return NotRead()  # nobody of that age writes; it may be the place of an option
        if any(self._tiny(number) for number in self.numbers):
            return NotRead() if "strange" in self.kinds else self._scaled_up()
        spans, sure = self._spans()
        sure = sure and not self.kinds & {"doubt", "strange"} and len(self.ways) < 2
        sure = sure and not ("total" in self.kinds and self.scale.period == "month")
        for period in self.periods - {self.scale.period}:
            sure = False
            if self.scale.period:
                converted = [scale.convert(*span, period, self.scale.period) for span in spans]
                spans = [span for span in converted if span is not None]
        return self._answer(spans, sure)

    def _answer(self, spans: list[Span], sure: bool) -> Reading:
        found = self._bands(spans)
        if not found:
            return NotRead()
        between = any(self.scale.between(number) for span in spans for number in span)
        absurd = self.scale.unit == "元" and any(span[0] > 20 * self.scale.top for span in spans)
        open_ended = "up" in self.ways and found[-1] is not self.scale.bands[-1]
        if sure and len(found) == 1 and not (found[0].ends or between or absurd or open_ended):
            return Match((found[0].id,))
        return Guess(tuple(band.id for band in found[:MAX_GUESSES]))

    def _bands(self, spans: list[Span]) -> list[Band]:
        touched = {band.id for span in spans for band in self.scale.touched(*span)}
        return [band for band in self.scale.bands if band.id in touched]

    def _tiny(self, number: Number) -> bool:
        """Say whether a number is too small to be so many yuan: 5 may be thousands, 300 a day's pay."""
        if self.scale.unit != "元" or number.low == 0 or self.periods - {self.scale.period}:
            return False
        if number.bare:
            return number.low < (1000 if self.scale.first > 1000 else 100)
        return self.scale.period is not None and number.low < 50

    def _scaled_up(self) -> Reading:
        """Guess what a small number stands for: thousands, tens of thousands, or the sum of a day."""
        first, last = self.numbers[0], self.numbers[-1]
        spans = [(first.low, last.high)] if first.low >= 100 or not first.bare else []
        if first.bare and first.low < 100:
            spans += [(first.low * 1000, last.high * 1000), (first.low * 10**4, last.high * 10**4)]
        elif self.scale.period:
            spans += [scale.convert(first.low, last.high, "day", self.scale.period) or (0, 0)]
        else:
            spans += [(first.low * 10**4, last.high * 10**4)]
        if self.scale.period == "year":
            spans += [(first.low, last.high)]  # a premium may be 58 yuan a year
        found = self._bands(spans)
        return Guess(tuple(band.id for band in found[:MAX_GUESSES])) if found else NotRead()

    def _spans(self) -> tuple[list[Span], bool]:
        """Return the spans in which the amount may lie, and whether they are clear."""
        first, last = self.numbers[0], self.numbers[-1]
        if self.parts > 1 and self.parts == len(self.numbers):  # 房贷20万，车贷5万
            return [(sum(n.low for n in self.numbers), sum(n.high for n in self.numbers))], False
        if len(self.numbers) == 1:
            joined = self.kinds & {"join", "range"}
            return [self._bent(first)], not (first.vague or joined or self.parts or self.ways & _NEVER_SURE)
        if len(self.numbers) > 2 or "range" not in self.kinds or "join" in self.kinds or self.ways:
            return [(number.low, number.high) for number in self.numbers], False
        return [(first.low, last.high)] if first.low < last.high else [], not (first.vague or last.vague)

    def _bent(self, number: Number) -> Span:
        low, high = number.low, number.high
        step = numerals.place(high)
        step = step if step >= 10 or self.scale.unit == "元" else 1.0
        more = low + 9 if self.scale.unit == "岁" else low * 2
        least = 0.01 if self.scale.unit == "小时" else 1.0
        bent: dict[str, Span] = {  # the widest comes first
            "up": (
                low + (low == self.scale.top),
                numerals.MOST if high > self.scale.top else max(more, low + step),
            ),
            "past": (low, more),
            "down": (0.0, high),
            "less": (low * 0.6, high - 0.001),
            "some": (low * 0.8, high * 1.3),
            "about": (low * 0.9, high * 1.1),
            "nearly": (low * 0.85, high - 0.001),
            "over": (low, high + step * 0.4),
            "more": (low + least, high + step - least),
        }
        return next((span for way, span in bent.items() if way in self.ways), (low, high))
