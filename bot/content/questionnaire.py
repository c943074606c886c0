"""What is asked: questions and options, the path that the answers open, and what comes next."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

from bot.content.conditions import Condition, Facts, holds

Language = Literal["zh", "en"]
LANGUAGES: tuple[Language, ...] = ("zh", "en")
Part = Literal["short", "research"]

Answers = Mapping[str, tuple[str, ...]]
"""Option ids by question id, in the order of the options; a skipped question has (SKIPPED,)."""

SKIPPED = "skipped"
PROVINCE = "province"
MANY = 10_000  # paths that are remembered


@dataclass(frozen=True, slots=True)
class Text:
    """The same words in both languages."""

    zh: str
    en: str

    def in_(self, language: Language) -> str:
        return self.zh if language == "zh" else self.en


@dataclass(frozen=True, slots=True)
class Option:
    """One answer that can be chosen.

    `code` is the survey report's code, `up_to` the highest amount (yuan, years or hours) that the
    option covers, `aliases` are typed words that mean it. An `exclusive` option stands alone among
    several choices; one that `ends` stops the talk and nothing is stored. `facts` are what follows from
    choosing it: the values of each fact. `same_as` names an option whose
    meaning this one includes, so that what holds for that one holds for this one too.
    """

    id: str
    zh: str
    en: str
    code: int | None = None
    region: str | None = None
    up_to: float | None = None
    aliases: tuple[str, ...] = ()
    exclusive: bool = False
    ends: bool = False
    facts: Mapping[str, tuple[str, ...]] = field(default_factory=dict, hash=False)
    same_as: str | None = None

    def in_(self, language: Language) -> str:
        return self.zh if language == "zh" else self.en


@dataclass(frozen=True)
class Question:
    """One question, with its name for lists of answers, why it is asked and who uses its answer.

    `options` are offered; `retired` ones were offered by an earlier version and stay readable in stored
    answers. `ask_if` opens a question that follows up another. `not_for` spares people for whom nothing
    uses the answer. `short_if` brings a question of the research part into the short one. The options of a
    `place` are places, whose ids end the ids of their figures; that answer is never exported.
    """

    id: str
    part: Part
    name: Text
    text: Text
    why: Text
    used_by: tuple[str, ...]
    options: tuple[Option, ...]
    skippable: bool
    columns: int = 1
    multiple: bool = False
    feature: str | None = None
    ask_if: Condition | None = None
    not_for: Condition | None = None
    short_if: Condition | None = None
    retired: tuple[Option, ...] = ()
    place: bool = False

    @property
    def readable(self) -> tuple[Option, ...]:
        """All options that a stored answer can name: those offered, then the retired ones."""
        return (*self.options, *self.retired)

    @property
    def serves_advice(self) -> bool:
        """Whether advice hangs on the answer, so that it isn't for research alone."""
        return any(user == "advice" or user.startswith("fact:") for user in self.used_by)

    def option(self, id: str) -> Option | None:
        """Find an option, retired or not, by its id."""
        return self._by_id.get(id)

    @cached_property
    def _by_id(self) -> Mapping[str, Option]:
        return {option.id: option for option in self.readable}

    def meaning(self, answer: tuple[str, ...]) -> frozenset[str]:
        """Return what an answer means: its options, and those whose meaning they include."""
        chosen = (self.option(id) for id in answer)
        return frozenset(answer) | {o.same_as for o in chosen if o is not None and o.same_as is not None}

    def conditions(self) -> tuple[Condition, ...]:
        """Return every condition on earlier answers that decides whether and when it is asked."""
        return tuple(each for each in (self.ask_if, self.not_for, self.short_if) if each is not None)

    def accepts(self, answer: tuple[str, ...]) -> bool:
        """Say whether `answer` can be stored: known options, one unless multiple, exclusive ones alone."""
        if answer == (SKIPPED,):
            return self.skippable
        chosen = [self.option(id) for id in answer]
        if not chosen or None in chosen or len(set(answer)) != len(answer):
            return False
        if len(chosen) == 1:
            return True
        return self.multiple and not any(option is not None and option.exclusive for option in chosen)


@dataclass(frozen=True, slots=True)
class Stated:
    """A fact that the options of one question state: its values by option."""

    question: str
    values: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Words:
    """The words in which a version asks a question: its text, and its options' by id."""

    id: str
    text: Text
    options: Mapping[str, Text]


@dataclass(frozen=True, slots=True)
class Renaming:
    """What a version of the questionnaire calls by another id, so that answers given before it still fit.

    `questions` holds new ids by old ones; `options` the same for the options of a question, under its new
    id. Options that were joined share a new id. An option that was split can't be mapped, so the question is
    asked again.
    """

    since: str
    questions: Mapping[str, str] = field(default_factory=dict)
    options: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def __call__(self, answers: Answers) -> Answers:
        """Return the answers under the new ids."""
        renamed = {self.questions.get(id, id): answer for id, answer in answers.items()}
        return {id: _each_once(self.options.get(id, {}), answer) for id, answer in renamed.items()}


def _each_once(new_ids: Mapping[str, str], answer: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(new_ids.get(option, option) for option in answer))


@dataclass(frozen=True)
class Questionnaire:
    """All questions of one version, in the order in which they are asked.

    Versions are days (2026-11-23), so that they sort; `renamed` are the renamings since the first one.
    """

    version: str
    questions: tuple[Question, ...]
    renamed: tuple[Renaming, ...] = ()

    @cached_property
    def by_id(self) -> Mapping[str, Question]:
        return {question.id: question for question in self.questions}

    def city_in(self, province: str) -> Question | None:
        """Find the question that asks for the city in a province, where some city has figures of its own."""
        return self.cities.get(province)

    @cached_property
    def cities(self) -> Mapping[str, Question]:
        """The questions that ask for a city, by the province in which they are asked."""
        return {
            province: question
            for question in self.questions
            if question.place
            for province in (question.ask_if or {}).get(PROVINCE, ())
        }

    @cached_property
    def stated(self) -> Mapping[str, Stated]:
        """The facts that options state, by name."""
        return {
            fact: Stated(question.id, {o.id: o.facts[fact] for o in question.options if fact in o.facts})
            for question in self.questions
            for option in question.options
            for fact in option.facts
        }

    @cached_property
    def words(self) -> Mapping[str, Words]:
        """The words of the questions by their ids."""
        return {
            question.id: Words(
                question.id,
                question.text,
                {option.id: Text(option.zh, option.en) for option in question.readable},
            )
            for question in self.questions
        }

    @cached_property
    def _decisive(self) -> tuple[str, ...]:
        """The questions on whose answers it hangs whether others are asked."""
        asked = (condition for question in self.questions for condition in question.conditions())
        return tuple({id: None for condition in asked for id in condition})

    def under_new_ids(self, answers: Answers, version: str) -> Answers:
        """Return the answers to another version under the ids of this one."""
        for renaming in self.renamed:
            if version < renaming.since:
                answers = renaming(answers)
        return answers

    def fitting(self, answers: Answers, version: str) -> Answers:
        """Keep of the answers to another version what can be an answer to this one, under today's ids."""
        answers, known = self.under_new_ids(answers, version), self.by_id
        return {id: answer for id, answer in answers.items() if id in known and known[id].accepts(answer)}

    def path(self, answers: Answers, *, research: bool = False) -> tuple[Question, ...]:
        """List the questions that apply, given the answers to those before them."""
        deciding = (research, *map(answers.get, self._decisive))
        if deciding not in self._paths:
            if len(self._paths) >= MANY:
                self._paths.clear()
            self._paths[deciding] = self._path(answers, research=research)
        return self._paths[deciding]

    @cached_property
    def _paths(self) -> dict[tuple[object, ...], tuple[Question, ...]]:
        """The paths that were found, by what decides them; a turn asks for its own four times."""
        return {}

    def _path(self, answers: Answers, *, research: bool) -> tuple[Question, ...]:
        path: list[Question] = []
        facts: dict[str, frozenset[str]] = {}
        for question in self.questions:
            if _applies(question, facts, research=research):
                path.append(question)
                if question.id in answers and question.id in self._decisive:
                    facts[question.id] = question.meaning(answers[question.id])
        return tuple(path)

    def next(self, answers: Answers, *, research: bool = False) -> Question | None:
        """Find the first question on the path without an answer; None when all are answered."""
        for question in self.path(answers, research=research):
            if question.id not in answers:
                return question
        return None

    def relevant(self, answers: Answers) -> dict[str, tuple[str, ...]]:
        """Keep the answers that lie on the path: those off it don't exist for score or advice."""
        path = self.path(answers, research=True)
        return {question.id: answers[question.id] for question in path if question.id in answers}


def _applies(question: Question, facts: Facts, *, research: bool) -> bool:
    short = question.part == "short" or (question.short_if is not None and holds(question.short_if, facts))
    spared = question.not_for is not None and holds(question.not_for, facts)
    return (research or short) and not spared and holds(question.ask_if or {}, facts)
