"""Advice for others: a message or a picture that stands alone, made to be sent on, with nobody in it."""

from collections.abc import Mapping, Sequence

from bot import guidance
from bot.content.parameters import Figures
from bot.content.templates import MOST, length, plain
from bot.dialogue.advice_taps import PICTURE
from bot.dialogue.replies import HowToPassOn, PassOn
from bot.guidance import Ground
from bot.render.message import Button, Message
from bot.render.printout import PassedPicture, PassedThing
from bot.render.printout.texts import lines
from bot.render.view import View

TEMPLATE, WORDS = "pass_on.j2", "passed.j2"
_Piece = tuple[Mapping[str, str], Ground, tuple[str, ...]]
BRIEF = (0, 1, 2)  # what is left out so that it is read in one go: nothing, warnings, steps too


def pass_on(sheet: View, reply: PassOn) -> Message:
    """Render a piece, or what to do first, as for anybody: no answer of the worker's is looked at."""
    chosen = [reply.piece] if reply.piece else [a.id for a in sheet.outcome.guidance.first]
    pieces = [_piece(sheet, id) for id in chosen]
    worded = (sheet.render(TEMPLATE, pieces=pieces, alone=bool(reply.piece), brief=brief) for brief in BRIEF)
    text = next((text for text in worded if length(text) <= MOST), "")
    text = text or sheet.render(TEMPLATE, pieces=pieces, alone=bool(reply.piece), brief=BRIEF[-1])
    picture = _picture(sheet, pieces, alone=bool(reply.piece)) if reply.picture else None
    return Message(text, attachment=picture)


def how(sheet: View, reply: HowToPassOn) -> Message:
    """Say how to send it on, with the button that makes a picture of it."""
    data = f"pass:{reply.piece}:{PICTURE}" if reply.piece else "go:pass_picture"
    rows = sheet.rows(*sheet.knowledge.commands.sayings["pass_on"])
    return Message(sheet.render("say/pass_on.j2"), ((Button(sheet.label("pass_picture"), data),), *rows))


def _picture(sheet: View, pieces: Sequence[_Piece], *, alone: bool) -> PassedPicture:
    """Say what goes onto the picture; the steps are on it where a piece stands alone."""
    checked = min(ground.piece.checked_on for _, ground, _ in pieces)
    return PassedPicture(
        language=sheet.language,
        heading="" if alone else _plain(sheet, "heading"),
        things=tuple(
            PassedThing(
                title=plain(parts["title"]).strip(),
                ring=_plain(sheet, "ring", call=call, ground=ground),
                benefit=plain(parts["benefit"]).strip(),
                steps=lines(plain(parts["steps"])) if alone else (),
                beware=lines(plain(parts["beware"])) if alone else (),
            )
            for parts, ground, call in pieces
        ),
        beware=_plain(sheet, "beware"),
        foot=_plain(sheet, "foot", checked=checked),
    )


def _plain(sheet: View, block: str, **context: object) -> str:
    return plain(sheet.block(WORDS, block, **context)).strip()


def _piece(sheet: View, id: str) -> _Piece:
    """Return the parts of a piece, what it stands on, and whom to ring first."""
    parts, ground = guidance.parts(sheet.knowledge, id, {}, sheet.language, sheet.today)
    figures = Figures(sheet.knowledge.parameters, sheet.today)
    return parts, ground, tuple(str(figures(number)) for number in ground.piece.call)
