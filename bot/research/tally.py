"""Counts of all participants for the report: one small number an answer, nothing that names a person."""

from collections import Counter
from collections.abc import AsyncIterable, Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from bot.content.questionnaire import SKIPPED, Answers
from bot.dialogue.asking import Survey
from bot.research.columns import UNKNOWN, Columns, Group
from bot.research.participants import Participant
from models.training import published
from models.training.published import Codes

Column = NDArray[np.int8]
FINISHED = "finished"


@dataclass(frozen=True, slots=True, eq=False)
class Tally:
    """What participants answered, person by person in no order that means anything.

    codes: the report's code by feature or outcome, UNKNOWN where not known. options: for each question
    without a code of its own, whether (1, 0, UNKNOWN) each option was chosen. may_score: those who did
    not object to being scored. asked, stopped: how many were shown a question, and left it open; `stopped`
    counts FINISHED too. marks: by (piece, mark), with "stuck" for people who asked for help.
    """

    people: int
    codes: Mapping[str, Column]
    options: Mapping[str, Mapping[str, Column]]
    may_score: NDArray[np.bool_]
    asked: Counter[str]
    stopped: Counter[str]
    marks: Counter[tuple[str, str]]
    reminders: int

    def levels(self, feature: str) -> dict[int, int]:
        """How many gave each code of a feature."""
        column = self.codes[feature]
        codes = published.read().coding.get(feature, (0, 1))
        return {code: int(np.count_nonzero(column == code)) for code in codes}

    def count(self, of: Codes, given: Codes | None = None) -> tuple[int, int]:
        """How many are known in `of` and hold `given`; and how many of them hold `of`."""
        known = np.ones(self.people, dtype=bool)
        for feature in of:
            known &= self.codes[feature] != UNKNOWN
        known &= self._holds(given or {})
        return int(known.sum()), int((known & self._holds(of)).sum())

    def count_option(self, question: str, option: str) -> tuple[int, int]:
        """How many answered a question (who was not asked for kinds of debt has none), how many chose it."""
        column = self.options[question][option]
        known = column != UNKNOWN
        if question == "debt_kinds":
            known = known | (self.codes["debt"] == 1)
        return int(known.sum()), int((column == 1).sum())

    def groups(self, by: str) -> dict[Group, NDArray[np.bool_]]:
        """The members of each group, by a feature's codes or a question's options. UNKNOWN stands for no
        answer.
        """
        if by in self.codes:
            return {code: self.codes[by] == code for code in (*self.levels(by), UNKNOWN)}
        chosen: dict[Group, NDArray[np.bool_]] = {id: column == 1 for id, column in self.options[by].items()}
        return {**chosen, UNKNOWN: ~np.logical_or.reduce(list(chosen.values()))}

    def complete(self, features: tuple[str, ...]) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
        """The codes [people x features], and who has them all and may be scored."""
        table = np.column_stack([self.codes[name] for name in features]).astype(np.int64)
        return table, (table != UNKNOWN).all(axis=1) & self.may_score

    def _holds(self, codes: Codes) -> NDArray[np.bool_]:
        held = np.ones(self.people, dtype=bool)
        for feature, allowed in codes.items():
            held &= np.isin(self.codes[feature], allowed)
        return held


@dataclass
class _Counting:
    """A line of small numbers a person: the codes, then a place for each option of each question."""

    sheet: Columns
    lines: bytearray = field(default_factory=bytearray)
    may_score: bytearray = field(default_factory=bytearray)
    asked: Counter[str] = field(default_factory=Counter)
    stopped: Counter[str] = field(default_factory=Counter)
    marks: Counter[tuple[str, str]] = field(default_factory=Counter)
    reminders: int = 0

    def __post_init__(self) -> None:
        questionnaire = self.sheet.knowledge.questionnaire
        self.survey = Survey(questionnaire)
        self.names = (*self.sheet.features, "constrained", "gap", "commercial")
        self.own = [q for q in questionnaire.questions if q.feature is None and not q.place]
        self.places: dict[str, dict[str, int]] = {}
        width = len(self.names)
        for question in self.own:
            self.places[question.id] = {o.id: width + at for at, o in enumerate(question.readable)}
            width += len(question.readable)
        self.blank = np.full(width, UNKNOWN, dtype=np.int8).tobytes()

    def add(self, participant: Participant) -> None:
        talk = participant.talk
        self.lines += self._line(talk.answers)
        self.may_score.append(not talk.unscored)
        open_ = self.survey.position(talk)
        self.asked.update(talk.answers.keys())
        if open_ is None:
            self.stopped[FINISHED] += 1
        else:
            self.stopped[open_.id] += 1
            if open_.id not in talk.answers:
                self.asked[open_.id] += 1
        self.marks.update(talk.marks.items())
        self.marks.update((piece, "stuck") for piece in talk.stuck)
        self.reminders += bool(talk.reminders)

    def _line(self, answers: Answers) -> bytearray:
        line, codes = bytearray(self.blank), self.sheet.codes(answers)
        codes["commercial"] = None if codes["gap"] is None else 1 - codes["gap"]
        for at, name in enumerate(self.names):
            if (code := codes[name]) is not None:
                line[at] = code
        for id, answer in answers.items():
            if (places := self.places.get(id)) and answer != (SKIPPED,):
                for option, at in places.items():
                    line[at] = option in answer
        return line

    def told(self) -> Tally:
        lines = np.frombuffer(self.lines, dtype=np.int8).reshape(-1, len(self.blank))
        columns = np.ascontiguousarray(lines.T)
        return Tally(
            people=len(self.may_score),
            codes=dict(zip(self.names, columns, strict=False)),
            options={id: {o: columns[at] for o, at in places.items()} for id, places in self.places.items()},
            may_score=np.frombuffer(self.may_score, dtype=np.bool_),
            asked=self.asked,
            stopped=self.stopped,
            marks=self.marks,
            reminders=self.reminders,
        )


async def tally(people: AsyncIterable[Participant], sheet: Columns) -> Tally:
    """Count everybody; memory grows by a hundred bytes a person."""
    counting = _Counting(sheet)
    async for participant in people:
        counting.add(participant)
    return counting.told()
