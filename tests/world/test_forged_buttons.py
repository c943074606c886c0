"""Buttons tapped twice or forged: no new record after the end, no error, no research without consent."""

import pytest

from bot.channels.inbound_rate import InboundRate
from bot.dialogue.conversation import Command, Conversation, Incoming, Tap
from bot.turns.contract import Address, Inbound
from tests.talks import CONSENT, NOON, presenter, rules
from tests.test_rights import said, state

FLOW = rules()
CHAT = Address("telegram", "7")


@pytest.mark.parametrize(
    ("data", "words"), [("go:forget", "删除"), ("a:age:under_14", "14"), ("go:decline", "")]
)
def test_a_second_tap_on_a_button_that_ended_the_talk_begins_no_record(data: str, words: str) -> None:
    talk, told = said(None, data)
    assert talk is None
    assert words in told[0].text
    assert not any("consent" in button.data for message in told for row in message.buttons for button in row)


def test_help_for_who_is_stuck_is_only_there_for_advice() -> None:
    talk, told = said(state("result"), "stuck:survey")
    assert talk is not None
    assert "survey" not in talk.stuck
    assert told


RESEARCH_ONLY = [
    question.id
    for question in presenter().knowledge.questionnaire.questions
    if question.part == "research" and not question.serves_advice
]


@pytest.mark.parametrize("question", RESEARCH_ONLY)
def test_no_button_asks_for_research_from_a_worker_who_did_not_agree_to_it(question: str) -> None:
    talk = state("result")
    assert talk is not None
    assert "research" not in (talk.consent or ())
    option = presenter().knowledge.questionnaire.by_id[question].options[0].id
    for data in (f"edit:{question}:tips", f"edit:{question}", f"a:{question}:{option}"):
        talk = FLOW.step(talk, Tap(data), "zh", NOON).talk
        assert talk is not None
        assert question not in talk.answers
        assert talk.reopened != question


@pytest.mark.parametrize("incoming", [Command("delete"), Tap("go:delete"), Tap("go:forget")])
def test_the_way_to_a_deletion_is_open_in_any_flood_and_makes_none(incoming: Incoming) -> None:
    now = 0.0
    rate = InboundRate(monotonic=lambda: now)
    for number in range(50):
        rate.admitted(Inbound(number, CHAT, Tap("go:result")))
    through = [rate.admitted(Inbound(100 + number, CHAT, incoming)) for number in range(1000)]
    assert through[0] is not None
    assert sum(inbound is not None for inbound in through) <= 10
    now = 60.0
    assert rate.admitted(Inbound(2000, CHAT, incoming)) is not None


def test_consent_is_asked_once_more_by_a_button_of_a_talk_that_is_gone() -> None:
    talk, told = said(None, CONSENT[0])
    assert isinstance(talk, Conversation)
    assert talk.consent is None
    assert told
