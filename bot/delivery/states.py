"""The states of a message, who may bring it from one to the next, and on what condition."""

from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """Where a message stands.

    QUEUED, OUT and UNHEARD are one state to the database: held by a process at work. Only that process tells
    them apart, so a process that takes a message over has to expect each of them.
    """

    UNWRITTEN = "unwritten"
    WAITING = "waiting"  # in the outbox; nobody holds it
    QUEUED = "queued"  # its holder knows it, and sends it after the ones before it
    OUT = "out"  # given to the channel, which has not answered
    UNHEARD = "unheard"  # held by a process whose commit was cut off, and which doesn't know of it
    LEFT = "left"  # its holder's time is over
    SENT = "sent"
    DEAD = "dead"  # set aside for the operator
    DROPPED = "dropped"  # nobody is to get it any more


HELD = frozenset({State.QUEUED, State.OUT, State.UNHEARD})
STORED = HELD | {State.WAITING, State.LEFT}  # a row of the outbox


class Who(StrEnum):
    """The parties that may change a message's state."""

    TURN = "the transaction of the turn"
    CLAIMER = "a process with a lease"
    HOLDER = "its holder"
    FORMER = "the process that held it before"
    CLOCK = "the database's clock"
    WORKER = "the worker who deletes"
    OPERATOR = "the operator"


@dataclass(frozen=True, slots=True)
class Transition:
    """A change that may happen: by whom, when, and which function makes it."""

    name: str
    before: State
    after: State
    by: Who
    when: str
    made_by: str  # module and name of the function


_OUTBOX = "bot.storage.outbox.Outbox"
_WALK = "bot.delivery.dispatcher.Dispatcher"
_DEAD = "bot.storage.dead_letters.DeadLetters"
_LEASE = "bot.storage.lease.Lease"
_FORGET = "bot.storage.deletion.Deletion.forget"


def _from(
    states: frozenset[State], name: str, after: State, by: Who, when: str, made_by: str
) -> tuple[Transition, ...]:
    return tuple(Transition(name, state, after, by, when, made_by) for state in State if state in states)


TRANSITIONS: tuple[Transition, ...] = (
    Transition(
        "write", State.UNWRITTEN, State.QUEUED, Who.TURN,
        "the process has a lease, is in no doubt, is not to stop, and holds all earlier messages of the chat",
        f"{_OUTBOX}.write",
    ),
    Transition("write", State.UNWRITTEN, State.WAITING, Who.TURN, "otherwise", f"{_OUTBOX}.write"),
    Transition(
        "cut off", State.UNWRITTEN, State.UNHEARD, Who.TURN,
        "the commit happened, but the process got no answer: it is in doubt from then on",
        f"{_OUTBOX}.doubt",
    ),
    *_from(
        frozenset({State.WAITING, State.LEFT}), "claim", State.QUEUED, Who.CLAIMER,
        "the chat's first message is waiting or left; all messages of the chat or none",
        f"{_OUTBOX}.claim",
    ),
    *_from(
        frozenset({State.WAITING, State.LEFT}), "cut off", State.UNHEARD, Who.CLAIMER,
        "the claim's commit happened, but the process got no answer: it is in doubt from then on",
        f"{_OUTBOX}.doubt",
    ),
    Transition(
        "find", State.UNHEARD, State.QUEUED, Who.HOLDER, "it is in doubt; this ends the doubt",
        f"{_OUTBOX}.claim",
    ),
    Transition(
        "hand over", State.QUEUED, State.OUT, Who.HOLDER,
        "it is the chat's first, and less than four fifths of the lease are over as the bytes leave",
        f"{_LEASE}.sure",
    ),
    Transition(
        "try again", State.OUT, State.QUEUED, Who.HOLDER,
        "the channel gave no answer or asked for patience, or the bytes didn't leave",
        f"{_WALK}._rest",
    ),
    *_from(
        HELD, "end", State.LEFT, Who.CLOCK, "the lease was not renewed in time, or was given back",
        f"{_LEASE}.release",
    ),
    Transition(
        "record", State.OUT, State.SENT, Who.HOLDER, "the channel took it",
        "bot.storage.unit_of_work.Store.sent",
    ),
    *_from(
        HELD, "let go", State.WAITING, Who.HOLDER,
        "it is to stop, and no message of the chat is on its way, or what is takes too long",
        f"{_OUTBOX}.let_go",
    ),
    *_from(
        frozenset({State.WAITING, State.LEFT, State.QUEUED}), "record late", State.SENT, Who.FORMER,
        "the channel took it while it was theirs: to send it again would help nobody",
        "bot.storage.unit_of_work.Store.sent",
    ),
    Transition(
        "bury", State.OUT, State.DEAD, Who.HOLDER,
        "the channel will never take it, or it met a bug; it bears the holder's name still",
        f"{_DEAD}.bury",
    ),
    *_from(
        frozenset({State.WAITING, State.LEFT}), "bury unread", State.DEAD, Who.CLAIMER,
        "no key opens it, or another version wrote it", f"{_DEAD}.bury_within",
    ),
    *_from(
        frozenset({State.OUT, State.QUEUED}), "block", State.DROPPED, Who.HOLDER,
        "the person blocked the bot; the message handed over bears the holder's name still",
        f"{_OUTBOX}.block",
    ),
    *_from(
        STORED | {State.DEAD}, "delete", State.DROPPED, Who.WORKER,
        "in the turn of any process, which has locked the chat", _FORGET,
    ),
    Transition(
        "retry", State.DEAD, State.WAITING, Who.OPERATOR, "as a new message, behind all others",
        f"{_DEAD}.retry",
    ),
    Transition("drop", State.DEAD, State.DROPPED, Who.OPERATOR, "when they say so", f"{_DEAD}.drop"),
    Transition(
        "expire", State.DEAD, State.DROPPED, Who.CLOCK, "it has been dead for seven days",
        "bot.storage.deletion.Deletion.tidy",
    ),
)  # fmt: skip
