"""Telegram's refusals: what an edit that it refuses becomes."""

import json
from datetime import timedelta

import pytest
from aiohttp import web
from pydantic import SecretStr
from telegram.error import BadRequest, Forbidden, NetworkError, RetryAfter, TelegramError, TimedOut

from bot.channels.telegram.client import Telegram, outcome
from bot.delivery.port import Blocked, NotDelivered, Refused, SlowDown, Unreachable
from bot.render import File, Message
from bot.render.printout import PassedPicture
from bot.turns.contract import Outbound
from tests.chats import at
from tests.talks import TOKEN

TIMED = 'by <tg-time unix="1798689600" format="D">31 December 2026</tg-time>'


async def methods_called(edit_refused: str, send_refused: str = "") -> list[str]:
    """Edit a message against a Bot API that refuses in these words; returns the methods that were called."""
    edited = Outbound(at(7), Message("hello"), edits="3")
    called = await calls_of(edited, {"editMessageText": edit_refused, "sendMessage": send_refused})
    return [method for method, _ in called]


async def calls_of(
    outbound: Outbound, refusals: dict[str, str], *, only_timed: bool = False
) -> list[tuple[str, str]]:
    """Deliver a message against a Bot API that refuses methods in these words; returns its calls.

    only_timed: what is refused is a text with a time in it.
    """
    called: list[tuple[str, str]] = []
    me = {"id": 1, "is_bot": True, "first_name": "bot", "username": "bot"}

    async def answer(request: web.Request) -> web.Response:
        method = request.path.rsplit("/", 1)[-1]
        refused = refusals.get(method, "")
        if method != "getMe":
            called.append((method, (await request.read()).decode(errors="replace")))
        if refused and not (only_timed and "tg-time" not in called[-1][1]):
            return web.json_response({"ok": False, "error_code": 400, "description": refused}, status=400)
        return web.json_response({"ok": True, "result": me})

    app = web.Application()
    app.router.add_post("/{tail:.*}", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        async with Telegram(SecretStr(TOKEN), f"http://127.0.0.1:{runner.addresses[0][1]}") as telegram:
            await telegram.deliver(outbound)
    finally:
        await runner.cleanup()
    return called


@pytest.mark.parametrize(
    "reason",
    [
        "Bad Request: message can't be edited",
        "Bad Request: message to edit not found",
        "Bad Request: MESSAGE_ID_INVALID",
        "Bad Request: something that nobody has written down",
    ],
)
async def test_an_edit_that_is_refused_is_sent_anew_whatever_the_reason(reason: str) -> None:
    assert await methods_called(reason) == ["editMessageText", "sendMessage"]


@pytest.mark.parametrize(
    "reason",
    [
        'Bad Request: can\'t parse entities: Unsupported start tag "tg-time" at byte offset 3',
        "Bad Request: ENTITY_DATE_INVALID",
    ],
)
async def test_where_telegram_refuses_a_time_its_plain_words_are_sent(reason: str) -> None:
    edited = Outbound(at(7), Message(TIMED), edits="3")
    calls = await calls_of(edited, {"editMessageText": reason}, only_timed=True)
    assert [(method, json.loads(body)["text"]) for method, body in calls] == [
        ("editMessageText", TIMED),
        ("editMessageText", "by 31 December 2026"),
    ]


async def test_a_text_with_a_time_that_is_refused_for_another_reason_is_not_tried_a_third_time() -> None:
    edited = Outbound(at(7), Message(TIMED), edits="3")
    calls = await calls_of(edited, {"editMessageText": "Bad Request: message to edit not found"})
    assert [method for method, _ in calls] == ["editMessageText", "sendMessage"]


async def test_an_edit_that_changes_nothing_is_done() -> None:
    why = "Bad Request: message is not modified: specified new message content is the same"
    assert await methods_called(why) == ["editMessageText"]


async def test_what_is_refused_as_a_new_message_too_is_refused_for_ever() -> None:
    with pytest.raises(Refused, match=r"(?i)chat not found"):
        await methods_called("Bad Request: chat not found", "Bad Request: chat not found")


@pytest.mark.parametrize("way", ["sendPhoto", "sendDocument"])
async def test_an_attachment_that_is_refused_is_owned_up_to_and_its_words_come_without_it(way: str) -> None:
    refused = {way: "Bad Request: IMAGE_PROCESS_FAILED"}
    picture = PassedPicture("zh", "", (), "", "")
    attachment = picture if way == "sendPhoto" else File("my-data.json", "{}")
    words = Message("these are the words", attachment=attachment, refused="it was not taken")
    calls = await calls_of(Outbound(at(7), words), refused)
    assert [method for method, _ in calls] == [way, "sendMessage"]
    assert "it was not taken" in calls[1][1]
    assert "these are the words" in calls[1][1]


@pytest.mark.parametrize(
    ("error", "kind", "told"),
    [
        (RetryAfter(timedelta(seconds=7)), SlowDown, (7.0,)),
        (Forbidden("bot was blocked by the user"), Blocked, ()),
        (BadRequest("Can't parse entities: unsupported start tag"), Refused, ("Can't parse entities",)),
        (BadRequest('wrong text "secret"'), Refused, ("wrong text",)),
        (BadRequest(""), Refused, ("BadRequest",)),
        (NetworkError("gone"), Unreachable, ("NetworkError",)),
        (TimedOut(), Unreachable, ("TimedOut",)),
        (TelegramError("Internal Server Error"), Unreachable, ("TelegramError",)),
    ],
)
def test_what_telegram_says_is_one_of_the_outcomes_of_a_port_without_a_workers_words(
    error: TelegramError, kind: type[NotDelivered], told: tuple[object, ...]
) -> None:
    found = outcome(error)
    assert (type(found), found.args) == (kind, told)
