"""How quickly somebody answers is kept only of those who agreed to research; it tells who can't have read."""

from dataclasses import replace
from datetime import timedelta

from bot.dialogue.conversation import Conversation, Pace, Tap
from bot.turns.contract import Inbound
from tests.chats import at
from tests.talks import CONSENT, NOON, SHORT_PATH, turned
from tests.test_rights import WITH_RESEARCH, said


def answered(*seconds: float, research: bool = True) -> Conversation:
    """The talk after the first questions, each answered after so many seconds."""
    talk = said(None, "/start", *(WITH_RESEARCH if research else CONSENT))[0]
    now = NOON
    for number, (data, waited) in enumerate(zip(SHORT_PATH, seconds, strict=False)):
        now += timedelta(seconds=waited)
        assert talk is not None
        batch = turned([Inbound(number, at(7), Tap(data))], {at(7): talk}, now)
        talk = batch.conversations.get(at(7), talk)
    assert talk is not None
    return talk


def test_answers_quicker_than_anybody_reads_are_counted() -> None:
    pace = answered(1, 7, 1, 9).pace
    assert (pace.timed, pace.hasty) == (4, 2)


def test_an_answer_after_a_pause_is_not_timed() -> None:
    assert answered(7, 4000, 7).pace.timed == 2


def test_of_who_did_not_agree_to_research_nothing_is_kept() -> None:
    assert answered(1, 7, 1, research=False).pace == Pace()


def test_a_double_tap_changes_nothing() -> None:
    talk = answered(1, 7)
    again = turned([Inbound(99, at(7), Tap(SHORT_PATH[0]))], {at(7): talk}, NOON + timedelta(seconds=9))
    assert again.conversations.get(at(7), talk).pace == talk.pace  # type: ignore[union-attr]


def test_taking_research_back_drops_it() -> None:
    talk = answered(1, 7, 1)
    after = said(talk, "/withdraw", "go:withdraw_research")[0]
    assert after is not None
    assert after.pace == Pace()


def test_the_worker_can_see_it() -> None:
    talk = replace(answered(1, 7, 1), language="en")
    assert "3 answers timed, 2 of them too quick" in said(talk, "/mydata")[1][0].text
