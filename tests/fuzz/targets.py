"""What is thrown at, and what must hold whatever comes: each target takes bytes, and raises if it doesn't."""

import json
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache

from bot.channels.telegram.limits import CAPABILITIES
from bot.channels.telegram.updates import NotAnUpdate, inbound_of, read_update
from bot.content.parameters import Parameters
from bot.content.questionnaire import Question
from bot.content.templates import Wording
from bot.demo.double import entities
from bot.dialogue.conversation import Command, Conversation, Incoming, Tap, Typed
from bot.render import Message
from bot.turns.contract import Inbound
from tests.chats import at
from tests.fuzz_reading import is_sound
from tests.goldens import phrases
from tests.talks import CONSENT, SHORT_PATH, presenter, turned
from tests.test_rights import STATES, said, state
from tests.test_webhook import said as update_of
from tests.test_webhook import tapped
from tests.typed import private_in, read

ECHO = Wording({"zh": {"a.j2": "<b>{{ x }}</b>{{ x }}"}, "en": {"a.j2": "{{ x }}"}}, Parameters({}))


@cache
def states() -> tuple[Conversation | None, ...]:
    """Talks at every kind of place."""
    return tuple(map(state, STATES))


@cache
def questions() -> tuple[Question, ...]:
    return presenter().knowledge.questionnaire.questions


def words_of(data: bytes) -> str:
    """Text as Telegram could send it: no lone surrogates, not too long."""
    return data.decode("utf-8", "ignore")[: CAPABILITIES.text]


def update(data: bytes) -> None:
    """Bytes of an update are read or refused; an inbound is of somebody's own chat, and loses nothing."""
    try:
        known = read_update(data)
    except NotAnUpdate:
        return
    inbound = inbound_of(known)
    if inbound is not None:
        assert inbound.update == known.update_id
        sender = (
            known.callback_query.sender if known.callback_query else known.message and known.message.sender
        )
        assert sender
        assert inbound.chat == at(sender.id) or type(inbound.incoming).__name__ == "Group"


def turn(number: int, incoming: Incoming) -> None:
    """A turn in one of the states meets no bug, answers the sender alone, within Telegram's limits."""
    held = states()[number % len(states())]
    settled = turned([Inbound(1, at(7), incoming)], {at(7): held} if held else {})
    assert not settled.events.failures, settled.events.failures
    assert settled.outgoing
    for outgoing in settled.outgoing:
        assert outgoing.chat.at("own") == at(7)
        fits(outgoing.message)


def fits(message: Message) -> None:
    shown = entities.read_html(message.text) if message.text else None
    assert shown is None or len(shown.text.encode("utf-16-le")) // 2 <= CAPABILITIES.text
    for button in (button for row in message.buttons for button in row):
        assert bool(button.data) != bool(button.copies), "a button either sends or copies"
        assert len(button.data.encode()) <= CAPABILITIES.button_data
        assert button.text


def callback(data: bytes) -> None:
    """What a forged button carries."""
    turn(data[0] if data else 0, Tap(words_of(data[1:])))


def typed(data: bytes) -> None:
    """What is typed, a command too."""
    text = words_of(data[1:])
    name, _, rest = text[1:].strip().partition(" ")
    turn(data[0] if data else 0, Command(name.lower(), rest) if text.startswith("/") else Typed(text))


def reading(data: bytes) -> None:
    """A typed answer is read as something that its question can take, and as the same again."""
    question = questions()[(data[0] if data else 0) % len(questions())]
    text = words_of(data[1:])
    found = read(text, question)
    assert is_sound(found, question)
    assert read(text, question) == found
    assert private_in(text) in (None, "card", "identity", "phone", "code")


def escape(data: bytes) -> None:
    """A worded text shows what was put in, but for white space, and no part of it is markup."""
    text = words_of(data)
    shown = entities.read_html(ECHO.render("zh", "a.j2", date(2026, 11, 23), x=f"x{text}x"))
    assert len([one for one in shown.entities if one["type"] == "bold"]) == 1
    assert "".join(shown.text.split()) == "".join(f"x{text}xx{text}x".split())


@dataclass(frozen=True, slots=True)
class Target:
    """Something to throw at, and inputs to begin with."""

    take: Callable[[bytes], None]
    seeds: Callable[[], Iterator[bytes]]


def _updates() -> Iterator[bytes]:
    for raw in (update_of(1, "/start"), update_of(2, "五千五"), tapped(3, "a:age:from_60")):
        yield json.dumps(raw).encode()
    yield b'{"update_id": 9, "edited_message": {}}'


def _buttons() -> Iterator[bytes]:
    for number, words in enumerate(STATES.values()):
        _, messages = said(None, *words)
        for message in messages:
            for row in message.buttons:
                for button in row:
                    yield bytes([number]) + button.data.encode()
    for number, data in enumerate(
        [*CONSENT, *SHORT_PATH, "calc:loan:10000:12:958", "mark:emergency_fund:done"]
    ):
        yield bytes([number]) + data.encode()


def _phrases() -> Iterator[bytes]:
    for number, phrase in enumerate(random.Random(1).sample(list(phrases()), 400)):
        yield bytes([number % 256]) + phrase.text.encode()


def _commands() -> Iterator[bytes]:
    yield from _phrases()
    for number, name in enumerate(("start", "delete", "mydata", "ask 医保", "lang", "result", "help")):
        yield bytes([number]) + f"/{name}".encode()


def _markup() -> Iterator[bytes]:
    yield from (
        b"<b>&amp;",
        b"</b>{{ 1 }}",
        "”’&#39;<a href='x'>".encode(),
        b"\x00\x1b{% raw %}",
        b"@user /cmd",
    )


TARGETS = {
    "update": Target(update, _updates),
    "callback": Target(callback, _buttons),
    "typed": Target(typed, _commands),
    "reading": Target(reading, _phrases),
    "escape": Target(escape, _markup),
}
