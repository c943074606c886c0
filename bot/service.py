"""One turn: load, step, word, and save all of it in one transaction, again on conflict."""

from dataclasses import dataclass
from datetime import date
from typing import Protocol

from bot.conversation import Conversation, Incoming
from bot.messages import Message, Speaker
from bot.questionnaire import Language

MAX_TRIES = 8  # a conflict means that another process took a step of the same chat meanwhile


@dataclass(frozen=True, slots=True)
class Envelope:
    """What came in, from whom: `update` is unique for ever, `message` is the tapped message's id."""

    update: int
    chat: int
    incoming: Incoming
    language: Language = "zh"
    message: int | None = None


@dataclass(frozen=True, slots=True)
class Loaded:
    """A chat's conversation as it stood, its version for the save, and whether the update is old news."""

    conversation: Conversation | None
    version: int
    seen: bool


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One message to a chat; with `edits` it replaces that message rather than adding one."""

    chat: int
    message: Message
    edits: int | None = None


class Conflict(Exception):
    """Another turn of the same chat, or the same update, was saved first."""


class Store(Protocol):
    """Where conversations, handled updates and outgoing messages are kept, together."""

    async def load(self, chat: int, update: int) -> Loaded:
        """Load a chat's conversation and say whether the update was handled before."""
        ...

    async def save(
        self,
        envelope: Envelope,
        loaded: Loaded,
        conversation: Conversation | None,
        outgoing: tuple[Outgoing, ...],
    ) -> None:
        """Save the turn as a whole or not at all; None deletes the conversation. Raises Conflict."""
        ...


async def take_turn(store: Store, speaker: Speaker, envelope: Envelope, today: date) -> bool:
    """Take one turn with its effect exactly once; False when the update was handled before.

    Raises Conflict after MAX_TRIES, and whatever the store raises: then nothing has happened, and
    the update has to be delivered again.
    """
    for _ in range(MAX_TRIES):
        loaded = await store.load(envelope.chat, envelope.update)
        if loaded.seen:
            return False
        talk, replies = speaker.flow.step(loaded.conversation, envelope.incoming, envelope.language)
        known = talk or loaded.conversation
        language = known.language if known else envelope.language
        messages = [m for reply in replies for m in speaker.word(reply, talk, language, today)]
        outgoing = tuple(_address(envelope, message) for message in messages)
        try:
            await store.save(envelope, loaded, talk, outgoing)
        except Conflict:
            continue
        return True
    raise Conflict(f"update {envelope.update} met {MAX_TRIES} conflicts; deliver it again")


def _address(envelope: Envelope, message: Message) -> Outgoing:
    return Outgoing(envelope.chat, message, envelope.message if message.here else None)
