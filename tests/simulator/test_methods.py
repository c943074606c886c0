"""The Bot API's methods over the state: what they do, and what they refuse in Telegram's words."""

import asyncio
import json
from typing import Any

import pytest

from bot.simulator import phone
from bot.simulator.calls import Call
from bot.simulator.dispatch import Dispatch
from bot.simulator.faults import Faults
from bot.simulator.files import Upload
from bot.simulator.intake import Intake
from bot.simulator.refusals import NOT_MODIFIED, QUERY_TOO_OLD, Refusal
from bot.simulator.state import Event, State
from bot.simulator.worker import PICTURE, Worker

BOT = {"id": 1, "is_bot": True, "first_name": "助手", "username": "guide_bot"}


class Double:
    """State, methods and one worker, without HTTP, at a time that the test sets."""

    def __init__(self) -> None:
        self.now = 1_000_000.0
        self.state = State(dict(BOT), lambda: self.now)
        faults = Faults()
        self.dispatch = Dispatch(self.state, faults, Intake(self.state, faults))
        user = self.state.add_user("小王", "zh-hans")
        self.chat = self.state.chats[user.id]
        self.worker = Worker(self.state, user, self.chat)

    async def call(self, method: str, **parameters: Any) -> Any:
        """Call as a form does: every value a string, objects as JSON."""
        files = {name: value for name, value in parameters.items() if isinstance(value, Upload)}
        values = {
            name: value if isinstance(value, str) else json.dumps(value)
            for name, value in parameters.items()
            if not isinstance(value, Upload)
        }
        return await self.dispatch.perform(Call(method, values, files))

    async def send(self, text: str = "您好", **parameters: Any) -> int:
        message = await self.call("sendMessage", chat_id=self.chat.id, text=text, **parameters)
        return int(message["message_id"])


@pytest.fixture
async def double() -> Double:
    double = Double()
    await double.worker.says("/start")
    return double


def keyboard(*rows: list[dict[str, Any]]) -> dict[str, Any]:
    return {"inline_keyboard": list(rows)}


YES = keyboard([{"text": "是", "callback_data": "yes"}])


async def refused(double: Double, method: str, **parameters: Any) -> str:
    with pytest.raises(Refusal) as refusal:
        await double.call(method, **parameters)
    return refusal.value.description


async def test_names_of_methods_are_read_in_any_case_and_unknown_ones_are_404(double: Double) -> None:
    assert (await double.call("GETME"))["username"] == "guide_bot"
    assert await refused(double, "sendTelepathy") == "Not Found: method not found"


async def test_a_bot_may_not_speak_first() -> None:
    double = Double()
    answer = await refused(double, "sendMessage", chat_id=double.chat.id, text="您好")
    assert answer == "Bad Request: chat not found"


@pytest.mark.parametrize("chat", ["7", "@somebody", "-100"])
async def test_an_unknown_chat_is_not_found(double: Double, chat: str) -> None:
    assert await refused(double, "sendMessage", chat_id=chat, text="x") == "Bad Request: chat not found"


async def test_a_missing_chat_is_named(double: Double) -> None:
    assert await refused(double, "sendMessage", text="x") == "Bad Request: chat_id is empty"


async def test_a_worker_who_blocked_the_bot_hears_nothing_until_unblocking(double: Double) -> None:
    await double.worker.blocks()
    answer = await refused(double, "sendMessage", chat_id=double.chat.id, text="x")
    assert answer == "Forbidden: bot was blocked by the user"
    await double.worker.says("我回来了")
    kinds = [sorted(update.keys() - {"update_id"})[0] for update in double.state.updates.waiting()]
    assert kinds == ["message", "my_chat_member", "my_chat_member", "message"]
    assert await double.send()


@pytest.mark.parametrize("text", ["", "   \n", "<b> </b>"])
async def test_an_empty_text_is_refused(double: Double, text: str) -> None:
    answer = await refused(double, "sendMessage", chat_id=double.chat.id, text=text, parse_mode="HTML")
    assert answer == "Bad Request: message text is empty"


async def test_length_is_counted_after_entities_are_read_in_utf_16(double: Double) -> None:
    await double.send("<b>" + "很" * 4096 + "</b>", parse_mode="HTML")
    await double.send("😀" * 2048)
    for text in ("很" * 4097, "😀" * 2049):
        answer = await refused(double, "sendMessage", chat_id=double.chat.id, text=text)
        assert answer == "Bad Request: message is too long"


async def test_another_parse_mode_than_html_is_refused(double: Double) -> None:
    answer = await refused(double, "sendMessage", chat_id=double.chat.id, text="*x*", parse_mode="MarkdownV2")
    assert answer == "Bad Request: unsupported parse_mode"


async def test_given_entities_are_kept_and_checked(double: Double) -> None:
    mark = {"type": "bold", "offset": 0, "length": 2}
    await double.send("您好", entities=[mark])
    assert double.worker.screen.last.entities == (mark,)
    answer = await refused(
        double, "sendMessage", chat_id=double.chat.id, text="您", entities=[mark | {"length": 9}]
    )
    assert answer == "Bad Request: entity beyond the end of the text"


@pytest.mark.parametrize(
    ("markup", "reason"),
    [
        (keyboard([{"text": "x", "callback_data": "很" * 22}]), "BUTTON_DATA_INVALID"),
        (keyboard([{"text": "x", "callback_data": ""}]), "BUTTON_DATA_INVALID"),
        (keyboard([{"text": "x"}]), "Text buttons are not allowed in the inline keyboard"),
        (keyboard([{"text": " ", "callback_data": "x"}]), 'Field "text" must be a non-empty String'),
        (keyboard([{"text": "x", "url": "e.org"}]), "inline keyboard button URL 'e.org' is invalid"),
        (keyboard([{"text": "x", "callback_data": "x", "style": "pink"}]), "invalid button style specified"),
        (keyboard(*[[{"text": "x", "callback_data": "x"}]] * 101), "reply markup is too long"),
        (keyboard([{"text": "x", "callback_data": "x"}] * 9), "reply markup is too long"),
        ({"inline_keyboard": [{"text": "x"}]}, "can't parse inline keyboard"),
        ([1], "object expected as reply markup"),
    ],
)
async def test_a_keyboard_beyond_the_limits_is_refused(double: Double, markup: Any, reason: str) -> None:
    answer = await refused(double, "sendMessage", chat_id=double.chat.id, text="x", reply_markup=markup)
    assert reason in answer


async def test_a_keyboard_at_the_limits_is_taken(double: Double) -> None:
    rows = [[{"text": "x", "callback_data": "d" * 64, "style": "danger"}] * 4] * 25
    await double.send("x", reply_markup=keyboard(*rows))
    assert sum(map(len, double.worker.screen.last.buttons)) == 100


async def test_a_reply_keyboard_changes_no_message(double: Double) -> None:
    await double.send("x", reply_markup={"keyboard": [[{"text": "x"}]]})
    assert double.worker.screen.last.buttons == ()


async def test_broken_json_in_a_parameter_is_named(double: Double) -> None:
    answer = await refused(double, "sendMessage", chat_id=double.chat.id, text="x", reply_markup="{")
    assert answer == "Bad Request: can't parse reply markup JSON object"


async def test_a_reply_needs_its_message_unless_told_otherwise(double: Double) -> None:
    await double.send("x", reply_parameters={"message_id": 1})
    asked = {"message_id": 99}
    answer = await refused(double, "sendMessage", chat_id=double.chat.id, text="x", reply_parameters=asked)
    assert answer == "Bad Request: message to be replied not found"
    await double.send("x", reply_parameters=asked | {"allow_sending_without_reply": True})


async def test_an_edit_keeps_the_place_and_drops_the_keyboard_unless_given_again(double: Double) -> None:
    id = await double.send("一", reply_markup=YES)
    await double.send("二")
    await double.call("editMessageText", chat_id=double.chat.id, message_id=id, text="三")
    first, second = double.worker.screen.from_bot
    assert (first.text, first.buttons, first.edited, second.text) == ("三", (), True, "二")


async def test_an_edit_that_changes_nothing_is_refused(double: Double) -> None:
    id = await double.send("<b>一</b>", parse_mode="HTML", reply_markup=YES)
    same = {"chat_id": double.chat.id, "message_id": id, "text": " <b>一</b>", "parse_mode": "HTML"}
    answer = await refused(double, "editMessageText", **same, reply_markup=YES)
    assert answer == f"Bad Request: {NOT_MODIFIED}"
    await double.call("editMessageText", **same)
    answer = await refused(double, "editMessageReplyMarkup", chat_id=double.chat.id, message_id=id)
    assert answer == f"Bad Request: {NOT_MODIFIED}"
    await double.call("editMessageReplyMarkup", chat_id=double.chat.id, message_id=id, reply_markup=YES)
    assert double.worker.screen.last.button("yes") is not None


@pytest.mark.parametrize(
    ("method", "id", "reason"),
    [
        ("editMessageText", 99, "message to edit not found"),
        ("editMessageText", 1, "message can't be edited"),
        ("editMessageText", "", "message identifier is not specified"),
        ("deleteMessage", 99, "message to delete not found"),
    ],
)
async def test_only_a_message_that_is_there_can_be_changed(
    double: Double, method: str, id: int | str, reason: str
) -> None:
    answer = await refused(double, method, chat_id=double.chat.id, message_id=id, text="x")
    assert answer == f"Bad Request: {reason}"


async def test_an_edit_is_checked_like_a_message(double: Double) -> None:
    id = await double.send()
    for text, reason in (("", "message text is empty"), ("x" * 4097, "message is too long")):
        answer = await refused(double, "editMessageText", chat_id=double.chat.id, message_id=id, text=text)
        assert answer == f"Bad Request: {reason}"


async def test_messages_are_deleted_for_48_hours(double: Double) -> None:
    old, young = await double.send(), await double.send()
    await double.call("deleteMessage", chat_id=double.chat.id, message_id=young)
    double.now += 48 * 3600 + 1
    answer = await refused(double, "deleteMessage", chat_id=double.chat.id, message_id=old)
    assert answer == "Bad Request: message can't be deleted for everyone"
    assert await double.call("deleteMessages", chat_id=double.chat.id, message_ids=[old, 99])
    assert double.worker.screen.from_bot == ()
    assert "no messages" in await refused(double, "deleteMessages", chat_id=double.chat.id, message_ids=[])


async def test_typing_is_told_and_unknown_actions_are_refused(double: Double) -> None:
    heard: list[Event] = []
    double.state.listen(double.chat.id, heard.append)
    assert await double.call("sendChatAction", chat_id=double.chat.id, action="typing")
    assert heard == [Event("action", double.chat.id, {"action": "typing"})]
    answer = await refused(double, "sendChatAction", chat_id=double.chat.id, action="singing")
    assert answer == "Bad Request: wrong parameter action in request"


async def test_a_tap_is_answered_once_and_soon(double: Double) -> None:
    await double.send("x", reply_markup=YES)
    query = await double.worker.taps("是")
    long = await refused(double, "answerCallbackQuery", callback_query_id=query.id, text="x" * 201)
    assert long == "Bad Request: MESSAGE_TOO_LONG"
    await double.call("answerCallbackQuery", callback_query_id=query.id, text="x" * 200, show_alert="true")
    assert double.worker.screen.answers[-1].alert
    late = await double.worker.taps("是")
    double.now += 61
    for id in (query.id, late.id, "7"):
        answer = await refused(double, "answerCallbackQuery", callback_query_id=id)
        assert answer == f"Bad Request: {QUERY_TOO_OLD}"


async def test_a_tap_tells_the_bot_who_where_and_what(double: Double) -> None:
    id = await double.send("x", reply_markup=YES)
    query = await double.worker.taps("yes")
    update = double.state.updates.waiting()[-1]["callback_query"]
    assert (update["id"], update["data"], update["message"]["message_id"]) == (query.id, "yes", id)
    assert update["from"] == double.worker.user.json()
    await double.call("deleteMessage", chat_id=double.chat.id, message_id=id)
    await double.worker.taps_data("yes", message=id)
    assert double.state.updates.waiting()[-1]["callback_query"]["message"]["date"] == 0


async def test_a_button_that_is_not_there_cannot_be_tapped(double: Double) -> None:
    await double.send("问题", reply_markup=YES)
    with pytest.raises(AssertionError, match=r"no button '否' on the screen:(.|\n)*\[是\]"):
        await double.worker.taps("否")


async def test_pictures_and_files_are_sent_kept_and_fetched(double: Double) -> None:
    photo = Upload("card.png", PICTURE, "image/png")
    sent = await double.call(
        "sendPhoto", chat_id=double.chat.id, photo=photo, caption="<i>图</i>", parse_mode="HTML"
    )
    size = sent["photo"][-1]
    assert (size["width"], size["height"], size["file_size"]) == (1, 1, len(PICTURE))
    again = await double.call("sendPhoto", chat_id=double.chat.id, photo=size["file_id"])
    assert again["photo"][-1]["file_unique_id"] == size["file_unique_id"]
    path = (await double.call("getFile", file_id=size["file_id"]))["file_path"]
    kept = double.state.files.find_path(path)
    assert kept is not None
    assert kept.content == PICTURE
    document = await double.call(
        "sendDocument", chat_id=double.chat.id, document="attach://part", part=Upload("清单.pdf", b"%PDF")
    )
    assert document["document"]["mime_type"] == "application/pdf"
    assert [shown.document for shown in double.worker.screen.from_bot][-1] == "清单.pdf"


@pytest.mark.parametrize(
    ("parameters", "reason"),
    [
        ({}, "there is no photo in the request"),
        ({"photo": "https://e.org/x.png"}, "wrong file identifier/HTTP URL specified"),
        ({"photo": Upload("x.png", b"")}, "file must be non-empty"),
        ({"photo": Upload("x.png", b"text")}, "IMAGE_PROCESS_FAILED"),
        ({"photo": Upload("x.png", b"x" * (10 * 1024 * 1024 + 1))}, "file is too big for a photo"),
        ({"photo": Upload("x.png", PICTURE), "caption": "x" * 1025}, "message caption is too long"),
    ],
)
async def test_a_picture_that_telegram_would_not_take_is_refused(
    double: Double, parameters: dict[str, Any], reason: str
) -> None:
    answer = await refused(double, "sendPhoto", chat_id=double.chat.id, **parameters)
    assert answer == f"Bad Request: {reason}"


async def test_unknown_and_large_files_are_not_fetched(double: Double) -> None:
    assert await refused(double, "getFile", file_id="x") == "Bad Request: invalid file_id"
    large = Upload("x.bin", b"x" * (20 * 1024 * 1024 + 1))
    sent = await double.call("sendDocument", chat_id=double.chat.id, document=large)
    answer = await refused(double, "getFile", file_id=sent["document"]["file_id"])
    assert answer == "Bad Request: file is too big"


async def test_media_takes_the_place_of_media_and_of_text(double: Double) -> None:
    id = await double.send("稍等", reply_markup=YES)
    media = {"type": "photo", "media": "attach://p", "caption": "<b>结果</b>", "parse_mode": "HTML"}
    await double.call(
        "editMessageMedia",
        chat_id=double.chat.id, message_id=id, media=media, p=Upload("p.png", PICTURE), reply_markup=YES,
    )  # fmt: skip
    shown = double.worker.screen.last
    assert (shown.text, bool(shown.photo), shown.button("yes") is None) == ("结果", True, False)
    text = await refused(double, "editMessageText", chat_id=double.chat.id, message_id=id, text="x")
    assert text == "Bad Request: there is no text in the message to edit"
    await double.call("editMessageCaption", chat_id=double.chat.id, message_id=id, caption="新")
    assert double.worker.screen.text == "新"
    wrong = await refused(
        double,
        "editMessageMedia",
        chat_id=double.chat.id,
        message_id=id,
        media={"type": "video", "media": "x"},
    )
    assert wrong == "Bad Request: can't parse InputMedia: unsupported type"
    plain = await double.send("x")
    caption = await refused(
        double, "editMessageCaption", chat_id=double.chat.id, message_id=plain, caption="x"
    )
    assert caption == "Bad Request: there is no caption in the message to edit"


async def test_people_send_what_bots_rarely_expect(double: Double) -> None:
    await double.worker.sends_photo(caption="看")
    await double.worker.sends_sticker("😀")
    await double.worker.sends_document()
    await double.worker.sends({"location": {"latitude": 39.9, "longitude": 116.4}})
    id = await double.worker.says("五千")
    await double.worker.edits(id, "五千五")
    kinds = [next(iter(u.keys() - {"update_id"})) for u in double.state.updates.waiting()]
    assert kinds == ["message"] * 6 + ["edited_message"]
    contents = [update.get("message", {}) for update in double.state.updates.waiting()]
    media = ("photo", "sticker", "document", "location")
    assert [key for content in contents for key in media if key in content] == list(media)


async def test_a_text_of_5000_characters_comes_in_two_messages(double: Double) -> None:
    await double.worker.says("很" * 5000)
    lengths = [len(update["message"]["text"]) for update in double.state.updates.waiting()[1:]]
    assert lengths == [4096, 904]


async def test_start_carries_a_deep_link(double: Double) -> None:
    await double.worker.starts("poster-7")
    message = double.state.updates.waiting()[-1]["message"]
    assert message["text"] == "/start poster-7"
    assert message["entities"] == [{"type": "bot_command", "offset": 0, "length": 6}]


async def test_in_a_group_the_bot_hears_only_what_concerns_it(double: Double) -> None:
    group = double.state.add_group("外卖群", [double.worker.user])
    phone.add_bot(double.state, group, double.worker.user)
    member = Worker(double.state, double.worker.user, group)
    before = len(double.state.updates.waiting())
    await member.says("今天单子多吗")
    await member.says("/start@other_bot")
    assert len(double.state.updates.waiting()) == before
    await member.says("/start@guide_bot")
    await member.says("@guide_bot 您好")
    assert len(double.state.updates.waiting()) == before + 2
    await member.blocks()
    answer = await refused(double, "sendMessage", chat_id=group.id, text="x")
    assert answer == "Forbidden: bot was kicked from the group chat"


async def test_what_nobody_asked_for_is_not_queued(double: Double) -> None:
    await double.call("getUpdates", allowed_updates=["callback_query"])
    before = len(double.state.updates.waiting())
    await double.worker.says("x")
    assert len(double.state.updates.waiting()) == before
    await double.call("getUpdates")
    await double.worker.says("x")
    assert len(double.state.updates.waiting()) == before
    await double.call("getUpdates", allowed_updates=[])
    await double.worker.says("x")
    assert len(double.state.updates.waiting()) == before + 1


async def test_updates_wait_until_confirmed_by_offset(double: Double) -> None:
    for text in "一二三":
        await double.worker.says(text)
    first, *_ = batch = await double.call("getUpdates")
    assert batch == await double.call("getUpdates")
    assert len(await double.call("getUpdates", limit=2)) == 2
    rest = await double.call("getUpdates", offset=first["update_id"] + 1)
    assert rest == batch[1:]
    assert await double.call("getUpdates", offset=-1) == batch[-1:]
    assert await double.call("getUpdates") == batch[-1:]


async def test_updates_are_kept_for_a_day(double: Double) -> None:
    double.now += 24 * 3600 + 1
    await double.worker.says("x")
    (update,) = await double.call("getUpdates")
    assert update["message"]["text"] == "x"


async def test_a_poll_waits_for_the_next_update(double: Double) -> None:
    (started,) = await double.call("getUpdates")
    poll = asyncio.create_task(double.call("getUpdates", offset=started["update_id"] + 1, timeout=30))
    await asyncio.sleep(0)
    assert not poll.done()
    await double.worker.says("x")
    (update,) = await poll
    assert update["message"]["text"] == "x"


async def test_a_second_poll_ends_the_first(double: Double) -> None:
    (started,) = await double.call("getUpdates")
    first = asyncio.create_task(double.call("getUpdates", offset=started["update_id"] + 1, timeout=30))
    await asyncio.sleep(0)
    second = asyncio.create_task(double.call("getUpdates", timeout=30))
    with pytest.raises(Refusal, match="Conflict: terminated by other getUpdates request"):
        await first
    await double.worker.says("x")
    assert len(await second) == 1


async def test_polls_and_webhooks_exclude_each_other(double: Double) -> None:
    (started,) = await double.call("getUpdates")
    poll = asyncio.create_task(double.call("getUpdates", offset=started["update_id"] + 1, timeout=30))
    await asyncio.sleep(0)
    await double.call("setWebhook", url="https://bot.example/hook")
    with pytest.raises(Refusal, match="Conflict: terminated by setWebhook request"):
        await poll
    assert "can't use getUpdates method while webhook is active" in await refused(double, "getUpdates")
    await double.call("deleteWebhook", drop_pending_updates="true")
    assert await double.call("getUpdates") == []


@pytest.mark.parametrize(
    ("parameters", "reason"),
    [
        ({"url": "http://bot.example/"}, "An HTTPS URL must be provided for webhook"),
        ({"url": "https://bot.example:8080/"}, "only on ports 80, 88, 443 or 8443"),
        ({"url": "https://bot.example/", "secret_token": "很"}, "secret token contains unallowed characters"),
    ],
)
async def test_a_webhook_that_telegram_would_not_take_is_refused(
    double: Double, parameters: dict[str, str], reason: str
) -> None:
    assert reason in await refused(double, "setWebhook", **parameters)
