"""Signs that turn the direction of writing: what a worker types brings none of them back to anyone.

They make one text look like another: 00001 after one of them is read as 10000.
"""

from pathlib import Path

import pytest

from bot.channels.intake import Intake
from bot.channels.telegram.updates import take
from bot.ops.metrics import Metrics
from bot.render import Message
from bot.research.columns import Columns
from bot.research.export import export
from bot.research.report.findings import gather
from bot.research.report.page import pages
from bot.storage.due_reminders import Waking
from bot.storage.engine import opened
from tests.office.rooms import KNOWLEDGE, office
from tests.talks import KEYRING, SHORT_PATH, TODAY, settling_today
from tests.test_rights import STATES, WITH_RESEARCH, said, state
from tests.test_webhook import said as message
from tests.test_webhook import tapped

SIGNS = [chr(n) for n in (0x200E, 0x200F, 0x061C, *range(0x202A, 0x202F), *range(0x2066, 0x206A))]
ALL = "".join(SIGNS)
WORDS = ("送外卖", "5500", "上海", "工伤保险怎么交", "abc", "跳过", "", "<b>x</b>")
BUTTONS = ("a:age:from_31_to_40", "calc:loan:10000:12:958", "open:resident_medical_now", "go:result",
           "mark:emergency_fund:done", "remind:survey:week", "lang:en", "edit:income")  # fmt: skip
COMMANDS = ("/ask 工伤保险怎么交", "/start poster_1", "/calc 10000", "/nonsense", "/mydata", "/remind x")


def around(text: str, sign: str) -> list[str]:
    """Return a text with the sign before, within, after and around it."""
    middle = len(text) // 2
    return [sign + text, text[:middle] + sign + text[middle:], text + sign, f"{sign}{text}{sign * 3}"]


def shown(messages: tuple[Message, ...]) -> str:
    """Return all that a message shows or carries: words, buttons, files, what a picture says."""
    return " ".join(f"{message.text} {message.buttons} {message.attachment}" for message in messages)


def turned(text: str) -> list[str]:
    """Name the signs in a text, written out or as an escape of JSON, HTML or Python."""
    low = text.lower()
    return [
        hex(ord(sign))
        for sign in SIGNS
        if sign in text or any(form % ord(sign) in low for form in ("\\u%04x", "&#x%x;", "&#%d;", "%%u%04x"))
    ]


def test_such_signs_are_found_however_they_are_written() -> None:
    for sign in SIGNS:
        assert turned(f"a{sign}b") == turned(repr(sign)) == turned(f"&#{ord(sign)};") == [hex(ord(sign))]
    assert turned("送外卖 5500") == []


@pytest.mark.parametrize(
    ("sign", "name"),
    [*((sign, name) for sign in SIGNS for name in ("survey", "result")), *((ALL, name) for name in STATES)],
    ids=lambda part: ascii(part),
)
@pytest.mark.asvs("1.3.3")
def test_whatever_is_typed_tapped_or_linked_no_message_and_no_result_turns_its_direction(
    name: str, sign: str
) -> None:
    before = state(name)
    for text in (*WORDS, *BUTTONS, *COMMANDS):
        for bent in around(text, sign):
            if ":" in bent and bent.startswith(sign):
                bent = "x:" + bent  # so that it is a tap
            talk, messages = said(before, bent)
            assert turned(shown(messages)) == [], bent
            assert turned(str(talk)) == [], bent
    for asked in ("/result", "/review", "/mydata", "go:data_file", "/explain", "go:picture", "go:printout"):
        assert turned(shown(said(talk, asked)[1])) == [], asked


async def test_a_talk_full_of_such_signs_gives_an_export_a_report_and_counters_without_one(
    tmp_path: Path,
) -> None:
    path = ["/start " + ALL, *WITH_RESEARCH, *SHORT_PATH]
    async with opened(f"sqlite:///{tmp_path / 'b.sqlite'}", KEYRING, settling_today()) as store:
        metrics, number = Metrics(("poster_1",)), 0
        intake = Intake(store, metrics)
        for word in path:
            is_tap = ":" in word
            for said_ in (*((ALL, "不知" + ALL + "道吗", ALL + ":x") if number else ()), word):
                number += 1
                await take(
                    intake, tapped(number, said_) if is_tap and ":" in said_ else message(number, said_)
                )
        letters = "".join(map(str, await store.outbox.waiting()))
        counters = (await metrics.page(store.outbox.backlog, Waking(store).overdue)).decode()
    async with office(tmp_path / "b.sqlite") as rooms:
        assert await export(rooms.participants(), Columns(KNOWLEDGE), tmp_path / "out") == 1
        await export(rooms.participants(), Columns(KNOWLEDGE), tmp_path / "out", "parquet")
        report = "".join(pages(await gather(rooms, TODAY), KNOWLEDGE).values())
    given = "".join(file.read_bytes().decode("utf-8", "replace") for file in (tmp_path / "out").iterdir())
    assert "您的结果" in letters
    for told in (letters, counters, given, report):
        assert turned(told) == []
