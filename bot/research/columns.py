"""One person in one tidy row: the report's codes for what the report asked, option ids for the rest."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from bot.content.knowledge import Knowledge
from bot.content.questionnaire import PROVINCE, SKIPPED, Answers, Option, Question
from bot.dialogue.asking import Survey
from bot.dialogue.conversation import Conversation
from bot.guidance.levels import levels_from
from bot.research.participants import Participant
from models.training import published

OUTCOMES = ("constrained", "gap")
# Given by their code alone: a place, or an age below a code, could name a person together with the rest.
COARSE = ("region", "age")
UNKNOWN = -1  # in place of a code
Group = str | int  # people by an option's id or a feature's code
NO_COVER = ("none",)
UNSURE = "unknown"  # the option of a worker without an answer to an outcome
# How somebody answered: answers that were timed, those quicker than anybody reads, questions with one answer,
# and how many of these are on the same button.
MANNER = ("timed", "hasty", "chosen", "same_button")
MANY_BUTTONS = 10  # a question with more is a list to look something up in


@dataclass(frozen=True, slots=True)
class Column:
    """One column: `question` and `option` say where its cells come from, None where from no question."""

    name: str
    question: Question | None = None
    option: Option | None = None


@dataclass(frozen=True)
class Columns:
    """The columns of one version of the knowledge, and the rows in them; an empty cell is not known."""

    knowledge: Knowledge

    @cached_property
    def features(self) -> tuple[str, ...]:
        """The models' features, in the report's order; cover is given by the outcome `gap`."""
        return tuple(name for name in published.read().coding if name != "commercial")

    @cached_property
    def columns(self) -> tuple[Column, ...]:
        """All columns in their order."""
        by_feature = {question.feature: question for question in self.knowledge.questionnaire.questions}
        by_id = self.knowledge.questionnaire.by_id
        outcomes = dict(zip(OUTCOMES, ("constrained", "commercial_cover"), strict=True))
        return (
            *(
                Column(name)
                for name in ("person", "month", *self._versions, "result_version", "finished", "stopped_at")
            ),
            *(Column(name, by_feature.get(name)) for name in self.features),
            *(Column(name, by_id.get(id)) for name, id in outcomes.items()),
            *self._answers,
            Column("skipped"),
            *(Column(name) for name in MANNER),
        )

    def row(self, participant: Participant, name: str) -> dict[str, str]:
        """Render one person's row under a name that stands for them in this export only."""
        talk = participant.talk
        open_ = Survey(self.knowledge.questionnaire).position(talk)
        row = {
            "person": name,
            "month": f"{participant.day:%Y-%m}",
            **self._versions,
            "questionnaire_version": participant.answered,
            "consent_version": talk.consent_version,
            "result_version": talk.shown_by,
            "finished": "0" if open_ else "1",
            "stopped_at": "" if open_ is None else PROVINCE if open_.id in self._cities else open_.id,
            **{name: _cell(code) for name, code in self.codes(talk.answers).items()},
            "skipped": " ".join(
                id for id, answer in talk.answers.items() if answer == (SKIPPED,) and id not in self._cities
            ),
            **{name: str(count) for name, count in self._manner(talk).items()},
        }
        for name, id, option in self._cells:
            answer = talk.answers.get(id, ())
            told = answer and answer != (SKIPPED,)
            row[name] = "" if not told else answer[0] if option is None else str(int(option in answer))
        return {name: row[name] for name in self.names}

    def codes(self, answers: Answers) -> dict[str, int | None]:
        """Return the report's code of every feature and outcome; None is not known."""
        levels = levels_from(answers, self.knowledge.questionnaire)
        return {
            **{name: levels.get(name) for name in self.features},
            "constrained": self._code("constrained", answers),
            "gap": _gap(answers.get("commercial_cover", ())),
        }

    @cached_property
    def _cities(self) -> frozenset[str]:
        """The questions whose very ids tell the province."""
        questions = self.knowledge.questionnaire.questions
        return frozenset(q.id for q in questions if q.place and q.id != PROVINCE)

    def _manner(self, talk: Conversation) -> dict[str, int]:
        """Count how somebody answered."""
        places = self._places
        chosen = [
            place
            for id, answer in talk.answers.items()
            if (place := places.get((id, answer[0] if answer else ""))) is not None
        ]
        from_top = Counter(at for at, _ in chosen)
        at_the_end = sum(at == buttons - 1 for at, buttons in chosen)
        same = max(at_the_end, *from_top.values(), 0)
        return dict(zip(MANNER, (talk.pace.timed, talk.pace.hasty, len(chosen), same), strict=True))

    @cached_property
    def _places(self) -> Mapping[tuple[str, str], tuple[int, int]]:
        """Where each button of a question with one answer stands, and of how many: by question and option."""
        return {
            (question.id, option.id): (place, len(question.options))
            for question in self.knowledge.questionnaire.questions
            if not question.multiple and len(question.options) <= MANY_BUTTONS
            for place, option in enumerate(question.options)
        }

    @cached_property
    def _versions(self) -> Mapping[str, str]:
        knowledge = self.knowledge
        return {
            "questionnaire_version": knowledge.questionnaire.version,
            "consent_version": knowledge.consent.version,
            "knowledge_version": knowledge.version,
            **{f"model_{name}": model.version for name, model in knowledge.models.items()},
        }

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The columns' names in their order."""
        return tuple(column.name for column in self.columns)

    @cached_property
    def _cells(self) -> tuple[tuple[str, str, str | None], ...]:
        """For each column of the answers its name, its question's id and, of a list, its option's."""
        return tuple(
            (column.name, column.question.id, column.option.id if column.option else None)
            for column in self._answers
            if column.question
        )

    @cached_property
    def _answers(self) -> tuple[Column, ...]:
        return tuple(_own_columns(self.knowledge.questionnaire.questions))

    def _code(self, id: str, answers: Answers) -> int | None:
        option = self.knowledge.questionnaire.by_id[id].option(answers.get(id, ("",))[0])
        return option.code if option else None


def _own_columns(questions: tuple[Question, ...]) -> Iterator[Column]:
    """Return the columns of what the codes alone don't tell."""
    for question in questions:
        if question.multiple:
            for option in question.readable:
                yield Column(f"{question.id}__{option.id}", question, option)
        elif not question.place and question.id not in COARSE and not _told_by_code(question):
            yield Column(f"answer_{question.id}", question)


def _told_by_code(question: Question) -> bool:
    codes = {option.code for option in question.readable}
    return None not in codes and len(codes) == len(question.readable)


def _gap(cover: tuple[str, ...]) -> int | None:
    if not cover or cover[0] in (SKIPPED, UNSURE):
        return None
    return int(cover == NO_COVER)


def _cell(code: int | None) -> str:
    return "" if code is None else str(code)
