"""The bytes as which an outbound message is stored: as release 1.0.0 wrote it, and readable for ever."""

from dataclasses import dataclass

from pydantic import TypeAdapter

from bot.render import Message
from bot.turns.contract import UNNAMED, Address, Outbound


@dataclass(frozen=True, slots=True)
class _Written:
    """An outbound message; the chat and the replaced message of the channel without a name are numbers."""

    chat: int | str
    message: Message
    edits: int | str | None = None


_written = TypeAdapter(_Written)


def dumped(outbound: Outbound) -> bytes:
    """Return the bytes under which a message is stored, before they are sealed."""
    chat, edits = outbound.chat.at("own").name, outbound.edits  # the row says whose it is
    if outbound.chat.channel != UNNAMED:
        return _written.dump_json(_Written(chat, outbound.message, edits))
    return _written.dump_json(
        _Written(_number(chat), outbound.message, None if edits is None else int(edits))
    )


def _number(name: str) -> int | str:
    """Return a chat's number as release 1.0.0 wrote it; a topic, which it didn't know, stays a name."""
    return int(name) if name.removeprefix("-").isdecimal() else name


def loaded(body: bytes) -> Outbound:
    """Return the message that these bytes are; raises ValidationError when this version can't read them."""
    read = _written.validate_json(body)
    edits = None if read.edits is None else str(read.edits)
    return Outbound(Address.named(str(read.chat)), read.message, edits)
