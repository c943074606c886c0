"""What comes before everything: is this an emergency, of which kind, and how is it answered? Or is it over?

A text is an emergency when the classifier says so; where it meets patterns of one kind that leave no doubt,
the classifier need only lean to it, and hardly that where they are of danger to life. What the classifier
leans to without such patterns may be an emergency.
Nothing of it is kept, and nothing depends on what was said before.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from bot.content.alarms import ALARM, KINDS, Alarms, Kind, Scene
from bot.content.knowledge import Knowledge
from bot.content.questionnaire import LANGUAGES, Language, Questionnaire
from bot.dialogue.hearing import NO_DOUBT, Heard, Hearing, beyond_doubt
from bot.dialogue.reading.folding import is_traditional
from bot.dialogue.reading.pinyin import is_pinyin
from models.serving.linear import LinearModel

LIFE = 0.25  # how much nearer to danger to life a text is taken to be: what can't be made good comes first
PLAIN = 1.0  # how far below the gentle line it may score to say plainly that somebody wants to die
HINT: Mapping[Language, int] = {"zh": 4, "en": 2}  # characters and words of the shortest hint
_DOUBLED = re.compile(r"(.)\1+")
MARKS = "。.!?,;、"  # at the end of a text, as folding leaves them


@dataclass(frozen=True, slots=True)
class Found:
    """An emergency with the scene by which it is answered, or (None) what may be one, of a kind."""

    kind: Kind
    scene: Scene | None


@dataclass(frozen=True, eq=False)
class Triage:
    """Finds emergencies by patterns and by the classifier."""

    alarms: Alarms
    hearing: Hearing
    model: LinearModel
    questionnaire: Questionnaire

    @classmethod
    def over(cls, knowledge: Knowledge) -> "Triage":
        """Return the triage by what this knowledge says."""
        hearing = Hearing(knowledge.alarms, knowledge.vocabulary)
        return cls(knowledge.alarms, hearing, knowledge.alarm, knowledge.questionnaire)

    def found(self, text: str) -> Found | None:
        """Return what a text is, or may be; None for what is no emergency."""
        heard = self.hearing.heard(text)
        if (not heard.chinese and not heard.english) or self.is_over(text) or self._is_choice(heard):
            return None
        met, features = self.hearing.listened(heard)
        if not any(met.values()) and self._slim(heard) in self._answers:
            return None
        scores = self.model.scores(features)
        score = danger(scores)
        alarm = is_alarm(score, self.model.threshold, self.model.lower, leeway(met))
        leans = score > self.model.lower
        if not alarm and (not leans or is_brief(heard)):
            return None
        near = LIFE if met.get("life") else 0.0
        kind = max(KINDS, key=lambda kind: scores[kind] + near * (kind == "life")) if leans else "life"
        return Found(kind, self._scene(kind, heard) if alarm else None)

    def scene(self, text: str) -> Scene | None:
        """Return the scene by which a text is answered; None for what is no emergency beyond doubt."""
        found = self.found(text)
        return found.scene if found else None

    def is_over(self, text: str) -> bool:
        """Say whether a text says that the danger is over, and nothing else."""
        heard = self.hearing.heard(text)
        return (self._bare(heard.chinese) or heard.english) in self._fine

    @cached_property
    def _fine(self) -> frozenset[str | tuple[str, ...]]:
        said = (self.hearing.heard(term) for terms in self.alarms.fine.values() for term in terms)
        return frozenset(self._bare(heard.chinese) or heard.english for heard in said)

    def _bare(self, text: str) -> str:
        """Return Chinese words without the small ones and without marks."""
        for word in self.alarms.small:
            text = text.replace(word, "")
        return "".join(sign for sign in text if sign >= "\u3400")

    def _is_choice(self, heard: Heard) -> bool:
        """Say whether a text is word for word a choice that the tools offer: 扣了 is a fee taken off."""
        return _whole(heard) in self._choices

    @cached_property
    def _choices(self) -> frozenset[str | tuple[str, ...]]:
        lists = self.hearing.vocabulary.choices.values()
        said = (self.hearing.heard(term) for values in lists for terms in values.values() for term in terms)
        return frozenset(heard.chinese or heard.english for heard in said)

    @cached_property
    def _answers(self) -> frozenset[str]:
        """All questions' options, which are no emergency word for word unless a pattern is met: 被骗了钱."""
        options = (option for question in self.questionnaire.questions for option in question.options)
        said = (term for option in options for term in (*map(option.in_, LANGUAGES), *option.aliases))
        return frozenset(self._slim(self.hearing.heard(term)) for term in said) - {""}

    def _slim(self, heard: Heard) -> str:
        """Return a text without small words, marks and doubled signs, as a thumb slips."""
        return _DOUBLED.sub(r"\1", self._bare(heard.chinese) or " ".join(heard.english))

    def _scene(self, kind: Kind, heard: Heard) -> Scene:
        scenes = [scene for scene in self.alarms.scenes if scene.kind == kind]
        named = (scene for scene in scenes if self.hearing.holds(heard, scene.when))
        return next(named, scenes[-1])


def _whole(heard: Heard) -> str | tuple[str, ...]:
    """Return a text as a whole, without the marks at its end."""
    return heard.chinese.rstrip(MARKS) or heard.english


def danger(scores: Mapping[str, float]) -> float:
    """Say how much of an emergency a text is, of whatever kind it is most."""
    return scores[ALARM] + max(scores[kind] for kind in KINDS)


def leeway(met: Mapping[str, int]) -> float | None:
    """Say how far below the gentle line a text that meets these patterns may score and still raise an alarm.

    None where the patterns leave a doubt.
    """
    if met.get("life", 0) >= NO_DOUBT:
        return PLAIN
    return 0.0 if beyond_doubt(met) else None


def is_alarm(score: float, threshold: float, lower: float, leeway: float | None) -> bool:
    """Say whether a score raises an alarm, by the patterns' leeway if there is one."""
    return score > (threshold if leeway is None else lower - leeway)


def is_brief(heard: Heard) -> bool:
    """Say whether a text is so short that it can hardly hint at anything: one word, such as an answer."""
    signs = sum(sign >= "\u3400" for sign in heard.chinese)
    return signs < HINT["zh"] and len(heard.english) < HINT["en"]


def spoken_in(text: str) -> tuple[Language | None, bool | None]:
    """Say in which language a text is written, and whether in Traditional script; None where that is open."""
    if any("\u3400" <= sign <= "\u9fff" for sign in text):
        return "zh", True if is_traditional(text) else None
    return (None, None) if is_pinyin(text.lower()) else ("en", None)
