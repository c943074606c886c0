"""Delivers messages: in order for each chat, many chats at once, again after every kind of trouble."""

import asyncio
import logging
import random
from collections import deque
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from functools import partial
from typing import TypeVar

from sqlalchemy.exc import SQLAlchemyError

from bot.delivery.port import Blocked, Deliver, Refused, SlowDown, Unreachable
from bot.delivery.send_rate import SendRate, pause
from bot.ops.logs import place
from bot.storage.jobs import Committed
from bot.storage.lease import LEASE
from bot.storage.outbox import Queued
from bot.storage.unit_of_work import Store
from bot.turns.contract import Address

PAUSE = 1.0  # seconds before the second try; doubled up to LONGEST_PAUSE, with jitter
LONGEST_PAUSE = 40.0  # so that everybody is answered within a minute of the end of a trouble
HURRY = 0.02  # seconds before the first look for messages that wait for another process; doubled
LOOK = 0.5  # seconds between looks for what other processes let go

Result = TypeVar("Result")
log = logging.getLogger(__name__)


class Dispatcher:
    """Delivers at least once: only a crash between the channel's yes and our record can send twice.

    `count` receives how each try ended: sent, retried, blocked, dead.
    """

    def __init__(
        self,
        store: Store,
        deliver: Deliver,
        pace: SendRate | None = None,
        count: Callable[[str], None] = lambda result: None,
    ) -> None:
        self._store, self._outbox, self._deliver, self._count = store, store.outbox, deliver, count
        self._lease, self._pace = store.outbox.lease, pace or SendRate()
        self._lanes: dict[Address, deque[Queued]] = {}  # by chat, with the messages of both its talks
        self._gone: set[int] = set()  # messages that came to their end since the last look began
        self._fresh: set[int] = set()  # messages that the latest commit brought
        self._tasks: set[asyncio.Task[None]] = set()
        self._wake = asyncio.Event()
        self._stopping = asyncio.Event()
        self._leaving = asyncio.Event()  # what is not on its way is left to other processes
        self._ended = asyncio.Event()  # `run` is over, or has not begun
        self._ended.set()
        # An embedded database has one process: what is unheld there it has left for itself.
        self._seldom = LOOK if store.database.shared else LEASE / 5
        store.on_commit.append(self._hear)

    async def run(self) -> None:
        """Hold the outbox and deliver until stopped; storage in trouble only makes it wait."""
        self._ended.clear()
        try:
            await self._look_after()
            if self._leaving.is_set():
                await self._let_go()
        finally:
            self._ended.set()

    async def _look_after(self) -> None:
        """Renew the lease and claim what is free, until stopped."""
        seconds, renewed = HURRY, -LEASE
        loop = asyncio.get_running_loop()
        while not self._stopping.is_set():
            try:
                inherited = loop.time() - renewed >= LEASE / 3 or not self._lease.name
                if inherited:
                    await self._lease.renew()
                    renewed = loop.time()
                self._gone.clear()
                await self._store.claim(inherited=inherited)
            except (SQLAlchemyError, OSError) as error:
                log.error("outbox not read", extra={"error": type(error).__name__})
            seconds = min(2 * seconds, self._seldom) if self._outbox.left_behind else self._seldom
            await pause(seconds, self._wake)
            if self._wake.is_set():
                self._wake.clear()
                seconds = HURRY
                await asyncio.sleep(seconds)

    def stop(self) -> None:
        """End `run`. On a shared database what is not on its way is the other processes' at once."""
        self._stopping.set()
        if self._store.database.shared:  # alone, this process sends what it can in its last seconds
            self._outbox.leave()
            self._leaving.set()
        self._wake.set()

    async def drain(self, seconds: float) -> None:
        """Let what is on its way arrive, then give the lease back, so that others go on at once."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._ended.wait()  # or its last renewal would begin another lease
                while self._tasks:
                    await asyncio.wait(self._tasks)
        for task in self._tasks:
            task.cancel()
        self._lanes.clear()
        await self._let_go()
        await self._lease.release()

    async def _let_go(self) -> None:
        """Leave to others the messages of all chats in which nothing is on its way."""
        try:
            await self._outbox.let_go({message.person for lane in self._lanes.values() for message in lane})
        except (SQLAlchemyError, OSError) as error:  # they are free when the lease is over
            log.warning("messages not let go", extra={"error": type(error).__name__})

    def _hear(self, effect: Committed) -> None:
        for lane in self._lanes.values() if effect.forgotten else ():
            kept = [message for message in lane if message.person not in effect.forgotten]
            if len(kept) < len(lane):
                lane.clear()
                lane.extend(kept)
        self._fresh = {message.id for message in effect.messages}
        self._feed(effect.messages)
        if effect.behind and self._outbox.left_behind:
            self._wake.set()

    def _feed(self, messages: Iterable[Queued]) -> None:
        for message in messages:
            chat = message.outgoing.chat.at("own")
            lane = self._lanes.get(chat)
            if message.id in self._gone:
                continue
            if lane is None:
                self._lanes[chat] = deque([message])
                task = asyncio.create_task(self._walk(chat))
                self._tasks.add(task)
                task.add_done_callback(self._tasks.discard)
            elif message.id in (known := [other.id for other in lane]):
                lane[known.index(message.id)] = message  # ours again, after our own lease had ended
            else:
                lane.append(message)

    async def _walk(self, chat: Address) -> None:
        """Deliver a chat's messages one after the other, for as long as they are ours."""
        lane = self._lanes[chat]
        try:
            while lane and not self._leaving.is_set():
                if lane[0].holder != self._lease.name:
                    lane.popleft()  # someone else's by now, or deleted
                    continue
                processes, edits = self._lease.processes, lane[0].outgoing.edits is not None
                paused = await self._pace.wait(chat, self._leaving, processes, edits=edits)
                if self._leaving.is_set():
                    break
                # Counted at the last renewal: on a server another process may have begun since.
                others = processes > 1 or self._store.database.postgres
                if others and (paused or lane[0].id not in self._fresh):
                    await self._drop_deleted(lane)
                ended = await self._brought_to_its_end(lane)
                self._gone |= ended
                while lane and lane[0].id in ended:  # a deletion may have emptied the lane meanwhile
                    lane.popleft()
        finally:
            self._lanes.pop(chat, None)

    async def _brought_to_its_end(self, lane: deque[Queued]) -> set[int]:
        """Bring the first message to its end and return those that came to it, none if it isn't ours now."""
        seconds = PAUSE
        while lane and not self._leaving.is_set() and lane[0].holder == self._lease.name:
            message, so_far = lane[0], list(lane)
            try:
                await self._deliver(message.outgoing, partial(self._lease.sure, message.holder))
            except SlowDown as error:
                self._pace.refused()
                await self._rest(lane, error.seconds + random.uniform(0, 0.2))  # noqa: S311 - jitter
            except Blocked:
                self._count("blocked")
                # A message written since may be welcome, for a person who writes has unblocked.
                record = partial(self._outbox.block, message, so_far)
                ours = await self._fenced(record, message, lane)
                return {other.id for other in so_far} if ours else set()
            except Refused as error:
                log.warning("message refused for ever", extra={"error": error.reason})
                return await self._buried(message, error.reason, lane)
            except Unreachable as error:
                log.warning("message waits", extra={"error": error.kind, "seconds": round(seconds)})
                await self._rest(lane, seconds * random.uniform(0.7, 1.3))  # noqa: S311 - jitter
                seconds = min(2 * seconds, LONGEST_PAUSE)
            except Exception as error:  # noqa: BLE001 - one message's bug must not hold up those behind it
                log.error("message met a bug", extra={"error": type(error).__name__, "place": place(error)})
                return await self._buried(message, type(error).__name__, lane)
            else:
                self._count("sent")
                await self._insist(partial(self._store.sent, message))
                return {message.id}
        return set()

    async def _buried(self, message: Queued, reason: str, lane: deque[Queued]) -> set[int]:
        """Set a message aside for the operator, who may have it tried again."""
        self._count("dead")
        record = partial(self._outbox.dead.bury, message.id, reason, message.holder)
        return {message.id} if await self._fenced(record, message, lane) else set()

    async def _fenced(
        self, record: Callable[[], Awaitable[bool]], message: Queued, lane: deque[Queued]
    ) -> bool:
        """Record an end that only the holder may; returns whether it was ours to record.

        If not, what was held with that message leaves the lane; what is ours again stays, and is retried.
        """
        ours = await self._insist(record)
        if not ours:
            kept = [other for other in lane if other.holder != message.holder]
            lane.clear()
            lane.extend(kept)
        return ours

    async def _rest(self, lane: deque[Queued], seconds: float) -> None:
        """Pause before another try."""
        self._count("retried")
        await pause(seconds, self._leaving)
        if not self._leaving.is_set():
            await self._drop_deleted(lane)

    async def _drop_deleted(self, lane: deque[Queued]) -> None:
        """Drop what a worker had deleted by another process while it waited."""
        with suppress(SQLAlchemyError, OSError):  # then it is sent: late is better than never
            asked = {message.id for message in lane}
            deleted = asked - await self._outbox.still_there(asked)
            kept = [message for message in lane if message.id not in deleted]
            lane.clear()
            lane.extend(kept)

    async def _insist(self, record: Callable[[], Awaitable[Result]]) -> Result:
        """Record what happened for as long as it takes: it must not happen again."""
        seconds = PAUSE
        while True:
            try:
                return await record()
            except (SQLAlchemyError, OSError) as error:
                log.error("delivery not recorded yet", extra={"error": type(error).__name__})
                await asyncio.sleep(seconds)
                seconds = min(2 * seconds, LEASE)
