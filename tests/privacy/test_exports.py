"""What the office gives out: codes of those who agreed to research, and nobody's words, name or id."""

import asyncio
import csv
import io
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from pyarrow.parquet import read_metadata, read_table

from bot.channels.intake import Intake
from bot.channels.telegram.updates import take
from bot.ops.metrics import Metrics
from bot.storage.engine import opened
from tests.privacy.test_storage import chat_of
from tests.talks import CONSENT, KEYRING, settling_today
from tests.test_rights import WITH_RESEARCH
from tests.test_tools import CANARIES, WITH_EVERYTHING, comes

ROOT = Path(__file__).parents[2]
PEOPLE = 200  # with five canaries each
REFUSERS = ("a:age:from_51_to_59", "a:occupation:domestic", "a:province:shanghai")
THIRTIES = "3"  # the code of from_31_to_40
AGREEING = ("a:age:from_31_to_40", "a:occupation:food_delivery", "a:province:shanghai")


def canaries(person: int) -> list[str]:
    """Five words that only this person uses: name, username, link, typed text, forged button."""
    return [f"canary{kind}{person:04d}x" for kind in ("name", "user", "link", "text", "data")]


def updates_of(person: int) -> list[dict[str, Any]]:
    """A whole life of updates as Telegram sends them, with a canary wherever a person can put one."""
    name, user, link, text, data = canaries(person)
    who = {"id": chat_of(person), "is_bot": False, "first_name": name, "last_name": name, "username": user}
    chat = {"id": who["id"], "type": "private", "first_name": name, "username": user}
    agreeing = person % 2
    taps = [*(WITH_RESEARCH if agreeing else CONSENT), *(AGREEING if agreeing else REFUSERS)]
    words = [f"/start {link}", *taps, text, f"a:age:{data}", f"/ask {text}", f"/{data}", f"go:{data}", text]
    found = []
    for number, word in enumerate(words, person * 100):
        message = {"message_id": 1, "date": 1, "chat": chat, "from": who, "text": word}
        query = {"id": "1", "chat_instance": "1", "from": who, "data": word, "message": message}
        is_tap = ":" in word and not word.startswith("/")
        found.append({"update_id": number, **({"callback_query": query} if is_tap else {"message": message})})
    return found


def told(command: str, database: Path, out: Path, *options: str) -> str:
    """Run a command of the office as the operator does; returns all it printed and wrote, with file names."""
    ended = subprocess.run(
        [sys.executable, "-m", "bot", command, *options, "--database", database, "--out", out],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert ended.returncode == 0, ended.stderr
    return ended.stdout + ended.stderr + "".join(map(readable, sorted(out.iterdir())))


def readable(path: Path) -> str:
    """Return all that a file holds in words: bytes as they lie, and what a reader of Parquet unpacks."""
    text = path.name + path.read_bytes().decode("utf-8", "replace")
    if path.suffix != ".parquet":
        return text
    return text + str(read_table(path).to_pylist()) + str(read_metadata(path).metadata)


@pytest.mark.slow
@pytest.mark.asvs("14.2.4")
async def test_pipl_25_of_a_thousand_canaries_and_all_ids_none_is_in_any_export(
    tmp_path: Path,
) -> None:
    database = tmp_path / "b.sqlite"
    async with opened(f"sqlite:///{database}", KEYRING, settling_today()) as store:
        intake = Intake(store, Metrics())

        async def talk(person: int) -> None:
            for update in updates_of(person):
                await take(intake, update)

        await asyncio.gather(*map(talk, range(PEOPLE)))
    (tmp_path / "b.keys").touch(0o600)
    (tmp_path / "b.keys").write_text(str(KEYRING.keys), encoding="ascii")
    given = {
        "csv": told("export", database, tmp_path / "csv", "--to", "csv"),
        "parquet": told("export", database, tmp_path / "parquet", "--to", "parquet"),
        "report": told("report", database, tmp_path / "report"),
    }
    rows = list(csv.DictReader(io.StringIO((tmp_path / "csv/answers.csv").read_text(encoding="utf-8-sig"))))
    assert len(rows) == read_table(tmp_path / "parquet/answers.parquet").num_rows == PEOPLE / 2
    # By code, they answered; and of those who didn't agree not even that.
    assert {(row["age"], row["answer_occupation"]) for row in rows} == {(THIRTIES, "food_delivery")}
    for person in range(PEOPLE):
        pseudonym = KEYRING.pseudonym(str(chat_of(person)))
        needles = [*canaries(person), str(chat_of(person)), pseudonym.hex(), pseudonym.hex()[:16]]
        assert [(n, where) for n in needles for where, text in given.items() if n in text] == []


@pytest.mark.slow
@pytest.mark.asvs("14.2.4")
async def test_what_was_typed_into_a_tool_a_letter_or_the_calendar_is_in_no_export(tmp_path: Path) -> None:
    """A person who agreed to research, so that their answers are given out and nothing beside them."""
    database = tmp_path / "b.sqlite"
    put_in = (*WITH_RESEARCH, *AGREEING, *WITH_EVERYTHING[4:])
    async with opened(f"sqlite:///{database}", KEYRING, settling_today()) as store:
        for number, data in enumerate(("/start", *put_in)):
            await store.take(comes(number, data))
    (tmp_path / "b.keys").touch(0o600)
    (tmp_path / "b.keys").write_text(str(KEYRING.keys), encoding="ascii")
    given = {
        "csv": told("export", database, tmp_path / "csv", "--to", "csv"),
        "parquet": told("export", database, tmp_path / "parquet", "--to", "parquet"),
    }
    assert read_table(tmp_path / "parquet/answers.parquet").num_rows == 1
    assert [(n, where) for n in CANARIES for where, text in given.items() if n in text] == []


def test_what_would_be_searched_is_found_where_it_is(tmp_path: Path) -> None:
    """The search itself: a canary in a compressed table is seen."""
    import pyarrow as pa
    from pyarrow.parquet import write_table

    hidden = pa.table({"word": ["canarytext0001x"] * 50})
    write_table(hidden, tmp_path / "a.parquet", compression="zstd")
    assert "canarytext0001x" in readable(tmp_path / "a.parquet")
