"""The bot at work: the parts around one store, fed by polling or by a webhook."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Collection, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

import uvicorn
from pydantic import SecretStr
from sqlalchemy.exc import SQLAlchemyError
from starlette.types import ASGIApp
from telegram import WebhookInfo
from telegram.error import InvalidToken, TelegramError

from bot.app.beside import beside
from bot.app.reloading import Reloading, Served
from bot.app.settings import Settings
from bot.app.version import VERSION
from bot.channels.inbound_rate import InboundRate
from bot.channels.intake import Intake
from bot.channels.listening import listen, server_of
from bot.channels.pages import pages
from bot.channels.telegram.client import Telegram
from bot.channels.telegram.limits import CHAT_BURST, CHAT_RATE, OVERALL_RATE
from bot.channels.telegram.polling import Polling
from bot.channels.telegram.updates import NAME as TELEGRAM
from bot.channels.telegram.webhook import webhook
from bot.delivery.dispatcher import Dispatcher
from bot.delivery.port import routed
from bot.delivery.send_rate import SendRate
from bot.dialogue.conversation import Conversation, Incoming
from bot.dialogue.reminders import CHINA, awake
from bot.dialogue.seats import meant
from bot.ops.health import Health
from bot.ops.metrics import Metrics
from bot.render import Presenter
from bot.storage.counters import Counts
from bot.storage.due_reminders import Waking
from bot.storage.unit_of_work import Settle, Store
from bot.turns.contract import Address, Inbound
from bot.turns.turn import BatchResult, settle

WARNINGS = (7, 30, 60)  # days ahead at which an operator is warned of figures that end
TIDY = 3600.0  # seconds between rounds of dropping what is no longer kept
RELOAD = 10.0  # seconds between looks at the folder of knowledge
COUNT = 60.0  # seconds between writings of what was counted
REMIND = 20.0  # seconds between looks for reminders
SILENCE = 30 * 24 * 3600.0  # seconds without an update after which the clock is in doubt
DOUBT = 24 * 3600.0  # seconds by which the clock may jump before nothing is dropped any more
WATCH = 60.0  # seconds between looks whether the webhook is still ours
AHEAD = timedelta(hours=1)  # before midnight, for the questions of the day that comes
RECENT = timedelta(minutes=5)  # an error of Telegram's with the webhook that is older is over
LAST_WORDS = 5.0  # seconds for messages under way when the bot is stopped

log = logging.getLogger(__name__)


def today_in_china() -> date:
    """Return the day by which figures and windows are looked up."""
    return datetime.now(CHINA).date()


def now_in_china() -> datetime:
    """Return the time by which reminders are due."""
    return datetime.now(CHINA)


def settling(served: Presenter | Served, now: Callable[[], datetime] = now_in_china) -> Settle:
    """Bind the turns to what the bot knows and to the time."""
    current = served if isinstance(served, Served) else Served(served)

    def settled(
        inbounds: Sequence[Inbound],
        conversations: Mapping[Address, Conversation],
        seen: frozenset[int],
        room: int,
    ) -> BatchResult:
        flow, presenter = current.now
        return settle(flow, presenter, inbounds, conversations, seen, now(), room)

    return settled


class _Doubt(NamedTuple):
    """What speaks against our clock, and the seconds by which it may be off."""

    what: str
    seconds: float


class Bot:
    """One process of the bot: an intake for every update, a dispatcher for every message."""

    def __init__(
        self,
        token: SecretStr,
        api: str,
        store: Store,
        served: Presenter | Served,
        pace: SendRate | None = None,
        campaigns: Collection[str] = (),
        floods: InboundRate | None = None,
        reloading: Reloading | None = None,
        *,
        ahead_of_time: bool = False,
    ) -> None:
        self._store, self._ahead_of_time = store, ahead_of_time
        self._served = served if isinstance(served, Served) else Served(served)
        self._reloading = reloading
        self._health = Health()
        self._metrics = Metrics(campaigns, self._health)
        self._metrics.build.info({"version": VERSION, "knowledge": self._presenter.knowledge.version})
        self._metrics.limit.set(store.people_a_year)
        self._count_expiring()
        self._sound: float | None = None  # our clock less the loop's, when ours was found sound
        self._trusted = False  # whether it was when somebody was to be reminded
        self._stop = asyncio.Event()
        self._prepared = asyncio.Event()  # what typed words need is made
        if ahead_of_time:
            self._health.prepared = self._prepared.is_set
        prepared = self._prepared if ahead_of_time else None
        self._intake = Intake(store, self._metrics, floods, prepared, self._meant)
        self._counts = Counts(store.database)
        store.on_commit.append(self._counts.hear)
        self._telegram = Telegram(token, api)
        self._dispatcher = Dispatcher(
            store,
            routed({TELEGRAM: self._telegram}),
            pace or SendRate(OVERALL_RATE, CHAT_RATE, CHAT_BURST),
            lambda result: self._metrics.sends.labels(result).inc(),
        )
        self._polling = Polling(
            self._intake, self._telegram.fetch, self._telegram.answer_tap, self._health.see
        )

    @property
    def _presenter(self) -> Presenter:
        return self._served.presenter

    def _meant(self, incoming: Incoming) -> Incoming:
        return meant(incoming, self._presenter.knowledge.vocabulary)

    async def _prepare(self) -> None:
        """Make ahead, in a thread, what the free questions of today and of the next hour's day need."""
        while not self._stop.is_set():
            now = now_in_china()
            try:
                for day in sorted({now.date(), (now + AHEAD).date()}):
                    await beside(self._presenter.prepare, day)
            finally:
                self._prepared.set()  # or typed words would wait for ever
            await self._stopped(AHEAD.total_seconds() / 2)

    async def _reload(self) -> None:
        """Look at the folder of knowledge for as long as the bot runs, if it has one of its own."""
        while self._reloading is not None and not self._stop.is_set():
            if await self._reloading.look() == "taken":
                self._metrics.build.info({"version": VERSION, "knowledge": self._presenter.knowledge.version})
                self._count_expiring()
            await self._stopped(RELOAD)
        await self._stop.wait()

    def _count_expiring(self) -> None:
        parameters, today = self._presenter.knowledge.parameters, today_in_china()
        for days in WARNINGS:
            self._metrics.expiring.labels(str(days)).set(len(parameters.ending(today, days)))

    def stop(self) -> None:
        """End `poll` or `serve`: nothing more is taken, what is under way comes to its end."""
        self._dispatcher.stop()  # first: the others send at once what is not on its way
        self._intake.leave()
        self._stop.set()

    async def poll(self, settings: Settings | None = None) -> None:
        """Receive by long polling until stopped or cancelled; with settings, show the pages too."""
        async with self._working():
            works = [asyncio.create_task(self._polling.run()), asyncio.create_task(self._stop.wait())]
            if settings is not None:
                app = pages(self._store, self._metrics)
                works.append(asyncio.create_task(self._listen(app, settings)))
            try:
                done, _ = await asyncio.wait(works, return_when=asyncio.FIRST_COMPLETED)
                for work in done:
                    work.result()
            finally:
                self.stop()
                works[0].cancel()
                await asyncio.wait(works, timeout=LAST_WORDS)

    async def serve(self, settings: Settings) -> None:
        """Receive by webhook until the process has to stop."""
        secret = settings.needed_webhook_secret()
        async with self._working():
            app = webhook(self._intake, self._store, self._metrics, secret)
            watch = asyncio.create_task(self._watch_webhook(settings.webhook_url, secret))
            try:
                log.info("webhook", extra={"port": settings.port})
                await self._listen(app, settings)
            finally:
                watch.cancel()

    async def _listen(self, app: ASGIApp, settings: Settings) -> None:
        """Serve an application until the process has to stop."""
        server = server_of(app, int(LAST_WORDS))
        leaving = asyncio.create_task(self._leave(server))
        try:
            await server.serve(sockets=[listen(settings.host, settings.port)])
        finally:
            leaving.cancel()

    async def _leave(self, server: uvicorn.Server) -> None:
        await self._stop.wait()
        server.should_exit = True

    @asynccontextmanager
    async def _working(self) -> AsyncIterator[None]:
        """Deliver, tidy, remind and count while the block runs."""
        async with self._telegram:
            work = [self._dispatcher.run, self._tidy, self._remind, self._count, self._reload]
            tasks = [asyncio.create_task(forever()) for forever in work]
            preparing = [asyncio.create_task(self._prepare())] if self._ahead_of_time else []
            introduction = asyncio.create_task(self._introduce())
            try:
                self._health.working = lambda: not any(task.done() for task in [*tasks, *preparing])
                yield
            finally:
                for task in [introduction, *preparing]:
                    task.cancel()
                self.stop()
                with suppress(SQLAlchemyError, OSError):
                    await self._dispatcher.drain(LAST_WORDS)
                # Asked rather than cancelled: a transaction under way comes to its end.
                await asyncio.wait(tasks, timeout=LAST_WORDS)

    async def _introduce(self) -> None:
        today = today_in_china()

        def render(language: Any, name: str) -> str:
            return self._presenter.knowledge.wording.block(language, "profile.j2", name, on=today)

        try:
            await self._telegram.introduce(self._presenter.knowledge, render)
        except TelegramError as error:
            log.warning("commands not registered", extra={"error": type(error).__name__})

    async def _tidy(self) -> None:
        """Drop what is no longer kept, for as long as the bot runs; not while the clock is in doubt."""
        while not self._stop.is_set():
            now = self._store.clock()  # read once: what was checked is what is dropped by
            try:
                if doubt := await self._doubt(now):
                    log.error(doubt.what, extra={"seconds": round(doubt.seconds)})
                else:
                    if count := await self._store.deletion.tidy(now):
                        log.info("conversations expired", extra={"count": count})
                    self._metrics.tidied.set(self._store.clock())
            except (SQLAlchemyError, OSError) as error:
                log.warning("not tidied", extra={"error": type(error).__name__})
            self._count_expiring()
            await self._stopped(TIDY)

    async def _doubt(self, now: float) -> "_Doubt | None":
        """Return what speaks against `now`, our clock; None when nothing does.

        Telegram's clock decides, which no operator sets: a machine that slept for days is right about the
        day. Where Telegram doesn't say, a jump is a doubt, and so is a month without an update.
        """
        theirs, jump = await self._telegram.clock(), self._jump(now)
        if theirs is not None:
            ahead = abs(now - theirs)
        elif abs(jump) > DOUBT:
            return _Doubt("the clock jumped: nothing is dropped", jump)
        else:
            last = await self._store.last_handled()
            ahead = now - last if last is not None and now - last > SILENCE else 0.0
        if ahead > DOUBT:
            return _Doubt("the clock is in doubt: nothing is dropped", ahead)
        self._sound = now - asyncio.get_running_loop().time()
        return None

    def _jump(self, now: float) -> float:
        """Return by how many seconds our clock jumped since it was found sound, or first looked at."""
        gone = now - asyncio.get_running_loop().time()
        if self._sound is None:
            self._sound = gone
        return gone - self._sound

    async def _may_remind(self) -> bool:
        """Return whether the clock is sound; it is held against Telegram's only when it jumped."""
        now = self._store.clock()
        if not self._trusted or abs(self._jump(now)) > DOUBT:
            self._trusted = await self._doubt(now) is None
        return self._trusted

    async def _remind(self) -> None:
        """Send what people asked to be reminded of, when its time has come by a clock that is sound."""
        waking = Waking(self._store)
        while not self._stop.is_set():
            try:
                if awake(now := now_in_china()) == now and await self._may_remind():
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
        """Register the webhook, then keep what Telegram says of it in view."""
        if not url:
            return
        registered = False
        while True:
            try:
                if not registered:
                    await self._telegram.set_webhook(url, secret)
                    registered = True
                else:
                    self._look_at(url, await self._telegram.webhook_info())
            except InvalidToken:
                self._health.see("Telegram refuses BOT_TOKEN: it was revoked, or it is another bot's")
                log.critical("Telegram refuses the token")
            except TelegramError as error:
                self._health.see("Telegram can't be reached")
                log.warning("webhook not checked", extra={"error": type(error).__name__})
            await asyncio.sleep(WATCH if registered else 5)

    def _look_at(self, url: str, info: WebhookInfo) -> None:
        """Note what Telegram says of the webhook: where it pushes, what waits, what failed last."""
        self._health.pending = info.pending_update_count
        if info.url != url:
            self._health.see("the webhook leads elsewhere than WEBHOOK_URL: register one address only")
            log.critical("the webhook was changed: another WEBHOOK_URL is in use, or the token leaked")
            return
        failed = info.last_error_date
        if failed is not None and info.pending_update_count and now_in_china() - failed < RECENT:
            self._health.see("Telegram can't deliver to WEBHOOK_URL: look at proxy, path and certificate")
            log.error("webhook not reached by Telegram", extra={"error": info.last_error_message or ""})
        else:
            self._health.see("")
