"""Manners in Telegram: what is no word of a worker's is passed over, and groups are left alone."""

import pytest

from bot.channels.telegram import updates
from bot.channels.telegram.updates import inbound_of, read_update
from bot.content.questionnaire import Language
from bot.dialogue.conversation import Command, Group, Media, Tap, Typed
from bot.dialogue.replies import Say
from tests.talks import NOON, TODAY, presenter, rules


def message(number: int, chat: dict[str, object] | None = None, **content: object) -> dict[str, object]:
    sender = {"id": 7, "is_bot": False, "first_name": "x", "language_code": "en"}
    where = chat or {"id": 7, "type": "private"}
    return {
        "update_id": number,
        "message": {"message_id": 1, "date": 0, "chat": where, "from": sender, **content},
    }


GROUP: dict[str, object] = {"id": -100, "type": "supergroup"}


@pytest.mark.parametrize(
    "notice",
    ["pinned_message", "message_auto_delete_timer_changed", "chat_background_set", "gift", "unique_gift"],
)
def test_a_notice_of_telegrams_own_is_passed_over(notice: str) -> None:
    assert inbound_of(read_update(message(1, **{notice: {}}))) is None


@pytest.mark.parametrize("kind", ["photo", "voice", "sticker", "document", "video_note", "location"])
def test_what_a_worker_sends_instead_of_words_is_answered(kind: str) -> None:
    inbound = inbound_of(read_update(message(1, **{kind: {}})))
    assert inbound is not None
    assert inbound.incoming == Media()


def test_forwarded_and_edited_words_are_told_from_ones_own() -> None:
    forwarded = inbound_of(read_update(message(1, text="5000", forward_origin={"type": "user"})))
    assert forwarded is not None
    assert forwarded.incoming == Typed("5000", "forwarded")
    update = message(2, text="6000")
    edited = inbound_of(read_update({"update_id": 2, "edited_message": update["message"]}))
    assert edited is not None
    assert edited.incoming == Typed("6000", "edited")
    command = message(3, text="/delete")["message"]
    assert inbound_of(read_update({"update_id": 3, "edited_message": command})) is None


def test_an_album_is_answered_once_and_again_when_it_was_not_stored() -> None:
    assert not updates._seen("album", 1)
    assert updates._seen("album", 2)
    assert not updates._seen("album", 1)  # delivered again
    assert len(updates._albums) <= updates.ALBUMS


@pytest.mark.parametrize("text", ["/roll@OtherBot", "/start@other_bot", "hello", "/ "])
def test_in_a_group_only_a_command_that_names_no_bot_is_answered(text: str) -> None:
    inbound = inbound_of(read_update(message(1, GROUP, text=text)))
    assert (inbound is None) == (text != "/ ")


def test_a_group_is_answered_in_its_topic_and_in_the_language_of_who_asked() -> None:
    forum = {**GROUP, "is_forum": True}
    inbound = inbound_of(read_update(message(1, forum, text="/start", message_thread_id=45)))
    assert inbound is not None
    assert (inbound.incoming, inbound.chat.id, inbound.language) == (Group(), "-100/45", "en")


def test_a_channel_post_in_a_group_is_passed_over() -> None:
    posted = message(1, GROUP, text="/promo", sender_chat={"id": -5, "type": "channel"})
    assert inbound_of(read_update(posted)) is None


@pytest.mark.parametrize("code", ["zh-hant", "zh-TW", "zh-HK"])
def test_who_reads_traditional_script_begins_in_it(code: str) -> None:
    update = message(1, text="/start")
    update["message"]["from"]["language_code"] = code  # type: ignore[index]
    inbound = inbound_of(read_update(update))
    assert inbound is not None
    assert (inbound.language, inbound.traditional) == ("zh", True)
    step = rules().step(None, Command("start"), "zh", NOON, traditional=True)
    assert step.talk is not None
    assert step.talk.traditional


def test_a_tap_on_a_business_message_is_passed_over() -> None:
    tapped = message(1, business_connection_id="b")["message"]
    query = {"id": "q", "from": {"id": 7, "first_name": "x"}, "data": "a:b:c", "message": tapped}
    assert inbound_of(read_update({"update_id": 1, "callback_query": query})) is None
    del tapped["business_connection_id"]  # type: ignore[attr-defined]
    inbound = inbound_of(read_update({"update_id": 1, "callback_query": query}))
    assert inbound is not None
    assert inbound.incoming == Tap("a:b:c")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_photo_after_the_result_is_told_all_ways_to_go_on(language: Language) -> None:
    (message,) = presenter().render(Say("no_pictures"), None, language, TODAY)
    for way in ("/ask", "菜单" if language == "zh" else "menu", "打几个字" if language == "zh" else "type"):
        assert way in message.text
    assert {button.data for row in message.buttons for button in row} == {"go:result", "go:review", "go:tips"}
