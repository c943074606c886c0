"""The survey inside the talk: where it stands, and what each button of a question does to it."""

from dataclasses import dataclass, replace
from typing import Literal

from bot.content.questionnaire import SKIPPED, Question, Questionnaire
from bot.dialogue.conversation import Conversation
from bot.dialogue.replies import Ask, Note, Say, ShowResult, Tips, Turn


def may_research(talk: Conversation) -> bool:
    """Return whether the worker agreed to questions that serve research alone."""
    return "research" in (talk.consent or ())


@dataclass(frozen=True, slots=True)
class Survey:
    """The rules of asking over one questionnaire; every method is pure and never raises."""

    questionnaire: Questionnaire

    def position(self, talk: Conversation) -> Question | None:
        """Find the question that is open: the reopened one, else the first without an answer."""
        if talk.reopened is not None:
            askable = self.questionnaire.path(talk.answers, research=True)
            if (reopened := next((q for q in askable if q.id == talk.reopened), None)) is not None:
                return reopened
        return self.questionnaire.next(talk.answers, research=talk.research)

    def path(self, talk: Conversation) -> tuple[Question, ...]:
        """List the questions that apply to this worker so far."""
        return self.questionnaire.path(talk.answers, research=talk.research)

    def screen(
        self,
        talk: Conversation,
        note: Note | None = None,
        guess: tuple[str, ...] = (),
        *,
        heard: str = "",
        told: str = "",
    ) -> Ask | ShowResult:
        """Show the open question, or the report when none is open."""
        question = self.position(talk)
        if question is None:
            return ShowResult()
        path = self.path(talk)
        path = path if question in path else (*path, question)  # it is of the research part
        index = path.index(question)
        return Ask(
            question=question.id,
            done=index,
            left=len([q for q in path[index:] if q is question or q.id not in talk.answers]),
            ticks=self.ticks(talk, question) if question.multiple else (),
            current=talk.answers.get(question.id, ()),
            note=note,
            guess=guess,
            can_go_back=index > 0 and talk.then is None,
            then=talk.then,
            heard=heard,
            told=told,
        )

    def again(
        self,
        talk: Conversation,
        note: Note | None = None,
        guess: tuple[str, ...] = (),
        *,
        heard: str = "",
        told: str = "",
    ) -> Turn:
        """Show the open question again with a note; after the last one, say how to go on instead."""
        screen = self.screen(talk, note, guess, heard=heard, told=told)
        if isinstance(screen, ShowResult) and note == "media":
            return talk, (Say("no_pictures"),)
        return talk, (Say("after_result") if isinstance(screen, ShowResult) else screen,)

    def carried_over(self, talk: Conversation) -> Conversation:
        """Bring a talk of another version here, keeping every answer that still fits."""
        if talk.questionnaire == self.questionnaire.version:
            return talk
        return replace(
            talk,
            questionnaire=self.questionnaire.version,
            answers=self.questionnaire.fitting(talk.answers, talk.questionnaire),
            reopened=None,
            then=None,
            before=None,
            # The ticks of a consent not yet given are no answers.
            ticks=talk.ticks if talk.consent is None else None,
            guess=None,
        )

    def ticks(self, talk: Conversation, question: Question) -> tuple[str, ...]:
        """List what is ticked: the pending ticks, or the answer that is being changed."""
        held = talk.answers.get(question.id, ()) if talk.ticks is None else talk.ticks
        return tuple(id for id in held if id != SKIPPED)

    def press(self, talk: Conversation, verb: str, subject: str, object_: str = "") -> Turn:
        """Press a button of the question `subject`; if that one is not open, nothing changes."""
        if verb == "edit":
            return self._reopen(talk, subject, then="tips" if object_ == "tips" else None)
        question = self.position(talk)
        if question is None or question.id != subject:
            return self._stale(talk, verb, subject, object_)
        match verb:
            case "a":
                return self.answer(talk, question, (object_,))
            case "+" | "-":
                return self.tick(talk, question, object_, on=verb == "+")
            case "done":
                ticks = self.ticks(talk, question)
                return self.answer(talk, question, ticks) if ticks else self.again(talk, "choose_one")
            case "skip" if question.skippable:
                return self.answer(talk, question, (SKIPPED,))
            case "skip":
                return self.again(talk, "cannot_skip")
            case "why":
                return self.again(talk, "why")
            case "back":
                return self._back(talk, question)
            case "keep" if question.id in talk.answers:
                return self._settled(replace(talk, reopened=None, ticks=None, misses=0, guess=None))
        return self.again(talk, "stale")

    def answer(self, talk: Conversation, question: Question, answer: tuple[str, ...]) -> Turn:
        """Store an answer to the open question and go on; an answer that doesn't fit is refused."""
        if not question.accepts(answer):
            return self.again(talk, "stale")
        option = question.option(answer[0])
        if option is not None and option.ends:
            return None, (Say("under_14", replaces=True),)
        editing = talk.then is not None or not self.questionnaire.next(talk.answers, research=talk.research)
        before = talk.before if talk.before is not None else talk.answers if editing else None
        answers = {**talk.answers, question.id: answer}
        return self._settled(
            replace(talk, answers=answers, before=before, reopened=None, ticks=None, misses=0, guess=None)
        )

    def tick(
        self, talk: Conversation, question: Question, *ids: str, on: bool = True, note: Note | None = None
    ) -> Turn:
        """Tick or untick choices; an exclusive one says all there is to say, so that it is the answer."""
        held = set(self.ticks(talk, question))
        for id in ids:
            option = question.option(id)
            if option is None or not question.multiple:
                return self.again(talk, "stale")
            held.discard(id)
            if on:
                alone = {other.id for other in question.options if other.exclusive}
                held = {id} if option.exclusive else (held - alone) | {id}
        ticks = tuple(option.id for option in question.options if option.id in held)
        if on and any(option.id in held and option.exclusive for option in question.options):
            return self.answer(talk, question, ticks)
        talk = replace(talk, ticks=ticks, misses=0, guess=None)
        return talk, (self.screen(talk, note),)

    def _settled(self, talk: Conversation) -> Turn:
        before = talk.before if talk.before != talk.answers else None
        if talk.then == "tips":
            return replace(talk, then=None, before=None), (Tips(replaces=True, before=before),)
        screen = self.screen(talk)
        if isinstance(screen, ShowResult):
            return replace(talk, before=None), (Say("done", replaces=True), ShowResult(before))
        return talk, (screen,)

    def _back(self, talk: Conversation, question: Question) -> Turn:
        if talk.then == "tips":
            return self._settled(replace(talk, reopened=None, ticks=None, misses=0, guess=None))
        path = self.path(talk)
        if question not in path:
            return self.again(talk)
        index = path.index(question)
        if index > 0:
            talk = replace(talk, reopened=path[index - 1].id, ticks=None, misses=0, guess=None)
        return talk, (self.screen(talk),)

    def _reopen(self, talk: Conversation, id: str, then: Literal["tips"] | None) -> Turn:
        """Ask a question again; one that a list of advice asks for need not have been asked before."""
        path = self.questionnaire.path(talk.answers, research=True)
        # Without the consent to research only what advice needs may be asked, whatever a button says.
        askable = {q.id for q in path if q.part != "research" or q.serves_advice or may_research(talk)}
        if id not in askable or (then is None and id not in talk.answers):
            return self.again(talk, "stale")
        talk = replace(talk, reopened=id, then=then, ticks=None, misses=0, guess=None)
        return talk, (self.screen(talk),)

    def _stale(self, talk: Conversation, verb: str, subject: str, object_: str) -> Turn:
        """Heal an old button by showing the open question; a double tap hears again what the first heard."""
        finished = self.position(talk) is None
        if verb in ("a", "+") and talk.answers.get(subject) == (object_,):
            return talk, (Say("done", replaces=True) if finished else self.screen(talk),)
        if verb in ("done", "skip", "keep") and finished:
            return talk, (Say("done", replaces=True),)
        return self.again(talk, "stale")
