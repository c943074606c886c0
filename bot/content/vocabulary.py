"""The words by which typed answers are read, as frozen values: what knowledge/reading.yaml says."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Terms = tuple[str, ...]
ByOption = Mapping[str, Mapping[str, Terms]]
"""Terms by question id and option id."""

Steering = Literal["back", "skip", "why", "done"]
Bend = Literal["down", "less", "up", "past", "about", "nearly", "over", "more", "some"]


@dataclass(frozen=True, slots=True)
class Kinds:
    """Words that have one sense whatever the question; knowledge/reading.yaml says what each kind is for."""

    assent: Terms
    dissent: Terms
    agree: Terms
    refuse: Terms
    wrong: Terms
    yes: Terms
    no: Terms
    dont_know: Terms
    negation: Terms
    turn: Terms
    doubt: Terms
    question: Terms
    particles: Terms
    code: Terms
    total: Terms
    opaque: Terms


@dataclass(frozen=True, slots=True)
class AmountWords:
    """Words beside an amount: its unit, what bends the number, what joins two, what it is an amount of.

    `quantities` are by the question that asks for them, or by a name of their own (repaid, lent);
    `parts` name one of several debts.
    """

    units: Mapping[str, Terms]
    bends: Mapping[Bend, Terms]
    fillers: Terms
    totals: Terms
    joins: Terms
    ranges: Terms
    quantities: Mapping[str, Terms]
    parts: Terms


@dataclass(frozen=True, eq=False)
class Vocabulary:
    """All words of the reader; `yes` and `no` among the kinds hold those of assent and dissent too.

    `choices` are by list and value. `dialect` and `slips` map a spelling to the word that it stands for. Two
    vocabularies are never equal, so that what is made of one (patterns, lexicons) is remembered by it.
    """

    dialect: Mapping[str, str]
    slips: Mapping[str, str]
    steering: Mapping[str, Steering]
    kinds: Kinds
    topics: Mapping[str, Terms]
    unlike: Mapping[str, Terms]
    names: ByOption
    hints: ByOption
    amounts: AmountWords
    choices: ByOption = field(default_factory=dict)
