"""Every kind of update by name: the survey speaks in a worker's own chat with the bot and nowhere else."""

import json
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from bot.channels.intake import Intake
from bot.channels.telegram.client import Telegram
from bot.channels.telegram.updates import take
from bot.demo.double.server import Simulator
from bot.dialogue.replies import Say
from bot.ops.metrics import Metrics
from bot.storage.engine import opened
from bot.storage.unit_of_work import Store
from tests.chats import at
from tests.talks import CONSENT, KEYRING, SHORT_PATH, TODAY, TOKEN, presenter, settling_today
from tests.test_webhook import PRIVATE, WORKER, said, tapped

JSON = dict[str, Any]

GROUP = {"id": -100_5, "type": "supergroup", "title": "骑手群"}
FORUM = {**GROUP, "id": -100_6, "is_forum": True}
CHANNEL = {"id": -100_7, "type": "channel", "title": "x"}
ANONYMOUS = {"id": 1_087_968_824, "is_bot": True, "first_name": "Group", "username": "GroupAnonymousBot"}
NEXT = SHORT_PATH[1]  # the button that would answer the open question


def message(chat: Mapping[str, Any], text: str, **fields: Any) -> JSON:
    return {"message_id": 9, "date": 1, "chat": chat, "from": WORKER, "text": text, **fields}


def query(**fields: Any) -> JSON:
    return {"id": "1", "from": WORKER, "chat_instance": "1", "data": NEXT, **fields}


def texts(kind: str, chat: Mapping[str, Any], **fields: Any) -> list[JSON]:
    """Return the kind with every text that moves a survey: a command, the steering words, an answer."""
    words = ("/start", "/result", "/start@bot", "/mydata", "送外卖", "跳过", "返回", "4")
    return [{kind: message(chat, word, **fields)} for word in words]


BUSINESS = {"business_connection_id": "b1"}
MEMBER = {"chat": PRIVATE, "from": WORKER, "date": 1,
          "old_chat_member": {"user": WORKER, "status": "member"},
          "new_chat_member": {"user": WORKER, "status": "kicked"}}  # fmt: skip
KINDS: dict[str, list[JSON]] = {
    "inline_query": [
        {"inline_query": {"id": "1", "from": WORKER, "query": word, "offset": "", "chat_type": "sender"}}
        for word in ("", "/start", "送外卖")
    ],
    "chosen_inline_result": [
        {"chosen_inline_result": {"result_id": NEXT, "from": WORKER, "query": "送外卖"}}
    ],
    "button of an inline message": [{"callback_query": query(inline_message_id="i")}],
    "button in a group": [{"callback_query": query(message=message(GROUP, "?"))}],
    "button in a topic": [{"callback_query": query(message=message(FORUM, "?", message_thread_id=3))}],
    "button in a channel": [{"callback_query": query(message=message(CHANNEL, "?"))}],
    "button of a game": [{"callback_query": {**query(game_short_name=NEXT), "data": ""}}],
    "channel_post": texts("channel_post", CHANNEL),
    "edited_channel_post": texts("edited_channel_post", CHANNEL),
    "a channel's post in its discussion group": texts(
        "message", GROUP, sender_chat=CHANNEL, is_automatic_forward=True
    ),
    "topic": texts("message", FORUM, message_thread_id=3, is_topic_message=True),
    "group": texts("message", GROUP),
    "anonymous admin": [
        {"message": {**update["message"], "from": ANONYMOUS, "sender_chat": GROUP}}
        for update in texts("message", GROUP)
    ],
    "business_connection": [
        {"business_connection": {"id": "b1", "user": WORKER, "user_chat_id": 7, "is_enabled": True}}
    ],
    "business_message": texts("business_message", PRIVATE, **BUSINESS),
    "edited_business_message": texts("edited_business_message", PRIVATE, **BUSINESS),
    "deleted_business_messages": [
        {"deleted_business_messages": {"business_connection_id": "b1", "chat": PRIVATE, "message_ids": [1]}}
    ],
    "message of a business connection": texts("message", PRIVATE, **BUSINESS),
    "edited_message": texts("edited_message", PRIVATE),
    "message_reaction": [
        {"message_reaction": {"chat": PRIVATE, "message_id": 1, "user": WORKER, "date": 1, "old_reaction": [],
                              "new_reaction": [{"type": "emoji", "emoji": "👍"}]}}
    ],
    "message_reaction_count": [
        {"message_reaction_count": {"chat": CHANNEL, "message_id": 1, "date": 1, "reactions": []}}
    ],
    "poll": [{"poll": {"id": "1", "question": "?", "options": []}}],
    "poll_answer": [{"poll_answer": {"poll_id": "1", "user": WORKER, "option_ids": [0]}}],
    "shipping_query": [{"shipping_query": {"id": "1", "from": WORKER, "invoice_payload": NEXT}}],
    "pre_checkout_query": [{"pre_checkout_query": {"id": "1", "from": WORKER, "invoice_payload": NEXT}}],
    "purchased_paid_media": [{"purchased_paid_media": {"from": WORKER, "paid_media_payload": NEXT}}],
    "my_chat_member": [{"my_chat_member": MEMBER}],
    "chat_member": [{"chat_member": {**MEMBER, "chat": GROUP}}],
    "chat_join_request": [
        {"chat_join_request": {"chat": GROUP, "from": WORKER, "user_chat_id": 7, "date": 1, "bio": "/start"}}
    ],
    "chat_boost": [{"chat_boost": {"chat": CHANNEL, "boost": {"source": {"user": WORKER}}}}],
    "removed_chat_boost": [{"removed_chat_boost": {"chat": CHANNEL, "boost_id": "1"}}],
    "a kind of next year": [{"thought_reading": message(PRIVATE, "/start")}],
}  # fmt: skip
IN_GROUPS = ("topic", "group", "a channel's post in its discussion group", "anonymous admin")


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    async with opened(f"sqlite:///{tmp_path / 'b.sqlite'}", KEYRING, settling_today()) as store:
        yield store


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.asvs("8.2.2")
async def test_pipl_25_no_word_of_the_survey_is_said_outside_a_worker_s_own_chat(
    store: Store, kind: str
) -> None:
    """In mid-survey: no answer is taken from there, and no question, button or result shown there."""
    intake = Intake(store, Metrics())
    for number, word in enumerate(("/start", *CONSENT, SHORT_PATH[0])):
        await take(intake, tapped(number, word) if ":" in word else said(number, word))
    for letter in await store.outbox.waiting():
        await store.sent(letter)
    before = await store.conversation(at(7))
    assert before is not None
    for number, update in enumerate(KINDS[kind], 100):
        await take(intake, json.dumps({"update_id": number, **update}).encode())
    assert await store.conversation(at(7)) == before
    letters = [letter.outgoing for letter in await store.outbox.waiting()]
    if kind == "edited_message":  # in their own chat, which says that the answer stands as it was
        assert {letter.chat for letter in letters} == {at(7)}
        return
    if kind not in IN_GROUPS:
        assert letters == []
    (line,) = presenter().render(Say("group"), None, "zh", TODAY)
    for outgoing in letters:  # a command in a group is answered with the way to the chat, without a button
        assert outgoing.message == line
        assert outgoing.chat.id.startswith("-")
    assert not line.buttons


@pytest.mark.asvs("15.3.3")
@pytest.mark.parametrize("how", ["polling", "webhook"])
async def test_telegram_is_asked_for_messages_and_taps_so_that_no_other_kind_is_even_sent(how: str) -> None:
    async with Simulator(token=TOKEN) as simulator, Telegram(SecretStr(TOKEN), simulator.api_url) as telegram:
        if how == "polling":
            simulator.state.updates.push("message", message(PRIVATE, "/start"))
            await telegram.fetch(0)
        else:
            await telegram.set_webhook("https://bot.example.org/telegram", SecretStr("s" * 40))
        assert simulator.state.updates.allowed == ("message", "edited_message", "callback_query")
