"""What the talk is made of: the conversation that is kept, what comes in, and the replies not yet worded."""

from dataclasses import dataclass, field
from typing import Literal

from bot.questionnaire import Answers, Language


@dataclass(frozen=True, slots=True)
class Conversation:
    """All that is kept of a talk; where it stands is derived from it, never stored.

    `consent` holds the purposes agreed to (None: not asked yet), `reopened` the answered question
    that is being asked again, `ticks` the choices ticked but not yet confirmed.
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


@dataclass(frozen=True, slots=True)
class Tap:
    """A pressed button: its callback data."""

    data: str


@dataclass(frozen=True, slots=True)
class Typed:
    """Words that the worker typed."""

    text: str


@dataclass(frozen=True, slots=True)
class Command:
    """A command such as /start, without its slash, in lower case."""

    name: str


@dataclass(frozen=True, slots=True)
class Media:
    """A photo, sticker, voice message or anything else that is neither words nor a tap."""


Incoming = Tap | Typed | Command | Media

Note = Literal[
    "why", "resumed", "stale", "media", "too_long", "not_read", "guess", "choose_one",
    "unknown_command", "cannot_skip", "consent_first", "consent_needed", "not_finished",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class AskConsent:
    """Ask for consent, with the purposes ticked so far."""

    ticks: tuple[str, ...] = ()
    note: Note | None = None


@dataclass(frozen=True, slots=True)
class Ask:
    """Ask one question; `done` and `left` count the questions behind and ahead, this one included."""

    question: str
    done: int
    left: int
    ticks: tuple[str, ...] = ()
    current: tuple[str, ...] = ()
    note: Note | None = None
    guess: tuple[str, ...] = ()
    can_go_back: bool = True


@dataclass(frozen=True, slots=True)
class Review:
    """Show all answers, each with a button to change it."""


@dataclass(frozen=True, slots=True)
class Report:
    """Show scores, reasons and the first pieces of advice."""


@dataclass(frozen=True, slots=True)
class Card:
    """Unfold one piece of advice."""

    piece: str


@dataclass(frozen=True, slots=True)
class Tips:
    """List the themes of advice, or the pieces of one: personal when there are answers."""

    theme: str | None = None


Saying = Literal[
    "done", "under_14", "declined", "paused", "ask_forget", "forgotten", "ask_restart",
    "privacy", "help", "choose_language", "after_result", "unknown_advice", "nothing_kept", "group", "sorry",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Say:
    """Say something fixed; `here` replaces the tapped message instead of adding one."""

    what: Saying
    here: bool = False


Reply = AskConsent | Ask | Review | Report | Card | Tips | Say
Turn = tuple[Conversation | None, tuple[Reply, ...]]


@dataclass(frozen=True, slots=True)
class Purpose:
    """One thing to agree to, with its tick."""

    id: str
    required: bool
    zh: str
    en: str

    def in_(self, language: Language) -> str:
        """Give the purpose's words in `language`."""
        return self.zh if language == "zh" else self.en


@dataclass(frozen=True, slots=True)
class Consent:
    """What is agreed to before the first question; a new version asks everyone again."""

    version: str
    purposes: tuple[Purpose, ...]
