"""What Prometheus may ask: counts and times without a person in them."""

import time
from collections.abc import Awaitable, Callable, Collection
from functools import cached_property
from typing import Self, TypedDict

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    Info,
    PlatformCollector,
    ProcessCollector,
    generate_latest,
)
from sqlalchemy.exc import SQLAlchemyError

from bot.ops.health import Health
from bot.storage.jobs import Committed

PREFIX = "gigguide"
RESULTS = ("taken", "repeated", "failed", "not_stored", "unreadable", "not_for_us", "flood", "forbidden")
SENDS = ("sent", "retried", "blocked", "dead")
SECONDS = (0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5)


LOOK = 5.0  # seconds between looks into the database
GONE = (SQLAlchemyError, OSError, TimeoutError)


class Ours(TypedDict):
    """What every metric of ours is made with."""

    namespace: str
    registry: CollectorRegistry


class Labelled(Counter):
    """A counter by a label that finds a label's number again without the library's checks.

    They take longer than the counting. `labels` is called with values alone.
    """

    @cached_property
    def _known(self) -> dict[tuple[object, ...], Self]:
        return {}

    def labels(self, *labelvalues: object, **labelkwargs: object) -> Self:
        """Return the number of these labels."""
        known = self._known.get(labelvalues)
        if known is None:
            known = self._known[labelvalues] = super().labels(*labelvalues, **labelkwargs)
        return known


class Metrics:
    """The counters of one process; `campaigns` are the labels of links that are counted by name."""

    def __init__(self, campaigns: Collection[str] = (), health: Health | None = None) -> None:
        self._campaigns = campaigns
        self.health = health or Health()
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        PlatformCollector(registry=self.registry)
        self.build = Info("build", "What runs", namespace=PREFIX, registry=self.registry)
        self.updates = self._counter("updates", "Updates by how they ended", "result")
        self.sends = self._counter("sends", "Tries to send a message by how they ended", "result")
        self.shown = self._counter("shown", "Questions asked and results shown", "screen")
        self.came = self._counter("came", "People who came anew, by the label of their link", "campaign")
        ours: Ours = {"namespace": PREFIX, "registry": self.registry}
        self.forgotten = Counter("forgotten", "People deleted", **ours)
        self.conflicts = Counter("conflicts", "Messages that wait for another process", **ours)
        text = "From an update's arrival to its commit"
        self.turn = Histogram("turn_seconds", text, buckets=SECONDS, **ours)
        self.database = Gauge("database_up", "Whether the database answered the last look", **ours)
        self.messages = Gauge("outbox_messages", "Messages that wait", **ours)
        self.oldest = Gauge("outbox_oldest_seconds", "Age of the oldest", **ours)
        self.overdue = Gauge("reminders_oldest_seconds", "Age of the oldest reminder that is due", **ours)
        self.dead = Gauge("dead_letters", "Messages that Telegram refused for ever", **ours)
        self.people = Gauge("people_this_year", "People who agreed in this calendar year", **ours)
        self.limit = Gauge("people_a_year", "How many may agree in a calendar year", **ours)
        self.tidied = Gauge("last_tidy_timestamp_seconds", "When old records were last dropped", **ours)
        self.expiring = Gauge("expiring_figures", "Figures that end within so many days", ("days",), **ours)
        self.ready = Gauge("ready", "Whether a turn could be served now", **ours)
        pending = Gauge("telegram_pending_updates", "Updates that wait at Telegram", **ours)
        pending.set_function(lambda: self.health.pending)
        trouble = Gauge("telegram_trouble", "Whether something is wrong between Telegram and us", **ours)
        trouble.set_function(lambda: bool(self.health.trouble))
        came = (*campaigns, "other")
        for counter, values in (
            (self.updates, RESULTS),
            (self.sends, SENDS),
            (self.came, came),
        ):
            for value in values:
                counter.labels(value)
        self._looked = 0.0

    def _counter(self, name: str, text: str, label: str) -> Labelled:
        return Labelled(name, text, (label,), namespace=PREFIX, registry=self.registry)

    def hear(self, effect: Committed) -> None:
        """Count what a commit did."""
        for screen in effect.events.shown:
            self.shown.labels(screen).inc()
        for label in effect.events.came:
            self.came.labels(label if label in self._campaigns else "other").inc()
        self.forgotten.inc(len(effect.forgotten))
        self.conflicts.inc(effect.behind)

    async def page(
        self,
        backlog: Callable[[], Awaitable[tuple[int, float]]],
        overdue: Callable[[], Awaitable[float]],
        more: Callable[[], Awaitable[tuple[int, int]]] | None = None,
    ) -> bytes:
        """Return the page that Prometheus reads; what waits is looked at once in five seconds at most.

        `more` gives dead letters and people this year. A database that doesn't answer is shown on the page.
        """
        if time.monotonic() - self._looked > LOOK:
            self._looked = time.monotonic()
            try:
                messages, oldest = await backlog()
                self.messages.set(messages)
                self.oldest.set(oldest)
                self.overdue.set(await overdue())
                if more is not None:
                    dead, people = await more()
                    self.dead.set(dead)
                    self.people.set(people)
                self.database.set(1)
            except GONE:
                self.database.set(0)
            lives = self.database._value.get() and not self.health.hindrances()
            self.ready.set(bool(lives))
        return generate_latest(self.registry)
