"""Is this a swindle? A pasted text is judged at once, or up to eight signs are tapped; nothing is kept."""

from typing import get_args

from bot.content.swindles import TAPPED
from bot.dialogue.replies import UseTool
from bot.dialogue.screening import Private
from bot.dialogue.tools.floor import Heard, Heeded, Tool

NAME = "check"
TICKED, JUDGED = "+", "="  # before the places of the signs that are ticked, and of those that are judged by
MEDIA, RESULT = "media", "result"  # what `UseTool.note` says


def turn(_said: tuple[str, ...], heard: Heard) -> Heeded:
    """Judge typed words or ticked signs, which ends the tool; else show the signs to tick."""
    if heard.typed:
        return Heeded(UseTool(NAME, note=RESULT, heard=heard.typed))
    verb, places = heard.tapped[:1], heard.tapped[1:]
    signs = tuple(sign for place, sign in enumerate(TAPPED) if str(place) in places)
    if verb == JUDGED:
        return Heeded(UseTool(NAME, signs, RESULT, replaces=True))
    note = MEDIA if heard.picture else ""
    return Heeded(UseTool(NAME, signs, note, replaces=bool(heard.tapped)), ())


def data(verb: str, signs: tuple[str, ...]) -> str:
    """Write signs as a button carries them."""
    return verb + "".join(str(place) for place, sign in enumerate(TAPPED) if sign in signs)


TOOL = Tool(NAME, turn, keeps=False, hears=frozenset(get_args(Private)))
