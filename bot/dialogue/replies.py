"""Replies: what the talk answers, not yet worded."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from bot.content.alarms import Kind
from bot.content.commands import CommandSaying
from bot.content.questionnaire import Answers, Language
from bot.dialogue.conversation import Conversation

Note = Literal[
    "why", "resumed", "stale", "media", "too_long", "not_read", "guess", "choose_one",
    "unknown_command", "cannot_skip", "explained", "consent_first", "consent_needed", "not_finished",
    "forwarded", "edited", "ticked", "other_quantity", "not_that", "noted", "consent_words", "answered",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class AskConsent:
    """Ask for consent, with the purposes ticked so far; `one` asks for that purpose alone, in short.

    `heard` are the typed words that agree to nothing: they may be a question, which is answered first.
    """

    ticks: tuple[str, ...] = ()
    note: Note | None = None
    one: str | None = None
    heard: str = ""


@dataclass(frozen=True, slots=True)
class Ask:
    """Ask one question; `done` and `left` count the questions behind and ahead, this one included.

    `heard` are the typed words that are no answer: they may be a question, which is answered first. `told` is
    the quantity that they are an amount of instead.
    """

    question: str
    done: int
    left: int
    ticks: tuple[str, ...] = ()
    current: tuple[str, ...] = ()
    note: Note | None = None
    guess: tuple[str, ...] = ()
    can_go_back: bool = True
    then: Literal["tips"] | None = None
    heard: str = ""
    told: str = ""


@dataclass(frozen=True, slots=True)
class Review:
    """Show all answers, each with a button to change it."""


@dataclass(frozen=True, slots=True)
class ShowResult:
    """Show scores, reasons and the first pieces of advice; after an edit, what it changed."""

    before: Answers | None = None


@dataclass(frozen=True, slots=True)
class Card:
    """Unfold a page of a piece of advice; with `replaces` in the place of the tapped message."""

    piece: str
    page: int = 0
    replaces: bool = False


@dataclass(frozen=True, slots=True)
class Tips:
    """List the themes of advice, or one shelf page by page: personal when there are answers.

    A shelf is a theme, "not_yet" (the rules ask for more), "one_more" (it hangs on a question) or "marked"
    (the worker set it aside).
    """

    shelf: str | None = None
    page: int = 0
    replaces: bool = False
    before: Answers | None = None


@dataclass(frozen=True, slots=True)
class PassOn:
    """Word a piece of advice for others, or (None) what to do first: nothing of the worker is in it."""

    piece: str | None = None
    picture: bool = False


@dataclass(frozen=True, slots=True)
class HowToPassOn:
    """Say how to send on what stands above, and offer it as a picture."""

    piece: str | None = None


Saying = Literal[
    "done", "under_14", "declined", "paused", "ask_forget", "forgotten", "ask_restart",
    "ask_forget_both", "both_forgotten", "for_family",
    "privacy", "help", "full", "choose_language", "after_result", "unknown_advice", "nothing_kept", "group",
    "sorry", "mark_not_kept", "ask_withdraw", "research_withdrawn", "private", "fine",
    "hurry", "no_pictures", "pass_on", "tool_closed", "tool_needs_consent",
    "calendar_needs_consent", "well_done", "asked_later", "calendar_withdrawn", "reminders_stopped",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Remind:
    """Come back to a piece of advice, or to the talk itself (`survey`): the worker wished it."""

    what: str


@dataclass(frozen=True, slots=True)
class AskReminder:
    """Ask when to come back to something."""

    what: str


@dataclass(frozen=True, slots=True)
class AskDay:
    """Ask on which day to come back to something; first in which month (its first day), when that is open."""

    what: str
    month: date | None = None


@dataclass(frozen=True, slots=True)
class Reminders:
    """List the reminders, each with a button that stops it."""

    replaces: bool = False


@dataclass(frozen=True, slots=True)
class Calendar:
    """List the yearly dates, each with a button that sets or stops it; says which one was just stopped."""

    replaces: bool = False
    stopped: str = ""


@dataclass(frozen=True, slots=True)
class AskCalendar:
    """Ask for the consent that yearly dates need, at the first one that is set."""

    date: str


@dataclass(frozen=True, slots=True)
class RemindYearly:
    """Remind of a yearly date, and ask whether to go on next year."""

    date: str


@dataclass(frozen=True, slots=True)
class FollowUp:
    """Ask how it went with a piece of advice, a week after the reminder."""

    piece: str


@dataclass(frozen=True, slots=True)
class Stuck:
    """Help who is stuck with a piece of advice: whom to ask, and that it is no shame."""

    piece: str


@dataclass(frozen=True, slots=True)
class MyData:
    """Show everything that is kept of the worker, or hand it over as a file (JSON)."""

    as_file: bool = False


# A picture; the printout for a phone or for a printer, without the result or with it.
TakenAlong = Literal["picture", "printout", "printout_result", "printout_a4", "printout_a4_result"]


@dataclass(frozen=True, slots=True)
class TakeAlong:
    """Hand over something to keep: the result as a picture, or a printout of what to do."""

    what: TakenAlong


# Where it goes, the letter itself, what to do with it, its page for a phone, its page for paper.
LetterPart = Literal["guide", "text", "taken", "phone", "a4"]


@dataclass(frozen=True, slots=True)
class Letters:
    """List the letters that are ready to send."""

    replaces: bool = False


@dataclass(frozen=True, slots=True)
class TakeLetter:
    """Hand over a part of a letter that is ready to send."""

    letter: str
    part: LetterPart = "guide"


@dataclass(frozen=True, slots=True)
class Reckon:
    """Work out a sum from taps: its name (None to choose one), and what was tapped (None at the start)."""

    sum: str | None = None
    given: tuple[str, ...] | None = None
    replaces: bool = False


@dataclass(frozen=True, slots=True)
class UseTool:
    """Show where a tool stands, or what it came to; its own file in bot/render/tools words it.

    said: all that was said to it. heard: typed words that it answers at once and that are not kept. note:
    what is said first, by a name of the tool's own.
    """

    name: str
    said: tuple[str, ...] = ()
    note: str = ""
    heard: str = ""
    replaces: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """Answer a free question from the knowledge, or say that we don't know; without one, say how to ask."""

    question: str = ""


@dataclass(frozen=True, slots=True)
class Explain:
    """Explain how a score comes about, what it is not, and how to object to it; or give its `figures`."""

    figures: bool = False


VARIANTS = 3  # of the kind words in an alarm


@dataclass(frozen=True, slots=True)
class Alarm:
    """Answer an emergency: the numbers, what to say there, and who helps next.

    scene: which one, as knowledge/alarms.yaml has them. variant: which kind words. language, traditional: how
    the cry was written, where that is clear.
    """

    scene: str
    variant: int = 0
    language: Language | None = None
    traditional: bool | None = None


@dataclass(frozen=True, slots=True)
class Gentle:
    """Name a number in one kind line, before the usual answer: the text may be an emergency of this kind.

    language, traditional: how the text was written, where that is clear.
    """

    kind: Kind
    language: Language | None = None
    traditional: bool | None = None


@dataclass(frozen=True, slots=True)
class Say:
    """Say something fixed; with `replaces` in the place of the tapped message."""

    what: Saying | CommandSaying
    replaces: bool = False


Reply = (
    AskConsent | Ask | Review | ShowResult | Card | PassOn | HowToPassOn | Tips | Say
    | AskReminder | AskDay | Reminders | Remind | Stuck | MyData | TakeAlong | Explain
    | Reckon | UseTool | Answer | Alarm | Gentle | Letters | TakeLetter
    | Calendar | AskCalendar | RemindYearly | FollowUp
)  # fmt: skip
Turn = tuple[Conversation | None, tuple[Reply, ...]]
