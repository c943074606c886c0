"""Turns, pure: conversations and what came in -> conversations as they are now, and what goes out."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from datetime import datetime

from bot.content.questionnaire import Language
from bot.dialogue.conversation import Command, Conversation, Incoming
from bot.dialogue.reminders import Reminder, added, due, split
from bot.dialogue.replies import (
    Ask,
    AskReminder,
    Remind,
    Reminders,
    Reply,
    Report,
    Say,
    Saying,
    SetReminder,
    Tips,
    Turn,
)
from bot.render import Message, Speaker
from bot.turns.counting import Count, answered, counts, stood_at

UNLIMITED = 10**9
RESULT = "result"  # stands beside the questions' ids in `Settled.shown`


@dataclass(frozen=True, slots=True)
class Group:
    """A command in a group, where one line points to the private chat."""


@dataclass(frozen=True, slots=True)
class Hurry:
    """More than a hand can tap: the worker is told once to take their time, and nothing changes."""


@dataclass(frozen=True, slots=True)
class Wake:
    """The time has come for something that the worker asked to be reminded of."""


@dataclass(frozen=True, slots=True)
class Envelope:
    """What came in, from whom: `update` is unique for ever, `message` is the tapped message's id.

    A Wake has no update: its effect is once because it takes the reminder away.
    """

    update: int | None
    chat: int
    incoming: Incoming | Group | Hurry | Wake
    language: Language = "zh"
    message: int | None = None


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One message to a chat; with `edits` it replaces that message rather than adding one."""

    chat: int
    message: Message
    edits: int | None = None


@dataclass(slots=True)
class Settled:
    """The effect of some turns; it is kept as a whole or not at all.

    `conversations` holds the chats that changed (None: nothing may be kept), `handled` the updates that
    were not handled before, `forgotten` the chats of which all that was kept must go, even if they began
    anew since, `failures` the bugs that turns met, `shown` the questions asked and
    results shown, for the counters; `came` the labels of the links by which people came anew (forged ones
    too); `counts` what is counted of everybody, `stood` the question at which a changed chat stood before its
    first turn; `finished` the changed chats whose survey is complete, `joined`
    how many people agreed for the first time.
    """

    conversations: dict[int, Conversation | None] = field(default_factory=dict)
    handled: list[int] = field(default_factory=list)
    forgotten: set[int] = field(default_factory=set)
    finished: set[int] = field(default_factory=set)
    joined: int = 0
    outgoing: list[Outgoing] = field(default_factory=list)
    failures: list[Exception] = field(default_factory=list)
    shown: list[str] = field(default_factory=list)
    came: list[str] = field(default_factory=list)
    counts: Counter[Count] = field(default_factory=Counter)
    stood: dict[int, str | None] = field(default_factory=dict)

    def is_new(self, update: int | None, seen: Set[int]) -> bool:
        """Note an update as handled; says whether it wasn't yet."""
        if update is None:
            return True
        if update in seen or update in self.handled:
            return False
        self.handled.append(update)
        return True

    def add(self, envelope: Envelope, held: Conversation | None, taken: "Taken", *, finished: bool) -> None:
        """Add the effect of a turn that came after all others here."""
        chat, talk = envelope.chat, taken.talk
        if talk != held:
            self.conversations[chat] = talk
            self.stood.setdefault(chat, taken.stood)
            (self.finished.add if finished else self.finished.discard)(chat)
        if talk is None and held is not None:
            self.forgotten.add(chat)
            self.outgoing = [other for other in self.outgoing if other.chat != chat]
        self.outgoing += taken.outgoing
        self.shown += taken.shown
        self.counts.update(taken.counts)
        if held is None and isinstance(envelope.incoming, Command) and envelope.incoming.name == "start":
            self.came.append(envelope.incoming.rest)


@dataclass(frozen=True, slots=True)
class Taken:
    """One turn: the talk after it, what goes out, and what is counted of it."""

    talk: Conversation | None
    outgoing: list[Outgoing]
    shown: tuple[str, ...] = ()
    counts: tuple[Count, ...] = ()
    stood: str | None = None


def settle(
    speaker: Speaker,
    envelopes: Sequence[Envelope],
    conversations: Mapping[int, Conversation],
    seen: Set[int],
    now: datetime,
    room: int = UNLIMITED,
) -> Settled:
    """Take the turn of each envelope in order; an update that was seen before has no effect.

    `room` is how many more people may agree this year; beyond it there is general guidance only. A turn
    that meets a bug leaves its conversation as it was, tells the worker that we failed, and holds up no
    other turn.
    """
    settled = Settled()
    for envelope in envelopes:
        if not settled.is_new(envelope.update, seen):
            continue
        held = settled.conversations.get(envelope.chat, conversations.get(envelope.chat))
        try:
            taken = _turn(speaker, envelope, held, now)
        except Exception as error:  # noqa: BLE001 - one turn's bug must not take the others' turns along
            settled.failures.append(error)
            settled.outgoing += _sorry(speaker, envelope, held, now)
            continue
        if taken.talk is not None and taken.talk.consent and not (held and held.consent):
            if settled.joined >= room:
                taken = Taken(held, _full(speaker, envelope, held, now))
            else:
                settled.joined += 1
        settled.add(envelope, held, taken, finished=taken.talk is not None and _finished(speaker, taken.talk))
    return settled


def _turn(speaker: Speaker, envelope: Envelope, held: Conversation | None, now: datetime) -> Taken:
    today = now.date()
    match envelope.incoming:
        case Group() | Hurry():
            what: Saying = "group" if isinstance(envelope.incoming, Group) else "hurry"
            (line,) = speaker.word(Say(what), held, _language(envelope, held), today)
            return Taken(held, [Outgoing(envelope.chat, line)])
        case Wake():
            talk, replies = _woken(held, now)
        case incoming:
            talk, replies = speaker.flow.step(held, incoming, envelope.language)
    if talk is not None:
        talk, replies = _timed(speaker, talk, replies, now)
        if any(isinstance(reply, Report) for reply in replies):
            talk = replace(talk, shown_by=speaker.knowledge.version)
    language = _language(envelope, talk or held)
    messages = [message for reply in replies for message in speaker.word(reply, talk, language, today)]
    outgoing = [_address(envelope, message) for message in messages]
    given = answered(held, talk)
    counted = counts(envelope.incoming, replies, messages, changed=talk != held)
    answers = (("answered", id) for id in given)
    stood = stood_at(envelope.incoming, given, replies)
    return Taken(talk, outgoing, tuple(_shown(replies)), (*counted, *answers), stood)


def _sorry(speaker: Speaker, envelope: Envelope, held: Conversation | None, now: datetime) -> list[Outgoing]:
    if isinstance(envelope.incoming, Wake):
        return []  # nobody wrote, so nobody waits
    (line,) = speaker.word(Say("sorry"), held, _language(envelope, held), now.date())
    return [Outgoing(envelope.chat, line)]


def _full(speaker: Speaker, envelope: Envelope, held: Conversation | None, now: datetime) -> list[Outgoing]:
    language = _language(envelope, held)
    replies = (Say("full"), Tips())
    messages = [m for reply in replies for m in speaker.word(reply, None, language, now.date())]
    return [_address(envelope, message) for message in messages]


def _timed(
    speaker: Speaker, talk: Conversation, replies: tuple[Reply, ...], now: datetime
) -> tuple[Conversation, tuple[Reply, ...]]:
    """Set the reminders that the replies ask for; the flow has no clock."""
    shown: list[Reply] = []
    for reply in replies:
        if isinstance(reply, SetReminder):
            at = due(reply.when, now, speaker.knowledge.deadline(reply.what, now.date()))
            if at is None:
                reply = AskReminder(reply.what)
            else:
                new = Reminder(reply.what, int(at.timestamp()))
                talk = replace(talk, reminders=added(talk.reminders, new))
                reply = Reminders(here=True)
        shown.append(reply)
    return talk, tuple(shown)


def _woken(held: Conversation | None, now: datetime) -> Turn:
    if held is None:
        return None, ()
    due, waiting = split(held.reminders, now)
    return replace(held, reminders=waiting), tuple(Remind(reminder.what) for reminder in due)


def _finished(speaker: Speaker, talk: Conversation) -> bool:
    # An answer that is just being changed still counts as given.
    return speaker.flow.agreed(talk) and speaker.flow.questionnaire.next(talk.answers) is None


def _language(envelope: Envelope, talk: Conversation | None) -> Language:
    return talk.language if talk else envelope.language


def _address(envelope: Envelope, message: Message) -> Outgoing:
    return Outgoing(envelope.chat, message, envelope.message if message.here else None)


def _shown(replies: Iterable[object]) -> Iterable[str]:
    for reply in replies:
        match reply:
            case Ask(question=id):
                yield id
            case Report():
                yield RESULT
