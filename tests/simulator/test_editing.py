"""Editing, deleting, typing, answering taps."""

import pytest

from bot.demo.double.refusals import NOT_MODIFIED, QUERY_TOO_OLD
from bot.demo.double.state import Event
from tests.simulator.double import YES, Double, refused


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
