"""When something leaked: the drafts say what the law wants said, and only what is true of what leaked."""

import asyncio
from datetime import datetime
from pathlib import Path

import pytest

from bot.__main__ import main
from bot.backoffice.breach import LEAKED, Breach, Leaked, draft
from bot.dialogue.conversation import Command
from bot.dialogue.reminders import CHINA
from bot.privacy.keyring import Keyring, keys_in
from bot.research.participants import Counts
from bot.storage.engine import opened
from bot.turns.contract import Inbound
from tests.chats import at
from tests.talks import settling_today

FOUND = datetime(2026, 11, 24, 21, 30, tzinfo=CHINA)
COUNTS = Counts(conversations=812, agreed=790, blocked=3, dead_letters=0)


@pytest.mark.parametrize("leaked", LEAKED)
def test_pipl_57_the_drafts_name_kinds_cause_harm_remedy_what_to_do_and_contact(leaked: Leaked) -> None:
    text = draft(Breach(leaked, FOUND), COUNTS, "张三 zhang@example.org", "96110")
    told = (
        "涉及的个人信息种类",
        "原因",
        "可能的危害",
        "已采取的措施",
        "用户可以怎么做",
        "张三 zhang@example.org",
    )
    for wanted in told:
        assert wanted in text
    assert "2026-11-25 01:30" in text, "four hours after it was found"
    assert "最多 812 人，其中同意过收集的 790 人" in text
    assert text.count("96110") == 2, "both notices warn of who will call now"
    assert "/delete" in text


def test_a_stolen_database_without_its_keys_is_not_told_as_readable_answers() -> None:
    sealed, opened_ = (draft(Breach(leaked, FOUND), COUNTS, "", "96110") for leaked in LEAKED[:2])
    assert "没有钥匙打不开" in sealed
    assert "有人可能看到了您在问卷里的回答" not in sealed
    assert "有人可能看到了您在问卷里的回答" in opened_
    assert "没有钥匙打不开" not in opened_


async def filled(database: Path) -> None:
    keyring = Keyring(keys_in(database.with_suffix(".keys")))
    async with opened(f"sqlite:///{database}", keyring, settling_today()) as store:
        for chat in range(3):
            await store.take(Inbound(chat, at(70 + chat), Command("start")))


def test_the_command_counts_the_people_and_asks_for_what_it_cannot_know(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asyncio.run(filled(tmp_path / "bot.sqlite"))
    line = ["breach", "--leaked", "database", "--found", "2026-11-24T21:30"]
    assert main([*line, "--database", str(tmp_path / "bot.sqlite")]) == 0
    printed = capsys.readouterr().out
    assert "最多 3 人，其中同意过收集的 0 人" in printed
    assert "原因：____" in printed
    assert "2026-11-25 01:30" in printed
