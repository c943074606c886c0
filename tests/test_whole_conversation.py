"""A whole conversation through the real library over HTTP, against the Telegram double."""

import asyncio
import json
import sqlite3
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

import pytest

from bot.demo.double.server import Simulator
from bot.demo.double.worker import Worker
from bot.dialogue.replies import Ask, Reply
from bot.ops.logs import Lines
from bot.render import Message, Presenter
from tests.talks import (
    CONSENT,
    KEYRING,
    SHORT_PATH,
    TOKEN,
    answer_all,
    onwards,
    presenter,
    running_bot,
    tap,
    up_to,
)


async def test_a_rider_answers_is_scored_and_is_advised(tmp_path: Path) -> None:
    async with Simulator(token=TOKEN) as simulator, running_bot(simulator, tmp_path / "bot.sqlite"):
        worker = simulator.worker()
        screen = await answer_all(worker)
        result = screen.last
        assert "① 借钱" in result.text
        assert "不是征信报告" in result.text
        assert len(result.text) <= 900
        # One message for the whole survey, edited in place, and one with the result.
        assert len(screen.from_bot) == 2
        advice = next(b for row in result.buttons for b in row if b.data.startswith("open:"))
        await worker.taps(advice.data)
        card = (await worker.expects(lambda screen: len(screen.from_bot) == 3)).last
        assert "依据" in card.text or "来源" in card.text or "出处" in card.text


async def test_the_talk_goes_on_in_english(tmp_path: Path) -> None:
    async with Simulator(token=TOKEN) as simulator, running_bot(simulator, tmp_path / "bot.sqlite"):
        worker = simulator.worker("Sam", "en")
        await worker.starts()
        for data in (*CONSENT, *SHORT_PATH):
            await tap(worker, data)
        screen = await worker.expects(lambda screen: "Your result" in screen.last.text)
        assert "no credit report" in screen.last.text


async def test_a_restart_in_mid_questionnaire_forgets_nothing(tmp_path: Path) -> None:
    async with Simulator(token=TOKEN) as simulator:
        worker = simulator.worker()
        async with running_bot(simulator, tmp_path / "bot.sqlite"):
            await worker.starts()
            for data in (*CONSENT, *up_to("income_stability")):
                await tap(worker, data)
            await worker.expects(lambda screen: "稳定吗" in screen.last.text)
        await worker.taps(onwards("income_stability")[0])  # while the bot is down
        async with running_bot(simulator, tmp_path / "bot.sqlite"):
            await worker.expects(lambda screen: "攒下" in screen.last.text)
            for data in onwards("saving"):
                await tap(worker, data)
            await worker.expects(lambda screen: "您的结果" in screen.last.text)


async def said_in_reply(worker: Worker, before: int) -> str:
    screen = await worker.expects(lambda screen: len(screen.from_bot) > before)
    return screen.last.text


async def test_bad_input_gets_one_kind_answer_and_changes_nothing(tmp_path: Path) -> None:
    database = tmp_path / "bot.sqlite"
    async with Simulator(token=TOKEN) as simulator, running_bot(simulator, database):
        worker = simulator.worker()
        await worker.starts()
        for data in (*CONSENT, *up_to("income")):
            await tap(worker, data)
        await worker.expects(lambda screen: "挣多少钱" in screen.last.text)
        kept = stored(database)

        sendings: tuple[tuple[Coroutine[object, object, int], str], ...] = (
            (worker.says("/nonsense"), "没有这个命令"),
            (worker.sends_photo(), "看不了图片"),
            (worker.sends_sticker(), "看不了图片"),
            (worker.says("好" * 4096), "太长"),
            (worker.says("5000左右"), "您是说"),
        )
        for sending, expected in sendings:
            before = len(worker.screen.from_bot)
            await sending
            assert expected in await said_in_reply(worker, before)
            assert len(worker.screen.from_bot) == before + 1
            assert stored(database) == kept

        old = worker.screen.from_bot[0].id
        await worker.taps_data("a:education:graduate", message=old)
        await worker.expects(lambda screen: "那个按钮是之前的" in str(screen))
        assert stored(database) == kept


async def test_an_amount_said_roughly_is_read_when_it_is_clear(tmp_path: Path) -> None:
    async with Simulator(token=TOKEN) as simulator, running_bot(simulator, tmp_path / "bot.sqlite"):
        worker = simulator.worker()
        await worker.starts()
        for data in (*CONSENT, *up_to("income")):
            await tap(worker, data)
        await worker.expects(lambda screen: "挣多少钱" in screen.last.text)
        await worker.says("五千多")
        await worker.expects(lambda screen: "稳定吗" in screen.last.text)


async def test_a_group_gets_one_line_and_no_question(tmp_path: Path) -> None:
    database = tmp_path / "bot.sqlite"
    async with Simulator(token=TOKEN) as simulator, running_bot(simulator, database):
        worker = simulator.worker()
        (member,) = simulator.group("骑手群", worker)
        await member.says("/start")
        screen = await member.expects(lambda screen: bool(screen.from_bot))
        assert "私聊" in screen.last.text
        assert not screen.last.buttons
        assert stored(database) == {}


async def test_a_child_is_turned_away_and_nothing_is_stored(tmp_path: Path) -> None:
    database = tmp_path / "bot.sqlite"
    async with Simulator(token=TOKEN) as simulator, running_bot(simulator, database):
        worker = simulator.worker()
        await worker.starts()
        for data in (*CONSENT, "a:age:under_14"):
            await tap(worker, data)
        await worker.expects(lambda screen: "未满14岁" in screen.last.text and not screen.last.buttons)
        assert stored(database) == {}


async def test_deleting_leaves_nothing(tmp_path: Path) -> None:
    database = tmp_path / "bot.sqlite"
    async with Simulator(token=TOKEN) as simulator, running_bot(simulator, database):
        worker = simulator.worker()
        await answer_all(worker)
        await worker.says("/delete")
        await tap(worker, "go:forget")
        await worker.expects(lambda screen: "已全部删除" in screen.last.text)
        assert stored(database) == {}


async def test_commands_are_registered_in_both_languages(tmp_path: Path) -> None:
    async with Simulator(token=TOKEN) as simulator, running_bot(simulator, tmp_path / "bot.sqlite"):
        async with asyncio.timeout(20):
            while simulator.counts.get("setmycommands", 0) < 2:  # noqa: ASYNC110 - the bot tells nobody
                await asyncio.sleep(0.01)


@pytest.mark.asvs("14.2.1")
async def test_no_token_answer_or_id_reaches_the_log(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with Simulator(token=TOKEN) as simulator, running_bot(simulator, tmp_path / "bot.sqlite"):
        worker = simulator.worker()
        await answer_all(worker)
        ours = "\n".join(r.getMessage() for r in caplog.records if r.name.startswith("bot"))
        assert TOKEN not in ours
        assert str(worker.user.id) not in ours


def stored(database: Path) -> dict[bytes, tuple[str, str]]:
    """What the database keeps of conversations, opened: state and answers by person."""
    connection = sqlite3.connect(database)
    rows = connection.execute("select person, key, state, answers from conversations").fetchall()
    connection.close()
    kept = {}
    for person, key, state, answers in rows:
        sealer = KEYRING.sealer(key, person)
        talk = json.loads(sealer.open(state, b"state:" + person)) | {"misses": 0, "guess": None}
        said = sealer.open(answers, b"answers:" + person).decode() if answers else ""
        kept[person] = (json.dumps(talk), said)
    return kept


class Stumbling(Presenter):
    """A presenter with a bug: it stumbles over the first question."""

    def render(self, reply: Reply, *rest: Any, **named: Any) -> tuple[Message, ...]:
        if isinstance(reply, Ask):
            raise RuntimeError("上海 5500")
        return super().render(reply, *rest, **named)


@pytest.mark.asvs("16.5.1", "16.3.4")
async def test_a_bug_is_owned_up_to_and_neither_logs_an_answer_nor_stops_the_bot(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    stumbling = Stumbling(presenter().knowledge)
    database = tmp_path / "bot.sqlite"
    async with Simulator(token=TOKEN) as simulator, running_bot(simulator, database, stumbling):
        worker = simulator.worker()
        await worker.starts()
        for data in CONSENT:
            await tap(worker, data)
        await worker.expects(lambda screen: "出了点问题" in screen.last.text)
        await worker.says("/help")
        await worker.expects(lambda screen: "我能做什么" in screen.last.text)
    failed = next(record for record in caplog.records if record.msg == "turn failed")
    line = Lines().format(failed)
    assert '"error": "RuntimeError"' in line
    assert "test_whole_conversation.py:" in line
    assert "5500" not in line
