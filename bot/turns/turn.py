"""Turns, pure: conversations and what came in -> conversations as they are now, and what goes out."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from datetime import datetime

from bot.content.questionnaire import Language
from bot.dialogue.conversation import Command, Conversation, Group, Hurry, Wake
from bot.dialogue.reminders import Reminder, added, due, split
from bot.dialogue.replies import (
    Ask,
    AskReminder,
    Remind,
    Reminders,
    Reply,
    Say,
    Saying,
    SetReminder,
    ShowResult,
    Tips,
    Turn,
)
from bot.render import Message, Presenter
from bot.turns.contract import Address, Inbound, Outbound
from bot.turns.counting import Count, answered, counts, stood_at

UNLIMITED = 10**9
RESULT = "result"  # stands beside the questions' ids in `BatchResult.shown`


@dataclass(slots=True)
class BatchResult:
    """The effect of some turns; it is kept as a whole or not at all.

    `conversations` holds the chats that changed (None: nothing may be kept), `handled` the updates that
    were not handled before, `forgotten` the chats of which all that was kept must go, even if they began
    anew since, `failures` the bugs that turns met, `shown` the questions asked and
    results shown, for the counters; `came` the labels of the links by which people came anew (forged ones
    too); `counts` what is counted of everybody, `stood` the question at which a changed chat stood before its
    first turn; `finished` the changed chats whose survey is complete, `joined`
    how many people agreed for the first time.
    """

    conversations: dict[Address, Conversation | None] = field(default_factory=dict)
    handled: list[int] = field(default_factory=list)
    forgotten: set[Address] = field(default_factory=set)
    finished: set[Address] = field(default_factory=set)
    joined: int = 0
    outgoing: list[Outbound] = field(default_factory=list)
    failures: list[Exception] = field(default_factory=list)
    shown: list[str] = field(default_factory=list)
    came: list[str] = field(default_factory=list)
    counts: Counter[Count] = field(default_factory=Counter)
    stood: dict[Address, str | None] = field(default_factory=dict)

    def is_new(self, update: int | None, seen: Set[int]) -> bool:
        """Note an update as handled; says whether it wasn't yet."""
        if update is None:
            return True
        if update in seen or update in self.handled:
            return False
        self.handled.append(update)
        return True

    def add(
        self, inbound: Inbound, held: Conversation | None, taken: "TurnResult", *, finished: bool
    ) -> None:
        """Add the effect of a turn that came after all others here."""
        chat, talk = inbound.chat, taken.talk
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
        if held is None and isinstance(inbound.incoming, Command) and inbound.incoming.name == "start":
            self.came.append(inbound.incoming.rest)


@dataclass(frozen=True, slots=True)
class TurnResult:
    """One turn: the talk after it, what goes out, and what is counted of it."""

    talk: Conversation | None
    outgoing: list[Outbound]
    shown: tuple[str, ...] = ()
    counts: tuple[Count, ...] = ()
    stood: str | None = None


def settle(
    presenter: Presenter,
    inbounds: Sequence[Inbound],
    conversations: Mapping[Address, Conversation],
    seen: Set[int],
    now: datetime,
    room: int = UNLIMITED,
) -> BatchResult:
    """Take the turn of each inbound in order; an update that was seen before has no effect.

    `room` is how many more people may agree this year; beyond it there is general guidance only. A turn
    that meets a bug leaves its conversation as it was, tells the worker that we failed, and holds up no
    other turn.
    """
    settled = BatchResult()
    for inbound in inbounds:
        if not settled.is_new(inbound.update, seen):
            continue
        held = settled.conversations.get(inbound.chat, conversations.get(inbound.chat))
        try:
            taken = _turn(presenter, inbound, held, now)
        except Exception as error:  # noqa: BLE001 - one turn's bug must not take the others' turns along
            settled.failures.append(error)
            settled.outgoing += _sorry(presenter, inbound, held, now)
            continue
        if taken.talk is not None and taken.talk.consent and not (held and held.consent):
            if settled.joined >= room:
                taken = TurnResult(held, _full(presenter, inbound, held, now))
            else:
                settled.joined += 1
        settled.add(
            inbound, held, taken, finished=taken.talk is not None and _finished(presenter, taken.talk)
        )
    return settled


def _turn(presenter: Presenter, inbound: Inbound, held: Conversation | None, now: datetime) -> TurnResult:
    today = now.date()
    match inbound.incoming:
        case Group() | Hurry():
            what: Saying = "group" if isinstance(inbound.incoming, Group) else "hurry"
            (line,) = presenter.render(Say(what), held, _language(inbound, held), today)
            return TurnResult(held, [Outbound(inbound.chat, line)])
        case Wake():
            talk, replies = _woken(held, now)
        case incoming:
            talk, replies = presenter.flow.step(held, incoming, inbound.language)
    if talk is not None:
        talk, replies = _timed(presenter, talk, replies, now)
        if any(isinstance(reply, ShowResult) for reply in replies):
            talk = replace(talk, shown_by=presenter.knowledge.version)
    language = _language(inbound, talk or held)
    messages = [message for reply in replies for message in presenter.render(reply, talk, language, today)]
    outgoing = [_address(inbound, message) for message in messages]
    given = answered(held, talk)
    counted = counts(inbound.incoming, replies, messages, changed=talk != held)
    answers = (("answered", id) for id in given)
    stood = stood_at(inbound.incoming, given, replies)
    return TurnResult(talk, outgoing, tuple(_shown(replies)), (*counted, *answers), stood)


def _sorry(
    presenter: Presenter, inbound: Inbound, held: Conversation | None, now: datetime
) -> list[Outbound]:
    if isinstance(inbound.incoming, Wake):
        return []  # nobody wrote, so nobody waits
    (line,) = presenter.render(Say("sorry"), held, _language(inbound, held), now.date())
    return [Outbound(inbound.chat, line)]


def _full(presenter: Presenter, inbound: Inbound, held: Conversation | None, now: datetime) -> list[Outbound]:
    language = _language(inbound, held)
    replies = (Say("full"), Tips())
    messages = [m for reply in replies for m in presenter.render(reply, None, language, now.date())]
    return [_address(inbound, message) for message in messages]


def _timed(
    presenter: Presenter, talk: Conversation, replies: tuple[Reply, ...], now: datetime
) -> tuple[Conversation, tuple[Reply, ...]]:
    """Set the reminders that the replies ask for; the flow has no clock."""
    shown: list[Reply] = []
    for reply in replies:
        if isinstance(reply, SetReminder):
            at = due(reply.when, now, presenter.knowledge.deadline(reply.what, now.date()))
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


def _finished(presenter: Presenter, talk: Conversation) -> bool:
    # An answer that is just being changed still counts as given.
    return presenter.flow.agreed(talk) and presenter.flow.questionnaire.next(talk.answers) is None


def _language(inbound: Inbound, talk: Conversation | None) -> Language:
    return talk.language if talk else inbound.language


def _address(inbound: Inbound, message: Message) -> Outbound:
    return Outbound(inbound.chat, message, inbound.message if message.here else None)


def _shown(replies: Iterable[object]) -> Iterable[str]:
    for reply in replies:
        match reply:
            case Ask(question=id):
                yield id
            case ShowResult():
                yield RESULT
