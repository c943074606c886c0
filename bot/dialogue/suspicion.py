"""Whether words are those of a swindler: what signs they hold, how sure that is, and what it is called.

A text is looked at by itself, for no more than this one answer. What isn't found here may be a swindle still.
"""

import math
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import combinations

from bot.content.swindles import KINDS, TAPPED, Kind, Swindles
from bot.content.vocabulary import Vocabulary
from bot.dialogue.hearing import MAX_HEARD, Hearing, beyond_doubt
from models.serving.linear import LinearModel

STEP = 300  # characters from one part of a long text to the next; parts overlap
MOST_PARTS = 14  # of the longest message that Telegram carries
TOGETHER = 2  # signs of which none is enough by itself that make it red
MANY = 3  # signs in one text that leave no doubt
STRANGE = 2  # as many as these where one is a link
SURE = 2.0  # what signs that leave no doubt add to the score: they know new kinds of swindle, too
IDEA = "c "  # begins the name of a feature that is an idea
_LINK = re.compile(
    r"https?:|www\.|[a-z0-9-]+\.[a-z]{2,6}/|[a-z0-9-]{2,}\.(?:cn|com|top|vip|cc|xyz|net|fun|site|shop|life)"
)
_SENDER = re.compile(r"【[^】]{2,14}】")
_PRICE = re.compile(r"[0-9一二两三四五六七八九十百][0-9,.]*(?:元|块|万|千|yuan)")


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was found: `red` or not (never that it is safe), the signs in order, the kind where it is red."""

    red: bool
    signs: tuple[str, ...] = ()
    kind: Kind | None = None


@dataclass(frozen=True, eq=False)
class Suspicion:
    """Looks for what knowledge/swindles.yaml says, and weighs it by a classifier."""

    swindles: Swindles
    hearing: Hearing
    model: LinearModel
    vocabulary: Vocabulary

    def features(self, text: str) -> set[str]:
        """List what the classifier weighs."""
        found = self.hearing.short_features(self.hearing.heard(text))
        ideas = sorted(name.removeprefix(IDEA) for name in found if name.startswith(IDEA))
        pairs = {f"x {one} {other}" for one, other in combinations(ideas, 2)}
        return found | pairs | {f"m {mark}" for mark in self._marks(text)}

    def signs(self, text: str) -> Mapping[str, int]:
        """Count the patterns that a text meets, by sign."""
        met = Counter(dict(self.hearing.alarming(self.hearing.heard(text))))
        if _LINK.search(text.lower()):
            met["link"] += 1
        return met

    def verdict(self, text: str) -> Verdict:
        """Judge a text, a long one part by part: it is red where one part is."""
        found: Counter[str] = Counter()
        red, best = False, float("-inf")
        kind: Kind | None = None
        for part in _parts(text):
            signs, scores = self.signs(part), self.model.scores(self.features(part))
            found.update(signs)
            score = swindled(scores, signs)
            red = red or score > self.model.threshold
            if score > best:
                best, kind = score, kind_of(scores)
        return Verdict(
            red, tuple(sign for sign in self.swindles.patterns if found[sign]), kind if red else None
        )

    def is_swindlers(self, text: str) -> bool:
        """Say whether a text reads as a swindler's own: it speaks to "you", not of "me", of nothing done.

        Victims often leave out the "I", so that its absence says nothing. In doubt it is a victim's.
        """
        met = self._speech.alarming(self._speech.heard(text))
        theirs = met.get("you") and not met.get("own") and not met.get("done")
        return bool(theirs) and self.verdict(text).red

    def _marks(self, text: str) -> Iterator[str]:
        """Name what a text has beside its words."""
        plain = text.lower()
        for name, pattern in self._patterns.items():
            if pattern.search(plain):
                yield name
        yield f"long {min(len(text) // 40, 5)}"

    @cached_property
    def _patterns(self) -> Mapping[str, re.Pattern[str]]:
        contacts = "|".join(map(re.escape, self.swindles.contacts)) or "(?!)"
        contact = re.compile(rf"(?:{contacts})[:： ]{{0,2}}@?[a-z0-9_-]{{4,}}")
        return {"link": _LINK, "contact": contact, "sender": _SENDER, "price": _PRICE}

    @cached_property
    def _speech(self) -> Hearing:
        return Hearing(self.swindles.speaks, self.vocabulary)

    def tapped(self, signs: frozenset[str]) -> Verdict:
        """Judge by the signs that a person says there are."""
        red = bool(signs & self.swindles.enough) or len(signs) >= TOGETHER
        return Verdict(red, tuple(sign for sign in TAPPED if sign in signs))


@lru_cache(2)
def suspicion(swindles: Swindles, vocabulary: Vocabulary, model: LinearModel) -> Suspicion:
    """Return the suspicion by what these swindles say, made once: numbering its words takes a while."""
    return Suspicion(swindles, Hearing(swindles, vocabulary), model, vocabulary)


def swindled(scores: Mapping[str, float], signs: Mapping[str, int]) -> float:
    """Return how much likelier a swindle of any kind is than an honest text, as a logarithm."""
    met = sum(count > 0 for count in signs.values())
    sure = beyond_doubt(signs) or met >= (STRANGE if signs.get("link") else MANY)
    return math.log(sum(math.exp(scores[kind]) for kind in KINDS)) + (SURE if sure else 0.0)


def kind_of(scores: Mapping[str, float]) -> Kind:
    """Return the likeliest kind."""
    return max(KINDS, key=lambda kind: scores[kind])


def _parts(text: str) -> Iterator[str]:
    for begin in range(0, max(1, min(len(text), MOST_PARTS * STEP) - (MAX_HEARD - STEP)), STEP):
        yield text[begin : begin + MAX_HEARD]
