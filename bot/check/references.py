"""Checks of what advice stands on: ids that exist, sources, dates, and what has expired or soon will."""

import re
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from itertools import pairwise

from bot.check.findings import Finding
from bot.content.conditions import Condition
from bot.content.knowledge import Knowledge, Piece, Source
from bot.content.parameters import CONFIDENCES, Confidence, Parameter, Value
from bot.guidance import DERIVED
from bot.guidance.cover import RISKS
from bot.guidance.facts import OPEN_RISKS

WARNINGS = (7, 30, 60)  # days ahead at which an operator is warned
SOON = timedelta(days=max(WARNINGS))
PIECE_CHECK = timedelta(days=365)
NO_SOURCE = (
    "example.",
    "questions.",
)  # worked examples state nothing; what we measured ourselves has no source


def values_of(knowledge: Knowledge) -> Mapping[str, tuple[str, ...]]:
    """List every value that each fact may have."""
    questions = {
        question.id: tuple(option.id for option in question.options if not option.ends)
        for question in knowledge.questionnaire.questions
        if question.id != "region"
    }
    bands = ("low", "middle", "high")
    return {
        **questions,
        **{
            fact: tuple(dict.fromkeys(value for values in stated.values.values() for value in values))
            for fact, stated in knowledge.questionnaire.stated.items()
        },
        **{name: fact.values for name, fact in DERIVED.items()},
        "region": ("east", "centre", "northeast", "west"),
        "financing_band": bands,
        "gap_band": bands,
        "medical_window": ("open", "closed"),
        OPEN_RISKS: RISKS,
    }


def check_ground(knowledge: Knowledge, on: date) -> Iterator[Finding]:
    """Find dangling ids, figures that overlap or come from nowhere, and pieces that stand on nothing."""
    for parameter in knowledge.parameters:
        yield from _parameter(knowledge, parameter, on)
    facts = values_of(knowledge)
    for piece in knowledge.advice:
        yield from _piece(knowledge, piece, facts, on)
    for language, templates in knowledge.wording.templates.items():
        known = {piece.template for piece in knowledge.advice} | {"advice/card.j2"}
        for name in sorted(set(templates) - known):
            if name.startswith("advice/"):
                where = f"templates/{language}/{name}"
                yield Finding(where, "no piece has this name", "add its entry in advice/ or remove it")


def _parameter(knowledge: Knowledge, parameter: Parameter, on: date) -> Iterator[Finding]:
    where = f"parameters.yaml {parameter.id}"
    if not parameter.zh.strip() or not parameter.en.strip():
        yield Finding(where, "it lacks a name in one language", "write zh and en")
    for value in parameter.values:
        here = f"{where} from {value.from_}"
        yield from _citations(knowledge, value.sources, here)
        nothing = not value.sources and value.confidence != "memory" and value.confidence != "unsure"
        if nothing and not parameter.id.startswith(NO_SOURCE):
            yield Finding(here, "it has no source", "name one, or set its confidence to memory")
        if value.to is not None and value.to < value.from_:
            yield Finding(here, f"it ends on {value.to}, before it begins", "fix the days")
    for before, after in pairwise(sorted(parameter.values, key=lambda value: value.from_)):
        if before.to is None or before.to >= after.from_:
            yield Finding(where, f"two values hold on {after.from_}", "end the older one before that day")


def _citations(knowledge: Knowledge, citations: tuple[str, ...], where: str) -> Iterator[Finding]:
    for citation in citations:
        if citation.partition(" ")[0] not in knowledge.sources:
            yield Finding(where, f"{citation} is in no source", "add it to sources.yaml or fix the id")


def _piece(
    knowledge: Knowledge, piece: Piece, facts: Mapping[str, tuple[str, ...]], on: date
) -> Iterator[Finding]:
    where = f"advice {piece.id}"
    yield from ground_of(knowledge, where, piece.sources, piece.confidence)
    if not 0 <= piece.priority <= 100:
        yield Finding(where, f"its priority is {piece.priority}", "choose 0 to 100")
    if piece.checked_on > on:
        yield Finding(where, f"it was checked on {piece.checked_on}, in the future", "fix the day")
    ends = knowledge.parameters.by_id.get(piece.deadline)
    if piece.deadline and (ends is None or ends.unit != "date"):
        yield Finding(where, f"deadline {piece.deadline} is no day", "name a parameter whose unit is date")
    hotline = knowledge.parameters.by_id.get(piece.check_with)
    if hotline is None or hotline.unit != "phone":
        yield Finding(where, f"check_with {piece.check_with} is no hotline", "name a hotline.… parameter")
    conditions = [piece.when, piece.eligible, piece.already, *(more.when for more in piece.more)]
    for condition in conditions:
        yield from _condition(condition, facts, where)


def ground_of(
    knowledge: Knowledge, where: str, citations: tuple[str, ...], confidence: Confidence
) -> Iterator[Finding]:
    """Find what is wrong with what something stands on, and with how sure it says to be."""
    yield from _citations(knowledge, citations, where)
    for citation in citations:
        if re.search("第[一二三四五六七八九十]", citation):
            yield Finding(where, f"{citation} can’t be worded in English", "write the article in digits")
    if not citations:
        yield Finding(where, "it has no source", "name what it stands on")
    read = [source.seen for source in _sources(knowledge, citations) if source.seen != "derived"]
    if weakest := max((seen for seen in read if _surer(confidence, seen)), key=CONFIDENCES.index, default=""):
        todo = "lower its confidence, read the source, or leave the source out"
        yield Finding(where, f"it is marked {confidence}, and a source of it {weakest}", todo)
    if confidence == "unsure":
        yield Finding(where, "unsure advice is never given", "check it, or take it out")


def _sources(knowledge: Knowledge, citations: tuple[str, ...]) -> Iterator[Source]:
    ids = (citation.partition(" ")[0] for citation in citations)
    yield from (knowledge.sources[id] for id in ids if id in knowledge.sources)


def _surer(confidence: Confidence, than: Confidence) -> bool:
    return CONFIDENCES.index(confidence) < CONFIDENCES.index(than)


def _condition(condition: Condition, facts: Mapping[str, tuple[str, ...]], where: str) -> Iterator[Finding]:
    for fact, values in condition.items():
        if fact not in facts:
            yield Finding(where, f"{fact} is no fact", "see the list in knowledge/README.md")
            continue
        for value in sorted(set(values) - set(facts[fact])):
            yield Finding(where, f"{fact} is never {value}", f"choose from {', '.join(facts[fact])}")


def check_dates(knowledge: Knowledge, on: date) -> Iterator[Finding]:
    """Note what has expired, expires within 60 days, or wasn't checked for too long."""
    for parameter in knowledge.parameters:
        where = f"parameters.yaml {parameter.id}"
        value = next((value for value in parameter.values if value.covers(on)), None)
        yield from _lapsed(parameter, value, where, on)
        if value is None:
            continue
        if value.confidence == "unsure":
            yield Finding(where, "its value is unsure, so it is told to nobody", "check it with its source")
        due = value.checked_on + timedelta(days=parameter.check_every)
        if due < on:
            yield Finding(where, f"last checked on {value.checked_on}", "compare it with its source again")
    for piece in knowledge.advice:
        yield from _piece_dates(piece, on)


def check_ending(knowledge: Knowledge, on: date, days: int) -> Iterator[Finding]:
    """Find the figures and pieces that end within so many days, with nothing to follow."""
    for id in knowledge.parameters.ending(on, days):
        yield Finding(f"parameters.yaml {id}", f"ends within {days} days", "look for the next value")
    for piece in knowledge.advice:
        if piece.valid_until is not None and on <= piece.valid_until <= on + timedelta(days=days):
            yield Finding(f"advice {piece.id}", f"ends on {piece.valid_until}", "look for what follows it")


def check_stand_ins(knowledge: Knowledge, on: date) -> Iterator[Finding]:
    """Find figures whose last value is too old to stand in, so that a worker who needs them reads none."""
    for parameter in knowledge.parameters:
        ended = _ended(parameter, on)
        stands_in = any(parameter.stands_in(value, on) for value in parameter.values)
        if parameter.carried and ended is not None and not stands_in:
            where = f"parameters.yaml {parameter.id}"
            yield Finding(where, f"expired on {ended}, too long ago to stand in", "add the new value")


def _ended(parameter: Parameter, on: date) -> date | None:
    """Return the day on which the last value ended; None if one is in force, or if none ever was."""
    if any(value.covers(on) for value in parameter.values):
        return None
    return max((v.to for v in parameter.values if v.to is not None and v.to < on), default=None)


def _lapsed(parameter: Parameter, value: Value | None, where: str, on: date) -> Iterator[Finding]:
    if value is None:
        ended = _ended(parameter, on)
        stands_in = any(parameter.stands_in(old, on) for old in parameter.values)
        stand_in = ", and the old one stands in, by name" if stands_in else ""
        state = f"expired on {ended}{stand_in}" if ended else "nothing is in force yet"
        yield Finding(where, state, "add the new value with its source")
    elif value.to is not None and value.to <= on + SOON:
        following = any(v.from_ > value.to for v in parameter.values)
        if not following:
            left = (value.to - on).days
            within = min(step for step in WARNINGS if left <= step)
            yield Finding(where, f"expires on {value.to}, within {within} days", "look for the next value")


def _piece_dates(piece: Piece, on: date) -> Iterator[Finding]:
    where = f"advice {piece.id}"
    if piece.valid_until is not None and piece.valid_until < on:
        yield Finding(where, f"no longer given: it ended on {piece.valid_until}", "renew it or remove it")
    elif piece.valid_until is not None and piece.valid_until <= on + SOON:
        yield Finding(where, f"ends on {piece.valid_until}", "look for what follows it")
    if piece.checked_on + PIECE_CHECK < on:
        yield Finding(where, f"last checked on {piece.checked_on}", "compare it with its sources again")
