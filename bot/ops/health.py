"""What a process knows of its own state: turns that end, turns that are stored, and how Telegram sees it."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

STUCK = 30.0  # seconds after which a turn that has not ended counts as hanging
TROUBLED = 30.0  # seconds of the same trouble with Telegram after which the process is not ready


@dataclass
class Health:
    """The state of one process.

    `working` says whether its endless tasks still run, `prepared` whether what typed words need is made.
    """

    monotonic: Callable[[], float] = time.monotonic
    working: Callable[[], bool] = lambda: True
    prepared: Callable[[], bool] = lambda: True
    not_stored_since: float | None = None
    trouble: str = ""  # what Telegram says is wrong, in one sentence, or empty
    pending: int = 0  # updates that wait at Telegram
    _trouble_since: float = 0.0
    _turns: dict[int, float] = field(default_factory=dict)
    _number: int = 0

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Watch a turn while the block runs."""
        self._number += 1
        number = self._number
        self._turns[number] = self.monotonic()
        try:
            yield
        finally:
            del self._turns[number]

    def stored(self) -> None:
        """Note that a turn was committed."""
        self.not_stored_since = None

    def not_stored(self) -> None:
        """Note that a turn could not be committed."""
        if self.not_stored_since is None:
            self.not_stored_since = self.monotonic()

    def see(self, trouble: str) -> None:
        """Note what is wrong between Telegram and us; empty when nothing is."""
        if trouble != self.trouble:
            self.trouble, self._trouble_since = trouble, self.monotonic()

    def ills(self) -> list[str]:
        """Return what keeps this process from living, nothing while turns end and its tasks run."""
        found = [] if self.working() else ["a task has ended: restart the process"]
        if self._turns and self.monotonic() - min(self._turns.values()) > STUCK:
            found.append(f"a turn has not ended for {STUCK:.0f} seconds: restart the process")
        return found

    def hindrances(self) -> list[str]:
        """Return what keeps this process from serving now, beyond what its database says."""
        found = self.ills()
        if self.not_stored_since is not None:
            found.append("the last turn could not be stored")
        if self.trouble and self.monotonic() - self._trouble_since >= TROUBLED:
            found.append(self.trouble)
        return found
