"""What a worker does with advice: unfold a piece, pass it on, leaf through the lists, set a piece aside."""

from dataclasses import replace

from bot.dialogue.conversation import MARKS, Conversation
from bot.dialogue.replies import Card, HowToPassOn, PassOn, Reply, Say, Tips, Turn

NO_MARK = "none"
PICTURE = "picture"  # ends the data of the button that passes a piece on as one


def tap(
    talk: Conversation | None, verb: str, subject: str, object_: str, *, pieces: frozenset[str], kept: bool
) -> Turn | None:
    """Take a tap on a piece or a list of advice.

    It is `open:<piece>[:<page>]`, `pass:<piece>[:picture]`, `theme:<shelf>:<page>`, and
    `mark:<piece>:<state>` with `:list` or `:<page>` behind it; of anything else it gives None.

    kept: whether the worker agreed that anything is kept.
    """
    match verb:
        case "open" | "mark" | "pass" if subject not in pieces:
            return talk, (Say("unknown_advice"),)
        case "open":
            return talk, (Card(subject, _page(object_), replaces=bool(object_)),)
        case "pass":
            return talk, passed_on(subject, picture=object_ == PICTURE)
        case "theme":
            return listed(talk, Tips(subject or None, _page(object_), replaces=True))
        case "mark":
            return _mark(talk, subject, object_) if talk and kept else (talk, (Say("mark_not_kept"),))
    return None


def passed_on(piece: str | None = None, *, picture: bool = False) -> tuple[Reply, ...]:
    """Render a piece for others, or what to do first, in a message of its own, and say how to send it on."""
    return PassOn(piece, picture), Say("pass_on") if picture else HowToPassOn(piece)


def listed(talk: Conversation | None, tips: Tips) -> Turn:
    """List advice; a question that was asked from there is open no longer."""
    if talk is not None and talk.then == "tips":
        talk = replace(talk, reopened=None, then=None, ticks=None)
    return talk, (tips,)


def _mark(talk: Conversation, piece: str, target: str) -> Turn:
    """Set a piece aside, or take it up again; a forged state changes nothing."""
    state, _, origin = target.partition(":")
    mark = next((mark for mark in MARKS if mark == state), None)
    if mark is not None:
        talk = replace(talk, marks={**talk.marks, piece: mark})
    elif state == NO_MARK:
        talk = replace(talk, marks={id: kept for id, kept in talk.marks.items() if id != piece})
    return talk, (
        Tips("marked", replaces=True) if origin == "list" else Card(piece, _page(origin), replaces=True),
    )


def _page(number: str) -> int:
    """Read a button's page; a forged one is the first."""
    return int(number) if number.isdecimal() and len(number) < 4 else 0
