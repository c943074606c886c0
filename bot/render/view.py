"""What is known and said of one worker on one day: facts, advice, words and labels."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from bot import guidance
from bot.content.consent import Consent
from bot.content.knowledge import Knowledge
from bot.content.questionnaire import SKIPPED, Answers, Language, Question
from bot.dialogue.conversation import Conversation, Seat
from bot.guidance import Outcome
from bot.render.message import Button, Keyboard
from bot.render.told import Told

TARGETS = {
    "start": "continue",
    "stay": "continue",
    "themes": "tips",
}  # where a label leads, if not to what it is called


@dataclass(frozen=True, slots=True)
class Operator:
    """The person who runs the bot, and for how many days what is kept, as the privacy text says."""

    contact: str = ""
    draft_days: int = 7
    result_days: int = 90


@dataclass(frozen=True, slots=True)
class Beside:
    """As much as a screen may tell of the chat's other talk: whether it is there, its number of reminders.

    returned: the worker comes back from it to their own.
    """

    kept: bool = False
    reminders: int = 0
    returned: bool = False


ALONE = Beside()


@dataclass(frozen=True)
class View:
    """The words for one worker, or for their family member, on one day."""

    knowledge: Knowledge
    talk: Conversation | None
    language: Language
    today: date
    operator: Operator = Operator()
    seat: Seat = "own"
    beside: Beside = ALONE

    @property
    def consent(self) -> Consent:
        """What is agreed to in this talk."""
        return self.knowledge.consent if self.seat == "own" else self.knowledge.consent.for_family

    @cached_property
    def answers(self) -> Answers:
        """What was answered, as far as it lies on the path."""
        return self.knowledge.questionnaire.relevant(self.talk.answers if self.talk else {})

    @cached_property
    def outcome(self) -> Outcome:
        """What comes of the answers."""
        return self.outcome_of(self.answers)

    def outcome_of(self, answers: Answers, *, scored: bool = True) -> Outcome:
        """Work out what would come of other answers, or of no score, with the marks of today."""
        marks = self.talk.marks if self.talk else {}
        relevant = self.knowledge.questionnaire.relevant(answers)
        return guidance.outcome(self.knowledge, relevant, self.today, marks, scored=scored)

    def changed(self, before: Answers | None) -> Mapping[str, object]:
        """Return what `changes.j2` tells of an edit: nothing if there was none."""
        if before is None:
            return {"changes": False}
        found = guidance.changes(self.outcome_of(before), self.outcome)
        tenths = None if self.talk is not None and self.talk.unscored else found.tenths
        came, gone = ([self.title(id) for id in ids] for ids in (found.came, found.gone))
        return {"changes": True, "tenths": tenths, "covered": found.covered, "came": came, "gone": gone}

    def told(self) -> Mapping[str, object]:
        """Return what `borrowing.j2`, `cover.j2` and `changes.j2` tell."""
        return Told(self.knowledge, self.outcome, self.language, self.today).context()

    def title(self, piece: str) -> str:
        return guidance.title(self.knowledge, piece, self.language, self.today)

    def question(self, id: str) -> str:
        return self.knowledge.questionnaire.by_id[id].text.in_(self.language)

    def name(self, id: str) -> str:
        """Name a question in a list of answers."""
        return self.knowledge.questionnaire.by_id[id].name.in_(self.language)

    def said(self, question: Question, answer: tuple[str, ...], named: int = 99) -> str:
        """Render an answer; of several choices so many are named, and the others counted."""
        if answer == (SKIPPED,):
            return self.label("skipped")
        chosen = [option.in_(self.language) for option in question.readable if option.id in answer]
        more = len(chosen) - named
        others = [self.label("others", left=more)] if more > 0 else []
        return self.label("listed", words=[*chosen[:named], *others])

    def render(self, template: str, **context: object) -> str:
        return self.knowledge.wording.render(self.language, template, on=self.today, **self._seat, **context)

    @property
    def _seat(self) -> Mapping[str, object]:
        """What words depend on beside their own context: whose talk it is, and whether there is another."""
        return {"family": self.seat == "family", "beside": self.beside.kept}

    def block(self, template: str, name: str, /, **context: object) -> str:
        """Render one block of a template."""
        return self.knowledge.wording.block(self.language, template, name, on=self.today, **context)

    def label(self, name: str, **context: object) -> str:
        told = {**self._seat, **context}
        return self.knowledge.wording.block(self.language, "labels.j2", name, on=self.today, **told)

    def rows(self, *rows: tuple[str, ...]) -> Keyboard:
        """Make rows of buttons that go somewhere, by their labels."""
        return tuple(
            tuple(Button(self.label(name), f"go:{TARGETS.get(name, name)}") for name in row) for row in rows
        )
