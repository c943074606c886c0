"""The bot at work: the parts around one store, fed by polling or by a webhook."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Collection, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from datetime import date, datetime
from typing import Any

import uvicorn
from pydantic import SecretStr
from sqlalchemy.exc import SQLAlchemyError
from telegram.error import TelegramError

from bot.app.settings import Settings
from bot.channels.inbound_rate import InboundRate
from bot.channels.intake import Intake
from bot.channels.listening import listen
from bot.channels.telegram.client import Telegram
from bot.channels.telegram.polling import Polling
from bot.channels.telegram.webhook import webhook
from bot.delivery.dispatcher import Dispatcher
from bot.delivery.send_rate import SendRate
from bot.dialogue.conversation import Conversation
from bot.dialogue.flow import Flow
from bot.dialogue.reminders import CHINA, awake
from bot.ops.metrics import Metrics
from bot.render import Presenter
from bot.storage.counters import Counts
from bot.storage.due_reminders import Waking
from bot.storage.unit_of_work import Settle, Store
from bot.turns.contract import Address, Inbound
from bot.turns.turn import BatchResult, settle

TIDY = 3600.0  # seconds between rounds of dropping what is no longer kept
COUNT = 60.0  # seconds between writings of what was counted
REMIND = 20.0  # seconds between looks for reminders
DOUBT = 24 * 3600.0  # seconds by which the clock may jump before nothing is dropped any more
WATCH = 60.0  # seconds between looks whether the webhook is still ours
LAST_WORDS = 5.0  # seconds for messages under way when the bot is stopped

log = logging.getLogger(__name__)


def today_in_china() -> date:
    """Give the day by which figures and windows are looked up."""
    return datetime.now(CHINA).date()


def now_in_china() -> datetime:
    """Give the time by which reminders are due."""
    return datetime.now(CHINA)


def settling(presenter: Presenter, now: Callable[[], datetime] = now_in_china) -> Settle:
    """Bind the turns to what the bot knows and to the time."""
    flow = Flow.over(presenter.knowledge)

    def settled(
        inbounds: Sequence[Inbound],
        conversations: Mapping[Address, Conversation],
        seen: frozenset[int],
        room: int,
    ) -> BatchResult:
        return settle(flow, presenter, inbounds, conversations, seen, now(), room)

    return settled


class _Server(uvicorn.Server):
    """The library's server without its signal handlers.

    It raises a captured signal again once it has served, which would end the process before its messages are
    drained and its lease is given back.
    """

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave the signals to `stopped_by_signals`."""
        yield


class Bot:
    """One process of the bot: an intake for every update, a courier for every message."""

    def __init__(
        self,
        token: SecretStr,
        api: str,
        store: Store,
        presenter: Presenter,
        pace: SendRate | None = None,
        campaigns: Collection[str] = (),
        floods: InboundRate | None = None,
    ) -> None:
        self._store, self._presenter = store, presenter
        self._metrics = Metrics(campaigns)
        self._stop = asyncio.Event()
        self._intake = Intake(store, self._metrics, floods)
        self._counts = Counts(store.engine)
        store.told.append(self._counts.hear)
        self._telegram = Telegram(token, api)
        self._dispatcher = Dispatcher(
            store, self._telegram.deliver, pace, lambda result: self._metrics.sends.labels(result).inc()
        )
        self._polling = Polling(self._intake, self._telegram.fetch, self._telegram.answer_tap)

    def stop(self) -> None:
        """End `poll` or `serve`: nothing more is taken, what is under way comes to its end."""
        self._stop.set()

    async def poll(self) -> None:
        """Receive by long polling until stopped or cancelled."""
        async with self._working():
            receiving = asyncio.create_task(self._polling.run())
            stopping = asyncio.create_task(self._stop.wait())
            try:
                await asyncio.wait((receiving, stopping), return_when=asyncio.FIRST_COMPLETED)
                if receiving.done():
                    receiving.result()
            finally:
                stopping.cancel()
                receiving.cancel()
                await asyncio.wait((receiving, stopping))

    async def serve(self, settings: Settings) -> None:
        """Receive by webhook until the process is told to stop."""
        secret = settings.needed_webhook_secret()
        async with self._working() as alive:
            app = webhook(self._intake, self._store, self._metrics, secret, alive)
            server = _Server(
                uvicorn.Config(
                    app,
                    host=settings.host,
                    port=settings.port,
                    log_config=None,
                    access_log=False,
                    server_header=False,
                    proxy_headers=False,
                    date_header=False,
                    lifespan="off",
                    timeout_graceful_shutdown=int(LAST_WORDS),
                )
            )
            listening = listen(settings.host, settings.port)
            watch = asyncio.create_task(self._watch_webhook(settings.webhook_url, secret))
            leaving = asyncio.create_task(self._leave(server))
            try:
                log.info("webhook", extra={"port": settings.port})
                await server.serve(sockets=[listening])
            finally:
                watch.cancel()
                leaving.cancel()

    async def _leave(self, server: uvicorn.Server) -> None:
        await self._stop.wait()
        server.should_exit = True

    @asynccontextmanager
    async def _working(self) -> AsyncIterator[Callable[[], bool]]:
        """Deliver and tidy while the block runs; it gives a function that tells whether both still do."""
        async with self._telegram:
            work = (self._dispatcher.run, self._tidy, self._remind, self._count)
            tasks = [asyncio.create_task(forever()) for forever in work]
            introduction = asyncio.create_task(self._introduce())
            try:
                yield lambda: not any(task.done() for task in tasks)
            finally:
                introduction.cancel()
                self._stop.set()
                self._dispatcher.stop()
                # Asked rather than cancelled: a transaction under way comes to its end.
                await asyncio.wait(tasks, timeout=LAST_WORDS)
                with suppress(SQLAlchemyError, OSError):
                    await self._dispatcher.drain(LAST_WORDS)

    async def _introduce(self) -> None:
        today = today_in_china()

        def render(language: Any, name: str) -> str:
            return self._presenter.knowledge.wording.block(language, "commands.j2", name, on=today)

        try:
            await self._telegram.introduce(self._presenter.knowledge, render)
        except TelegramError as error:
            log.warning("commands not registered", extra={"error": type(error).__name__})

    async def _tidy(self) -> None:
        """Drop what is no longer kept, for as long as the bot runs; not while the clock is in doubt."""
        loop = asyncio.get_running_loop()
        offset = self._store.clock() - loop.time()
        while not self._stop.is_set():
            jump = self._store.clock() - loop.time() - offset
            try:
                if abs(jump) > DOUBT:
                    log.error("the clock jumped: nothing is dropped", extra={"seconds": round(jump)})
                elif count := await self._store.deletion.tidy():
                    log.info("conversations expired", extra={"count": count})
            except (SQLAlchemyError, OSError) as error:
                log.warning("not tidied", extra={"error": type(error).__name__})
            await self._stopped(TIDY)

    async def _remind(self) -> None:
        """Send what people asked to be reminded of, when its time has come."""
        waking = Waking(self._store)
        while not self._stop.is_set():
            try:
                if awake(now := now_in_china()) == now:
                    await waking.wake()
            except (SQLAlchemyError, OSError) as error:
                log.warning("reminders not looked at", extra={"error": type(error).__name__})
            await self._stopped(REMIND)

    async def _count(self) -> None:
        """Write what was counted now and then, and at the end."""
        while not self._stop.is_set():
            await self._stopped(COUNT)
            try:
                await self._counts.write()
            except (SQLAlchemyError, OSError) as error:
                log.warning("counts not written", extra={"error": type(error).__name__})

    async def _stopped(self, seconds: float) -> None:
        """Wait so long, or until the bot is to stop."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._stop.wait()

    async def _watch_webhook(self, url: str, secret: SecretStr) -> None:
        """Register the webhook, and raise the alarm when somebody else changed it."""
        if not url:
            return
        registered = False
        while True:
            try:
                if not registered:
                    await self._telegram.set_webhook(url, secret)
                    registered = True
                elif await self._telegram.webhook_url() != url:
                    log.critical("the webhook was changed by someone else: the token may be stolen")
            except TelegramError as error:
                log.warning("webhook not checked", extra={"error": type(error).__name__})
            await asyncio.sleep(WATCH if registered else 5)
