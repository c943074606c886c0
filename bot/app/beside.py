"""Runs what takes seconds beside the event loop, in a thread that keeps no process from ending."""

import asyncio
import logging
import os
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import ParamSpec, TypeVar

NAME = "beside the loop"  # of such a thread

Result = TypeVar("Result")
Given = ParamSpec("Given")


async def beside(work: Callable[Given, Result], *args: Given.args, **kwargs: Given.kwargs) -> Result:
    """Return what `work` returns, done in a thread of its own, for which a cancelled caller doesn't wait.

    The loop waits for the threads of its own pool, so a process that is to stop would sit out its index.
    """
    loop = asyncio.get_running_loop()
    done: asyncio.Future[Result] = loop.create_future()

    def tell(result: Result | None, error: Exception | None) -> None:
        if not done.done():
            done.set_result(result) if error is None else done.set_exception(error)  # type: ignore[arg-type]

    def run() -> None:
        result, error = None, None
        try:
            result = work(*args, **kwargs)
        except Exception as raised:  # noqa: BLE001 - handed on to the caller
            error = raised
        with suppress(RuntimeError):  # the loop has ended
            loop.call_soon_threadsafe(tell, result, error)

    threading.Thread(target=run, name=NAME, daemon=True).start()
    return await done


def end(status: int) -> int:
    """End the process at once while a thread works beside the loop; otherwise return the status.

    Python would stop the thread wherever it stands. Within a library of Rust or C++ that aborts the process,
    which may then leave in a core dump all that it knows.
    """
    if any(thread.name == NAME for thread in threading.enumerate()):
        logging.shutdown()
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
        os._exit(status)
    return status
