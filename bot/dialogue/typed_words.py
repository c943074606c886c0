"""Typed words while consent or a question is open: what they agree to or answer, and what is said else."""

from dataclasses import dataclass, replace

from bot.content.consent import Consent
from bot.content.questionnaire import Question
from bot.content.vocabulary import Vocabulary
from bot.dialogue.asking import Survey
from bot.dialogue.conversation import Conversation, Typed
from bot.dialogue.reading import (
    Control,
    Guess,
    Match,
    NotRead,
    Reading,
    agrees,
    denies,
    place,
    read,
    refuses,
)
from bot.dialogue.replies import AskConsent, Note, Say, Tips, Turn

EXPLAIN = 2  # misses after which the note says how it works
MAX_TYPED = 200  # characters; a longer text is no answer to a short question


@dataclass(frozen=True, slots=True)
class TypedWords:
    """The rules of typed words; every method is pure and never raises."""

    survey: Survey
    consent: Consent
    vocabulary: Vocabulary

    def to_consent(self, talk: Conversation, typed: Typed) -> Turn:
        """Take a yes for the next required purpose alone, a no for all; else ask for that purpose."""
        text = typed.text
        ticks = set(talk.ticks or ())
        own = typed.how != "forwarded"
        if own and refuses(text, self.vocabulary):
            return None, (Say("declined"), Tips())
        missing = [p.id for p in self.consent.purposes if p.required and p.id not in ticks]
        if own and agrees(text, self.vocabulary):
            ticks |= set(missing[:1])
            held = tuple(p.id for p in self.consent.asked if p.id in ticks)
            if len(missing) > 1:
                return replace(talk, ticks=held, misses=0), (AskConsent(held, one=missing[1], note="noted"),)
            talk = replace(talk, consent=held, consent_version=self.consent.version, ticks=None, misses=0)
            return talk, (self.survey.screen(talk),)
        note: Note = (
            "forwarded" if not own else "consent_first" if talk.misses % EXPLAIN == 0 else "consent_words"
        )
        asked = AskConsent(talk.ticks or (), one=missing[0] if missing else None, note=note, heard=text)
        return replace(talk, misses=talk.misses + 1), (asked,)

    def to_question(self, talk: Conversation, typed: Typed, question: Question, year: int) -> Turn:
        """Take words as an answer to the open question, or say in its own words why they are none.

        year: the present one.
        """
        text = typed.text
        reading = read(text, question, self.vocabulary, year)
        if typed.how == "forwarded":
            return self.survey.again(talk, "forwarded", heard=text)
        if typed.how == "edited" and not talk.misses:
            return self.survey.again(talk, "edited")
        if len(text) > MAX_TYPED:
            return self.survey.again(talk, "too_long", heard=text)
        if (turn := self._after_guess(talk, question, text, reading)) is not None:
            return turn
        if question.multiple and talk.ticks and denies(text, self.vocabulary):
            return self.survey.press(talk, "done", question.id)  # there is nothing more
        match reading:
            case Match(options):
                return self._answer(talk, question, options)
            case Control("done") if not question.multiple:
                return self._missed(talk, "not_read", text)
            case Control(verb):
                return self.survey.press(talk, verb, question.id)
            case Guess(options):
                talk = replace(talk, misses=talk.misses + 1, guess=(question.id, *options))
                return self.survey.again(talk, "guess", options)
            case NotRead(told) if told:
                return self._missed(talk, "other_quantity", told=told)
        return self._missed(talk, "not_read" if talk.misses < EXPLAIN - 1 else "explained", text)

    def _after_guess(
        self, talk: Conversation, question: Question, text: str, reading: Reading
    ) -> Turn | None:
        """Take a yes, a no or 第二个 to what we asked back; None for any other words."""
        if not talk.guess or talk.guess[0] != question.id:
            return None
        options = talk.guess[1:]
        same = reading == Guess(options)  # no, to “do you mean no?”
        if len(options) == 1 and (same or agrees(text, self.vocabulary)):
            return self._answer(talk, question, options)
        if denies(text, self.vocabulary) and not isinstance(reading, Match):
            return self._missed(replace(talk, guess=None), "not_that")
        at = place(text, self.vocabulary)
        return self._answer(talk, question, (options[at - 1],)) if at and at <= len(options) else None

    def _answer(self, talk: Conversation, question: Question, options: tuple[str, ...]) -> Turn:
        if question.multiple:
            return self.survey.tick(talk, question, *options, note="ticked")
        return self.survey.answer(talk, question, options)

    def _missed(self, talk: Conversation, note: Note, heard: str = "", told: str = "") -> Turn:
        return self.survey.again(
            replace(talk, misses=talk.misses + 1, guess=None), note, heard=heard, told=told
        )
