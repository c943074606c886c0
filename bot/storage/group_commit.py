"""Group commit: jobs that arrive while one transaction runs share the next one."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

Job = TypeVar("Job")
Result = TypeVar("Result")


class GroupCommit(Generic[Job, Result]):
    """Hands jobs to `work` in the order of arrival, up to `most` at once, one batch at a time.

    `work` gives a result or an exception for each job; what it raises itself fails the whole batch.
    """

    def __init__(
        self, work: Callable[[Sequence[Job]], Awaitable[Sequence[Result | Exception]]], most: int
    ) -> None:
        self._work = work
        self._most = most
        self._waiting: deque[tuple[Job, asyncio.Future[Result]]] = deque()
        self._task: asyncio.Task[None] | None = None

    async def put(self, job: Job) -> Result:
        """Run a job; return its result when its batch is done, or raise its exception."""
        future: asyncio.Future[Result] = asyncio.get_running_loop().create_future()
        self._waiting.append((job, future))
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._run())
        return await future

    async def _run(self) -> None:
        while self._waiting:
            count = min(self._most, len(self._waiting))
            batch = [self._waiting.popleft() for _ in range(count)]
            results: Sequence[Result | Exception]
            try:
                results = await self._work([job for job, _ in batch])
            except Exception as error:  # noqa: BLE001 - handed on to everyone who waits
                results = [error] * count
            except asyncio.CancelledError:
                for _, future in batch:
                    future.cancel()
                raise
            for (_, future), result in zip(batch, results, strict=True):
                if future.done():  # nobody waits for it any more
                    continue
                if isinstance(result, Exception):
                    future.set_exception(result)
                else:
                    future.set_result(result)
