"""Replies in words and buttons: the only place where words meet facts."""

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import assert_never

from bot import guidance
from bot.conversation import (
    Ask,
    AskConsent,
    Card,
    Conversation,
    Reply,
    Report,
    Review,
    Say,
    Saying,
    Tips,
)
from bot.flow import Flow
from bot.knowledge import Knowledge
from bot.questionnaire import SKIPPED, Answers, Language, Question

BAR = 10  # squares of the progress bar
NUMBERS = "①②③④⑤"  # phones cut long buttons, so a purpose is stated in full above its tick


@dataclass(frozen=True, slots=True)
class Button:
    """A button under a message: its words and the data that its tap sends (64 bytes at most)."""

    text: str
    data: str


Keyboard = tuple[tuple[Button, ...], ...]


@dataclass(frozen=True, slots=True)
class Message:
    """One message in Telegram's HTML; `here` lets it replace the message whose button was tapped."""

    text: str
    buttons: Keyboard = ()
    here: bool = False


# The buttons under each fixed saying, row by row.
_UNDER: dict[Saying, tuple[tuple[str, ...], ...]] = {
    "done": (),
    "under_14": (),
    "declined": (),
    "paused": (("continue",), ("tips",)),
    "ask_forget": (("forget",), ("continue",)),
    "forgotten": (),
    "ask_restart": (("restart",), ("continue",)),
    "privacy": (("continue",),),
    "help": (("continue", "tips"),),
    "choose_language": (),
    "after_result": (("result", "review"), ("tips",)),
    "unknown_advice": (("tips",),),
    "nothing_kept": (("continue",),),
    "group": (),
    "sorry": (),
}


@dataclass(frozen=True)
class Speaker:
    """Words every reply, in the worker's language, with the figures in force on a day."""

    knowledge: Knowledge

    @cached_property
    def flow(self) -> Flow:
        """The talk over this knowledge."""
        pieces = frozenset(piece.id for piece in self.knowledge.advice)
        return Flow(self.knowledge.questionnaire, self.knowledge.consent, pieces)

    def word(
        self, reply: Reply, talk: Conversation | None, language: Language, today: date
    ) -> tuple[Message, ...]:
        """Word one reply; every text fits one Telegram message."""
        return (_Sheet(self, talk, language, today).word(reply),)


@dataclass(frozen=True, slots=True)
class _Sheet:
    """The words for one worker on one day."""

    speaker: Speaker
    talk: Conversation | None
    language: Language
    today: date

    @property
    def knowledge(self) -> Knowledge:
        return self.speaker.knowledge

    @property
    def answers(self) -> Answers:
        answers = self.talk.answers if self.talk else {}
        return self.knowledge.questionnaire.relevant(answers)

    def word(self, reply: Reply) -> Message:
        match reply:
            case AskConsent():
                return self._consent(reply)
            case Ask():
                return self._ask(reply)
            case Review():
                return self._review()
            case Report():
                return self._report()
            case Card(piece):
                text = guidance.card(self.knowledge, piece, self.answers, self.language, self.today)
                return Message(text, self._rows((("result" if self.answers else "start", "tips"),)))
            case Tips(theme):
                return self._tips(theme)
            case Say("choose_language"):
                choices = (Button("中文", "lang:zh"), Button("English", "lang:en"))
                return Message(self._render("say/choose_language.j2"), (choices,))
            case Say(what, here):
                return Message(self._render(f"say/{what}.j2"), self._rows(_UNDER[what]), here=here)
            case _:
                assert_never(reply)

    # --- asking ----------------------------------------------------------------------------------

    def _consent(self, reply: AskConsent) -> Message:
        purposes = self.knowledge.consent.purposes
        label = self._label("purpose")
        ticks = tuple(
            (self._tick("consent", purpose.id, f"{number} {label}", purpose.id in reply.ticks),)
            for number, purpose in zip(NUMBERS, purposes, strict=False)
        )
        stated = [(n, p.in_(self.language)) for n, p in zip(NUMBERS, purposes, strict=False)]
        text = self._render("consent.j2", note=reply.note, purposes=stated)
        return Message(text, (*ticks, *self._rows((("agree",), ("decline", "privacy")))), here=True)

    def _ask(self, reply: Ask) -> Message:
        question = self.knowledge.questionnaire.by_id[reply.question]
        total = reply.done + reply.left
        text = self._render(
            "ask.j2",
            bar="▓" * (filled := round(BAR * reply.done / total)) + "░" * (BAR - filled),
            number=reply.done + 1,
            left=reply.left,
            question=question.text.in_(self.language),
            why=question.why.in_(self.language),
            multiple=question.multiple,
            note=reply.note,
            guess=[o.in_(self.language) for o in question.options if o.id in reply.guess],
        )
        rows = (
            *self._confirm(question, reply),
            *self._options(question, reply),
            *self._steering(question, reply),
        )
        return Message(text, rows, here=True)

    def _confirm(self, question: Question, reply: Ask) -> Keyboard:
        """Give a guess its own button on top, so that one tap confirms it."""
        guess = question.option(reply.guess[0]) if len(reply.guess) == 1 else None
        if guess is None:
            return ()
        verb = "+" if question.multiple else "a"
        text = f"{self._label('yes')} {guess.in_(self.language)}"
        return ((Button(text, f"{verb}:{question.id}:{guess.id}"),),)

    def _options(self, question: Question, reply: Ask) -> Keyboard:
        buttons = [
            self._tick(question.id, option.id, option.in_(self.language), option.id in reply.ticks)
            if question.multiple
            else Button(
                ("● " if option.id in reply.current else "") + option.in_(self.language),
                f"a:{question.id}:{option.id}",
            )
            for option in question.options
        ]
        columns = question.columns
        return tuple(tuple(buttons[i : i + columns]) for i in range(0, len(buttons), columns))

    def _tick(self, subject: str, id: str, text: str, ticked: bool) -> Button:
        # The button names the state that it leads to, so that a double tap changes nothing.
        return Button(("☑ " if ticked else "☐ ") + text, f"{'-' if ticked else '+'}:{subject}:{id}")

    def _steering(self, question: Question, reply: Ask) -> Keyboard:
        verbs = [
            verb
            for verb, offered in (
                ("back", reply.can_go_back),
                ("why", reply.note != "why"),
                ("skip", question.skippable and not reply.current),
                ("keep", bool(reply.current)),
            )
            if offered
        ]
        steering = tuple(Button(self._label(verb), f"{verb}:{question.id}") for verb in verbs)
        done = ((Button(self._label("done"), f"done:{question.id}"),),) if question.multiple else ()
        return (*done, steering)

    # --- showing ---------------------------------------------------------------------------------

    def _review(self) -> Message:
        known = self.knowledge.questionnaire.by_id
        lines = [
            (known[id].text.in_(self.language), self._said(known[id], a)) for id, a in self.answers.items()
        ]
        edits = tuple(
            (Button(f"✎ {question}", f"edit:{id}"),)
            for id, (question, _) in zip(self.answers, lines, strict=True)
        )
        return Message(self._render("review.j2", lines=lines), (*edits, *self._rows((("continue",),))))

    def _said(self, question: Question, answer: tuple[str, ...]) -> str:
        if answer == (SKIPPED,):
            return self._label("skipped")
        return self._label("comma").join(
            option.in_(self.language) for option in question.options if option.id in answer
        )

    def _report(self) -> Message:
        scores = guidance.score(self.knowledge, self.answers)
        facts = guidance.facts_from(self.answers, self.knowledge.questionnaire, scores, self.today)
        advised = guidance.advise(self.knowledge, facts, self.today)
        pieces = [
            (
                self._title(a.id),
                guidance.benefit(self.knowledge, a.id, self.answers, self.language, self.today),
            )
            for a in advised.first
        ]
        text = self._render("report.j2", scores=scores, facts=facts, pieces=pieces)
        opening = tuple(
            (Button(f"{number}. {self._title(a.id)}", f"open:{a.id}"),)
            for number, a in enumerate(advised.first, 1)
        )
        asking = self._asking_more(scores)
        more = ("tips", "review")
        research = (("research",),) if self._may_ask_research() else ()
        return Message(text, (*opening, *asking, *self._rows((more, *research))))

    def _asking_more(self, scores: guidance.Scores) -> Keyboard:
        """Offer the skipped question whose answer would narrow a score most."""
        wanted = {score.ask_next for score in scores.values() if score.ask_next}
        return tuple(
            (Button(f"{self._label('sharpen')} {question.text.in_(self.language)}", f"edit:{question.id}"),)
            for question in self.knowledge.questionnaire.questions
            if question.feature in wanted and question.id in self.answers
        )[:1]

    def _may_ask_research(self) -> bool:
        talk = self.talk
        return talk is not None and "research" in (talk.consent or ()) and not talk.research

    def _tips(self, theme: str | None) -> Message:
        scores = guidance.score(self.knowledge, self.answers) if self.answers else {}
        facts = guidance.facts_from(self.answers, self.knowledge.questionnaire, scores, self.today)
        advised = guidance.advise(self.knowledge, facts, self.today)
        by_theme: dict[str, list[str]] = {}
        everything = [*advised.first, *(a for others in advised.others.values() for a in others)]
        for a in everything:
            by_theme.setdefault(self.knowledge.piece(a.id).theme, []).append(a.id)
        if theme not in by_theme:
            rows = tuple((Button(self._label(f"theme_{t}"), f"theme:{t}"),) for t in by_theme)
            return Message(self._render("tips.j2", personal=bool(self.answers), theme=None), rows)
        rows = tuple((Button(self._title(id), f"open:{id}"),) for id in by_theme[theme])
        text = self._render("tips.j2", personal=bool(self.answers), theme=self._label(f"theme_{theme}"))
        return Message(text, (*rows, *self._rows((("themes",),))), here=True)

    # --- words -----------------------------------------------------------------------------------

    def _title(self, piece: str) -> str:
        return guidance.title(self.knowledge, piece, self.language, self.today)

    def _render(self, template: str, **context: object) -> str:
        return self.knowledge.wording.render(self.language, template, on=self.today, **context)

    def _label(self, name: str) -> str:
        return self.knowledge.wording.block(self.language, "labels.j2", name, on=self.today)

    def _rows(self, rows: tuple[tuple[str, ...], ...]) -> Keyboard:
        targets = {"start": "continue", "themes": "tips"}
        return tuple(
            tuple(Button(self._label(name), f"go:{targets.get(name, name)}") for name in row) for row in rows
        )
