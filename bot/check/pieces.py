"""Checks of pieces among each other: who may see them, emergencies, titles, kin, what options lead to."""

from collections import defaultdict
from collections.abc import Iterator
from contextlib import suppress
from datetime import date

from jinja2 import TemplateError

from bot.check.findings import Finding
from bot.content.knowledge import Knowledge, Piece, Theme
from bot.content.questionnaire import LANGUAGES, Language
from bot.guidance import card, title

NOT_FOR_MINORS: tuple[Theme, ...] = ("credit", "debt")
URGENT = "frames/urgent.j2"  # the frame of an emergency: the number first
FIRST_STEP = "①"
LED_BY = ("worries", "debt_kinds", "why_constrained", "why_no_social_insurance")
"""The questions each of whose options leads to advice."""


def check_pieces(knowledge: Knowledge, on: date) -> Iterator[Finding]:
    """Find credit for minors, emergencies that begin with something else, and options that lead nowhere."""
    for piece in knowledge.advice:
        where = f"advice {piece.id}"
        if piece.theme in NOT_FOR_MINORS and piece.when.get("minor") != ("no",):
            yield Finding(where, "minors would be told of it", 'write minor: ["no"] into its when')
        if piece.anyway is not None and not 0 <= piece.anyway <= 100:
            yield Finding(where, f"anyway is {piece.anyway}", "choose 0 to 100")
        yield from _call(knowledge, piece, where)
        for language in LANGUAGES:
            yield from _first_lines(knowledge, piece, language, on)
    yield from _titles(knowledge, on)
    yield from _kin(knowledge)
    yield from _options(knowledge)


def _call(knowledge: Knowledge, piece: Piece, where: str) -> Iterator[Finding]:
    for id in piece.call:
        if id not in knowledge.parameters or knowledge.parameters.parameter(id).unit != "phone":
            yield Finding(where, f"it calls {id}, which is no hotline", "name a hotline.… parameter")
    for language in LANGUAGES:
        urgent = URGENT in knowledge.wording.templates[language].get(piece.template, "")
        if urgent != bool(piece.call):
            here = f"templates/{language}/{piece.template}"
            yield Finding(
                here, "only one of its frame and its call says that it is an emergency", "write both or none"
            )


def _first_lines(knowledge: Knowledge, piece: Piece, language: Language, on: date) -> Iterator[Finding]:
    """Look at what stands before the first step, and at how it begins."""
    where = f"templates/{language}/{piece.template}"
    try:
        text = card(knowledge, piece.id, {}, language, on)
    except (LookupError, TemplateError, ValueError, TypeError):
        return  # which check_piece tells
    before, _, steps = text.partition(FIRST_STEP)
    numbers = [str(knowledge.parameters.at(id, on).value) for id in piece.call if id in knowledge.parameters]
    places = [before.find(number) for number in numbers]
    if -1 in places or places != sorted(places):
        what = "the numbers to call don't stand before its first step, in their order"
        yield Finding(where, what, "put them into its block call")
    step = steps.lstrip().lower()
    if not piece.call and (waiting := _begins(step, knowledge.phrases.waiting[language], language)):
        yield Finding(where, f"its first step waits: “{waiting}”", "begin with something to do tomorrow")


def _begins(step: str, phrases: tuple[str, ...], language: Language) -> str | None:
    end = " " if language == "en" else ""
    return next((phrase for phrase in phrases if step.startswith(phrase + end)), None)


def _titles(knowledge: Knowledge, on: date) -> Iterator[Finding]:
    for language in LANGUAGES:
        having: dict[str, list[str]] = defaultdict(list)
        for piece in knowledge.advice:
            with suppress(LookupError, TemplateError, ValueError, TypeError):  # which check_piece tells
                having[title(knowledge, piece.id, language, on)].append(piece.id)
        for words, ids in having.items():
            if len(ids) > 1:
                yield Finding(f"advice {', '.join(ids)}", f"all are called “{words}”", "tell them apart")


def _kin(knowledge: Knowledge) -> Iterator[Finding]:
    having: dict[str, list[str]] = defaultdict(list)
    for piece in knowledge.advice:
        having[piece.kin].append(piece.id)
    for kin, ids in having.items():
        if kin and len(ids) == 1:
            yield Finding(f"advice {ids[0]}", f"nothing else is of its kin {kin}", "give it to another too")


def _options(knowledge: Knowledge) -> Iterator[Finding]:
    conditions = [
        condition
        for piece in knowledge.advice
        for condition in (piece.when, piece.eligible, *(more.when for more in piece.more if more.by > 0))
    ]
    for id in LED_BY:
        for option in knowledge.questionnaire.by_id[id].options:
            leads = any(option.id in condition.get(id, ()) for condition in conditions)
            if not option.exclusive and not leads:
                where = f"questionnaire.yaml {id}.{option.id}"
                yield Finding(where, "no piece of advice follows from it", "name it in when or more of one")
