"""All that comes of a worker's answers, and what another answer changed in it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from bot.content.conditions import Facts
from bot.content.knowledge import Knowledge
from bot.content.questionnaire import Answers
from bot.guidance.choice import Guidance, Marks, advise, score
from bot.guidance.facts import Scores, facts_from
from models.serving.risk import Abstained, Score


@dataclass(frozen=True, slots=True)
class Outcome:
    """What comes of the answers on one day."""

    scores: Scores
    facts: Facts
    guidance: Guidance


@dataclass(frozen=True, slots=True)
class Moved:
    """A model whose band or place is another than before."""

    model: str
    before: Score | Abstained
    after: Score | Abstained


@dataclass(frozen=True, slots=True)
class Changes:
    """What changed from one outcome to the next: places, and the pieces that came and went."""

    moved: tuple[Moved, ...]
    came: tuple[str, ...]
    gone: tuple[str, ...]


def outcome(
    knowledge: Knowledge, answers: Answers, on: date, marks: Marks | None = None, *, scored: bool = True
) -> Outcome:
    """Advise on the answers, and score them unless that was refused; `answers` lie on the path."""
    scores = score(knowledge, answers) if scored else {}
    facts = facts_from(answers, knowledge.questionnaire, scores, on)
    return Outcome(scores, facts, advise(knowledge, facts, on, marks))


def changes(before: Outcome, after: Outcome) -> Changes:
    """Say what changed; advice in the order in which it is given."""
    was, now = (_ids(found) for found in (before, after))
    return Changes(
        moved=tuple(
            Moved(model, before.scores[model], score)
            for model, score in after.scores.items()
            if _place(before.scores[model]) != _place(score)
        ),
        came=tuple(_without(now, was)),
        gone=tuple(_without(was, now)),
    )


def _ids(found: Outcome) -> list[str]:
    return [advised.id for advised in found.guidance.advised]


def _without(these: Iterable[str], those: Iterable[str]) -> list[str]:
    return [id for id in these if id not in set(those)]


def _place(score: Score | Abstained) -> tuple[str, int] | None:
    # The place in whole numbers, as it is told.
    return (score.band, round(score.percentile)) if isinstance(score, Score) else None
