"""Advice in words for others: one message that stands alone, made to be sent on, with nobody in it."""

from collections.abc import Mapping

from bot import guidance
from bot.content.parameters import Figures
from bot.content.templates import MOST, length
from bot.dialogue.replies import PassOn
from bot.guidance import Ground
from bot.render.message import Message
from bot.render.view import View

TEMPLATE = "pass_on.j2"
BRIEF = (0, 1, 2)  # what is left out so that it is read in one go: nothing, warnings, steps too


def pass_on(sheet: View, reply: PassOn) -> Message:
    """Render a piece, or what to do first, as for anybody: no answer of the worker's is looked at."""
    chosen = [reply.piece] if reply.piece else [a.id for a in sheet.outcome.guidance.first]
    pieces = [_piece(sheet, id) for id in chosen]
    worded = (sheet.render(TEMPLATE, pieces=pieces, alone=bool(reply.piece), brief=brief) for brief in BRIEF)
    text = next((text for text in worded if length(text) <= MOST), "")
    return Message(text or sheet.render(TEMPLATE, pieces=pieces, alone=bool(reply.piece), brief=BRIEF[-1]))


def _piece(sheet: View, id: str) -> tuple[Mapping[str, str], Ground, tuple[str, ...]]:
    """Give the parts of a piece, what it stands on, and whom to ring first."""
    parts, ground = guidance.parts(sheet.knowledge, id, {}, sheet.language, sheet.today)
    figures = Figures(sheet.knowledge.parameters, sheet.today)
    return parts, ground, tuple(str(figures(number)) for number in ground.piece.call)
