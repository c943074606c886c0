"""Is this a swindle? Red or amber, before consent too; what was pasted is looked at once and kept nowhere."""

import re
from dataclasses import replace
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.check.alarms import check_swindles
from bot.content.knowledge import Knowledge
from bot.content.questionnaire import LANGUAGES, Language
from bot.content.swindles import KINDS, TAPPED
from bot.content.templates import MOST, length
from bot.dialogue.conversation import Command, Conversation, Media, OpenTool, Typed
from bot.dialogue.hearing import MAX_HEARD
from bot.dialogue.replies import Alarm, UseTool
from bot.dialogue.suspicion import MOST_PARTS, STEP, Verdict, suspicion
from bot.dialogue.tools.check import JUDGED, TICKED, data
from bot.render import Message
from bot.render.tools import check
from bot.render.view import View
from bot.storage.database import Database
from bot.storage.unit_of_work import Store
from bot.turns.contract import Inbound
from tests.chats import at
from tests.talks import KEYRING, NOON, TODAY, presenter, rules, settling_today
from tests.test_rights import data_of, said, state

KNOWLEDGE = presenter().knowledge
RED, AMBER = "🔴", "🟡"
SWINDLE = "您的贷款已获批，卡号填错被冻结，先交4000元解冻金，今天不交就起诉，别告诉家里人"
HONEST = "您的快递已放在小区东门驿站，取件码 8-1-4402，请于48小时内取走"
SAFE = {
    "zh": r"安全(?!账户)|放心|没问题|不是骗|可信|绿",
    "en": r"\bsafe\b(?! account)|trustworthy|no problem|genuine|green",
}


def verdict(text: str) -> Verdict:
    return suspicion(KNOWLEDGE.swindles, KNOWLEDGE.vocabulary, KNOWLEDGE.swindle).verdict(text)


def worded(text: str, language: Language = "zh") -> Message:
    (message,) = presenter().render(UseTool("check", note="result", heard=text), None, language, TODAY)
    return message


def block(language: Language, name: str, **context: object) -> str:
    return View(KNOWLEDGE, None, language, TODAY).block(check.TEMPLATE, name, **context)


def copied(message: Message) -> list[str]:
    return [button.copies for row in message.buttons for button in row if button.copies]


def forwarded(talk: Conversation | None, text: str) -> tuple[Conversation | None, tuple[Message, ...]]:
    step = rules().step(talk, Typed(text, "forwarded"), "zh", NOON)
    return step.talk, tuple(m for r in step.replies for m in presenter().render(r, step.talk, "zh", TODAY))


@pytest.mark.parametrize("name", ["nothing", "consent", "survey", "result"])
def test_a_pasted_or_forwarded_text_is_judged_in_every_state_and_nothing_of_it_is_kept(name: str) -> None:
    before = state(name)
    opened, _ = said(before, "/check")
    for after, (told,) in (said(opened, SWINDLE), forwarded(opened, SWINDLE)):
        assert told.text.startswith(f"<b>{RED}")
        assert after is not None
        assert after.tool is None
        assert before is None or after == before
        assert "4000" not in repr(after)
        assert "4000" not in told.text


def test_words_behind_the_command_are_judged_at_once_and_leave_no_row_of_who_has_none() -> None:
    after, (told,) = said(None, f"/check {SWINDLE}")
    assert after is None
    assert told.text.startswith(f"<b>{RED}")


def test_red_tells_the_signs_the_name_what_to_do_now_and_the_numbers_with_buttons_that_copy_them() -> None:
    text = worded(SWINDLE).text
    assert "贷款先收钱" in text
    assert "先要您出钱" in text
    assert text.index("现在这样做") < text.index("96110") < text.index("马上打110") < text.index("止付")
    assert copied(worded(SWINDLE))[:2] == ["96110", "110"]
    opens = [id for id in data_of(worded(SWINDLE)) if id.startswith("open:")]
    assert opens == ["open:loan_agent_scam", "open:fraud_hotline"]


def test_amber_tells_what_nobody_can_see_in_words_and_what_to_do_first() -> None:
    told = worded(HONEST)
    assert told.text.startswith(f"<b>{AMBER}")
    assert "看不见" in told.text
    assert copied(told)[:2] == ["96110", "110"]


@given(st.text(max_size=600), st.sampled_from(LANGUAGES))
@settings(deadline=None)
def test_whatever_is_pasted_the_answer_is_red_or_amber_and_short(text: str, language: Language) -> None:
    told = worded(text, language)
    assert told.text[3] in (RED, AMBER)
    assert length(told.text) <= MOST
    assert all(len(id.encode()) <= 64 for id in data_of(told))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("colour", ["red", "amber"])
def test_no_answer_says_that_a_thing_is_safe(language: Language, colour: str) -> None:
    every = [block(language, f"sign_{sign}") for sign in KNOWLEDGE.swindles.patterns]
    for signs in (every, []):
        text = block(language, colour, signs=signs, kind="")
        assert not re.search(SAFE[language], text, re.IGNORECASE), text


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("colour", ["red", "amber"])
def test_the_longest_answer_fits_a_message(language: Language, colour: str) -> None:
    signs = sorted((block(language, f"sign_{sign}") for sign in KNOWLEDGE.swindles.patterns), key=length)
    kind = max((block(language, f"kind_{kind}") for kind in KINDS), key=length)
    assert length(block(language, colour, signs=signs[-check.TOLD :], kind=kind)) <= MOST


# --- taps --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("signs", [*((sign,) for sign in TAPPED), *combinations(TAPPED, 2), TAPPED, ()])
def test_one_grave_sign_or_two_others_are_red(signs: tuple[str, ...]) -> None:
    _, (told,) = said(None, f"tool:check:{data(JUDGED, signs)}")
    red = bool({*signs} & {"money", "code", "screen", "guarantee", "secrecy"}) or len(signs) > 1
    assert told.text[3] == (RED if red else AMBER)
    assert told.replaces


def test_a_tap_ticks_a_sign_and_a_second_one_takes_it_back() -> None:
    talk, (shown,) = said(state("survey"), "/check")
    assert [button.text[0] for row in shown.buttons[:4] for button in row] == ["☐"] * 8
    for sign in TAPPED:
        _, (ticked,) = said(talk, f"tool:check:{data(TICKED, (sign,))}")
        texts = [button.text for row in ticked.buttons for button in row]
        assert sum(text.startswith("☑") for text in texts) == 1
        held = next(b for row in ticked.buttons for b in row if b.text.startswith("☑"))
        assert held.data == f"tool:check:{TICKED}"


@pytest.mark.parametrize("forged", ["tool:check:+99x", "tool:check:=", "tool:check:?", "tool:check:=77:77"])
def test_a_forged_button_does_no_harm(forged: str) -> None:
    assert said(state("survey"), forged)[1]


def test_a_picture_is_asked_for_in_words() -> None:
    opened, _ = said(state("survey"), "/check")
    step = rules().step(opened, Media(), "zh", NOON)
    (told,) = presenter().render(step.replies[0], step.talk, "zh", TODAY)
    assert step.talk == opened
    assert "图片" in told.text


# --- what comes before, and where it is offered --------------------------------------------------------


def test_danger_to_life_comes_before_the_check_and_a_swindle_does_not() -> None:
    opened, _ = said(state("survey"), "/check")
    for text in ("不想活了", "被骗光了，不想活了"):
        (reply,) = rules().step(opened, Typed(text), "zh", NOON).replies
        assert isinstance(reply, Alarm)
        assert reply.scene == "life"
    _, (told,) = said(None, "/check 不想活了")
    assert "12356" in told.text
    (reply,) = rules().step(opened, Typed("客服让我共享屏幕，我把验证码告诉他了，钱没了"), "zh", NOON).replies
    assert isinstance(reply, UseTool)


def test_an_accident_in_a_swindlers_mouth_is_a_swindle_and_any_other_is_an_accident() -> None:
    opened, _ = said(state("survey"), "/check")
    told = "爸，我出车祸撞了人，腿断了在流血，别告诉妈，手机摔了用同学的号，快转八千到这个卡上，不要打电话"
    (reply,) = rules().step(opened, Typed(told), "zh", NOON).replies
    assert isinstance(reply, UseTool)
    (reply,) = rules().step(opened, Typed("刚出车祸了，腿动不了，流血"), "zh", NOON).replies
    assert isinstance(reply, Alarm)


def test_the_alarm_of_a_swindle_and_every_card_about_money_offer_the_check() -> None:
    _, (alarm,) = said(state("survey"), "刚被骗了，钱转过去了，怎么办")
    assert "tool:check" in data_of(alarm)
    for id in ("loan_true_cost", "debts_in_order", "brushing_orders", "fake_police", "fraud_hotline"):
        _, (card,) = said(None, f"open:{id}")
        assert "tool:check" in data_of(card), id
    _, (card,) = said(None, "open:medical_break")
    assert "tool:check" not in data_of(card)


@pytest.mark.parametrize("question", ["这是不是骗局", "is this a scam", "花钱修复征信靠谱吗"])
def test_the_answer_to_a_question_about_swindles_offers_the_check(question: str) -> None:
    _, (told,) = said(state("result"), f"/ask {question}")
    assert "tool:check" in data_of(told)


def test_a_long_text_is_looked_at_to_its_end() -> None:
    filler = "今天天气不错，晚上一起吃饭，路上慢点。" * 200
    assert not verdict(filler).red
    for place in (0, 500, 2000, MOST_PARTS * STEP - MAX_HEARD):
        assert verdict(filler[:place] + SWINDLE + filler[place:]).red, place


def test_an_open_check_of_another_release_does_no_harm() -> None:
    talk = state("survey")
    assert talk is not None
    odd = replace(talk, tool=OpenTool("check", ("anything", "=12"), 2**40))
    after, (told,) = said(odd, HONEST)
    assert after == talk
    assert told.text[3] == AMBER


# --- nothing is kept -----------------------------------------------------------------------------------


async def test_no_word_of_what_was_pasted_is_in_the_database(
    database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    canary = "金丝雀七七四九八一"
    store = Store(database, KEYRING, settling_today(), clock=NOON.timestamp)
    for number, text in enumerate(("/check", f"{SWINDLE}{canary}", f"/check {canary}先交保证金")):
        command, _, rest = text.removeprefix("/").partition(" ")
        incoming = Command(command, rest) if text.startswith("/") else Typed(text, "forwarded")
        await store.take(Inbound(number, at(7), incoming))
    talk = await store.conversation(at(7))
    assert canary not in repr(talk)
    assert talk is not None
    assert talk.tool is None
    assert canary not in caplog.text


# --- the file of signs -----------------------------------------------------------------------------------


def findings(**changes: object) -> str:
    knowledge: Knowledge = replace(KNOWLEDGE, swindles=replace(KNOWLEDGE.swindles, **changes))  # type: ignore[arg-type]
    return "\n".join(str(finding) for finding in check_swindles(knowledge))


def test_the_check_of_knowledge_finds_a_kind_without_a_card_a_sign_without_patterns_and_unread_words() -> (
    None
):
    assert findings() == ""
    assert "cards.job" in findings(cards={**KNOWLEDGE.swindles.cards, "job": "nowhere"})
    assert "nothing hears link" in findings(
        patterns={k: v for k, v in KNOWLEDGE.swindles.patterns.items() if k != "link"}
    )
    assert "is read as" in findings(ideas={"odd": {"zh": ("唔好",)}})
