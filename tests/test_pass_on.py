"""What is passed on stands alone in its message, is the same from every sender, and has nobody in it."""

import pytest

from bot.content.questionnaire import LANGUAGES, Language
from bot.content.templates import MOST, length, plain
from bot.dialogue.conversation import Conversation
from bot.dialogue.replies import PassOn
from bot.render import Message
from bot.render.printout import PassedPicture
from tests.talks import TODAY, presenter
from tests.test_rights import data_of, said, state

PIECES = tuple(presenter().knowledge.pieces)


def passed(piece: str, language: Language = "zh") -> Message:
    (message,) = presenter().render(PassOn(piece), None, language, TODAY)
    return message


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_piece_of_advice_can_be_passed_on_in_one_short_message(language: Language) -> None:
    for piece in PIECES:
        message = passed(piece, language)
        assert length(message.text) <= MOST, piece
        assert message.buttons == ()
        assert message.attachment is None


def test_it_has_the_title_what_it_is_good_for_and_whom_to_ask() -> None:
    text = passed("fake_police").text
    assert "自称公安、法院要我转钱" in text
    assert text.index("先打110、96110") < text.index("安全账户")
    assert "96110问" in text


@pytest.mark.parametrize("look", ["zh", "en", "hant", "simple"])
def test_any_piece_and_what_to_do_first_are_passed_on_as_a_picture_with_nobody_in_it(look: str) -> None:
    before, _ = said(state("result"), f"lang:{look}")
    _, (_, how) = said(before, "pass:fake_police")
    assert "pass:fake_police:picture" in data_of(how)
    after, (one, _) = said(before, "pass:fake_police:picture")
    _, (first, _) = said(before, "go:pass_picture")
    assert after == before
    for message, things in ((one, 1), (first, 3)):
        assert isinstance(message.attachment, PassedPicture)
        assert len(message.attachment.things) >= things
        assert message.buttons == ()
        shown = repr(message.attachment)
        assert "上海" not in shown
        assert "Shanghai" not in shown
        assert all(thing.title in plain(message.text) for thing in message.attachment.things)
    assert isinstance(one.attachment, PassedPicture)
    assert one.attachment.things[0].steps
    ring = "First call 110, 96110" if look == "en" else "先打110、96110"
    assert one.attachment.things[0].ring == ring


def test_a_picture_is_in_the_readers_script() -> None:
    talk, _ = said(state("result"), "lang:hant")
    _, (message, _) = said(talk, "pass:fake_police:picture")
    assert isinstance(message.attachment, PassedPicture)
    assert "轉錢" in message.attachment.things[0].title
    assert message.attachment.language == "zh"


@pytest.mark.parametrize("name", ["nothing", "consent", "survey", "result", "unscored", "research"])
def test_it_is_the_same_whoever_sends_it(name: str) -> None:
    for piece in ("flexible_pension", "resident_medical_now", "emergency_fund", "debts_in_order"):
        before = state(name)
        after, (message, how) = said(before, f"pass:{piece}")
        assert after == before
        assert message.text == passed(piece).text
        assert "转发" in how.text


def test_what_to_do_first_is_passed_on_without_any_answer_of_the_worker() -> None:
    before = state("result")
    after, (message, _) = said(before, "go:pass_on")
    assert after == before
    assert message.buttons == ()
    assert length(message.text) <= MOST
    _, (result, *_) = said(before, "go:result")
    first = [id.removeprefix("open:") for id in data_of(result) if id.startswith("open:")]
    general = [passed(piece).text for piece in first]
    assert len(first) >= 3
    title_and_use = [line for text in general for line in text.split("\n\n")[0].splitlines()]
    told = message.text.splitlines()
    assert set(title_and_use) <= set(told)
    frame = ("<b>几件值得先做的事</b>", "<i>各地做法可能不同，以当地为准。</i>", "")
    assert {line for line in told if line not in frame and "问。" not in line} <= set(title_and_use)


def test_before_the_end_the_open_question_is_shown_instead() -> None:
    before = state("survey")
    after, (asked,) = said(before, "go:pass_on")
    assert after == before
    assert any(id.startswith(("a:", "+:")) for id in data_of(asked))


def test_a_forged_piece_is_not_passed_on() -> None:
    _, (told,) = said(state("result"), "pass:nowhere")
    assert "go:tips" in data_of(told)


def test_every_card_and_the_result_offer_it() -> None:
    _, (card,) = said(None, "open:emergency_fund")
    assert "pass:emergency_fund" in data_of(card)
    _, (result, *_) = said(state("result"), "go:result")
    assert "go:pass_on" in data_of(result)


def test_its_buttons_fit_what_a_channel_carries() -> None:
    assert all(len(f"pass:{piece}".encode()) <= 64 for piece in PIECES)


@pytest.mark.parametrize(
    ("language", "script", "told"),
    [("zh", False, "没发成"), ("zh", True, "沒發成"), ("en", False, "didn’t take the picture")],
)
def test_what_is_said_where_telegram_refuses_the_picture_comes_with_it(
    language: Language, script: bool, told: str
) -> None:
    talk = Conversation(questionnaire="", language=language, traditional=script)
    (message,) = presenter().render(PassOn("fake_police", picture=True), talk, language, TODAY)
    assert message.attachment is not None
    assert told in message.refused
