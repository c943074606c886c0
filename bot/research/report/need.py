"""Need and refusal counted apart: the survey's one question mixes them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from bot.content.questionnaire import Questionnaire
from bot.research.disclosure import hidden
from bot.research.tally import Tally
from models.training.sheet import Bools

ASKED, WHY = "constrained", "why_constrained"
# What an answer means, by the options that say so; none may be missing. `ever` was asked without a time.
ANSWERS: Mapping[str, tuple[str, ...]] = {
    "never_needed": ("never_needed",), "could": ("no",), "lately": ("yes",), "before": ("earlier", "ever"),
}  # fmt: skip
OTHERS, COULD_NOT = ("never_needed", "could"), ("lately", "before")
# Why not: the first that holds. A lender's no is one thing, a worker who didn't ask another.
REASONS: Mapping[str, tuple[str, ...]] = {
    "refused": ("below_standard", "credit_record"),
    "discouraged": ("unknown_channels", "fear_of_fraud"),
    "too_dear": ("too_expensive",),
}
OTHERWISE = "otherwise"


@dataclass(frozen=True, slots=True)
class Cell:
    """The number of people with an answer, among `of`; None where a reader could find a few people by it."""

    name: str
    count: int | None
    of: int


@dataclass(frozen=True, slots=True)
class Need:
    """The answers about borrowing, and the reasons of the people who couldn't.

    told, lately: how many answers hold what a model of need, or of the last twelve months, would learn from.
    since: the day from which answers say when it was.
    """

    need: tuple[Cell, ...]
    why: tuple[Cell, ...]
    told: int
    lately: int
    since: date


def need(tally: Tally, questionnaire: Questionnaire) -> Need:
    """Count them apart.

    The shares table shows the sum of each group, so either group hides its small numbers by itself.
    """
    said = {name: _chose(tally, ASKED, options) for name, options in ANSWERS.items()}
    counts = {name: _count(people) for name, people in said.items()}
    people = sum(counts.values())
    groups = [[(name, counts[name]) for name in names] for names in (OTHERS, COULD_NOT)]
    timeless = _count(_chose(tally, ASKED, ("ever",)))
    return Need(
        need=tuple(cell for group in groups for cell in _cells(group, people)),
        why=_why(tally, said["lately"] | said["before"]),
        told=people,
        lately=people - counts["never_needed"] - timeless,
        since=date.fromisoformat(next(r.since for r in questionnaire.renamed if ASKED in r.options)),
    )


def _why(tally: Tally, left: Bools) -> tuple[Cell, ...]:
    people, found = _count(left), []
    for reason, options in REASONS.items():
        these = left & _chose(tally, WHY, options)
        found.append((reason, _count(these)))
        left = left & ~these
    return _cells([*found, (OTHERWISE, _count(left))], people)


def _chose(tally: Tally, question: str, options: Sequence[str]) -> Bools:
    """People who chose any of these."""
    chosen: Bools = np.logical_or.reduce([tally.options[question][option] == 1 for option in options])
    return chosen


def _count(people: Bools) -> int:
    return int(np.count_nonzero(people))


def _cells(counts: list[tuple[str, int]], of: int) -> tuple[Cell, ...]:
    few = hidden([count for _, count in counts])
    return tuple(Cell(name, None if at in few else count, of) for at, (name, count) in enumerate(counts))
