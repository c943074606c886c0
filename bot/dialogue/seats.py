"""The two talks of a chat, the worker's own and one for a family member: each input belongs to one of them.

Each has its own row, key and pseudonym, for its seat is part of its address. A button names its talk; typed
words go to the talk that was turned to last, which the worker's own row remembers as an open tool. A release
that knows of no second talk closes a tool that it doesn't know, so it takes no such word for an answer.
"""

from dataclasses import replace

from bot.content.vocabulary import Vocabulary
from bot.dialogue.conversation import Command, Conversation, Incoming, Media, OpenTool, Seat, Tap, Typed
from bot.dialogue.reading import names_talk

MARK = "@"  # in front of the data of each button of the talk for a family member
VERBS: dict[str, Seat] = {
    "family": "family",
    "mine": "own",
}  # commands, and buttons from one talk to the other
START = "start"
BACK = Command("mine")
FORGET_BOTH = Tap("go:forget_both")  # asks once more; it was a deletion at once on earlier screens
FORGET_BOTH_SURE = Tap("go:forget_both_sure")
FORGET = Tap("go:forget")
FLOOR = OpenTool("family", until=2**40)  # longer than any row is kept


class OtherSeat(ValueError):
    """A talk came into the hands of what serves the other talk of its chat."""


def marked(data: str) -> str:
    """Return the data of a button of the talk for a family member."""
    return MARK + data


def across(seat: Seat, command: str = START) -> str:
    """Return the data of a button that turns to this talk with a command."""
    verb = next(verb for verb, other in VERBS.items() if other == seat)
    return f"{verb}:{command}"


def meant(incoming: Incoming, vocabulary: Vocabulary) -> Incoming:
    """Return the command that typed words stand for: the words on a button from one talk to the other."""
    if not isinstance(incoming, Typed) or incoming.how != "typed":
        return incoming
    verb = names_talk(incoming.text, vocabulary)
    return Command(verb) if verb in VERBS else incoming


def turned_to(incoming: Incoming, own: Conversation | None) -> tuple[Seat, Incoming]:
    """Return the talk that something that came into a chat belongs to, and what it is in that talk.

    own: the worker's own talk, as far as it is known.
    """
    match incoming:
        case Tap(data) if data.startswith(MARK):
            return "family", Tap(data.removeprefix(MARK))
        case Tap(data) if (verb := data.partition(":")[0]) in VERBS:
            command = data.partition(":")[2]
            return VERBS[verb], Command(verb if command == START else command)
        case Command(name) if name in VERBS:
            return VERBS[name], Command(name)
        case Command() | Typed() | Media() if own is not None and own.tool == FLOOR:
            return "family", incoming
    return "own", incoming


def with_floor(own: Conversation, seat: Seat) -> Conversation:
    """Return the worker's own talk, which remembers that typed words go to this talk from now on."""
    if seat == "family":
        return replace(own, tool=FLOOR)
    return replace(own, tool=None) if own.tool == FLOOR else own
