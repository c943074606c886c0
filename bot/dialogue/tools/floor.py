"""The floor: the tool that typed words go to, instead of the open question, until its end."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Literal

from bot.content.questionnaire import Answers
from bot.content.vocabulary import Vocabulary
from bot.dialogue.conversation import Command, Conversation, Group, Hurry, Incoming, Media, Tap, Typed, Wake
from bot.dialogue.replies import UseTool
from bot.dialogue.screening import Private

KEPT = timedelta(hours=24)  # after the last word to a tool; /privacy tells it
VERB = "tool"
STOP = "stop"

# What leaves a tool open: the worker asks for their data, for help, or for another language.
BESIDE = frozenset(
    {"mydata", "privacy", "explain", "withdraw", "delete", "correct", "remind", "help", "lang"}
)
TAPPED_BESIDE = ("lang:", "mode:", f"{VERB}:")
GONE_BESIDE = frozenset({"mydata", "data_file", "privacy", "explain", "figures", "withdraw", "delete"})


@dataclass(frozen=True, slots=True)
class Heard:
    """What a tool hears: typed words, a button's data behind its name, or neither to be shown again.

    answers: those of the questionnaire, so that nothing is asked twice.
    """

    vocabulary: Vocabulary
    today: date
    typed: str = ""
    how: Literal["typed", "forwarded", "edited"] = "typed"
    tapped: str = ""
    picture: bool = False
    answers: Answers = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Heeded:
    """What a tool made of it: what is shown, and all that it wants kept (None when the tool has ended)."""

    reply: UseTool
    said: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Tool:
    """A tool of the talk.

    Its `turn` is pure and takes any `said` and any words, because an older release may have kept them.

    keeps: whether what is said has to be kept until the end, which takes the required consent; a worker who
    hasn't agreed gets an empty `said` kept. hears: private things that words to it may hold, because it keeps
    none of them or because they look like what it asks for. instead: the sum by taps that is offered to a
    worker who hasn't agreed.
    """

    name: str
    turn: Callable[[tuple[str, ...], Heard], Heeded]
    keeps: bool = True
    hears: frozenset[Private] = frozenset()
    instead: str = ""


def lapsed(talk: Conversation | None, now: datetime) -> Conversation | None:
    """Drop a tool to which nobody went on for a day."""
    over = talk is not None and talk.tool is not None and talk.tool.until < now.timestamp()
    return replace(talk, tool=None) if talk is not None and over else talk


def left(talk: Conversation | None, incoming: Incoming) -> Conversation | None:
    """Close the tool that is open when the worker turns to something else."""
    if talk is None or talk.tool is None:
        return talk
    match incoming:
        case Typed() | Media() | Group() | Hurry() | Wake():
            return talk
        case Command(name) if name in BESIDE:
            return talk
        case Tap(data) if data.startswith(TAPPED_BESIDE) or data.removeprefix("go:") in GONE_BESIDE:
            return talk
    return replace(talk, tool=None)


def until(now: datetime) -> int:
    """Return the second at which a tool is dropped if nobody goes on."""
    return int((now + KEPT).timestamp())
