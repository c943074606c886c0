"""Turns, pure: conversations and what came in -> conversations as they are now, and what goes out."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from bot.content.questionnaire import Language
from bot.dialogue.conversation import Command, Conversation, Group, Hurry, Incoming, Seat, Tap, Wake
from bot.dialogue.counting import SHADOW, Count
from bot.dialogue.flow import RESULT, Flow, Step
from bot.dialogue.replies import Reply, Say, Tips
from bot.dialogue.seats import BACK, FLOOR, FORGET_BOTH_SURE, turned_to, with_floor
from bot.render import Beside, Message, Presenter
from bot.turns.contract import Address, Inbound, Outbound

UNLIMITED = 10**9
OTHER: Mapping[Seat, Seat] = {"own": "family", "family": "own"}
OPEN = "open:"  # begins the data of a button that unfolds a piece of advice


@dataclass(slots=True)
class Events:
    """What turns did, without a person in it, for those who count and log once it is committed.

    Of talks for a family member only failures are here: nothing is learned of people who are talked about.

    `failures` are the bugs that turns met, `shown` the questions asked and results shown, `came` the labels
    of the links by which new people came (forged ones too), `counts` what is counted of everybody.
    """

    failures: list[Exception] = field(default_factory=list)
    shown: list[str] = field(default_factory=list)
    came: list[str] = field(default_factory=list)
    counts: Counter[Count] = field(default_factory=Counter)


@dataclass(slots=True)
class BatchResult:
    """The effect of some turns; it is kept as a whole or not at all.

    `conversations` holds the chats that changed (None: nothing may be kept), `handled` the updates that
    were not handled before, `forgotten` the chats of which all that was kept must go, even if they began
    again since, `stood` the question at which a changed chat stood before its first turn, `finished` the
    changed chats whose survey is complete, `joined` how many people agreed for the first time.
    """

    conversations: dict[Address, Conversation | None] = field(default_factory=dict)
    handled: list[int] = field(default_factory=list)
    forgotten: set[Address] = field(default_factory=set)
    finished: set[Address] = field(default_factory=set)
    joined: int = 0
    outgoing: list[Outbound] = field(default_factory=list)
    stood: dict[Address, str | None] = field(default_factory=dict)
    events: Events = field(default_factory=Events)

    def is_new(self, update: int | None, seen: Set[int]) -> bool:
        """Note an update as handled; says whether it wasn't yet."""
        if update is None:
            return True
        if update in seen or update in self.handled:
            return False
        self.handled.append(update)
        return True

    def add(
        self, inbound: Inbound, before: Conversation | None, step: Step, messages: Sequence[Message]
    ) -> None:
        """Add the effect of a step that came after all others here, with its replies in words."""
        chat, talk = inbound.chat, step.talk
        if talk != before:
            self.conversations[chat] = talk
            if chat.seat == "own":
                self.stood.setdefault(chat, step.stood)
            (self.finished.add if step.finished else self.finished.discard)(chat)
        if talk is None and before is not None:
            self.forgotten.add(chat)
            self.outgoing = [other for other in self.outgoing if other.chat != chat]
        self.outgoing += (_outbound(inbound, message) for message in messages)
        if chat.seat != "own":
            return
        self.events.shown += step.shown
        # Added one by one: the library's `update` takes ten times as long for what is mostly nothing.
        for count in (*step.counts, *(("offered", piece) for piece in _offered(messages))):
            self.events.counts[count] += 1
        if before is None and isinstance(inbound.incoming, Command) and inbound.incoming.name == "start":
            self.events.came.append(inbound.incoming.rest)

    def now(self, chat: Address, before: Mapping[Address, Conversation]) -> Conversation | None:
        """Return a talk as it is after the turns so far, given the talks before them."""
        return self.conversations.get(chat, before.get(chat))


def routed(
    inbounds: Iterable[Inbound], conversations: Mapping[Address, Conversation], seen: Set[int]
) -> list[Inbound]:
    """Return what came in at the addresses of the talks that it belongs to, in order.

    Typed words go to the talk of the chat that was turned to last, by an update that was not seen before.
    """
    found: list[Inbound] = []
    last: dict[Address, Conversation] = {}
    repeated = set(seen)
    for inbound in inbounds:
        chat, incoming = inbound.chat, inbound.incoming
        if chat.seat != "own" or isinstance(incoming, Wake | Group | Hurry):
            found.append(inbound)
            continue
        if turned_to(incoming, None)[1] == FORGET_BOTH_SURE:  # on the screen of either talk
            both = replace(inbound, incoming=FORGET_BOTH_SURE)
            if inbound.update not in repeated:
                found.append(replace(both, chat=chat.at("family"), update=None))
            found.append(both)
        else:
            own = last.get(chat, conversations.get(chat))
            seat, incoming = turned_to(incoming, own)
            crosses = isinstance(inbound.incoming, Tap) and not isinstance(incoming, Tap)
            if seat == "own" and incoming is inbound.incoming:
                found.append(inbound)
            else:
                shown = None if crosses else inbound.message  # the other talk's screen stays as it is
                found.append(replace(inbound, chat=chat.at(seat), incoming=incoming, message=shown))
            if inbound.update not in repeated:
                last[chat] = with_floor(own or Conversation(""), seat)
        if inbound.update is not None:
            repeated.add(inbound.update)
    return found


def settle(
    flow: Flow,
    presenter: Presenter,
    inbounds: Sequence[Inbound],
    conversations: Mapping[Address, Conversation],
    seen: Set[int],
    now: datetime,
    room: int = UNLIMITED,
) -> BatchResult:
    """Take the turn of each inbound in order; an update that was seen before has no effect.

    `inbounds` are at the addresses of their talks, as `routed` returns them. `room` is how many more people
    may agree this year; beyond it there is general guidance only. A turn that meets a bug leaves its
    conversation as it was, says to the worker that we failed, and holds up no other turn.
    """
    batch, today = BatchResult(), now.date()
    rules = {"own": flow, "family": flow.for_family}
    voices = {"own": presenter, "family": presenter.for_family}
    for came in inbounds:
        if not batch.is_new(came.update, seen):
            continue
        chat, voice = came.chat, voices[came.chat.seat]
        before = batch.now(chat, conversations)
        other = batch.now(chat.at(OTHER[chat.seat]), conversations)
        own = before if chat.seat == "own" else other
        inbound = came if chat.seat == "own" else _as_own(came, own)
        beside = _beside(came, before, other)
        heard = before if before is None or before.tool is None else _heard(before, inbound.incoming)
        try:
            step = rules[chat.seat].step(
                heard, inbound.incoming, inbound.language, now, traditional=inbound.traditional
            )
            joins = step.talk is not None and bool(step.talk.consent) and not (before and before.consent)
            if joins and batch.joined >= room:
                step, joins = Step(before, (Say("full"), Tips())), False
                messages = _render(voice, step.replies, None, _language(inbound, before), today, beside)
            else:
                language = _language(inbound, step.talk or before)
                messages = _render(voice, step.replies, step.talk, language, today, beside)
        except Exception as error:  # noqa: BLE001 - one turn's bug must not take the others' turns along
            batch.events.failures.append(error)
            if not isinstance(inbound.incoming, Wake):  # nobody wrote, so nobody waits
                (line,) = voice.render(Say("sorry"), before, _language(inbound, before), today)
                batch.outgoing.append(Outbound(chat, line))
            continue
        batch.joined += joins
        batch.add(inbound, before, step, messages)
        if chat.seat == "family" and not isinstance(inbound.incoming, Wake):
            _give_floor(batch, inbound, own, flow, ended=step.talk is None)
        if chat.seat == "own" and step.talk is not None and RESULT in step.shown:
            batch.events.counts.update((SHADOW, bands) for bands in presenter.side_by_side(step.talk))
    return batch


def _beside(came: Inbound, before: Conversation | None, other: Conversation | None) -> Beside:
    """Return as much as a screen may tell of the chat's other talk."""
    back = came.incoming == BACK or (before is not None and before.tool == FLOOR)
    returned = came.chat.seat == "own" and back and not isinstance(came.incoming, Wake | Group | Hurry)
    return Beside(other is not None, len(other.reminders) if other is not None else 0, returned)


def _as_own(inbound: Inbound, own: Conversation | None) -> Inbound:
    """Let a talk for a family member begin in the language and script of the worker's own."""
    if own is None:
        return inbound
    return replace(inbound, language=own.language, traditional=own.traditional)


def _heard(talk: Conversation, incoming: Incoming) -> Conversation:
    """Return the talk as it hears what came in: the worker's own has the floor again when they turn to it."""
    if talk.seat != "own" or isinstance(incoming, Wake | Group | Hurry):
        return talk
    return with_floor(talk, "own")


def _give_floor(
    batch: BatchResult, inbound: Inbound, own: Conversation | None, flow: Flow, *, ended: bool
) -> None:
    """Note in the worker's own talk that typed words go to that of the family member, until it ends."""
    if own is None and ended:
        return
    new = Conversation(flow.questionnaire.version, inbound.language, traditional=inbound.traditional)
    talk = with_floor(own or new, "own" if ended else "family")
    if talk != own:
        batch.conversations[inbound.chat.at("own")] = talk


def _render(
    presenter: Presenter,
    replies: Iterable[Reply],
    talk: Conversation | None,
    language: Language,
    today: date,
    beside: Beside,
) -> list[Message]:
    found: list[Message] = []
    for reply in replies:
        found += presenter.render(reply, talk, language, today, beside)
        beside = replace(beside, returned=False)  # said once
    return found


def _language(inbound: Inbound, talk: Conversation | None) -> Language:
    return talk.language if talk else inbound.language


def _outbound(inbound: Inbound, message: Message) -> Outbound:
    return Outbound(inbound.chat, message, inbound.message if message.replaces else None)


def _offered(messages: Iterable[Message]) -> list[str]:
    """List the pieces of advice that can be unfolded by a button of these messages, each once."""
    data = [button.data for message in messages for row in message.buttons for button in row]
    return sorted({name.removeprefix(OPEN) for name in data if name.startswith(OPEN)})
