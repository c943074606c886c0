"""Tools in the talk: each has the floor for what is typed until its end, and nothing of it is left then."""

import logging
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from pydantic import TypeAdapter

from bot.channels.telegram.updates import _words
from bot.content.questionnaire import LANGUAGES
from bot.content.templates import MOST, length
from bot.dialogue.conversation import Conversation, OpenTool, Tap, Typed
from bot.dialogue.tools import TOOLS
from bot.dialogue.tools.floor import KEPT
from bot.render import File
from bot.render.script import in_traditional
from bot.render.tools import SCREENS
from bot.storage.database import Database
from bot.storage.tables import DAY, conversations, metadata
from bot.storage.unit_of_work import Store
from bot.turns.contract import Inbound
from tests.chats import at
from tests.privacy.test_storage import traces
from tests.talks import KEYRING, NOON, presenter, settling_today
from tests.test_rights import data_of, said, state

STORED = TypeAdapter(Conversation)
LOAN = ("tool:loan", "到手9500", "先交500", "另外交的", "12期", "958", "30天")


def opened(*inputs: str, name: str = "survey") -> Conversation:
    """Return a talk in which these were put in."""
    talk, _ = said(state(name), *inputs)
    assert talk is not None
    return talk


def test_every_tool_has_its_screen_and_its_words_in_both_languages() -> None:
    assert set(TOOLS) == set(SCREENS)
    for language in LANGUAGES:
        assert {f"tools/{name}.j2" for name in TOOLS} <= set(
            presenter().knowledge.wording.templates[language]
        )


def test_what_is_typed_goes_to_the_open_tool_and_not_to_the_open_question() -> None:
    before = opened("tool:loan")
    after, (asked,) = said(before, "9500")
    assert after is not None
    assert after.answers == before.answers
    assert after.tool is not None
    assert after.tool.said == ("received=9500",)
    assert "到手：9500元" in asked.text


def test_at_its_end_a_tool_is_closed_and_what_is_typed_goes_to_the_open_question_again() -> None:
    talk, (result,) = said(state("survey"), *LOAN, "银行")
    assert "一年的真实成本" in result.text
    assert talk is not None
    assert talk.tool is None
    answered, _ = said(talk, "不稳定")
    assert answered is not None
    assert "income_stability" in answered.answers


@pytest.mark.parametrize("elsewhere", ["/start", "/tips", "/calc", "/cancel", "go:continue", "theme:credit"])
def test_who_turns_to_something_else_closes_the_tool(elsewhere: str) -> None:
    assert opened("tool:loan", "9500", elsewhere).tool is None


@pytest.mark.parametrize("beside", ["/mydata", "/privacy", "/help", "go:data_file", "/delete", "lang:en"])
def test_who_asks_for_their_data_or_for_help_goes_on_afterwards(beside: str) -> None:
    talk = opened("tool:loan", "9500", beside)
    assert talk.tool is not None
    assert talk.tool.said == ("received=9500",)
    assert opened("tool:loan", "9500", beside, "0").tool != talk.tool


def test_an_emergency_comes_before_the_tool() -> None:
    before = opened("tool:loan")
    after, (alarm,) = said(before, "我不想活了")
    assert "12356" in alarm.text
    assert after == before


def test_a_tool_that_has_to_keep_numbers_asks_for_consent_first_and_offers_the_sum_by_taps() -> None:
    for name in ("nothing", "consent"):
        before = state(name)
        after, (told, by_taps) = said(before, "tool:loan")
        assert after == before
        assert "用完就删" in told.text
        assert "go:continue" in data_of(told)
        assert any(data.startswith("calc:loan:") for data in data_of(by_taps))


def test_a_tool_needs_no_finished_questionnaire() -> None:
    assert opened("tool:loan", name="survey").tool is not None


def test_a_tool_to_which_nobody_went_on_for_a_day_is_dropped_by_the_next_turn() -> None:
    talk = opened("tool:loan", "9500")
    assert said(talk, "0", hours=23.9)[0] != replace(talk, tool=None)
    after, _ = said(talk, "0", hours=24.1)
    assert after is not None
    assert after.tool is None


def test_what_was_said_to_a_tool_is_shown_to_who_asks_what_is_kept_and_handed_over() -> None:
    talk = opened("tool:loan", "9512")
    _, (shown,) = said(talk, "/mydata")
    assert "9512元" in shown.text
    _, (handed,) = said(talk, "go:data_file")
    assert "9512" in str(handed.attachment)


def test_an_old_button_of_a_tool_changes_nothing_and_shows_what_is_asked_now() -> None:
    talk = opened("tool:loan", "9500", "0")
    after, (asked,) = said(talk, "tool:loan:fee:0")
    assert after is not None
    assert after.tool is not None
    assert after.tool.said == talk.tool.said if talk.tool else False
    assert "前面的" in asked.text


@pytest.mark.parametrize(
    "tool", [OpenTool("gone", ("a=1",), 2**40), OpenTool("loan", ("x", "received=-5", "fee=9"), 2**40)]
)
def test_what_another_release_kept_of_a_tool_does_no_harm(tool: OpenTool) -> None:
    talk = replace(opened(), tool=tool)
    for data in ("5000", "/mydata", "lang:en", "tool:gone:x", "tool:loan:received:5", "tool::"):
        _, messages = said(talk, data)
        assert messages


def comes(number: int, data: str) -> Inbound:
    incoming = _words(data) if data.startswith("/") else Tap(data) if ":" in data else Typed(data)
    return Inbound(number, at(7), incoming)


TO_THE_END = {  # what is typed into each tool, with numbers that stand nowhere else, and what ends it
    "check": ("tool:check", "canary73917 先交解冻费 73917.31 元"),
    "debts": (
        *(
            "tool:debts",
            "73917.31",
            "1391.17",
            "1391.18",
            "1391.19",
            "1391.21",
            "网贷",
            "73918.37",
            "1391.23",
        ),
        *("年化13.917%", "没有", "没有", "没有", "tool:debts:page:1", "tool:debts:stop"),
    ),
    "loan": ("tool:loan", "73917.31", "1391.17", "另外交的", "13", "7391.73", "29", "银行"),
    "medical_gap": ("tool:medical_gap", "居民医保", "13"),
    "retirement": ("tool:retirement", "男", "1973年9月", "13年9个月"),
    "rate": ("tool:rate", "年化13.917%", "银行"),
    "vehicle": ("tool:vehicle", "1391.17", "7391.73", "13", "归我", "1391.19", "73917.31"),
}
CANARIES = ("73917", "7391", "13917", "1391", "73918", "1973-09", "canary")


# Typed behind a command, or while its screen is the last one: nothing of it is a tool's.
BESIDE = (
    *("/letters canary1391", "/letters", "canary7391", "/calendar canary1391", "/calendar tax 73917.31"),
    *("/calendar", "canary1391", "/ask canary73917", "/canary1391"),
)
WITH_EVERYTHING = (
    *("/start", "+:consent:answers", "+:consent:abroad", "go:agree"),
    *(data for each in TO_THE_END.values() for data in each),
    *BESIDE,
)

IN_ENGLISH = {
    "check": ("tool:check", "pay the release fee of 73917.31 first, tell nobody"),
    "debts": (
        *("tool:debts", "73917.31", "1391.17", "1391.18", "1391.19", "1391.21", "online loan", "73918.37"),
        *("1391.23", "13.917% a year", "no", "no", "no", "tool:debts:page:1", "tool:debts:stop"),
    ),
    "loan": ("tool:loan", "73917.31", "1391.17", "besides", "13", "7391.73", "29", "a bank"),
    "medical_gap": ("tool:medical_gap", "residents", "13"),
    "retirement": ("tool:retirement", "man", "September 1973", "13 years 9 months"),
    "rate": ("tool:rate", "13.917% a year", "a bank"),
    "vehicle": ("tool:vehicle", "1391.17", "7391.73", "13", "mine", "1391.19", "73917.31"),
}


@pytest.mark.parametrize("look", ["zh", "en", "hant", "simple"])
@pytest.mark.parametrize("tool", TO_THE_END)
def test_typing_leads_through_every_tool_in_short_messages_and_over_a_restart(tool: str, look: str) -> None:
    talk = opened(f"lang:{look}")
    for words in (IN_ENGLISH if look == "en" else TO_THE_END)[tool]:
        put_in = words if ":" in words or look != "hant" else in_traditional(words)
        after, messages = said(talk, put_in)
        assert after is not None
        assert messages
        assert all(length(message.text) <= MOST for message in messages)
        talk = STORED.validate_json(STORED.dump_json(after))  # as a restart finds it
        assert talk == after
    assert talk.tool is None


def held_by(connection: sa.Connection) -> str:
    """Return all that stands in every table, sealed as it lies."""
    return repr([connection.execute(sa.select(table)).all() for table in metadata.sorted_tables])


async def test_what_was_typed_into_a_tool_a_letter_or_the_calendar_is_nowhere_after_its_end(
    database: Database, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    assert TO_THE_END.keys() == TOOLS.keys()
    caplog.set_level(logging.DEBUG)
    store = Store(database, KEYRING, settling_today(), clock=NOON.timestamp)
    for number, data in enumerate((*WITH_EVERYTHING, "/tips")):
        await store.take(comes(number, data))
    for message in await store.outbox.waiting():
        await store.sent(message)
    await store.deletion.tidy()
    talk = await store.conversation(at(7))
    assert talk is not None
    (handed,) = said(talk, "go:data_file")[1]
    assert isinstance(handed.attachment, File)
    columns = sa.select(conversations.c.tool, conversations.c.tool_until)
    assert await database.read(lambda connection: connection.execute(columns).all()) == [(None, None)]
    kept = (repr(talk), handed.attachment.content, await database.read(held_by), caplog.text)
    assert [canary for canary in CANARIES for text in kept if canary in text] == []
    assert traces(tmp_path, (canary.encode() for canary in CANARIES)) == []


# --- the store ---------------------------------------------------------------------------------------


async def test_an_open_tool_is_kept_sealed_and_opened_again_after_a_restart(database: Database) -> None:
    store = Store(database, KEYRING, settling_today(), clock=NOON.timestamp)
    for number, data in enumerate(("/start", "+:consent:answers", "+:consent:abroad", "go:agree", *LOAN[:4])):
        await store.take(comes(number, data))
    again = Store(database, KEYRING, settling_today(), clock=NOON.timestamp)
    talk = await again.conversation(at(7))
    assert talk is not None
    assert talk.tool is not None
    assert talk.tool.said == ("received=9500", "fee=500", "apart=besides")
    assert talk.tool.until == int((NOON + KEPT).timestamp())


async def test_the_tidying_drops_what_was_said_to_a_tool_a_day_ago_and_nothing_else(
    database: Database,
) -> None:
    now = NOON.timestamp()
    store = Store(database, KEYRING, settling_today(), clock=lambda: now)
    for number, data in enumerate(("/start", "+:consent:answers", "+:consent:abroad", "go:agree", *LOAN[:4])):
        await store.take(comes(number, data))
    kept = await store.conversation(at(7))
    assert kept is not None
    now += DAY
    await store.deletion.tidy()
    assert await store.conversation(at(7)) == kept
    now += 1
    await store.deletion.tidy()
    assert await store.conversation(at(7)) == replace(kept, tool=None)


def test_no_step_is_longer_than_a_message() -> None:
    for language in ("lang:zh", "lang:en"):
        talk = opened(language)
        for data in (*LOAN, "0", "银行" if language == "lang:zh" else "bank"):
            talk_after, (asked,) = said(talk, data)
            assert talk_after is not None
            talk = talk_after
            assert length(asked.text) <= MOST, asked.text


@pytest.mark.parametrize(
    ("asked", "tool"), [("欠好几笔先还哪一笔", "tool:debts"), ("以租代购靠谱吗", "tool:vehicle")]
)
def test_a_question_is_answered_with_the_tool_that_goes_with_it(asked: str, tool: str) -> None:
    _, (answered,) = said(state("result"), asked)
    assert tool in data_of(answered)


def test_six_digits_are_an_amount_where_an_amount_is_asked_for() -> None:
    talk = opened("tool:loan", "123456")
    assert talk.tool is not None
    assert talk.tool.said == ("received=123456",)


assert timedelta(hours=24) == KEPT, "the privacy page says a day at most"
