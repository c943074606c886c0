"""Free questions: which piece of advice answers them, or the honest word that none does.

A text is a bag of single Chinese characters, pairs of them, stems of English words and the beginnings of
these, after folding (`bot.dialogue.reading.folding`) and after one spelling was put for all (`words` in
knowledge/asks.yaml). The bag of a subject is all ways of asking for it and, counting less, the words of its
card. A subject's likeness is BM25 by the root of the most that the question could reach, so that neither a
short question nor a long story has an advantage. What was tried besides, and how well: tests/test_ask.py.
"""

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain, pairwise
from typing import Literal

from bot.content.vocabulary import Terms, Vocabulary
from bot.dialogue.reading import asks
from bot.dialogue.reading.folding import fold, mend
from models.serving.linear import LinearModel

CERTAIN = 1.0  # likeness from which an answer is given where nothing says whether the question is ours
VAGUE = 0.75  # likeness from which the subject is clear: what is ours is answered, what may be is asked back
NEAR = 2  # pieces beside the best one
NEIGHBOUR = 0.6  # of the best one's likeness: what is less like the question is offered to nobody
OTHER = "other"  # what is not ours: a question that is nearest to it is not answered
OTHERNESS = 0.75  # what the likeness of OTHER counts: its few words are never all of a question's
MAX_READ = 300  # characters of a question that are read, the last ones: there the request stands
REPEATS = 2.0  # BM25's k, how much a subject that says a word in many ways gains (b is 1)

_RUN = re.compile("[\u3400-\u9fff]+|[a-z0-9']+")
_ENDING = re.compile("(?<=...)(?:ments?|ings?|ers?|ed|es|s|ly)$")  # of a word that keeps three letters
BEGINNING = 5  # letters of a longer English word that count once more: insur-ance, insur-er
CLOSEST = 0.3  # what the likeness to the closest way counts beside the likeness to all of them
ADDED = 0.15  # of a question's weight: that of its most usual terms, which by themselves find no way
SAME = 0.999  # cosine with a way from which a question is that way: its subject comes first
SCOPE, OURS = "scope", "ours"  # the classifier of what is our business, and its only head
USUAL = 0.4  # cosine of a question of ours with the closest way: what is above it adds to the scope's score
KNOWN = 0.7  # cosine with one of our ways from which a question is ours whatever the classifier says
REST = 0.3  # likeness that the words beside the strongest one must reach, or one word alone would answer
TALK = "talk."  # begins the ids of small talk, whose words are in templates/*/talk.j2
CARD = 0.3  # what a word of the card counts beside one of the ways
POINT = 0.22  # likeness from which the answer begins with a point of the best piece
BESIDE = 0.3  # and a second one
ELSEWHERE = 0.33  # and one of another piece, if a clause is about that
ABOUT = 0.45  # of the best one's likeness: from which a piece is one that the question is about too
POINTS = 3  # at most in one answer
SHORT = 4  # characters from which a clause is looked at by itself
REQUEST = 6  # characters from which a clause may be a request of its own
ALONE = 1.5  # likeness from which the last clause of a story is one
NOWHERE: frozenset[int] = frozenset()  # the ways that hold a term which nobody says
SPLIT = r"[，。！？；,.!?;\n]+|(?<=[\u3400-\u9fff]) +| +(?=[\u3400-\u9fff])"


@dataclass(frozen=True, slots=True)
class Found:
    """What answers a question: the best piece and at most two near ones, or small talk.

    Where no piece does for certain, `best` is the hotline to ask, or None for what is not ours; `near` is
    empty, and `perhaps` are the pieces that may be meant, to ask back. `points` are what is asked for in
    particular, whose short answers come first.
    """

    best: str | None
    near: tuple[str, ...] = ()
    perhaps: tuple[str, ...] = ()
    points: tuple[str, ...] = ()


@dataclass(frozen=True)
class Asker:
    """Answers questions from the ways in which each subject (a piece, a hotline, OTHER) is asked for.

    same: a spelling to the one that stands for it. hotlines: of a piece, whom to ask about its subject.
    cards: of a piece, what its card says. fillers: words and characters that say nothing of the matter.
    pinyin: toneless syllables to the word that they spell. points: the ways of asking for what has a short
    answer of its own. of: the piece of each point. besides: words after which something else is asked. scope:
    says whether a question is our business, and None takes all for ours.
    """

    ways: Mapping[str, tuple[str, ...]]
    vocabulary: Vocabulary
    same: Mapping[str, str] = field(default_factory=dict)
    hotlines: Mapping[str, str] = field(default_factory=dict)
    cards: Mapping[str, str] = field(default_factory=dict)
    fillers: frozenset[str] = frozenset()
    pinyin: Mapping[str, str] = field(default_factory=dict)
    points: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    of: Mapping[str, str] = field(default_factory=dict)
    besides: Terms = ()
    scope: LinearModel | None = None

    def _pointed(self, words: str, terms: list[str], ranked: list[tuple[str, float]]) -> tuple[str, ...]:
        """Name the points that a question asks for, the likest first: of its best piece, and of others that
        one of its clauses is about.

        words: the whole question in one spelling, whose `terms` and subjects (`ranked`) are known.
        """
        best, most = ranked[0]
        about = {id for id, like in ranked if like >= ABOUT * most}
        clauses = [clause for clause in self._split.split(words) if clause and len(clause) >= SHORT]
        parts = [sorted(set(self._terms(clause))) for clause in clauses] if len(clauses) > 1 else []
        likest: dict[str, float] = {}
        for said in (terms, *parts):
            near = self._near_points(said)
            for point, like in near.items():
                here = self.of[point]
                beside = here in about and like >= ELSEWHERE and like == max(near.values())
                if here == best or (beside and len(clauses) > 1):  # one clause has one matter
                    likest[point] = max(likest.get(point, 0.0), like)
        ranked = sorted(likest.items(), key=lambda pair: (-pair[1], pair[0]))
        own = [(point, like) for point, like in ranked if self.of[point] == best and like >= POINT]
        own = own[:1] + [(point, like) for point, like in own[1:] if like >= max(BESIDE, 0.6 * own[0][1])]
        others = [(point, like) for point, like in ranked if self.of[point] != best]
        chosen = own[: POINTS - 1] + others
        return tuple(point for point, _ in chosen[:POINTS])

    def _near_points(self, terms: list[str]) -> dict[str, float]:
        """Return the cosine of each point's closest way with the terms."""
        index = self._index
        weights = {term: index.rarity.get(term, index.rarest) ** 2 for term in terms}
        size = math.sqrt(sum(weights.values())) or 1.0
        shared: dict[int, float] = {}
        for term in terms:
            for way in index.pointed_in.get(term, ()):
                shared[way] = shared.get(way, 0.0) + weights[term]
        near: dict[str, float] = {}
        for way, weight in shared.items():
            point, length = index.point_ways[way]
            near[point] = max(near.get(point, 0.0), weight / (size * length))
        return near

    def answer(self, question: str) -> Found:
        """Find the piece that answers `question`, and two near ones; any string is a question."""
        words = self._plain(question[-MAX_READ:])
        terms = sorted(set(self._terms(words)))
        ranked = self._ranked(terms)
        if not ranked or ranked[0][0] == OTHER or ranked[0][1] < VAGUE:
            return Found(None)
        best, likeness = ranked[0]
        if best.startswith(TALK) and len(words) < 2:  # one character says too little to be taken for talk
            return Found(None)
        if best.startswith(("hotline.", TALK)):
            return Found(best)
        near = tuple(
            id
            for id, like in ranked[1:]
            if id != OTHER and not id.startswith(("hotline.", TALK)) and like >= NEIGHBOUR * likeness
        )[:NEAR]
        known = max((near for id, near in self._closest(terms).items() if id != OTHER), default=0.0)
        ours = self._ours(words, terms, known)
        if ours == "no":
            return Found(None)
        doubtful = ours == "perhaps" or (known <= KNOWN and self._by_one_word(terms, best))
        if doubtful or (self.scope is None and likeness < CERTAIN):
            return Found(self.hotlines.get(best), perhaps=(best, *near))
        if matters := self._two_matters(words):
            best, near = (
                matters[0],
                tuple(id for id in dict.fromkeys((*matters[1:], *near)) if id != matters[0])[:NEAR],
            )
            ranked = [(best, likeness), *((id, like) for id, like in ranked if id != best)]
        return Found(best, near, points=self._pointed(words, terms, ranked))

    def _two_matters(self, words: str) -> tuple[str, ...]:
        """Name the piece that the last clause of a story asks for, and the one that the rest is about.

        Of a story of one matter nothing.
        """
        clauses = [
            clause
            for clause in self._split.split(words.replace("、", ","))
            if clause and len(clause) >= REQUEST
        ]
        if len(clauses) < 2 or not asks(clauses[-1], self.vocabulary):
            return ()
        parts = clauses[-1], " ".join(clauses[:-1])
        likest = [self._ranked(sorted(set(self._terms(part))))[:1] for part in parts]
        found = [id for ranked in likest for id, like in ranked if like >= ALONE and self._is_piece(id)]
        return tuple(found) if len(set(found)) == len(parts) else ()

    @staticmethod
    def _is_piece(subject: str) -> bool:
        return subject != OTHER and not subject.startswith(("hotline.", TALK))

    def scope_features(self, text: str) -> set[str]:
        """List what `scope` weighs: the terms of a text, and runs of three Chinese characters."""
        words = self._plain(text[-MAX_READ:])
        return self._scoped(words, self._terms(words))

    def _scoped(self, words: str, terms: Iterable[str]) -> set[str]:
        runs = (run for run in _RUN.findall(words) if run[0] >= "\u3400")
        return {*terms, *(run[at : at + 3] for run in runs for at in range(len(run) - 2))}

    def _ours(self, words: str, terms: list[str], near: float) -> Literal["yes", "perhaps", "no"]:
        """Say whether a question is our business; its terms are known, and how near our closest way is."""
        if self.scope is None:
            return "yes"
        score = self.scope.scores(self._scoped(words, terms))[OURS] + near - USUAL
        if score > self.scope.threshold or near > KNOWN:
            return "yes"
        return "perhaps" if score > self.scope.lower else "no"

    def _by_one_word(self, terms: list[str], subject: str) -> bool:
        """Say whether a question is like a subject by one of its words alone: "stamp collectors club".

        The beginning of an English word goes with it, and with a pair of Chinese characters what shares one.
        """
        index = self._index
        number = index.ids.index(subject)
        parts = {term: part for term in terms for place, part in index.parts.get(term, ()) if place == number}
        if not parts:
            return False
        strongest = max(parts, key=lambda term: (len(term) > 1, parts[term], term))
        if strongest.isascii():
            beside = [term for term in terms if term[:BEGINNING] != strongest[:BEGINNING]]
        else:
            beside = [term for term in terms if not {*term} & {*strongest}]
        most = math.sqrt(sum(index.rarity.get(term, index.rarest) for term in terms))
        return bool(beside) and sum(parts.get(term, 0.0) for term in beside) < REST * most

    def prepare(self) -> None:
        """Make the index now rather than with the first question."""
        _ = self._index

    def ranked(self, question: str) -> list[tuple[str, float]]:
        """List the subjects that share anything with the question, and their likeness.

        Subjects that have the question among their ways of asking stand first, then the likest.
        """
        return self._ranked(sorted(set(self.features(question[-MAX_READ:]))))

    def _ranked(self, terms: list[str]) -> list[tuple[str, float]]:
        """List the subjects as `ranked` does; `terms` are sorted, for equal sums every time."""
        index = self._index
        most = math.sqrt(sum(index.rarity.get(term, index.rarest) for term in terms))
        reached: dict[int, float] = {}
        for term in terms:
            for subject, part in index.parts.get(term, ()):
                reached[subject] = reached.get(subject, 0.0) + part
        likeness: dict[str, float] = {}
        for subject, score in reached.items():
            id = index.ids[subject]
            like = score / most * (OTHERNESS if id == OTHER else 1.0)
            likeness[id] = max(likeness.get(id, 0.0), like)
        closest = self._closest(terms)
        for id, close in closest.items():
            likeness[id] = likeness.get(id, 0.0) + CLOSEST * close
        return sorted(likeness.items(), key=lambda one: (closest.get(one[0], 0.0) < SAME, -one[1], one[0]))

    def _closest(self, terms: list[str]) -> dict[str, float]:
        """Return the cosine of each subject's closest way with the terms, each weighed by its rarity."""
        index = self._index
        weights = {term: index.squares.get(term, index.rarest**2) for term in terms}
        most = sum(weights.values())
        size = math.sqrt(most) or 1.0
        # Terms that few ways hold find the ways; those that many hold, and that weigh little, are only added.
        by_few = sorted(terms, key=lambda term: (len(index.said_in.get(term, NOWHERE)), term))
        shared: dict[int, float] = {}
        rest = most
        adding = 0
        while adding < len(by_few) and rest > ADDED * most:
            weight = weights[by_few[adding]]
            for way in index.said_in.get(by_few[adding], NOWHERE):
                shared[way] = shared.get(way, 0.0) + weight
            rest -= weight
            adding += 1
        added = [(index.said_in.get(term, NOWHERE), weights[term]) for term in by_few[adding:]]
        closest: dict[str, float] = {}
        ways = index.ways
        for way, weight in shared.items():
            id, length = ways[way]
            best = closest.get(id, 0.0)
            if (weight + rest) / length > best:
                near = (weight + sum(more for said, more in added if way in said)) / length
                if near > best:
                    closest[id] = near
        return {id: near / size * (OTHERNESS if id == OTHER else 1.0) for id, near in closest.items()}

    def features(self, text: str) -> list[str]:
        """Take a text apart: Chinese characters and pairs of them, stems and beginnings of English words."""
        return self._terms(self._plain(text))

    def _plain(self, text: str) -> str:
        """Write a text in one spelling."""
        words = mend(fold(text, self.vocabulary), self.vocabulary)
        return self._spellings.sub(lambda found: self.same.get(found[0], found[0]), words)

    def _terms(self, words: str) -> list[str]:
        terms: list[str] = []
        fillers = self.fillers
        for run in _RUN.findall(words):
            if run[0] >= "\u3400":
                terms += [character for character in run if character not in fillers]
                terms += [one + two for one, two in pairwise(run) if one not in fillers or two not in fillers]
            elif run not in fillers:
                stem = _stem(run)
                stem = self._stems.get(stem, stem)
                terms += (stem, stem[:BEGINNING] + "-") if len(stem) > BEGINNING else (stem,)
        return terms

    @cached_property
    def _spellings(self) -> re.Pattern[str]:
        """What is put in place of each other, longest first; single English words are so by their stems."""
        words = {word for pair in self.same.items() for word in pair}
        several = (word for word in words if not (word.isascii() and word.isalpha()))
        longest_first = sorted(several, key=lambda word: (-len(word), word))
        patterns = (re.escape(word) + r"\b" * word.isascii() for word in longest_first)
        return re.compile("|".join(patterns) or "(?!)")  # of no words: what matches nothing

    @cached_property
    def _split(self) -> re.Pattern[str]:
        """What parts the clauses of a question."""
        words = (re.escape(word) for word in self.besides)
        return re.compile("|".join([SPLIT, *(rf"\b{word}\b" if word.isascii() else word for word in words)]))

    @cached_property
    def _stems(self) -> Mapping[str, str]:
        return {_stem(other): _stem(one) for other, one in self.same.items() if other.isascii()}

    @cached_property
    def _index(self) -> "_Index":
        asked = {id: [self.features(way) for way in ways] for id, ways in self.ways.items()}
        subjects = [(id, ways) for id, ways in asked.items() if id != OTHER]
        subjects += [(OTHER, [way]) for way in asked.get(OTHER, ())]  # each is a subject of its own
        bags = [Counter(chain.from_iterable(ways)) for _, ways in subjects]
        cards = [Counter(self.features(self.cards.get(id, ""))) for id, _ in subjects]
        index = _Index.of([id for id, _ in subjects], bags, cards)
        for id, ways in asked.items():
            for way in ways:
                index.add_way(id, sorted(set(way)))
        for point, said in self.points.items():
            for words in said:
                index.add_point(point, sorted(set(self.features(words))))
        return index


@dataclass(frozen=True, slots=True)
class _Index:
    """The terms' rarity, and what each adds to the subjects that know it."""

    ids: list[str]
    rarity: Mapping[str, float]
    rarest: float  # that of a term that nobody here says
    squares: Mapping[str, float]  # of each term's rarity
    parts: Mapping[str, list[tuple[int, float]]]
    ways: list[tuple[str, float]] = field(default_factory=list)  # each way's subject and length
    said_in: dict[str, set[int]] = field(default_factory=dict)  # of a term, the ways that say it
    point_ways: list[tuple[str, float]] = field(default_factory=list)  # each way's point and length
    pointed_in: dict[str, list[int]] = field(default_factory=dict)  # of a term, the points' ways that say it

    def add_point(self, id: str, terms: list[str]) -> None:
        """Add one way of asking for a point."""
        for term in terms:
            self.pointed_in.setdefault(term, []).append(len(self.point_ways))
        self.point_ways.append((id, self._length(terms)))

    def add_way(self, id: str, terms: list[str]) -> None:
        """Add one way of asking for a subject."""
        for term in terms:
            self.said_in.setdefault(term, set()).add(len(self.ways))
        self.ways.append((id, self._length(terms)))

    def _length(self, terms: list[str]) -> float:
        unknown = self.rarest**2
        return math.sqrt(sum(self.squares.get(term, unknown) for term in terms)) or 1.0

    @classmethod
    def of(cls, ids: list[str], bags: list[Counter[str]], cards: list[Counter[str]]) -> "_Index":
        known = _said_in(cards) | _said_in(bags)  # a dict's |: how people ask goes first
        rarity = {term: math.log((len(bags) + 1) / count) for term, count in known.items()}
        counts = [_together(bag, card) for bag, card in zip(bags, cards, strict=True)]
        usual = sum(sum(bag.values()) for bag in counts) / max(1, len(bags))
        parts: dict[str, list[tuple[int, float]]] = {}
        for number, bag in enumerate(counts):
            slack = REPEATS * sum(bag.values()) / usual
            for term, count in bag.items():
                parts.setdefault(term, []).append((number, rarity[term] * count / (count + slack)))
        squares = {term: rare**2 for term, rare in rarity.items()}
        return cls(ids, rarity, math.log(len(bags) + 1), squares, parts)


def _said_in(bags: list[Counter[str]]) -> dict[str, int]:
    return dict(Counter(term for bag in bags for term in bag))


def _together(bag: Counter[str], card: Counter[str]) -> dict[str, float]:
    return {term: bag[term] + CARD * card[term] for term in sorted({*bag, *card})}


def _stem(word: str) -> str:
    word = word.replace("'s", "").replace("'", "")
    if word.endswith("ies") and len(word) > 4:
        word = word[:-3] + "y"
    word = _ENDING.sub("", word)
    if len(word) > 3 and word[-1] == word[-2] and word[-1] not in "sl":
        word = word[:-1]  # stopped, stop
    word = word.removesuffix("e") if len(word) > 3 else word
    return word[:-1] + "i" if word.endswith("y") and len(word) > 3 else word


MOST_SYLLABLES = 6  # of one entry
PINYIN = 3  # words of a text that must be pinyin before it is taken for that


WITHIN = re.compile("(?<![a-zA-Z])[a-zA-Z]{4,}(?![a-zA-Z])")  # what may be a word in pinyin


def _spelled_out(word: str, pinyin: Mapping[str, str]) -> str | None:
    """Write one word of pinyin in Chinese; None unless all of it is known."""
    if word in pinyin:
        return pinyin[word]
    for at in range(len(word) - 1, 1, -1):
        if word[:at] in pinyin and (rest := _spelled_out(word[at:], pinyin)):
            return pinyin[word[:at]] + rest
    return None


def from_pinyin(text: str, pinyin: Mapping[str, str]) -> str | None:
    """Write toneless pinyin in Chinese as far as it is known, longest words first; None for other texts.

    In a Chinese text only words that are known as a whole are pinyin: shebao断了.
    """
    if not text.isascii():
        mixed = WITHIN.sub(lambda found: _spelled_out(found[0].lower(), pinyin) or found[0], text)
        return mixed if mixed != text else None
    words = re.findall("[a-z]+|[0-9.]+", text.lower())
    found: list[str] = []
    known = at = 0
    while at < len(words):
        for length in range(min(MOST_SYLLABLES, len(words) - at), 0, -1):
            if word := pinyin.get("".join(words[at : at + length])):
                found.append(word)
                known += length
                at += length
                break
        else:
            found.append(words[at] if words[at][0].isdecimal() else "")
            at += 1
    return "".join(found) if known >= min(PINYIN, len(words)) and 2 * known >= len(words) else None
