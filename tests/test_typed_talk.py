"""A talk by typing alone: what can't be read is said back, and a question in between is answered."""

import pytest

from bot.content.questionnaire import LANGUAGES, Language
from bot.content.templates import plain
from bot.dialogue.conversation import Command, Conversation, Typed
from bot.render import Message
from tests.talks import NOON, TODAY, presenter, rules

VOCABULARY = presenter().knowledge.vocabulary


def talked(*said: str, language: Language = "zh") -> tuple[Conversation | None, tuple[Message, ...]]:
    """Type line after line from /start on; returns the talk, and what the last line is answered."""
    step = rules().step(None, Command("start"), language, NOON)
    for line in said:
        step = rules().step(step.talk, Typed(line), language, NOON)
    messages = [m for reply in step.replies for m in presenter().render(reply, step.talk, language, TODAY)]
    return step.talk, tuple(messages)


AGREED = ("同意", "同意")


def test_nobody_who_only_types_meets_a_wall() -> None:
    talk, _ = talked("你好", *AGREED, "三十五", "送外卖")
    assert talk is not None
    assert set(talk.answers) == {"age", "occupation"}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("quantity", sorted(VOCABULARY.amounts.quantities))
def test_an_amount_of_another_quantity_is_named(quantity: str, language: Language) -> None:
    talk, _ = talked(*AGREED)
    assert talk is not None
    (reply,) = rules().survey.again(talk, "other_quantity", told=quantity)[1]
    (message,) = presenter().render(reply, talk, language, TODAY)
    assert message.text.strip()
    assert "told_" not in message.text


def test_what_is_not_read_is_said_back_escaped_and_the_question_comes_again_shorter() -> None:
    _, (first,) = talked(*AGREED)
    _, (again,) = talked(*AGREED, "<b>唔知几大</b>")
    assert "&lt;b&gt;唔知几大" in again.text
    assert "第1题" in first.text
    assert "第1题" not in again.text
    assert len(plain(again.text)) < len(plain(first.text)) + 40


def test_a_question_in_between_is_answered_and_then_the_open_one_comes_again() -> None:
    before, _ = talked(*AGREED, "三十五")
    after, (answer, again) = talked(*AGREED, "三十五", "逾期还清以后几年能消？")
    assert before is not None
    assert after is not None
    assert after.answers == before.answers
    assert "5年" in answer.text or "open:record_five_years" in str(answer.buttons)
    assert "您主要做哪一行" in again.text


def test_what_somebody_typed_is_not_remembered() -> None:
    talked(*AGREED, "阿巴阿巴阿巴")
    cache = presenter()._asked  # the only place where worded questions are kept
    hits = cache.cache_info().currsize  # type: ignore[attr-defined]
    talked(*AGREED, "阿巴阿巴歪比巴卜")
    assert cache.cache_info().currsize == hits  # type: ignore[attr-defined]
