"""Is this a swindle? The signs to tick, and a red or an amber answer; it never says that a thing is safe."""

from bot.content.parameters import Figures
from bot.content.swindles import TAPPED
from bot.dialogue.replies import UseTool
from bot.dialogue.suspicion import Verdict, suspicion
from bot.dialogue.tools.check import JUDGED, NAME, RESULT, TICKED, data
from bot.dialogue.tools.floor import STOP, VERB
from bot.render.message import Button, Keyboard, Message, in_rows
from bot.render.tools.screens import Screen
from bot.render.view import View

TEMPLATE = f"tools/{NAME}.j2"
NUMBERS = ("hotline.fraud", "hotline.police")
TOLD = 3  # signs that are named of a text, the gravest first
AFTERWARDS = "fraud_hotline"  # the card for people who have paid already


def show(sheet: View, reply: UseTool) -> Message:
    """Render the signs to tick, or the answer."""
    if reply.note != RESULT:
        return _asked(sheet, reply)
    known = sheet.knowledge
    suspects = suspicion(known.swindles, known.vocabulary, known.swindle)
    verdict = suspects.verdict(reply.heard) if reply.heard else suspects.tapped(frozenset(reply.said))
    return _judged(sheet, verdict, reply)


def offered(sheet: View, piece: str) -> Keyboard:
    """Return the button that begins the check, where a card is about money or about a swindle."""
    money = sheet.knowledge.piece(piece).theme in ("credit", "debt", "cash_flow")
    return button(sheet) if money or of_a_swindle(sheet, piece) else ()


def of_a_swindle(sheet: View, piece: str) -> bool:
    """Say whether a card is about a kind of swindle."""
    return piece in {*sheet.knowledge.swindles.cards.values(), AFTERWARDS}


def button(sheet: View) -> Keyboard:
    """Return the button that begins the check."""
    return ((Button(sheet.label("check"), f"{VERB}:{NAME}"),),)


def _asked(sheet: View, reply: UseTool) -> Message:
    text = sheet.block(TEMPLATE, "asking", note=reply.note)
    ticks = [_tick(sheet, sign, reply.said) for sign in TAPPED]
    done = Button(sheet.block(TEMPLATE, "judge"), f"{VERB}:{NAME}:{data(JUDGED, reply.said)}")
    stop = Button(sheet.block(TEMPLATE, "stop"), f"{VERB}:{NAME}:{STOP}")
    rows = (*in_rows(ticks), *(((done,),) if reply.said else ()), (stop,))
    return Message(text, rows, replaces=reply.replaces)


def _tick(sheet: View, sign: str, ticked: tuple[str, ...]) -> Button:
    held = sign in ticked
    after = tuple(other for other in ticked if other != sign) if held else (*ticked, sign)
    mark = "☑ " if held else "☐ "
    return Button(mark + sheet.block(TEMPLATE, f"tap_{sign}"), f"{VERB}:{NAME}:{data(TICKED, after)}")


def _judged(sheet: View, verdict: Verdict, reply: UseTool) -> Message:
    signs = [sheet.block(TEMPLATE, f"sign_{sign}") for sign in verdict.signs[:TOLD]]
    kind = sheet.block(TEMPLATE, f"kind_{verdict.kind}") if verdict.kind else ""
    text = sheet.block(TEMPLATE, "red" if verdict.red else "amber", signs=signs, kind=kind)
    figures = Figures(sheet.knowledge.parameters, sheet.today)
    numbers = tuple(str(figures(number)) for number in NUMBERS)
    copying = tuple(Button(sheet.label("copy", what=number), "", copies=number) for number in numbers)
    sentence = Button(sheet.label("copy_sentence"), "", copies=sheet.block(TEMPLATE, "say"))
    again = Button(sheet.block(TEMPLATE, "again"), f"{VERB}:{NAME}")
    return Message(text, (copying, (sentence,), *_cards(sheet, verdict), (again,)), reply.replaces)


def _cards(sheet: View, verdict: Verdict) -> Keyboard:
    """Lead to the card of the kind, and to that for people who have paid; while they are in force."""
    own = [sheet.knowledge.swindles.cards[verdict.kind]] if verdict.kind else []
    wanted = dict.fromkeys([*own, AFTERWARDS]) if verdict.red else {}
    in_force = [id for id in wanted if sheet.knowledge.piece(id).in_force(sheet.today)]
    return tuple((Button(sheet.title(id), f"open:{id}"),) for id in in_force)


SCREEN = Screen(show)
