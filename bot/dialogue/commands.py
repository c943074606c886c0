"""Commands that do more than say fixed words; knowledge/commands.yaml lists all of them."""

from collections.abc import Callable, Mapping

from bot.dialogue import advice_taps
from bot.dialogue.asking import Survey
from bot.dialogue.conversation import Conversation
from bot.dialogue.replies import (
    Calendar,
    Explain,
    Letters,
    MyData,
    Reckon,
    Reminders,
    Review,
    Say,
    Tips,
    Turn,
)
from bot.dialogue.seats import START, VERBS

ASK = "ask"  # takes the words behind it, so the flow answers it
LETTERS, CALENDAR = "letters", "calendar"  # may name one behind it
CARD = "card_"  # a link or poster may open one card: t.me/<bot>?start=card_<piece>
Anytime = Callable[[Conversation | None], Turn]
AfterConsent = Callable[[Survey, Conversation], Turn]


def _kept(turn: Callable[[Conversation], Turn]) -> Anytime:
    """Say that nothing is kept where there is no talk."""
    return lambda talk: (None, (Say("nothing_kept"),)) if talk is None else turn(talk)


def _press(verb: str) -> AfterConsent:
    """Press a button of the open question."""

    def press(survey: Survey, talk: Conversation) -> Turn:
        question = survey.position(talk)
        return survey.press(talk, verb, question.id) if question else survey.again(talk, "unknown_command")

    return press


def _go_on(survey: Survey, talk: Conversation) -> Turn:
    return talk, (survey.screen(talk, "resumed" if talk.answers else None),)


ANYTIME: Mapping[str, Anytime] = {
    "tips": lambda talk: advice_taps.listed(talk, Tips()),
    "calc": lambda talk: (talk, (Reckon(),)),
    LETTERS: lambda talk: (talk, (Letters(),)),
    CALENDAR: lambda talk: (talk, (Calendar(),)),
    "explain": lambda talk: (talk, (Explain(),)),
    "mydata": _kept(lambda talk: (talk, (MyData(),))),
    "correct": _kept(lambda talk: (talk, (Review(),))),
    "withdraw": _kept(lambda talk: (talk, (Say("ask_withdraw"),))),
    "delete": _kept(lambda talk: (talk, (Say("ask_forget"),))),
}
AFTER_CONSENT: Mapping[str, AfterConsent] = {
    START: _go_on,
    **dict.fromkeys(VERBS, _go_on),  # by then the talk is the one that they name
    "result": lambda survey, talk: (talk, (survey.screen(talk, "not_finished"),)),
    "remind": lambda _survey, talk: (talk, (Reminders(),)),
    "review": lambda _survey, talk: (talk, (Review(),)),
    "back": _press("back"),
    "skip": _press("skip"),
    "why": _press("why"),
}
HANDLED = frozenset({ASK, *ANYTIME, *AFTER_CONSENT})
