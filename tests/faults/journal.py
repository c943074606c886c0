"""What was committed and what reached people, and what must follow from it: the invariants."""

import re
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from bot.dialogue.conversation import Conversation
from bot.dialogue.replies import Ask, AskConsent, Reply
from bot.render import Beside, Message, Presenter
from bot.render.view import ALONE
from bot.storage.conversations import unsealed
from bot.storage.outbound_format import loaded
from bot.storage.tables import conversations, dead_letters, outbox, updates, years
from bot.turns.contract import Address, Inbound
from bot.turns.turn import BatchResult
from tests.chats import at
from tests.talks import KEYRING, presenter, turned

if TYPE_CHECKING:
    from tests.faults.process import Process


@dataclass(frozen=True, slots=True)
class Turns:
    """What one transaction settled, and when."""

    inbounds: tuple[Inbound, ...]
    settled: BatchResult
    now: datetime


@dataclass(slots=True)
class Letter:
    """A letter that was committed, and what became of it.

    `unknown` counts how often nobody could know whether it arrived; it may be repeated so often.
    """

    number: int
    chat: Address
    taken: int = 0
    unknown: int = 0
    by: "Process | None" = None  # who sent it last
    hold: bytes = b""  # under which hold
    excused: str = ""  # why it need not arrive any more


class Broken(AssertionError):
    """A promise was broken."""


class Mute(Presenter):
    """Words every reply with nothing: for what follows from a turn apart from its words.

    A typed question is answered before the open one comes again: the words say how many messages it takes.
    """

    def render(
        self, reply: Reply, talk: Conversation | None, language: Any, today: Any, beside: Beside = ALONE
    ) -> tuple[Message, ...]:
        if isinstance(reply, Ask | AskConsent) and reply.heard:
            return super().render(reply, talk, language, today, beside)
        return (Message(""),)


def numbered(message: Message, number: int) -> Message:
    """Return a letter a number that no worker would see."""
    return replace(message, text=f"{message.text}\u2063{number}")


def number_of(message: Message) -> int:
    """Read the number of a letter."""
    found = re.search("\u2063(\\d+)$", message.text)
    assert found, message.text
    return int(found[1])


@dataclass
class Journal:
    """The truth, kept beside the bot: replayed turn by turn in the order of commits, by the pure step."""

    path: Path
    read: sa.Engine  # a clean look into the database
    now: Callable[[], float]
    blocked: Callable[[int], bool]  # whether this chat has blocked the bot
    talks: dict[Address, Conversation] = field(default_factory=dict)
    applied: set[int] = field(default_factory=set)
    letters: dict[int, Letter] = field(default_factory=dict)
    of_chat: dict[Address, list[Letter]] = field(default_factory=lambda: defaultdict(list))
    last_taken: dict[Address, int] = field(default_factory=dict)
    keys: dict[Address, bytes] = field(default_factory=dict)  # of each chat's row, after the last commit
    dead_keys: set[bytes] = field(default_factory=set)
    places: set[Address] = field(default_factory=set)
    broken: list[str] = field(default_factory=list)
    _numbers: int = 0

    def __post_init__(self) -> None:
        self.mute = Mute(presenter().knowledge)

    def fail(self, what: str) -> None:
        """Note a broken promise."""
        self.broken.append(what)

    def next_number(self) -> int:
        self._numbers += 1
        return self._numbers

    # --- what happens ------------------------------------------------------------------------------

    def committed(self, process: "Process") -> None:
        """Replay what a commit holds."""
        self._buried(process.burying)
        for turns in process.written:
            self._replay(turns)
        with self.read.connect() as connection:
            rows = connection.execute(sa.select(conversations.c.person, conversations.c.key)).all()
        keys = {row.person: row.key for row in rows}
        self.keys = {
            chat: keys.get(KEYRING.pseudonym(chat.name), b"") for chat in {*self.of_chat, *self.talks}
        }

    def _replay(self, turns: Turns) -> None:
        handled: list[int] = []
        expected: dict[Address, int] = defaultdict(int)
        if turns.settled.events.failures:
            self.fail(f"a turn met a bug: {turns.settled.events.failures[0]!r}")
        for inbound in turns.inbounds:
            if inbound.update is not None:
                if inbound.update in self.applied:
                    continue
                self.applied.add(inbound.update)
                handled.append(inbound.update)
            chat = inbound.chat
            both = {at: self.talks[at] for at in (chat.at("own"), chat.at("family")) if at in self.talks}
            effect = turned([inbound], both, turns.now, voice=self.mute)
            if effect.forgotten:
                expected[chat] = 0  # what was to be sent goes with the rest
            expected[chat] += len(effect.outgoing)
            if effect.joined:
                self.places.add(chat)  # one a person and year, however often they come back
            for changed, talk in effect.conversations.items():
                if talk is None:
                    self._forgotten(changed)
                else:
                    self.talks[changed] = talk
        if handled != turns.settled.handled:
            self.fail(f"updates {turns.settled.handled} took effect, {handled} should have")
        for outgoing in turns.settled.outgoing:
            chat = outgoing.chat
            expected[chat] -= 1
            letter = Letter(number_of(outgoing.message), chat)
            if self.blocked(int(chat.id)):
                letter.excused = "blocked"
            self.letters[letter.number] = letter
            self.of_chat[chat].append(letter)
        if any(expected.values()):
            self.fail(f"letters too many or too few: {dict(expected)}")

    def _forgotten(self, chat: Address) -> None:
        self.talks.pop(chat, None)
        for letter in self.of_chat[chat]:
            letter.excused = "forgotten"
        if key := self.keys.get(chat):
            self.dead_keys.add(key)

    def _buried(self, dead: frozenset[bytes]) -> None:
        for chat in list(self.keys) if dead else ():
            key = self.keys.get(chat)
            if key and KEYRING.fingerprint(key, KEYRING.pseudonym(chat.name)) in dead:
                self._forgotten(chat)

    def excuse(self, chat: int, why: str) -> None:
        """Excuse a chat's letters so far from arriving, those of both talks."""
        for letter in (*self.of_chat[at(chat)], *self.of_chat[at(chat).at("family")]):
            if not letter.taken and not letter.excused:
                letter.excused = why

    def acknowledged(self, update: int) -> None:
        """Note that Telegram will never deliver an update again."""
        if update not in self.applied:
            self.fail(f"update {update} was acknowledged and never committed")

    def arrived(self, process: "Process", message: Message) -> None:
        """Note that a letter reached its chat."""
        letter = self.letters.get(number_of(message))
        if letter is None:
            self.fail(f"letter {number_of(message)} was sent and never committed")
            return
        letter.taken += 1
        if letter.by not in (None, process) and letter.by.store.outbox.lease.name != letter.hold:
            letter.unknown += 1  # its hold ended before it could record the delivery
        letter.by, letter.hold = process, process.store.outbox.lease.name
        if letter.taken > 1 + letter.unknown:
            self.fail(f"letter {letter.number} of chat {letter.chat} was repeated without need")
        if letter.excused == "forgotten":  # deleted after it was on its way, perhaps in another process
            return
        if letter.number < self.last_taken.get(letter.chat, 0):
            self.fail(f"letter {letter.number} of chat {letter.chat} came after a later one")
        self.last_taken[letter.chat] = letter.number

    # --- what must be true now ---------------------------------------------------------------------

    def examine(self) -> dict[int, bytes]:
        """Compare the whole database with the truth; returns the waiting letters by number."""
        with self.read.connect() as connection:
            stored = set(connection.scalars(sa.select(updates.c.update)))
            rows = {row.person: row for row in connection.execute(sa.select(conversations))}
            waiting = connection.execute(sa.select(outbox).order_by(outbox.c.id)).all()
            dead = connection.execute(sa.select(dead_letters)).all()
            people = connection.scalar(sa.select(sa.func.sum(years.c.people))) or 0
        if stored != self.applied:
            self.fail(f"updates stored and applied differ: {sorted(stored ^ self.applied)}")
        if people != len(self.places):
            self.fail(f"{len(self.places)} people joined, {people} are counted")
        chats = {KEYRING.pseudonym(chat.name): chat for chat in {*self.of_chat, *self.talks}}
        found = {chats[person]: unsealed(row, KEYRING).conversation for person, row in rows.items()}
        if found != self.talks:
            differing = [c for c in {*found, *self.talks} if found.get(c) != self.talks.get(c)]
            self.fail(
                "; ".join(f"chat {c}: {found.get(c)} stored, {self.talks.get(c)} true" for c in differing)
            )
        if reused := self.dead_keys & {row.key for row in rows.values()}:
            self.fail(f"{len(reused)} keys outlived their owners' deletion")

        def number(row: sa.Row[Any]) -> int:
            if row.own and row.person not in rows:
                self.fail(f"a letter of chat {chats[row.person]} outlived its key")
                return 0
            sealer = KEYRING.sealer(rows[row.person].key, row.person) if row.own else KEYRING.service
            outgoing = loaded(sealer.open(row.body, b"letter:" + row.person))
            return number_of(outgoing.message)

        numbers = {number(row): row.holder or b"" for row in waiting}
        kept = {*numbers, *map(number, dead)}
        for letter in self.letters.values():
            if not letter.taken and not letter.excused and letter.number not in kept:
                self.fail(f"letter {letter.number} of chat {letter.chat} is lost")
        return numbers

    def doubt(self, process: "Process") -> None:
        """Allow a repeat of what a process sent and could not record before it died."""
        for number in self.examine():
            letter = self.letters.get(number)
            if letter is not None and letter.by is process:
                letter.unknown += 1
                letter.by = None
