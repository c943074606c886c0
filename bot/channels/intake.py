"""The intake: what came in by any channel, until its turn is committed."""

import asyncio
import logging
import time
from collections.abc import Callable
from dataclasses import replace

from sqlalchemy.exc import SQLAlchemyError

from bot.channels.inbound_rate import InboundRate
from bot.dialogue.conversation import Incoming, Typed
from bot.ops.logs import place
from bot.ops.metrics import Metrics
from bot.storage.jobs import Committed
from bot.storage.unit_of_work import Store
from bot.turns.contract import Inbound

log = logging.getLogger(__name__)


class NotStored(RuntimeError):
    """The turn could not be committed: the update has to be delivered again."""


class Leaving(OSError):
    """This process is to stop: another one takes the update."""


class Intake:
    """One way in for every channel; what is not for us is passed over without a trace."""

    def __init__(
        self,
        store: Store,
        metrics: Metrics,
        floods: InboundRate | None = None,
        prepared: asyncio.Event | None = None,
        meant: Callable[[Incoming], Incoming] = lambda incoming: incoming,
    ) -> None:
        """Take turns into a store; typed words wait until `prepared` is set, if it is given.

        Made within the turn, what they need would keep every chat of its transaction locked for seconds.
        meant: gives the command for which typed words stand, or what came in.
        """
        self._store, self._metrics, self._floods = store, metrics, floods or InboundRate(rate=0)
        self._prepared, self._leaving, self._meant = prepared, False, meant
        store.on_commit.append(self._hear)
        store.on_commit.append(metrics.hear)

    def leave(self) -> None:
        """Send back the typed words that wait: this process is to stop."""
        self._leaving = True
        if self._prepared is not None:
            self._prepared.set()

    async def take(self, inbound: Inbound | None) -> None:
        """Take what came in, None where it is not for us, and return when its turn is committed.

        Raises NotStored: then nothing has happened, and it has to be delivered again.
        """
        began = time.perf_counter()
        if inbound is None:
            self._metrics.updates.labels("not_for_us").inc()
            return
        admitted = self._floods.admitted(inbound)
        if admitted is None:
            self._metrics.updates.labels("flood").inc()
            return
        try:
            with self._metrics.health.turn():
                if isinstance(admitted.incoming, Typed):
                    await self._until_prepared()
                new = await self._store.take(replace(admitted, incoming=self._meant(admitted.incoming)))
        except (SQLAlchemyError, OSError) as error:
            self._floods.give_back(admitted)
            self._metrics.updates.labels("not_stored").inc()
            self._metrics.health.not_stored()
            log.error("turn not saved, will be tried again", extra={"error": _kind(error)})
            raise NotStored from None
        self._metrics.health.stored()
        if not new:
            self._floods.give_back(admitted)
        self._metrics.updates.labels("taken" if new else "repeated").inc()
        self._metrics.turn.observe(time.perf_counter() - began)

    async def _until_prepared(self) -> None:
        if self._prepared is not None and not self._prepared.is_set():
            await self._prepared.wait()
            if self._leaving:
                raise Leaving

    def unreadable(self) -> None:
        """Count an update that can't be read: the same bytes would be no better another time."""
        self._metrics.updates.labels("unreadable").inc()

    def _hear(self, effect: Committed) -> None:
        for error in effect.events.failures:
            self._metrics.updates.labels("failed").inc()
            log.error("turn failed", extra={"error": type(error).__name__, "place": place(error)})


def _kind(error: Exception) -> str:
    """Name a storage error by its own kind and the driver's, without its text."""
    original = getattr(error, "orig", None)
    return f"{type(error).__name__}/{type(original).__name__}" if original else type(error).__name__
