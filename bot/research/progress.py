"""A progress bar for long work."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TextIO

WIDTH = 40


@dataclass
class Progress:
    """Draws how much of `total` is done, with the seconds left; off a terminal a line each tenth."""

    total: int
    out: TextIO
    clock: Callable[[], float] = time.monotonic
    began: float = field(init=False)
    tenths: int = field(default=0, init=False)

    def __post_init__(self) -> None:
        self.began = self.clock()

    def show(self, done: int) -> None:
        """Draw; `done` grows to the total."""
        if self.out.isatty():
            end = "\n" if done >= self.total else ""
            self.out.write(f"\r{self.line(done)}{end}")
        elif 10 * done // self.total > self.tenths:
            self.tenths = 10 * done // self.total
            self.out.write(self.line(done) + "\n")
        self.out.flush()

    def line(self, done: int) -> str:
        """Word the state."""
        filled = WIDTH * done // self.total
        left = (self.clock() - self.began) * (self.total - done) / max(done, 1)
        return f"[{'#' * filled}{'.' * (WIDTH - filled)}] {done:,} of {self.total:,}, {left:.0f} s left"
