"""What Prometheus may ask: counts and times without a person in them."""

import time
from collections.abc import Awaitable, Callable, Collection

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from bot.storage.jobs import Committed

SECONDS = (0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5)


class Metrics:
    """The counters of one process; `campaigns` are the labels of links that are counted by name."""

    def __init__(self, campaigns: Collection[str] = ()) -> None:
        self._campaigns = campaigns
        self.registry = CollectorRegistry()
        self.updates = self._counter("updates", "Updates by how they ended", "result")
        self.sends = self._counter("sends", "Tries to send a message by how they ended", "result")
        self.shown = self._counter("shown", "Questions asked and results shown", "screen")
        self.came = self._counter("came", "People who came anew, by the label of their link", "campaign")
        self.forgotten = Counter("forgotten", "People deleted", registry=self.registry)
        self.conflicts = Counter(
            "conflicts", "Messages that wait for another process's of their chat", registry=self.registry
        )
        self.turn = Histogram(
            "turn_seconds", "From an update's arrival to its commit", buckets=SECONDS, registry=self.registry
        )
        self.letters = Gauge("outbox_letters", "Messages that wait", registry=self.registry)
        self.oldest = Gauge("outbox_oldest_seconds", "Age of the oldest", registry=self.registry)
        self.overdue = Gauge(
            "reminders_oldest_seconds", "Age of the oldest reminder that is due", registry=self.registry
        )
        self._looked = 0.0

    def _counter(self, name: str, text: str, label: str) -> Counter:
        return Counter(name, text, (label,), registry=self.registry)

    def hear(self, effect: Committed) -> None:
        """Count what a commit did."""
        for screen in effect.events.shown:
            self.shown.labels(screen).inc()
        for label in effect.events.came:
            self.came.labels(label if label in self._campaigns else "other").inc()
        self.forgotten.inc(len(effect.forgotten))
        self.conflicts.inc(effect.behind)

    async def page(
        self, backlog: Callable[[], Awaitable[tuple[int, float]]], overdue: Callable[[], Awaitable[float]]
    ) -> bytes:
        """Give the page that Prometheus reads; what waits is looked at once in five seconds at most."""
        if time.monotonic() - self._looked > 5:
            self._looked = time.monotonic()
            letters, oldest = await backlog()
            self.letters.set(letters)
            self.oldest.set(oldest)
            self.overdue.set(await overdue())
        return generate_latest(self.registry)
