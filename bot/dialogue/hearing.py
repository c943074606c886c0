"""What of a text is listened to: its words in one spelling, the ideas in it, the patterns that it meets.

A text is folded, put into one spelling for all dialects, and rid of what is harmless (`Hearing.heard`). Its
features are what the classifier weighs: runs of one to three characters, of two or three sounds, of one to
three English words, the ideas, and the patterns. Training reads them by the same code.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Generic, TypeVar

from bot.content.alarms import ByLanguage, Heeded, Pattern
from bot.content.questionnaire import Language
from bot.content.vocabulary import Vocabulary
from bot.dialogue.reading.folding import fold
from bot.dialogue.reading.pinyin import UNKNOWN, is_pinyin, syllables

MAX_HEARD = 400  # characters; an alarm stands early in a long story, or in many places of it
_CJK = "\u3400-\u9fff"
_ENDING = re.compile("(?<=...)(?:ments?|ings?|ers?|ed|es|s|ly)$")
_WORD = re.compile("[a-z0-9]+")
_SPACED = re.compile(rf"(?<![^ ])[{_CJK}](?: [{_CJK}])+(?![^ ])")  # 不 想 活
_LETTERS = re.compile(rf"[{_CJK}a-z]")
_HIDDEN = "·"  # stands for what was harmless
MOST_HITS = 4  # patterns of one kind that are counted
NO_DOUBT = 3  # patterns of one kind that make an alarm by themselves

CERTAIN = "="  # ends the name of a pattern that makes an alarm by itself
FAMILY = "<family>"  # in a pattern: all words of that idea
ENDINGS = (
    "", "e", "es", "s", "d", "ed", "ing", "er", "ers", "al", "ally", "ion", "ions", "y", "ies", "ied", "t",
    "ment", "led", "ling", "ned", "ning", "ped", "ping", "med", "ming", "ted", "ting",
)  # fmt: skip
Text = TypeVar("Text", str, tuple[str, ...])
Places = Mapping[int, list[tuple[int, int]]]
"""By the number of a word list, where its words stand: from, to."""
Met = tuple[list[tuple[str, str]], set[str]]
"""The patterns that a text meets, with their kind, and the kinds of which there are doubts."""


@dataclass(frozen=True, slots=True)
class Heard:
    """A text in one spelling: `chinese` without blanks, `english` as words, `sounds` as syllables."""

    chinese: str
    english: tuple[str, ...]
    sounds: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Lists(Generic[Text]):
    """Many lists of words, looked for all at once; each list has a number."""

    numbers: dict[Text, list[int]] = field(default_factory=dict)
    lengths: dict[str, set[int]] = field(default_factory=dict)
    sizes: list[int] = field(default_factory=list)

    def add(self, terms: Iterable[Text]) -> int:
        """Take a list of words, each as what it is made of: characters, English words or sounds."""
        number = len(self.sizes)
        listed = {term for term in terms if term}
        for term in listed:
            self.numbers.setdefault(term, []).append(number)
            self.lengths.setdefault(term[0], set()).add(len(term))
        self.sizes.append(len(listed))
        return number

    def places(self, text: Text) -> Places:
        """Find the words of all lists in a text."""
        found: dict[int, list[tuple[int, int]]] = {}
        for begin, first in enumerate(text):
            for length in self.lengths.get(first, ()):
                for number in self.numbers.get(text[begin : begin + length], ()):
                    found.setdefault(number, []).append((begin, begin + length))
        return found


@dataclass(frozen=True, slots=True)
class _Replacer(Generic[Text]):
    """Puts other words for some, the longest first, in one pass whatever their number."""

    instead: Mapping[Text, Text]
    lengths: Mapping[str, tuple[int, ...]]

    @classmethod
    def of(cls, instead: Mapping[Text, Text]) -> "_Replacer[Text]":
        """Make one of words and what is put for them."""
        lengths: dict[str, set[int]] = {}
        for word in instead:
            lengths.setdefault(word[0], set()).add(len(word))
        return cls(instead, {first: tuple(sorted(found, reverse=True)) for first, found in lengths.items()})

    def replaced(self, text: Text) -> Text:
        """Return a text with the others in it."""
        parts: list[Text] = []
        kept = at = 0
        while at < len(text):
            for length in self.lengths.get(text[at], ()):
                if (other := self.instead.get(text[at : at + length])) is not None:
                    parts += (text[kept:at], other)
                    kept = at = at + length
                    break
            else:
                at += 1
        if not parts:
            return text
        parts.append(text[kept:])
        return (
            text[:0].join(parts) if isinstance(text, str) else tuple(word for part in parts for word in part)
        )


@dataclass(frozen=True, slots=True)
class _Numbered:
    """A pattern by the numbers of its lists."""

    groups: tuple[int, ...]
    gaps: tuple[int, ...]
    unless: int
    certain: bool

    def met(self, places: Places) -> bool:
        """Say whether the words stand in order and near enough."""
        if self.unless in places:
            return False
        ends = {end for _, end in places.get(self.groups[0], ())}
        for group, gap in zip(self.groups[1:], self.gaps, strict=True):
            ends = {
                end
                for begin, end in (places.get(group, ()) if ends else ())
                if any(0 <= begin - before <= gap for before in ends)
            }
        return bool(ends)


@dataclass(frozen=True, slots=True)
class _Side(Generic[Text]):
    """All lists of one language: ideas, patterns with their doubts."""

    lists: _Lists[Text]
    ideas: Mapping[int, str]
    patterns: Mapping[int, list[tuple[str, str, _Numbered]]]  # by their first list, with kind and name
    doubts: Mapping[int, str]

    @classmethod
    def of(
        cls, heeded: Heeded, language: Language, made_of: Callable[[str], Iterable[Text]]
    ) -> "_Side[Text]":
        """Number the lists of a language; `made_of` takes a word apart."""
        lists: _Lists[Text] = _Lists()
        family = heeded.ideas.get("family", {}).get(language, ())

        def add(terms: Iterable[str]) -> int:
            whole = (word for term in terms for word in (family if term == FAMILY else (term,)))
            return lists.add(part for word in whole for part in made_of(word))

        def numbered(pattern: Pattern) -> _Numbered:
            return _Numbered(
                tuple(map(add, pattern.groups)), pattern.gaps, add(pattern.unless), pattern.certain
            )

        patterns: dict[int, list[tuple[str, str, _Numbered]]] = {}
        for kind, by_language in heeded.patterns.items():
            for place, each in enumerate(by_language.by_language.get(language, ())):
                pattern = numbered(each)
                patterns.setdefault(pattern.groups[0], []).append(
                    (kind, f"{language}{place}{CERTAIN * each.certain}", pattern)
                )
        return cls(
            lists,
            {add(by.get(language, ())): name for name, by in heeded.ideas.items()},
            patterns,
            {add(by.unless.get(language, ())): kind for kind, by in heeded.patterns.items()},
        )

    def met(self, places: Places) -> Met:
        """Name the patterns that are met, with their kind, and the kinds of which there are doubts."""
        candidates = (candidate for number in places for candidate in self.patterns.get(number, ()))
        met = [(kind, name) for kind, name, pattern in candidates if pattern.met(places)]
        return met, {self.doubts[number] for number in places if number in self.doubts}


@dataclass(frozen=True, eq=False)
class Hearing:
    """Hears texts by what knowledge/alarms.yaml or knowledge/swindles.yaml says."""

    heeded: Heeded
    vocabulary: Vocabulary

    def heard(self, text: str) -> Heard:
        """Bring a text into one spelling, without what is harmless."""
        folded = fold(text[:MAX_HEARD], self.vocabulary)
        if not _LETTERS.search(folded):
            return Heard("", (), ())  # a number frightens nobody
        typed = is_pinyin(folded) and " " in folded  # a single word may be either
        folded = _SPACED.sub(lambda found: found[0].replace(" ", ""), folded)
        apart = re.sub(rf"(?<=[{_CJK}]) (?=[{_CJK}])", "、", folded)
        dialect = self._dialects.replaced(self._without_degrees(apart))
        plain = self._harmless_chinese.replaced(self._without_degrees(dialect))
        words = () if typed else self._harmless_english.replaced(self._chat.replaced(_words(plain)))
        return Heard(re.sub(r"\s+", "", plain), words, tuple(syllables(plain)))

    def features(self, heard: Heard) -> set[str]:
        """List what the alarm's classifier weighs."""
        return self.listened(heard)[1]

    def listened(self, heard: Heard) -> tuple[Mapping[str, int], set[str]]:
        """Return what `alarming` and `features` do, at the cost of one."""
        places = self._places(heard)
        met = self._met(*places)
        found = {*_runs("h", _shown(heard.chinese), (1, 2, 3)), *_runs("p", heard.sounds, (2, 3))}
        if heard.english:
            found.update(_runs("e", tuple(map(_stem, heard.english)), (1, 2, 3)))
        return _by_kind(met), found | self._concepts(heard, places, met)

    def short_features(self, heard: Heard) -> set[str]:
        """List short runs and what they mean: enough where there are fewer texts to learn from."""
        found = {*_runs("h", _shown(heard.chinese), (1, 2))}
        if heard.english:
            found.update(_runs("e", tuple(map(_stem, heard.english)), (1, 2)))
        return found | self.concepts(heard)

    def concepts(self, heard: Heard) -> set[str]:
        """List the ideas in a text, and the patterns that it meets with their doubts."""
        places = self._places(heard)
        return self._concepts(heard, places, self._met(*places))

    def _concepts(self, heard: Heard, places: tuple[Places, Places], met: Met) -> set[str]:
        chinese, english = places
        ideas = {self._chinese.ideas[n] for n in chinese if n in self._chinese.ideas}
        ideas |= {self._english.ideas[n] for n in english if n in self._english.ideas}
        ideas |= {self._sounding[1][n] for n in self._sounding[0].places(heard.sounds)}
        found = {f"c {idea}" for idea in ideas}
        names, doubts = met
        found |= {f"k {kind} {name}" for kind, name in names}
        for kind, count in Counter(kind for kind, _ in names).items():
            doubt = "?" if kind in doubts else "!"
            found |= {f"n {kind} {doubt}{n}" for n in range(1, min(count, MOST_HITS) + 1)}
        return found | {f"o {kind}" for kind in doubts}

    def alarming(self, heard: Heard) -> Mapping[str, int]:
        """Count the patterns that a text meets, by kind; a kind whose doubts stand in the text has none."""
        return _by_kind(self._met(*self._places(heard)))

    def holds(self, heard: Heard, terms: ByLanguage) -> bool:
        """Say whether one of some words stands in a text."""
        spaced = f" {' '.join(heard.english)} "
        return any(
            part in heard.chinese for term in terms.get("zh", ()) for part in self._characters(term)
        ) or any(
            f" {' '.join(part)} " in spaced
            for term in terms.get("en", ())
            for part in self._english_words(term)
        )

    def _places(self, heard: Heard) -> tuple[Places, Places]:
        return self._chinese.lists.places(heard.chinese), self._english.lists.places(heard.english)

    def _met(self, chinese: Places, english: Places) -> Met:
        (in_chinese, doubts), (in_english, more) = self._chinese.met(chinese), self._english.met(english)
        return in_chinese + in_english, doubts | more

    # --- spellings ---------------------------------------------------------------------------------

    def _without_degrees(self, text: str) -> str:
        return self._degrees.sub(_HIDDEN, text) if "死" in text else text

    def _characters(self, word: str) -> Iterator[str]:
        """Return a Chinese word as a heard text has it: its own spelling, and the one put for it."""
        yield word
        if (spelled := self._dialects.replaced(word)) != word:
            yield spelled

    def _english_words(self, word: str) -> Iterator[tuple[str, ...]]:
        for ending in ENDINGS if word.endswith("*") else ("",):
            yield self._chat.replaced(_words(word.removesuffix("*") + ending))

    # --- made once ----------------------------------------------------------------------------------

    @cached_property
    def _chinese(self) -> _Side[str]:
        return _Side.of(self.heeded, "zh", self._characters)

    @cached_property
    def _english(self) -> _Side[tuple[str, ...]]:
        return _Side.of(self.heeded, "en", self._english_words)

    @cached_property
    def _sounding(self) -> tuple[_Lists[tuple[str, ...]], Mapping[int, str]]:
        """The ideas' Chinese words of two or more characters by their sound, for pinyin and for slips."""
        lists: _Lists[tuple[str, ...]] = _Lists()
        sounds = {
            name: [tuple(syllables(word)) for word in by.get("zh", ()) if len(word) > 1]
            for name, by in self.heeded.ideas.items()
        }
        return lists, {
            lists.add(word for word in words if UNKNOWN not in word): name for name, words in sounds.items()
        }

    @cached_property
    def _dialects(self) -> _Replacer[str]:
        return _Replacer.of(self.heeded.spellings["zh"])

    @cached_property
    def _chat(self) -> _Replacer[tuple[str, ...]]:
        return _Replacer.of({_words(w): _words(word) for w, word in self.heeded.spellings["en"].items()})

    @cached_property
    def _degrees(self) -> re.Pattern[str]:
        himself = "(?!我?们?自己)"  # 整死自己 isn't very much of anything
        very = rf"(?<!自)(?<!把自己)[{self.heeded.degrees}]死{himself}(?:个人|人|我们|我|了|俺|仔)?"
        return re.compile(rf"{very}|[得穷卡贵难累忙困]得?要死")

    @cached_property
    def _harmless_chinese(self) -> _Replacer[str]:
        terms = self.heeded.harmless.get("zh", ())
        return _Replacer.of({part: _HIDDEN for term in terms for part in self._characters(term)})

    @cached_property
    def _harmless_english(self) -> _Replacer[tuple[str, ...]]:
        terms = self.heeded.harmless.get("en", ())
        return _Replacer.of({part: (".",) for term in terms for part in self._english_words(term)})


def beyond_doubt(met: Mapping[str, int]) -> bool:
    """Say whether so many patterns of one kind are met that the classifier needn't be asked."""
    return max(met.values(), default=0) >= NO_DOUBT


def _by_kind(met: Met) -> Mapping[str, int]:
    names, doubts = met
    found: Counter[str] = Counter()
    for kind, name in names:
        found[kind] += 0 if kind in doubts else NO_DOUBT if name.endswith(CERTAIN) else 1
    return found


def _words(text: str) -> tuple[str, ...]:
    return tuple(_WORD.findall(text.replace("'", "")))


def _shown(chinese: str) -> str:
    """Return the Chinese characters in order, with one sign for a number and one for each gap."""
    return re.sub(r"[a-z' ]+", "_", re.sub("[0-9]+", "0", re.sub(rf"[^{_CJK}a-z0-9]+", " ", chinese)))


def _runs(name: str, text: Sequence[str], lengths: tuple[int, ...]) -> Iterator[str]:
    """Name all runs of such lengths; the first and the last begin and end with a bar."""
    joint = "" if isinstance(text, str) else " "
    whole = ["^", *text, "$"]
    for length in lengths:
        for begin in range(len(whole) - length + 1):
            yield f"{name} {joint.join(whole[begin : begin + length])}"


def _stem(word: str) -> str:
    return _ENDING.sub("", word)
