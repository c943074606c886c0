"""Turns, pure: conversations and what came in -> conversations as they are now, and what goes out."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import date, datetime

from bot.content.questionnaire import Language
from bot.dialogue.conversation import Command, Conversation, Wake
from bot.dialogue.counting import SHADOW, Count
from bot.dialogue.flow import RESULT, Flow, Step
from bot.dialogue.replies import Reply, Say, Tips
from bot.render import Message, Presenter
from bot.turns.contract import Address, Inbound, Outbound

UNLIMITED = 10**9
OPEN = "open:"  # begins the data of a button that unfolds a piece of advice


@dataclass(slots=True)
class Events:
    """What turns did, without a person in it, for those who count and log once it is committed.

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
            self.stood.setdefault(chat, step.stood)
            (self.finished.add if step.finished else self.finished.discard)(chat)
        if talk is None and before is not None:
            self.forgotten.add(chat)
            self.outgoing = [other for other in self.outgoing if other.chat != chat]
        self.outgoing += (_outbound(inbound, message) for message in messages)
        self.events.shown += step.shown
        # Added one by one: the library's `update` takes ten times as long for what is mostly nothing.
        for count in (*step.counts, *(("offered", piece) for piece in _offered(messages))):
            self.events.counts[count] += 1
        if before is None and isinstance(inbound.incoming, Command) and inbound.incoming.name == "start":
            self.events.came.append(inbound.incoming.rest)


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

    `room` is how many more people may agree this year; beyond it there is general guidance only. A turn
    that meets a bug leaves its conversation as it was, says to the worker that we failed, and holds up no
    other turn.
    """
    batch, today = BatchResult(), now.date()
    for inbound in inbounds:
        if not batch.is_new(inbound.update, seen):
            continue
        before = batch.conversations.get(inbound.chat, conversations.get(inbound.chat))
        try:
            step = flow.step(before, inbound.incoming, inbound.language, now, traditional=inbound.traditional)
            joins = step.talk is not None and bool(step.talk.consent) and not (before and before.consent)
            if joins and batch.joined >= room:
                step, joins = Step(before, (Say("full"), Tips())), False
                messages = _render(presenter, step.replies, None, _language(inbound, before), today)
            else:
                language = _language(inbound, step.talk or before)
                messages = _render(presenter, step.replies, step.talk, language, today)
        except Exception as error:  # noqa: BLE001 - one turn's bug must not take the others' turns along
            batch.events.failures.append(error)
            if not isinstance(inbound.incoming, Wake):  # nobody wrote, so nobody waits
                (line,) = presenter.render(Say("sorry"), before, _language(inbound, before), today)
                batch.outgoing.append(Outbound(inbound.chat, line))
            continue
        batch.joined += joins
        batch.add(inbound, before, step, messages)
        if step.talk is not None and RESULT in step.shown:
            batch.events.counts.update((SHADOW, bands) for bands in presenter.side_by_side(step.talk))
    return batch


def _render(
    presenter: Presenter,
    replies: Iterable[Reply],
    talk: Conversation | None,
    language: Language,
    today: date,
) -> list[Message]:
    return [message for reply in replies for message in presenter.render(reply, talk, language, today)]


def _language(inbound: Inbound, talk: Conversation | None) -> Language:
    return talk.language if talk else inbound.language


def _outbound(inbound: Inbound, message: Message) -> Outbound:
    return Outbound(inbound.chat, message, inbound.message if message.replaces else None)


def _offered(messages: Iterable[Message]) -> list[str]:
    """List the pieces of advice that can be unfolded by a button of these messages, each once."""
    data = [button.data for message in messages for row in message.buttons for button in row]
    return sorted({name.removeprefix(OPEN) for name in data if name.startswith(OPEN)})
