"""All that comes of a worker's answers, and what another answer changed in it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from bot.content.conditions import Facts
from bot.content.knowledge import Knowledge
from bot.content.questionnaire import Answers
from bot.guidance.borrowing import Borrowing, borrowing
from bot.guidance.choice import Guidance, Marks, advise, score
from bot.guidance.cover import RISKS, Cover, Risk, State, covers
from bot.guidance.facts import Scores, facts_from

CREDIT, GAP = "financing_constraint", "insurance_gap"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What comes of the answers on one day."""

    scores: Scores
    facts: Facts
    guidance: Guidance

    @property
    def borrowing(self) -> Borrowing:
        """What the result says of borrowing."""
        return borrowing(self.facts, self.scores[CREDIT])

    @property
    def covers(self) -> tuple[Cover, ...]:
        """How far each risk is covered."""
        return covers(self.facts)


@dataclass(frozen=True, slots=True)
class Covered:
    """A risk that is covered better or worse than before; None where the result is silent on it."""

    risk: Risk
    before: State | None
    after: State | None


@dataclass(frozen=True, slots=True)
class Changes:
    """What changed from one outcome to the next: how many of ten, risks, and pieces that came and went.

    `tenths` is (before, after), None where they are the same.
    """

    tenths: tuple[tuple[int, int] | None, tuple[int, int] | None] | None
    covered: tuple[Covered, ...]
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
    tenths = before.borrowing.tenths, after.borrowing.tenths
    then, today = ({cover.risk: cover.state for cover in found.covers} for found in (before, after))
    return Changes(
        tenths=None if tenths[0] == tenths[1] else tenths,
        covered=tuple(
            Covered(risk, then.get(risk), today.get(risk))
            for risk in RISKS
            if then.get(risk) != today.get(risk)
        ),
        came=tuple(_without(now, was)),
        gone=tuple(_without(was, now)),
    )


def _ids(found: Outcome) -> list[str]:
    return [advised.id for advised in found.guidance.advised]


def _without(these: Iterable[str], those: Iterable[str]) -> list[str]:
    return [id for id in these if id not in set(those)]
