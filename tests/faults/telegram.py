"""Telegram in memory: pushes updates until they are acknowledged, takes messages or refuses them."""

import asyncio
import json
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from bot.delivery.port import Blocked, NotDelivered, Refused, SlowDown, Unreachable
from bot.render import Message
from bot.turns.contract import Outbound
from tests.faults.chaos import Killed
from tests.faults.journal import number_of

if TYPE_CHECKING:
    from tests.faults.process import Process
    from tests.faults.world import World

ANSWER_WITHIN = 60.0  # seconds
JSON = dict[str, Any]


@dataclass
class Chat:
    """A private chat: what its screen shows, and the updates that wait."""

    id: int
    screen: dict[int, Message] = field(default_factory=dict)  # the bot's messages, by id
    waiting: deque[tuple[int, bytes]] = field(default_factory=deque)
    blocked: bool = False
    not_before: tuple[str, float] = ("", 0.0)  # which process has to wait after a 429, and until when
    changed: asyncio.Event = field(default_factory=asyncio.Event)
    arrived: asyncio.Event = field(default_factory=asyncio.Event)
    messages: int = 0

    @property
    def last(self) -> int:
        return max(self.screen, default=0)


class Telegram:
    """The double. What it takes, it shows at once; its answer needs a while."""

    def __init__(self, world: "World") -> None:
        self.world, self.chaos = world, world.chaos
        self.chats: dict[int, Chat] = {}
        self.updates = 0
        self.sent = 0

    def chat(self, id: int) -> Chat:
        """Open a chat and push its updates."""
        chat = self.chats[id] = Chat(id)
        self.world.loop.create_task(self._push_all(chat))
        return chat

    # --- the worker's side ---------------------------------------------------------------------------

    def say(self, chat: Chat, text: str) -> None:
        """Send a text; a worker who writes has unblocked the bot."""
        chat.blocked = False
        chat.messages += 1
        self._update(chat, "message", {**_message(chat, chat.messages), "text": text})

    def tap(self, chat: Chat, message: int, data: str) -> None:
        """Tap a button, which may be there no longer."""
        chat.blocked = False
        query = {"id": str(self.updates), "from": _sender(chat), "data": data}
        self._update(chat, "callback_query", {**query, "message": _message(chat, message)})

    def _update(self, chat: Chat, kind: str, content: JSON) -> None:
        self.updates += 1
        update = {"update_id": self.updates, kind: content}
        self.world.trace(f"update {self.updates} of {chat.id}: {content.get('text') or content.get('data')}")
        chat.waiting.append((self.updates, json.dumps(update).encode()))
        chat.arrived.set()

    # --- to the bot ----------------------------------------------------------------------------------

    async def _push_all(self, chat: Chat) -> None:
        pause = 1.0
        while True:
            while not chat.waiting:
                chat.arrived.clear()
                await chat.arrived.wait()
            fate = self.chaos.delivering()
            if fate == "late":
                await asyncio.sleep(20 * self.chaos.random.random())
            if fate == "swapped" and len(chat.waiting) > 1:
                chat.waiting.rotate(-1)
            update, body = chat.waiting[0]
            copies = 2 if fate == "twice" else 1
            taken = await asyncio.gather(*(self._push(update, body) for _ in range(copies)))
            if not any(taken):
                await asyncio.sleep(pause * self.chaos.random.uniform(0.5, 1.5))
                pause = min(2 * pause, 8.0)
                continue
            pause = 1.0
            self.world.journal.acknowledged(update)
            chat.waiting.popleft()
            if fate == "again":
                self.world.loop.create_task(self._push_later(update, body))

    async def _push_later(self, update: int, body: bytes) -> None:
        await asyncio.sleep(30 * self.chaos.random.random())
        await self._push(update, body)

    async def _push(self, update: int, body: bytes) -> bool:
        """Push to any process that listens; tell whether it said 200 in time."""
        ready = [p for p in self.world.processes if p.ready and not p.dead]
        if not ready:
            return False
        process = self.chaos.random.choice(ready)
        task = self.world.loop.create_task(process.take(body), context=process.context)
        done, _ = await asyncio.wait({task}, timeout=ANSWER_WITHIN)
        if not done or task.cancelled():
            return False
        if (error := task.exception()) is not None:
            if not isinstance(error, Killed):
                self.world.journal.fail(f"the webhook raised {error!r}")
            return False
        self.world.trace(f"update {update} {'taken' if task.result() else 'not stored'} by {process.name}")
        return task.result()

    # --- from the bot --------------------------------------------------------------------------------

    async def send(self, process: "Process", outgoing: Outbound) -> None:
        """Take a message, or raise what a port raises; the process may die on the way back."""
        self.sent += 1
        chat, now = self.chats[int(outgoing.chat.id)], self.world.loop.time()
        number = number_of(outgoing.message)
        letter = self.world.journal.letters.get(number)
        fate = self.chaos.sending()
        error: NotDelivered | None = None
        if chat.not_before[0] == process.name and now < chat.not_before[1]:
            self.world.journal.fail(f"letter {number} was sent {chat.not_before[1] - now} s too early")
        if fate == "blocked":
            chat.blocked = True
        if chat.blocked:
            fate, error = "blocked", Blocked()
            self.world.journal.excuse(chat.id, "blocked")
        elif fate == "retry_after":
            seconds = self.chaos.random.randint(1, 20)
            error, chat.not_before = SlowDown(seconds), (process.name, now + seconds)
        elif fate == "network":
            error = Unreachable("NetworkError")
        elif fate == "server":
            error = Unreachable("TelegramError")
        elif fate == "refused":
            error = Refused("message is too strange")
        self.world.trace(f"letter {number} to {chat.id} by {process.name}: {fate}")
        if error is None:
            self.world.journal.arrived(process, outgoing.message)
            self._show(chat, outgoing)
            if fate == "unheard" and letter is not None:
                letter.unknown += 1
                error = Unreachable("TimedOut")
        await asyncio.sleep(0.2 * self.chaos.random.random())
        process.pass_point("after sending")
        if error is not None:
            raise error

    def _show(self, chat: Chat, outgoing: Outbound) -> None:
        edits = None if outgoing.edits is None else int(outgoing.edits)
        if edits is not None and edits in chat.screen:
            chat.screen[edits] = outgoing.message
        else:
            chat.messages += 1
            chat.screen[chat.messages] = outgoing.message
        chat.changed.set()


def _sender(chat: Chat) -> JSON:
    return {"id": chat.id, "is_bot": False, "first_name": "?", "language_code": "zh"}


def _message(chat: Chat, id: int) -> JSON:
    return {"message_id": id, "chat": {"id": chat.id, "type": "private"}, "from": _sender(chat)}
