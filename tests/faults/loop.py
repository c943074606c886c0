"""An event loop whose time jumps to the next event, and that can pause one process's share of it."""

import asyncio
import contextvars
import heapq
from asyncio import events
from collections import deque
from collections.abc import Callable, Coroutine, Generator
from typing import Any, Protocol, TypeVar

Result = TypeVar("Result")


class Life(Protocol):
    """Whatever is paused, and dies, as a whole: a simulated process."""

    paused: bool
    tasks: dict[asyncio.Task[Any], None]


life: contextvars.ContextVar[Life | None] = contextvars.ContextVar("life", default=None)


class NothingEverHappens(RuntimeError):
    """Everybody waits and no timer runs: a deadlock."""


class Loop:
    """Runs callbacks one by one in the order of their times, without waiting for any; there is no I/O."""

    def __init__(self) -> None:
        self._self: Any = self  # asyncio asks for no more of a loop than there is here
        self._now = 0.0
        self._count = 0
        self._ready: deque[tuple[asyncio.Handle, Life | None]] = deque()
        self._timers: list[tuple[float, int, asyncio.Handle, Life | None]] = []
        self._held_back: list[tuple[asyncio.Handle, Life | None]] = []
        self.complaints: list[str] = []  # what asyncio would log: exceptions that nobody looked at

    def time(self) -> float:
        return self._now

    def run(self, work: Coroutine[Any, Any, Result]) -> Result:
        """Run until `work` is done."""
        events._set_running_loop(self._self)
        try:
            task = self.create_task(work)
            while not task.done():
                self._step()
            return task.result()
        finally:
            events._set_running_loop(None)

    def resume(self, owner: Life) -> None:
        """Let a paused process go on where it was."""
        owner.paused = False
        back = [entry for entry in self._held_back if entry[1] is owner]
        self._held_back = [entry for entry in self._held_back if entry[1] is not owner]
        self._ready.extend(back)

    def _step(self) -> None:
        if not self._ready:
            if not self._timers:
                raise NothingEverHappens
            when, _, handle, owner = heapq.heappop(self._timers)
            if handle.cancelled():
                return
            self._now = max(self._now, when)
            self._ready.append((handle, owner))
        handle, owner = self._ready.popleft()
        if handle.cancelled():
            return
        if owner is not None and owner.paused:
            self._held_back.append((handle, owner))
        else:
            handle._run()

    def call_soon(
        self, callback: Callable[..., object], *args: Any, context: contextvars.Context | None = None
    ) -> asyncio.Handle:
        context = context or contextvars.copy_context()
        handle = asyncio.Handle(callback, args, self._self, context)
        self._ready.append((handle, context.get(life)))
        return handle

    def call_later(
        self,
        delay: float,
        callback: Callable[..., object],
        *args: Any,
        context: contextvars.Context | None = None,
    ) -> asyncio.TimerHandle:
        return self.call_at(self._now + delay, callback, *args, context=context)

    def call_at(
        self,
        when: float,
        callback: Callable[..., object],
        *args: Any,
        context: contextvars.Context | None = None,
    ) -> asyncio.TimerHandle:
        context = context or contextvars.copy_context()
        handle = asyncio.TimerHandle(when, callback, args, self._self, context)
        self._count += 1  # of two at the same time, the older first
        heapq.heappush(self._timers, (when, self._count, handle, context.get(life)))
        return handle

    def _timer_handle_cancelled(self, handle: asyncio.TimerHandle) -> None:
        pass

    def create_future(self) -> asyncio.Future[Any]:
        return asyncio.Future(loop=self._self)

    def create_task(
        self,
        coro: Generator[Any, None, Result] | Coroutine[Any, Any, Result],
        *,
        name: str | None = None,
        context: contextvars.Context | None = None,
    ) -> asyncio.Task[Result]:
        # A task of Python 3.13 is typed to take a coroutine alone.
        task = asyncio.Task(coro, loop=self._self, name=name, context=context)  # type: ignore[arg-type, unused-ignore]
        owner = (context or contextvars.copy_context()).get(life)
        if owner is not None:
            owner.tasks[task] = None
            task.add_done_callback(lambda task: owner.tasks.pop(task, None))
        return task

    def get_debug(self) -> bool:
        return False

    def is_running(self) -> bool:
        return True

    def is_closed(self) -> bool:
        return False

    def call_exception_handler(self, context: dict[str, Any]) -> None:
        self.complaints.append(f"{context.get('message')}: {context.get('exception')!r}")
