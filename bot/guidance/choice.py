"""Which advice, in which order, and why not the rest: deterministic, and with its trace."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import groupby
from typing import Literal, NamedTuple

from bot.content.conditions import Condition, Facts, Verdict, holds, judge, undecided
from bot.content.knowledge import THEMES, Knowledge, Piece, Theme
from bot.content.questionnaire import Answers, Questionnaire
from bot.guidance.facts import MINOR, dated_facts, questions_of
from bot.guidance.levels import levels_from
from models.serving.risk import Abstained, Model, Score

FIRST = 3  # pieces that are shown at once
MOST_OF_A_THEME = 2  # among the first, so that one worry doesn't hide the others
NEAR = timedelta(days=45)  # before a deadline, from which on its piece moves up
BY_NEAR = 8  # what a near deadline adds to the priority

HAPPENING = "happening"  # the question of what is going on now
NOTHING = "none"  # its answer that nothing is

Outcome = Literal[
    "advised", "not_in_force", "set_aside", "not_for_you", "already", "not_eligible", "undecided"
]
PieceVerdict = Literal["yes", "not", "depends"]
Marks = Mapping[str, str]
"""What the worker said of a piece, by its id: done, have it, or not for me."""


# A result holds some hundred of these, and a tuple with names is made in half of the time.
class Advised(NamedTuple):
    """A piece that applies, its priority for this worker, and the facts that made it apply."""

    id: str
    theme: Theme
    priority: int
    because: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NotEligible:
    """A piece of use whose rules ask for more: the facts that fail. Its card tells the threshold."""

    id: str
    failed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Undecided:
    """A piece that hangs on what is not known, and the one question that would settle it (or bring it on)."""

    id: str
    question: str | None
    unknown: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SetAside:
    """A piece that the worker marked: whatever else holds, it is not advised."""

    id: str
    mark: str


class Judged(NamedTuple):
    """One line of the trace: what became of a piece, by which facts, at which priority.

    The facts of an advised piece that is given `anyway` are those that are not known.
    """

    id: str
    outcome: Outcome
    priority: int
    facts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Trace:
    """All that a replay needs: same day, same knowledge, same facts and marks, same guidance."""

    on: date
    knowledge: str
    facts: Mapping[str, tuple[str, ...]]
    judged: tuple[Judged, ...]
    marks: Marks = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Guidance:
    """The advice for one worker on one day."""

    first: tuple[Advised, ...]
    others: Mapping[Theme, tuple[Advised, ...]]
    not_eligible: tuple[NotEligible, ...]
    undecided: tuple[Undecided, ...]
    set_aside: tuple[SetAside, ...]
    trace: Trace

    @property
    def advised(self) -> tuple[Advised, ...]:
        """Everything that applies, the first pieces first."""
        return (*self.first, *(piece for pieces in self.others.values() for piece in pieces))

    @property
    def by_question(self) -> Mapping[str | None, tuple[str, ...]]:
        """The undecided pieces by the question that settles them, most first; last those that none does."""
        grouped: dict[str | None, list[str]] = {}
        for piece in self.undecided:
            grouped.setdefault(piece.question, []).append(piece.id)
        order = sorted(grouped, key=lambda question: (question is None, -len(grouped[question])))
        return {question: tuple(grouped[question]) for question in order}

    def verdict(self, piece: str) -> "PieceVerdict":
        """Say whether a piece is for this worker: yes, not, or that it depends on one answer."""
        if any(undecided.id == piece for undecided in self.undecided):
            return "depends"
        return "yes" if any(advised.id == piece for advised in self.advised) else "not"


def score(knowledge: Knowledge, answers: Answers) -> dict[str, Score | Abstained]:
    """Score the answers with every served model; minors are not scored, truck owners also by their group."""
    return _scores(knowledge, answers, knowledge.models)


def side_by_side(knowledge: Knowledge, answers: Answers) -> Iterator[str]:
    """Yield "version:before>after" for every model beside which another one waits, where both give a score.

    The version is that of the one that waits, before and after are the bands by either.
    """
    if not knowledge.challengers:
        return
    served = score(knowledge, answers)
    for name, waits in _scores(knowledge, answers, knowledge.challengers).items():
        serves = served.get(name)
        if isinstance(serves, Score) and isinstance(waits, Score):
            yield f"{waits.version}:{serves.band}>{waits.band}"


def _scores(
    knowledge: Knowledge, answers: Answers, models: Mapping[str, Model]
) -> dict[str, Score | Abstained]:
    levels = levels_from(answers, knowledge.questionnaire)
    minor = answers.get("age", ("",))[0] in MINOR
    group = "truck" if answers.get("occupation") == ("truck_owner",) else None
    return {name: model.score(levels, group=group, minor=minor) for name, model in models.items()}


def advise(knowledge: Knowledge, facts: Facts, on: date, marks: Marks | None = None) -> Guidance:
    """Choose and order the advice: same knowledge, facts, day and marks, same guidance."""
    facts = {**facts, **dated_facts(knowledge.parameters, on)}
    marks = dict(marks or {})
    judged = [_judge(knowledge, piece, facts, on, marks) for piece in knowledge.advice]
    by_outcome: dict[Outcome, list[Judged]] = {}
    for line in judged:
        by_outcome.setdefault(line.outcome, []).append(line)
    ranked = sorted(
        (_advised(knowledge.piece(line.id), line) for line in by_outcome.get("advised", [])),
        key=lambda advised: (-advised.priority, advised.id),
    )
    first = _first(knowledge, ranked, facts)
    shown = {advised.id for advised in first}
    rest = [advised for advised in ranked if advised.id not in shown]
    open_ = by_outcome.get("undecided", [])
    settling = {
        fact: _settling(fact, facts, knowledge.questionnaire) for fact in {line.facts[0] for line in open_}
    }
    return Guidance(
        first=first,
        others=_by_theme(rest),
        not_eligible=tuple(NotEligible(j.id, j.facts) for j in by_outcome.get("not_eligible", [])),
        undecided=tuple(Undecided(j.id, settling[j.facts[0]], j.facts) for j in open_),
        set_aside=tuple(SetAside(j.id, marks[j.id]) for j in by_outcome.get("set_aside", [])),
        trace=Trace(
            on, knowledge.version, {f: tuple(sorted(facts[f])) for f in sorted(facts)}, tuple(judged), marks
        ),
    )


def _judge(knowledge: Knowledge, piece: Piece, facts: Facts, on: date, marks: Marks) -> Judged:
    priority = piece.priority
    names: tuple[str, ...] = ()
    outcome: Outcome
    if not piece.in_force(on):
        outcome = "not_in_force"
    elif piece.id in marks:
        outcome = "set_aside"
    elif piece.already and holds(piece.already, facts):
        outcome, names = "already", tuple(piece.already)
    elif (failed := judge(piece.when, facts)) != "yes":
        outcome, names = _unfit("not_for_you", failed, piece.when, facts)
    elif (failed := judge(piece.eligible, facts)) != "yes":
        outcome, names = _unfit("not_eligible", failed, piece.eligible, facts)
    else:
        outcome, names = "advised", (*piece.when, *piece.eligible)
        priority = _priority(knowledge, piece, piece.priority, facts, on)
    if outcome == "undecided" and piece.anyway is not None:
        outcome, priority = "advised", _priority(knowledge, piece, piece.anyway, facts, on)
    return Judged(piece.id, outcome, priority, names)


def _unfit(
    outcome: Outcome, verdict: Verdict, condition: Condition, facts: Facts
) -> tuple[Outcome, tuple[str, ...]]:
    if verdict == "unknown":
        return "undecided", undecided(condition, facts)
    failing = (name for name in condition if name in facts and facts[name].isdisjoint(condition[name]))
    return outcome, tuple(failing)


def _priority(knowledge: Knowledge, piece: Piece, least: int, facts: Facts, on: date) -> int:
    """Add to the least priority what moves the piece up for this worker, and on this day."""
    deadline = knowledge.deadline(piece.id, on) if piece.deadline else None
    near = BY_NEAR if deadline is not None and on <= deadline <= on + NEAR else 0
    more = sum(more.by for more in piece.more if holds(more.when, facts)) if piece.more else 0
    return least + near + more


def _advised(piece: Piece, line: Judged) -> Advised:
    return Advised(piece.id, piece.theme, line.priority, line.facts)


def _first(knowledge: Knowledge, ranked: list[Advised], facts: Facts) -> tuple[Advised, ...]:
    """Choose the first pieces: no emergency but one that was said to be going on, and no two of a kin.

    The first place is for what is going on now, if a piece is for that.
    """
    chosen: list[Advised] = []
    passed: list[Advised] = []
    happening = not facts.get(HAPPENING, frozenset()).issubset({NOTHING})
    urgent = next((a for a in ranked if _going_on(knowledge.piece(a.id), facts)), None) if happening else None
    for advised in ranked if urgent is None else [urgent, *(each for each in ranked if each is not urgent)]:
        piece = knowledge.piece(advised.id)
        going_on = happening and _going_on(piece, facts)
        if (piece.call and not going_on) or _has_kin(knowledge, piece, chosen):
            continue
        full = not going_on and sum(a.theme == advised.theme for a in chosen) >= MOST_OF_A_THEME
        (passed if full else chosen).append(advised)
        if len(chosen) == FIRST:
            break
    # With advice of one theme only, the rest of it fills the places.
    for advised in passed:
        if len(chosen) < FIRST and not _has_kin(knowledge, knowledge.piece(advised.id), chosen):
            chosen.append(advised)
    return tuple(chosen)


def _going_on(piece: Piece, facts: Facts) -> bool:
    """Say whether the worker named, among what is going on now, something that this piece is for."""
    return any(
        more.by > 0 and NOTHING not in more.when.get(HAPPENING, (NOTHING,)) and holds(more.when, facts)
        for more in piece.more
    )


def _has_kin(knowledge: Knowledge, piece: Piece, chosen: list[Advised]) -> bool:
    return piece.kin != "" and any(knowledge.piece(a.id).kin == piece.kin for a in chosen)


def _by_theme(ranked: list[Advised]) -> dict[Theme, tuple[Advised, ...]]:
    ordered = sorted(ranked, key=lambda advised: THEMES.index(advised.theme))
    return {theme: tuple(group) for theme, group in groupby(ordered, key=lambda advised: advised.theme)}


def _settling(fact: str, facts: Facts, questionnaire: Questionnaire) -> str | None:
    """Name the question to ask for an unknown fact: its own, or first the one that opens it.

    None if no question would do: an age band, say, may leave open what a year would settle.
    """
    id = next((id for id in questions_of(fact, questionnaire) if id not in facts), "")
    question = questionnaire.by_id.get(id)
    if question is None:
        return None
    opening = next((opener for opener in question.ask_if or () if opener not in facts), None)
    return _settling(opening, facts, questionnaire) if opening else id
