"""What we say, and on what ground: one frozen bundle of questions, figures, sources, advice and models."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Literal

from bot.content.alarms import Alarms, Scene
from bot.content.calendar import YearlyDate
from bot.content.codebook import CodebookWords
from bot.content.commands import Commands
from bot.content.conditions import Condition
from bot.content.consent import Consent
from bot.content.letters import Letter
from bot.content.parameters import Confidence, Parameters, table_of
from bot.content.phrases import Phrases
from bot.content.questionnaire import Language, Questionnaire, Words
from bot.content.swindles import Swindles
from bot.content.templates import Wording
from bot.content.vocabulary import Terms, Vocabulary
from models.serving.linear import LinearModel
from models.serving.risk import Model

Theme = Literal["danger", "social_insurance", "credit", "debt", "insurance", "cash_flow", "group"]
THEMES: tuple[Theme, ...] = (
    "danger", "social_insurance", "credit", "debt", "insurance", "cash_flow", "group",
)  # fmt: skip

UNTITLED = ("report", "service", "other")  # kinds of sources whose Chinese title nobody asks for by name
SourceKind = Literal["law", "regulation", "rule", "notice", "announcement", "report", "service", "other"]


@dataclass(frozen=True, slots=True)
class Source:
    """Where something stands written: title in Chinese with its number, and an English gloss.

    `issued` is the day of issue, or of the text in force. `seen` says what was read: the text itself
    (verified_text), a copy or digest (verified_secondary), or nothing (memory).
    """

    id: str
    kind: SourceKind
    issuer: str
    zh: str
    en: str
    seen: Confidence
    number: str = ""
    issued: date | None = None
    url: str = ""
    note: str = ""

    def in_(self, language: Language) -> str:
        """Return the title to print: in English the gloss, behind the Chinese title if a counter knows it."""
        titled = self.zh + (f"（{self.number}）" if self.number else "")
        if language == "zh":
            return titled
        return self.en if self.kind in UNTITLED else f"{titled} ({self.en})"


@dataclass(frozen=True, slots=True)
class More:
    """A reason to move a piece up: `by` is added to its priority when all of `when` hold."""

    when: Condition
    by: int


AskedFor = Literal[
    "amount", "age", "date", "rate", "duration", "count", "may_i", "how", "where", "what", "which"
]


@dataclass(frozen=True, slots=True)
class Point:
    """One thing that a question about a piece may ask for; its answer is the block `id` of points.j2.

    `of` is the piece, `kind` what is asked for, `ways` how people ask for it.
    """

    id: str
    of: str
    kind: AskedFor
    ways: Mapping[Language, tuple[str, ...]]


ToldOf = Literal["age", "decade", "year", "born", "soon", "retiring"]


@dataclass(frozen=True, slots=True)
class Told:
    """Words beside a number by which a question tells of a person; English ones stand before it.

    age, decade, year: behind an age (岁), the years of a decade (后), a year (年). born, retiring: beside the
    year of a birth or a retirement. soon: between a year and its retiring.
    """

    age: Terms = ()
    decade: Terms = ()
    year: Terms = ()
    born: Terms = ()
    soon: Terms = ()
    retiring: Terms = ()


@dataclass(frozen=True, slots=True)
class Asks:
    """How people ask: `same` maps a spelling to the one in use, `ways` a piece or hotline to phrases.

    `fillers` are the characters and words that say nothing of the matter, `pinyin` the Chinese words of
    toneless syllables, `sums` the calculator that goes with a piece, `points` what is asked for in
    particular, `persons` words for a man and for a woman, `told` words that tell an age or a year, `besides`
    words after which a question asks for something else.
    """

    same: Mapping[str, str]
    ways: Mapping[str, Mapping[Language, tuple[str, ...]]]
    fillers: frozenset[str] = frozenset()
    pinyin: Mapping[str, str] = field(default_factory=dict)
    sums: Mapping[str, str] = field(default_factory=dict)
    points: Mapping[str, Point] = field(default_factory=dict)
    persons: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    told: Told = Told()
    besides: Terms = ()


@dataclass(frozen=True, slots=True)
class Piece:
    """One piece of advice; its words are in knowledge/templates/<language>/advice/<id>.j2.

    when: for whom it is of use. eligible: what the rules ask for besides. already: who has it done.
    priority: 0 to 100, higher first. sources: citations, "source_id article". check_with: the hotline
    parameter that answers doubts. deadline: the parameter that says by which day it must be done.
    call: of an emergency, the hotline parameters to call first. kin: a name that near duplicates share, so
    that one of them at most is among the first. anyway: the priority for workers of whom `when` or
    `eligible` is not known; without it they are asked first.
    """

    id: str
    theme: Theme
    priority: int
    sources: tuple[str, ...]
    checked_on: date
    confidence: Confidence
    check_with: str
    when: Condition = field(default_factory=dict)
    eligible: Condition = field(default_factory=dict)
    already: Condition = field(default_factory=dict)
    more: tuple[More, ...] = ()
    valid_from: date | None = None
    valid_until: date | None = None
    deadline: str = ""
    call: tuple[str, ...] = ()
    kin: str = ""
    anyway: int | None = None

    @property
    def template(self) -> str:
        return f"advice/{self.id}.j2"

    def in_force(self, on: date) -> bool:
        """Say whether the piece may be given on a day."""
        return (self.valid_from is None or self.valid_from <= on) and (
            self.valid_until is None or on <= self.valid_until
        )


@dataclass(frozen=True)
class Knowledge:
    """All that the bot knows; `version` is a short hash of everything that it was read from.

    `asks` holds how people ask for each piece and each hotline, in their own words. `recorded` holds the
    words of the questions as each version asked them, by version and question. `challengers` are models that
    score beside those that serve, unseen. `vocabulary` holds the words by which typed answers are read,
    `phrases` what the check looks for in all that is said.
    """

    questionnaire: Questionnaire
    consent: Consent
    parameters: Parameters
    sources: Mapping[str, Source]
    advice: tuple[Piece, ...]
    models: Mapping[str, Model]
    wording: Wording
    version: str
    vocabulary: Vocabulary
    phrases: Phrases
    codebook: CodebookWords
    alarms: Alarms
    alarm: LinearModel
    swindles: Swindles
    swindle: LinearModel
    scope: LinearModel
    commands: Commands
    asks: Asks = field(default_factory=lambda: Asks({}, {}))
    recorded: Mapping[str, Mapping[str, Words]] = field(default_factory=dict)
    challengers: Mapping[str, Model] = field(default_factory=dict)
    letters: Mapping[str, Letter] = field(default_factory=dict)
    calendar: Mapping[str, YearlyDate] = field(default_factory=dict)

    @cached_property
    def pieces(self) -> Mapping[str, Piece]:
        return {piece.id: piece for piece in self.advice}

    @cached_property
    def scenes(self) -> Mapping[str, Scene]:
        """The scenes of emergencies by id."""
        return {scene.id: scene for scene in self.alarms.scenes}

    def piece(self, id: str) -> Piece:
        """Find a piece of advice; raises KeyError for an unknown id."""
        return self.pieces[id]

    def deadline(self, what: str, on: date) -> date | None:
        """Return the day by which a piece must be done, as far as that is known on a day."""
        piece = self.pieces.get(what)
        parameter = self.parameters.by_id.get(piece.deadline) if piece else None
        for value in parameter.values if parameter else ():
            if value.covers(on) and value.confidence != "unsure" and isinstance(value.value, date):
                return value.value
        return None

    def yearly(self, what: str, on: date) -> tuple[int, int] | None:
        """Return month and day of a yearly date, as far as they are known on a day."""
        found = self.calendar.get(what)
        if found is None or not self.parameters.knows(found.day, on):
            return None
        table = table_of(found.day, self.parameters.at(found.day, on).value)
        return int(table["month"]), int(table["day"])

    def piece_of(self, what: str, on: date) -> str | None:
        """Return the piece of advice to which a yearly date leads: the first in force on a day."""
        found = self.calendar.get(what)
        cards = found.cards if found is not None else ()
        return next((id for id in cards if id in self.pieces and self.pieces[id].in_force(on)), None)

    def cited(self, citation: str, language: Language) -> str:
        """Render a citation such as "social_insurance_law 第58条"; raises KeyError for an unknown source."""
        id, _, article = citation.partition(" ")
        title = self.sources[id].in_(language)
        if language == "zh" or not article:
            return title + article
        article = re.sub("第(.+)条", r"Art. \1", article).replace("附件", "Annex ").replace("、", ", ")
        return f"{title}, {article}"
