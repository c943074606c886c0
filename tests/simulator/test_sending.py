"""Sending: which chat, which words, which buttons, and what is refused in Telegram's words."""

from typing import Any

import pytest

from tests.simulator.double import Double, keyboard, refused


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
