"""What goes wrong, and where: at every point that the code passes, the seed decides."""

from collections import Counter
from dataclasses import dataclass
from random import Random

from sqlalchemy.exc import OperationalError


class Killed(BaseException):
    """The process died here; nothing of it may have an effect any more."""


@dataclass(frozen=True, slots=True)
class Odds:
    """How likely each trouble is, per point or per event."""

    kill: float = 0.01  # per point
    error: float = 0.01  # per statement and commit: half before its effect, half after
    slow: float = 0.1  # per statement
    outage: float = 0.0  # per statement: the database is gone for up to 40 seconds
    pause: float = 0.0  # per point: the process sleeps, perhaps beyond its hold
    send: float = 0.1  # per message: refused, too many, broken, accepted but not acknowledged
    deliver: float = 0.1  # per update: twice, late, out of order


CALM = Odds(0, 0, 0, 0, 0, 0, 0)


def odds_of(random: Random) -> Odds:
    """Draw how bad a run is; the worst kill every second turn."""
    return Odds(
        kill=random.choice((0.002, 0.01, 0.03, 0.06)),
        error=random.choice((0, 0.005, 0.03)),
        slow=random.choice((0, 0.05, 0.3)),
        outage=random.choice((0, 0, 0.001)),
        pause=random.choice((0, 0, 0.002)),
        send=random.choice((0, 0.1, 0.4)),
        deliver=random.choice((0, 0.1, 0.4)),
    )


class Chaos:
    """Decides by a generator of its own, so that a seed is a run."""

    def __init__(self, random: Random, odds: Odds) -> None:
        self.random, self.odds = random, odds
        self.kills: Counter[str] = Counter()  # by the point at which the process died
        self.troubles: Counter[str] = Counter()
        self.gone_until = 0.0  # the database

    def kills_at(self, place: str) -> bool:
        """Say whether the process dies at this point."""
        if self._happens(self.odds.kill):
            self.kills[place] += 1
            return True
        return False

    def pause(self) -> float:
        """Return for how many seconds the process is stopped at this point, mostly 0."""
        return self._drawn("pause", self.odds.pause, 60.0)

    def delay(self) -> float:
        """Return how many seconds a statement takes besides."""
        if not self._happens(self.odds.slow):
            return 0.0
        return self.random.choice((0.001, 0.05, 1.0)) * self.random.random()

    def spoils(self, now: float) -> OperationalError | OSError | None:
        """Return the storage error that comes up now, if one does."""
        if now < self.gone_until:
            return _error(self.random)
        if seconds := self._drawn("outage", self.odds.outage, 40.0):
            self.gone_until = now + seconds
        if seconds or self._happens(self.odds.error):
            self.troubles["storage"] += 1
            return _error(self.random)
        return None

    def sending(self) -> str:
        """Return what happens to a message: "ok", or the name of its trouble."""
        kinds = ("retry_after", "network", "server", "unheard", "unheard", "blocked", "refused")
        return self._chosen(self.odds.send, kinds)

    def delivering(self) -> str:
        """Return what happens to an update on its way to the bot."""
        return self._chosen(self.odds.deliver, ("twice", "again", "late", "swapped"))

    def _chosen(self, odds: float, kinds: tuple[str, ...]) -> str:
        if not self._happens(odds):
            return "ok"
        kind = self.random.choice(kinds)
        self.troubles[kind] += 1
        return kind

    def _drawn(self, name: str, odds: float, most: float) -> float:
        if not self._happens(odds):
            return 0.0
        self.troubles[name] += 1
        return most * self.random.random()

    def _happens(self, odds: float) -> bool:
        return odds > 0 and self.random.random() < odds


def _error(random: Random) -> OperationalError | OSError:
    error = OSError("the harness says so")
    return error if random.random() < 0.3 else OperationalError("?", {}, error)
