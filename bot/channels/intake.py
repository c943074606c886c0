"""The intake: one update, from its bytes to its commit, the same for the webhook and for polling."""

import logging
import time

from sqlalchemy.exc import SQLAlchemyError

from bot.channels.inbound_rate import InboundRate
from bot.channels.telegram.updates import NotAnUpdate, Update, inbound_of, read_update
from bot.ops.logs import place
from bot.ops.metrics import Metrics
from bot.storage.jobs import Committed
from bot.storage.unit_of_work import Store

log = logging.getLogger(__name__)


class NotStored(RuntimeError):
    """The turn could not be committed: the update has to be delivered again."""


class Intake:
    """Takes updates; what is not for us, or not readable, is passed over without a trace."""

    def __init__(self, store: Store, metrics: Metrics, floods: InboundRate | None = None) -> None:
        self._store, self._metrics, self._floods = store, metrics, floods or InboundRate(rate=0)
        store.told.append(self._hear)
        store.told.append(metrics.hear)

    async def take(self, data: bytes | dict[str, object]) -> Update | None:
        """Take one update; gives it when its turn is committed, None when it can't be read.

        Raises NotStored.
        """
        began = time.perf_counter()
        try:
            update = read_update(data)
        except NotAnUpdate:
            self._metrics.updates.labels("unreadable").inc()
            return None
        inbound = inbound_of(update)
        if inbound is None:
            self._metrics.updates.labels("not_for_us").inc()
            return update
        inbound = self._floods.admitted(inbound)
        if inbound is None:
            self._metrics.updates.labels("flood").inc()
            return update
        try:
            new = await self._store.take(inbound)
        except (SQLAlchemyError, OSError) as error:
            self._floods.give_back(inbound)
            self._metrics.updates.labels("not_stored").inc()
            log.error("turn not saved, will be tried again", extra={"error": _kind(error)})
            raise NotStored from None
        if not new:
            self._floods.give_back(inbound)
        self._metrics.updates.labels("taken" if new else "repeated").inc()
        self._metrics.turn.observe(time.perf_counter() - began)
        return update

    def _hear(self, effect: Committed) -> None:
        for error in effect.failures:
            self._metrics.updates.labels("failed").inc()
            log.error("turn failed", extra={"error": type(error).__name__, "place": place(error)})


def _kind(error: Exception) -> str:
    """Name a storage error by its own kind and the driver's, without its text."""
    original = getattr(error, "orig", None)
    return f"{type(error).__name__}/{type(original).__name__}" if original else type(error).__name__
