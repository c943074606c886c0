"""Typed words that want no reminder any more stop all of them, whatever is open."""

from dataclasses import replace

import pytest

from bot.dialogue.conversation import Appointment, Conversation, OpenTool, Typed
from bot.dialogue.reminders import Reminder
from bot.dialogue.replies import Reminders, Say
from bot.dialogue.tools.floor import until
from tests.talks import NOON, QUESTIONNAIRE, presenter, rules

LATER = int(NOON.timestamp()) + 7 * 86_400
AGREED = Conversation(
    questionnaire=QUESTIONNAIRE.version,
    consent=("answers", "abroad", "calendar"),
    consent_version=rules().consent.version,
    reminders=(Reminder("survey", LATER), Reminder("tax_refund", LATER)),
    calendar=(Appointment("tax", LATER, "yearly"), Appointment("tax_refund", LATER, "asked")),
)
STATES = {
    "question": AGREED,
    "guess": replace(AGREED, misses=1, guess=("age", "from_31_to_40")),
    "before consent": replace(AGREED, consent=("abroad",)),
    "tool": replace(AGREED, tool=OpenTool("loan", ("5000",), until(NOON))),
    "changing an answer": replace(AGREED, answers={"age": ("from_31_to_40",)}, reopened="age"),
}


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize(
    "words",
    [
        "不要提醒了",
        "别再提醒我",
        "取消提醒",
        "不用再提醒我了。",
        "別再提醒我",
        "stop reminding me",
        "No more reminders!",
    ],
)
def test_words_that_want_no_reminder_stop_all_of_them_in_every_state(state: str, words: str) -> None:
    before = STATES[state]
    step = rules().step(before, Typed(words), "zh", NOON)
    assert step.replies == (Say("reminders_stopped"),)
    assert step.talk == replace(before, reminders=(), calendar=())


@pytest.mark.parametrize("talk", [None, replace(AGREED, reminders=(), calendar=())])
def test_where_nothing_is_set_the_words_say_so(talk: Conversation | None) -> None:
    step = rules().step(talk, Typed("取消提醒"), "zh", NOON)
    assert (step.talk, step.replies) == (talk, (Reminders(),))
    (message,) = presenter().render(Reminders(), talk, "zh", NOON.date())
    assert "现在没有提醒" in message.text


@pytest.mark.parametrize(
    "words", ["提醒我", "怎么取消提醒", "催收老是提醒我", "别提醒我老婆这件事行吗", "remind me"]
)
def test_other_words_about_reminders_stop_none(words: str) -> None:
    step = rules().step(AGREED, Typed(words), "zh", NOON)
    assert step.talk is not None
    assert step.talk.reminders == AGREED.reminders


def test_somebody_elses_words_stop_none() -> None:
    step = rules().step(AGREED, Typed("取消提醒", "forwarded"), "zh", NOON)
    assert step.talk is not None
    assert step.talk.reminders == AGREED.reminders
