"""The contract of every channel: where a person is reached, what comes in, and what goes out."""

from dataclasses import dataclass, replace
from hashlib import sha256
from typing import NamedTuple

from bot.content.questionnaire import Language
from bot.dialogue.conversation import Incoming, Seat
from bot.render import Message

UNNAMED = "telegram"  # the channel of release 1.0.0, whose rows name no channel
SEPARATOR = ":"
FAMILY = "family+"  # before the name of an address at which a family member is talked about


class Address(NamedTuple):
    """Where a person is reached: the channel's name (letters only), and their id there.

    A chat has a seat for each of its talks, so a talk for a family member has an address of its own.
    """

    channel: str
    id: str
    seat: Seat = "own"

    def at(self, seat: Seat) -> "Address":
        """Return the address of the chat's other talk, or of this one."""
        return self if seat == self.seat else Address(self.channel, self.id, seat)

    @property
    def name(self) -> str:
        """The address in one piece, the same for ever: pseudonyms are made of it, and reminders keep it."""
        name = self.id if self.channel == UNNAMED else f"{self.channel}{SEPARATOR}{self.id}"
        return name if self.seat == "own" else f"{FAMILY}{name}"

    @classmethod
    def named(cls, name: str) -> "Address":
        """Return the address that has this name."""
        seat: Seat = "family" if name.startswith(FAMILY) else "own"
        channel, separator, id = name.removeprefix(FAMILY).partition(SEPARATOR)
        return cls(channel, id, seat) if separator else cls(UNNAMED, channel, seat)


@dataclass(frozen=True, slots=True)
class Inbound:
    """What came in, from whom: `update` is unique for ever, `message` is the tapped message's id.

    A Wake has no update: its effect is once because it takes the reminder away. `traditional` says that the
    person reads Traditional script, by which a talk begins.
    """

    update: int | None
    chat: Address
    incoming: Incoming
    language: Language = "zh"
    message: str | None = None
    traditional: bool = False


@dataclass(frozen=True, slots=True)
class Outbound:
    """One message to a chat; with `edits` it replaces that message rather than adding one."""

    chat: Address
    message: Message
    edits: str | None = None


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a channel can do: most characters of a message and below a file, most bytes that a button carries.

    Where a channel can't edit, a message that would replace another is added. Where it takes no files, what
    is said below the file stands alone.
    """

    text: int
    caption: int
    button_data: int
    edits: bool
    files: bool

    def fitted(self, outbound: Outbound) -> Outbound:
        """Return the message as this channel can send it."""
        if outbound.edits is not None and not self.edits:
            outbound = replace(outbound, edits=None)
        if outbound.message.attachment is not None and not self.files:
            outbound = replace(outbound, message=replace(outbound.message, attachment=None))
        return outbound


def update_number(channel: str, id: str) -> int:
    """Return the number of an update in a channel whose updates have words for ids.

    It is negative: the numbers that Telegram gives are not.
    """
    digest = sha256(f"{channel}{SEPARATOR}{id}".encode()).digest()
    return -1 - (int.from_bytes(digest[:8], "big") >> 1)
