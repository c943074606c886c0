"""What stands between Telegram and us is shown by health, by metrics and by the pause before the next try."""

import asyncio
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from aiohttp import web
from pydantic import SecretStr
from telegram import WebhookInfo
from telegram.error import Conflict, InvalidToken, NetworkError, RetryAfter, TelegramError

from bot.app.process import Bot
from bot.channels.intake import Intake
from bot.channels.telegram.client import Telegram
from bot.channels.telegram.polling import Polling
from bot.dialogue.conversation import Command, Incoming, Tap
from bot.ops.health import TROUBLED, Health
from bot.ops.metrics import Metrics
from bot.storage.database import Database
from bot.storage.engine import opened
from bot.storage.unit_of_work import Store
from bot.turns.contract import Inbound
from tests.chats import at
from tests.privacy.test_wire import serving
from tests.talks import CONSENT, KEYRING, NOON, TOKEN, presenter, settling_today
from tests.test_webhook import client_of

OURS = "https://bot.example/telegram"


def seen(url: str = OURS, pending: int = 3, failed: datetime | None = None) -> WebhookInfo:
    return WebhookInfo(url, False, pending, last_error_date=failed, last_error_message="Connection refused")


@pytest.mark.parametrize(
    ("info", "told"),
    [
        (seen(failed=NOON - timedelta(minutes=1)), "can't deliver to WEBHOOK_URL"),
        (seen(url="https://thief.example/telegram"), "leads elsewhere than WEBHOOK_URL"),
        (seen(), ""),
        (seen(failed=NOON - timedelta(hours=1)), ""),
        (seen(pending=0, failed=NOON - timedelta(minutes=1)), ""),
    ],
    ids=["unreachable", "elsewhere", "well", "an old error", "nothing waits"],
)
@pytest.mark.parametrize("address", ["sqlite"], indirect=True)
async def test_a_webhook_that_telegram_can_not_reach_makes_the_process_not_ready(
    database: Database, monkeypatch: pytest.MonkeyPatch, info: WebhookInfo, told: str
) -> None:
    monkeypatch.setattr("bot.app.process.now_in_china", lambda: NOON)
    now = 0.0
    bot = Bot(SecretStr(TOKEN), "http://127.0.0.1:1", Store(database, KEYRING, settling_today()), presenter())
    bot._health.monotonic = lambda: now
    bot._look_at(OURS, info)
    assert bot._health.pending == info.pending_update_count
    assert bot._health.hindrances() == [], "once is no trouble yet"
    now = TROUBLED
    bot._look_at(OURS, info)
    hindrances = bot._health.hindrances()
    assert [told in hindrance for hindrance in hindrances] == ([True] if told else [])


@pytest.mark.parametrize(
    ("error", "told", "pause"),
    [
        (InvalidToken("the token was rejected"), "Telegram refuses BOT_TOKEN", 10),
        (Conflict("terminated by other getUpdates request"), "another process polls", 10),
        (RetryAfter(timedelta(seconds=37)), "Telegram asks us to wait", 37),
        (NetworkError("no answer (502)"), "Telegram can't be reached", 1),
    ],
    ids=["401", "409", "429", "502"],
)
@pytest.mark.parametrize("address", ["sqlite"], indirect=True)
async def test_a_poll_that_telegram_refuses_is_told_and_tried_again_after_the_time_it_needs(
    database: Database, monkeypatch: pytest.MonkeyPatch, error: TelegramError, told: str, pause: float
) -> None:
    health, metrics, slept = Health(), Metrics(), list[float]()
    answers: list[TelegramError | list[dict[str, object]]] = [error, []]
    well = asyncio.Event()

    async def fetch(_offset: int) -> list[dict[str, object]]:
        if not answers:
            well.set()
            await asyncio.Event().wait()
        answer = answers.pop(0)
        if isinstance(answer, TelegramError):
            raise answer
        assert told in health.trouble
        return answer

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    async def answer_tap(_id: str) -> None: ...

    intake = Intake(Store(database, KEYRING, settling_today()), metrics)
    monkeypatch.setattr("bot.channels.telegram.polling.asyncio.sleep", sleep)
    polling = asyncio.create_task(Polling(intake, fetch, answer_tap, health.see).run())
    await well.wait()
    polling.cancel()
    assert slept == [pause]
    assert health.trouble == "", "an answer ends the trouble"


@pytest.mark.parametrize(
    "body",
    [
        b"[]",
        b"null",
        b"",
        b"<html>",
        b'{"ok": true}',
        b'{"ok": true, "result": null}',
        b"[" * 100_000,
        b"\xff",
    ],
)
async def test_what_is_no_list_of_updates_is_a_trouble_of_the_network_and_ends_no_process(
    body: bytes,
) -> None:
    async def answer(_request: web.Request) -> web.Response:
        return web.Response(body=body, content_type="application/json")

    app = web.Application()
    app.add_routes([web.post("/bot{token}/getUpdates", answer)])
    async with serving(app) as port:
        telegram = Telegram(SecretStr(TOKEN), f"http://127.0.0.1:{port}")
        await telegram._request.initialize()
        with pytest.raises(NetworkError, match="no Bot API"):
            await telegram.fetch(0)
        await telegram.close()


async def test_how_many_of_the_year_s_places_are_taken_is_measured(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'bot.sqlite'}"
    async with opened(url, KEYRING, settling_today(), limit=5) as store:
        for chat in (7, 8):
            joining: list[Incoming] = [Command("start"), *map(Tap, CONSENT)]
            for number, incoming in enumerate(joining):
                await store.take(Inbound(10 * chat + number, at(chat), incoming))
        async with client_of(store) as client:
            page = (await client.get("/metrics")).text
    assert "gigguide_people_this_year 2.0" in page
