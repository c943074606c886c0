"""Stops a process at SIGTERM and SIGINT: what is under way comes to its end, and the lease goes back."""

import asyncio
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager

STOPS = (signal.SIGTERM, signal.SIGINT)


@contextmanager
def stopped_by_signals(stop: Callable[[], None]) -> Iterator[None]:
    """Call `stop` at the first of STOPS while the block runs; a second one ends the process at once."""
    loop = asyncio.get_running_loop()

    def once() -> None:
        for number in STOPS:
            loop.remove_signal_handler(number)
        stop()

    for number in STOPS:
        loop.add_signal_handler(number, once)
    try:
        yield
    finally:
        for number in STOPS:
            loop.remove_signal_handler(number)
