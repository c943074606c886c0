"""What the talk is made of: the conversation that is kept, what comes in, and what is agreed to."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from bot.content.questionnaire import Answers, Language
from bot.dialogue.reminders import Reminder

Mark = Literal["done", "have", "not_for_me"]
MARKS: tuple[Mark, ...] = ("done", "have", "not_for_me")
Seat = Literal["own", "family"]  # whom a talk is about: the worker, or a family member
LATER = ":later"  # ends the data of a reminder's buttons, so that what came of it can be counted


@dataclass(frozen=True, slots=True)
class Pace:
    """How quickly somebody who agreed to research answers, so that careless taps teach the models nothing.

    `asked` is the second at which the open question was put, `timed` how many answers were timed since, and
    `hasty` how many of them came quicker than anybody reads.
    """

    asked: int = 0
    timed: int = 0
    hasty: int = 0


@dataclass(frozen=True, slots=True)
class OpenTool:
    """A tool that typed words go to, what was said to it so far, and the second at which it is dropped."""

    name: str
    said: tuple[str, ...] = ()
    until: int = 0


@dataclass(frozen=True, slots=True)
class Appointment:
    """What comes by itself at `due` (seconds since 1970), and outlives the answers.

    `yearly` is a date of knowledge/calendar.yaml, until it is stopped; `asked` a piece of advice of which it
    is asked how it went.
    """

    what: str
    due: int
    kind: Literal["yearly", "asked"]


@dataclass(frozen=True, slots=True)
class Conversation:
    """All that is kept of a talk; where it stands is derived from it, never stored.

    `consent` holds the purposes agreed to (None before they are asked), `reopened` the answered question that
    is being asked again, `then` where its answer leads (None for onwards), `before` all answers as they were
    when the edit began that is still under way, `ticks` the choices ticked but not yet confirmed, `marks` the
    pieces of advice that the worker set aside, `stuck` those on which they asked for help, `unscored` whether
    they objected to the score, `traditional` whether they read Traditional script, `simple` whether they want
    one idea a line and big buttons, `guess` the question and the options that we asked back, for a typed yes,
    `shown_by` the version of the knowledge, models included, that made the last result shown, `pace` how
    quickly they answer, `tool` what typed words go to instead of the open question, `calendar` the yearly
    dates that they opted into, and when it is asked how something went, `seat` whom it is about.
    """

    questionnaire: str
    language: Language = "zh"
    consent: tuple[str, ...] | None = None
    consent_version: str = ""
    answers: Answers = field(default_factory=dict)
    reopened: str | None = None
    ticks: tuple[str, ...] | None = None
    research: bool = False
    misses: int = 0
    marks: Mapping[str, Mark] = field(default_factory=dict)
    before: Answers | None = None
    then: Literal["tips"] | None = None
    reminders: tuple[Reminder, ...] = ()
    stuck: tuple[str, ...] = ()
    unscored: bool = False
    traditional: bool = False
    simple: bool = False
    guess: tuple[str, ...] | None = None
    shown_by: str = ""
    pace: Pace = Pace()
    tool: OpenTool | None = None
    calendar: tuple[Appointment, ...] = ()
    seat: Seat = "own"


@dataclass(frozen=True, slots=True)
class Tap:
    """A pressed button: its callback data."""

    data: str


@dataclass(frozen=True, slots=True)
class Typed:
    """Words that the worker typed, forwarded from somebody, or put in the place of others by an edit."""

    text: str
    how: Literal["typed", "forwarded", "edited"] = "typed"


@dataclass(frozen=True, slots=True)
class Command:
    """A command such as /start, without its slash, in lower case; `rest` are the words behind it."""

    name: str
    rest: str = ""


@dataclass(frozen=True, slots=True)
class Media:
    """A photo, sticker, voice message or anything else that is neither words nor a tap."""


@dataclass(frozen=True, slots=True)
class Group:
    """A command in a group, where one line points to the private chat."""


@dataclass(frozen=True, slots=True)
class Hurry:
    """More than a hand can tap: the worker is asked once to take their time, and nothing changes."""


@dataclass(frozen=True, slots=True)
class Wake:
    """The time has come for something that the worker asked to be reminded of."""


Incoming = Tap | Typed | Command | Media | Group | Hurry | Wake
