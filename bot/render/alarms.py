"""An emergency in words and buttons: the numbers first, what to say there, and who helps next.

What may be one is met with one kind line.
"""

from bot.content.alarms import Scene
from bot.content.parameters import Figures
from bot.dialogue.replies import Alarm, Gentle
from bot.render.message import Button, Message
from bot.render.tools import check
from bot.render.view import View

TEMPLATE = "alarm.j2"
GENTLE = "gentle.j2"


def alarm(sheet: View, reply: Alarm) -> Message:
    """Answer an emergency; buttons copy the numbers and the sentence, lead to a card, and back."""
    scene = sheet.knowledge.scenes[reply.scene]
    figures = Figures(sheet.knowledge.parameters, sheet.today)
    numbers = tuple(str(figures(number)) for number in scene.numbers)
    text = sheet.render(TEMPLATE, scene=scene.id, kind=scene.kind, variant=reply.variant)
    sentence = sheet.block(TEMPLATE, f"say_{scene.id}")
    copying = tuple(Button(sheet.label("copy", what=number), "", copies=number) for number in numbers)
    rows = [copying, (Button(sheet.label("copy_sentence"), "", copies=sentence),)]
    rows += [(Button(sheet.title(card), f"open:{card}"),) for card in _next(sheet, scene)]
    rows += check.button(sheet) if scene.kind == "swindle" else ()
    return Message(text, (*rows, (Button(sheet.label("fine"), "go:fine"),)))


def gentle(sheet: View, reply: Gentle) -> Message:
    """Name the number of a kind in one line, with the button that copies it."""
    number = str(Figures(sheet.knowledge.parameters, sheet.today)(sheet.knowledge.alarms.gentle[reply.kind]))
    text = sheet.render(GENTLE, kind=reply.kind, number=number)
    return Message(text, ((Button(sheet.label("copy", what=number), "", copies=number),),))


def _next(sheet: View, scene: Scene) -> tuple[str, ...]:
    """Name the first card of the scene that is in force."""
    in_force = (card for card in scene.cards if sheet.knowledge.piece(card).in_force(sheet.today))
    return tuple(in_force)[:1]
