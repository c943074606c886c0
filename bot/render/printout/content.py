"""What is on the picture of a result and on the printout: plain strings, laid out elsewhere."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from bot.content.questionnaire import Language
from bot.guidance.cover import State

Pages = Literal["phone", "a4"]


@dataclass(frozen=True, slots=True)
class People:
    """A row of ten figures, each for ten people: the first `sure` are so, those up to `likely` perhaps."""

    label: str
    sure: int
    likely: int


@dataclass(frozen=True, slots=True)
class Standing:
    """A worker's place in the line for one risk, 1 to 100, and what is said of it.

    `line` and `here` are the line and the place in it, `sentence` both in one, `group` the place among truck
    drivers or empty.
    """

    place: int
    line: str
    here: str
    sentence: str
    first: str
    last: str
    group: str
    frequency: str
    people: tuple[People, ...]
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Gauge:
    """One risk: its standing, or else (`standing` None) the sentence that says why there is none."""

    heading: str
    standing: Standing | None
    silence: str = ""


@dataclass(frozen=True, slots=True)
class ResultPicture:
    """The picture of a result as release 1.0.0 drew it: none is made any more, but some may wait.

    People, Standing and Gauge are its parts.
    """

    language: Language
    title: str
    note: str
    gauges: tuple[Gauge, ...]
    legend: str
    middle: str
    survey: str
    foot: str
    alt: str


@dataclass(frozen=True, slots=True)
class Hundred:
    """A hundred people, of whom the first `least` are so and those up to `most` perhaps. `shown` are the
    figures.
    """

    label: str
    least: int
    most: int
    shown: str


@dataclass(frozen=True, slots=True)
class RiskLine:
    """One risk: how far it is covered, and that in words."""

    state: State
    text: str


@dataclass(frozen=True, slots=True)
class Thing:
    """One thing to do first, and whom to ring about it."""

    title: str
    ring: str


@dataclass(frozen=True, slots=True)
class ResultCard:
    """The picture of a result; `alt` says the same in at most 1024 characters, for its caption.

    hundreds: people who answer alike, and all who were asked; none without a score.
    """

    language: Language
    title: str
    note: str
    things_heading: str
    things: tuple[Thing, ...]
    credit_heading: str
    credit: tuple[str, ...]
    hundreds: tuple[Hundred, ...]
    legend: str
    cover_heading: str
    risks: tuple[RiskLine, ...]
    survey: str
    foot: str
    alt: str


@dataclass(frozen=True, slots=True)
class PassedThing:
    """One thing to do, as for anybody: whom to ring, what it is good for, its steps, what to beware of."""

    title: str
    ring: str
    benefit: str
    steps: tuple[str, ...]
    beware: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PassedPicture:
    """The picture of advice that is passed on; nothing of its sender is in it.

    beware: the word above what to beware of.
    """

    language: Language
    heading: str
    things: tuple[PassedThing, ...]
    beware: str
    foot: str


@dataclass(frozen=True, slots=True)
class Action:
    """One thing to do, with `documents` to tick off and `remarks` on them. A `doubt` says whom to ask."""

    title: str
    benefit: str
    documents: tuple[str, ...]
    remarks: tuple[str, ...]
    steps: tuple[str, ...]
    where: str
    cost: str
    time: str
    deadline: str
    beware: tuple[str, ...]
    ground: str
    doubt: str


@dataclass(frozen=True, slots=True)
class Labels:
    """The words before each part of the printout."""

    documents: str
    steps: str
    where: str
    cost: str
    time: str
    deadline: str
    beware: str
    channels: str
    result: str


@dataclass(frozen=True, slots=True)
class Handout:
    """The printout: what to do, with what, where. `result` is empty unless the worker asked for it."""

    language: Language
    title: str
    note: str
    made: str
    made_on: date
    labels: Labels
    actions: tuple[Action, ...]
    channels: tuple[tuple[str, str], ...]
    foot: str
    result: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Checklist:
    """A printout as a file: its name in the reader's language, the pages it is for, and what to note down."""

    handout: Handout
    name: str
    pages: Pages
    notes_heading: str
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LetterPaper:
    """A letter as a file: a page to hand in, in Chinese, and a page for oneself in the reader's language.

    guide: what the second page tells, each part under its label. ground: its last lines.
    """

    language: Language
    name: str
    pages: Pages
    made_on: date
    heading: str
    addressee: str
    body: tuple[str, ...]
    signed: tuple[str, ...]
    guide_heading: str
    guide_title: str
    guide: tuple[tuple[str, str], ...]
    ground: str
