"""Every mistake of an operator's settings: one sentence that says what to do, an exit status, no trace."""

import json
import logging
import os
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from bot.__main__ import main
from tests.world.standin import bot_api

ROOT = Path(__file__).parents[2]
OURS = ("BOT_", "WEBHOOK_")  # how settings begin that a test must not inherit
NOBODY = "postgresql+asyncpg://postgres@127.0.0.1:1/test"


def in_folder(folder: Path) -> dict[str, str]:
    """The settings of a bot that keeps everything in this folder and reaches nobody."""
    return {
        "BOT_TOKEN": "1:token",
        "DATABASE_URL": f"sqlite:///{folder / 'bot.sqlite'}",
        "MASTER_KEYS_FILE": str(folder / "master.keys"),
        "TOMBSTONES_FILE": str(folder / "tombstones"),
        "WEBHOOK_SECRET": "s" * 40,
        "TELEGRAM_API": "http://127.0.0.1:1",
    }


def run(folder: Path, *command: str, **settings: str) -> subprocess.CompletedProcess[str]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
    clean |= in_folder(folder) | settings
    return subprocess.run(
        [sys.executable, "-m", "bot", *command],
        env=clean, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip


# A mistake, a part of the sentence that tells it, and the exit status.
MISTAKES = [
    ({"DATABASE_URL": ""}, "DATABASE_URL must be", 78),
    ({"DATABASE_URL": "postgres://user:geheim@host/db"}, "postgresql+asyncpg://", 78),
    ({"DATABASE_URL": "postgresql://user:geheim@host/db"}, "postgresql+asyncpg://", 78),
    ({"DATABASE_URL": "sqlite://geheim.sqlite"}, "three slashes", 78),
    ({"DATABASE_URL": "mysql://geheim"}, "DATABASE_URL must be", 78),
    ({"DATABASE_URL": f"{NOBODY}?sslmode=require"}, "ssl=require", 78),
    ({"DATABASE_URL": NOBODY}, "can't be reached", 69),
    ({"BOT_TOKEN": ""}, "BotFather", 78),
    ({"BOT_TOKEN": "geheim"}, "BotFather", 78),
    ({"TELEGRAM_API": "api.telegram.org"}, "https://", 78),
    ({"WEBHOOK_URL": "https://bot.example.org/"}, "/telegram", 78),
    ({"WEBHOOK_URL": "bot.example.org/telegram"}, "https://", 78),
    ({"WEBHOOK_PORT": "99999"}, "1 to 65535", 78),
    ({"WEBHOOK_PORT": "0"}, "1 to 65535", 78),
    ({"WEBHOOK_PORT": "84.5"}, "1 to 65535", 78),
    ({"WEBHOOK_SECRET": "geheim"}, "token_urlsafe", 78),
    ({"CAMPAIGNS": "a b"}, "CAMPAIGNS", 78),
    ({"OPERATOR_CONTACT": "x" * 201}, "at most 200 characters", 78),
    ({"OPERATOR_CONTACT": "us\n<b>"}, "one line", 78),
    ({"SEND_RATE": "fast"}, "SEND_RATE", 78),
    ({"BOT_TOKEN_FILE": "/nowhere", "BOT_TOKEN": ""}, "BOT_TOKEN_FILE", 78),
    ({"BOT_TOKEN_FILE": "/nowhere"}, "keep one", 78),
    ({"MASTER_KEYS": "geheim"}, "master keys", 65),
]
A_SETTING, THE_KEYS, NO_SERVER = MISTAKES[0], MISTAKES[-1], next(each for each in MISTAKES if each[2] == 69)


@pytest.fixture
def logs_as_before() -> Iterator[None]:
    """Put logging back as it was before the test: a command sets it up again."""
    root, ours, raising = logging.getLogger(), logging.getLogger("bot"), logging.raiseExceptions
    handlers, levels = root.handlers[:], (root.level, ours.level)
    yield
    root.handlers[:], logging.raiseExceptions = handlers, raising
    root.setLevel(levels[0])
    ours.setLevel(levels[1])


def told_in_one_sentence(sentence: str, stdout: str, stderr: str) -> None:
    told = [line for line in stderr.splitlines() if not line.startswith("{")]
    assert stdout == ""
    assert len(told) == 1, stderr
    assert sentence in told[0]
    assert "geheim" not in stderr
    assert "Error" not in told[0].split(":")[0]


@pytest.mark.usefixtures("logs_as_before")
@pytest.mark.parametrize(("settings", "sentence", "status"), MISTAKES)
def test_a_mistake_is_told_in_one_sentence_and_no_secret_is_repeated(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    settings: dict[str, str],
    sentence: str,
    status: int,
) -> None:
    """In this process: to start one of its own for each takes twenty times as long."""
    for name in os.environ:
        if name.startswith(OURS):
            monkeypatch.delenv(name)
    for name, value in (in_folder(tmp_path) | settings).items():
        monkeypatch.setenv(name, value)
    assert main(["webhook"]) == status
    told_in_one_sentence(sentence, *capfd.readouterr())


@pytest.mark.parametrize(("settings", "sentence", "status"), [A_SETTING, NO_SERVER, THE_KEYS])
def test_a_process_that_ends_by_a_mistake_says_the_same(
    tmp_path: Path, settings: dict[str, str], sentence: str, status: int
) -> None:
    ended = run(tmp_path, "webhook", **settings)
    assert ended.returncode == status
    told_in_one_sentence(sentence, ended.stdout, ended.stderr)


def test_a_port_that_is_taken_is_named(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken, bot_api() as api:
        ended = run(tmp_path, "webhook", TELEGRAM_API=api, WEBHOOK_PORT=str(taken.getsockname()[1]))
    assert ended.returncode == 69
    assert "another program uses it" in ended.stderr


def test_a_token_that_telegram_refuses_is_told(tmp_path: Path) -> None:
    with bot_api(status=401) as api:
        ended = run(tmp_path, "polling", TELEGRAM_API=api)
    assert ended.returncode == 78
    assert "Telegram doesn't know BOT_TOKEN" in ended.stderr


def test_a_file_that_is_no_database_is_told(tmp_path: Path) -> None:
    assert run(tmp_path, "migrate").returncode == 0
    for file in tmp_path.glob("bot.sqlite*"):
        file.unlink()
    (tmp_path / "bot.sqlite").write_text("not a database" * 100, encoding="ascii")
    ended = run(tmp_path, "migrate")
    assert ended.returncode == 69
    assert "no SQLite database" in ended.stderr


def test_a_slip_in_a_setting_s_name_is_pointed_at(tmp_path: Path) -> None:
    with bot_api(status=401) as api:
        ended = run(tmp_path, "polling", TELEGRAM_API=api, OPERATOR_CONTAKT="us")
    *lines, mistake = ended.stderr.splitlines()
    assert "BOT_TOKEN" in mistake, "its last word is the sentence"
    logged = [json.loads(line) for line in lines]
    told = [(line["setting"], line["meant"]) for line in logged if line["what"] == "no such setting"]
    assert told == [("OPERATOR_CONTAKT", "OPERATOR_CONTACT")]


def test_a_database_of_a_newer_release_is_refused_by_every_command(tmp_path: Path) -> None:
    assert run(tmp_path, "migrate").returncode == 0
    with closing(sqlite3.connect(tmp_path / "bot.sqlite")) as connection, connection:
        connection.execute("update alembic_version set version_num = '9999'")
        connection.execute("update served_by set since = '9999'")
    for command in ("migrate", "webhook"):
        ended = run(tmp_path, command)
        assert ended.returncode == 65, ended.stderr
        assert "on which this release can't work" in ended.stderr


@pytest.mark.parametrize("command", [["letters"], ["rotate-keys"], ["outdated"]])
def test_a_command_that_only_looks_makes_no_database(tmp_path: Path, command: list[str]) -> None:
    ended = run(tmp_path, *command)
    assert ended.returncode == 78
    assert "there is no database" in ended.stderr
    assert not (tmp_path / "bot.sqlite").exists()


def test_a_database_of_an_older_schema_is_refused_by_the_commands_that_work_on_it(tmp_path: Path) -> None:
    for words in (["migrate"], ["migrate", "--to", "0006"]):
        assert run(tmp_path, *words).returncode == 0
    for command in ("rotate-keys", "outdated"):
        ended = run(tmp_path, command)
        assert ended.returncode == 65, ended.stderr
        assert "back it up, then run `python -m bot migrate`" in ended.stderr


def test_lost_keys_are_not_replaced_by_new_ones(tmp_path: Path) -> None:
    assert run(tmp_path, "migrate").returncode == 0
    (tmp_path / "master.keys").unlink()
    for command in ("letters", "webhook", "polling"):
        ended = run(tmp_path, command)
        assert ended.returncode == 78
        assert "put the file back" in ended.stderr
    assert not (tmp_path / "master.keys").exists()


def test_the_doctor_says_of_each_thing_what_to_do(tmp_path: Path) -> None:
    assert run(tmp_path, "migrate").returncode == 0
    with bot_api() as api:
        ended = run(tmp_path, "doctor", TELEGRAM_API=api, OPERATOR_CONTACT="us", OPERATOR_CONTAKT="us")
    lines = ended.stdout.splitlines()
    assert ended.returncode == 69, ended.stderr
    for line in ("ok  database: it takes writes", "ok  schema: the one of this release", "ok  clock: right"):
        assert line in lines
    assert "!!  setting: OPERATOR_CONTAKT is none: OPERATOR_CONTACT is perhaps meant" in lines


def test_the_doctor_finds_a_database_that_is_gone_and_a_token_that_is_refused(tmp_path: Path) -> None:
    with bot_api(status=401) as api:
        ended = run(tmp_path, "doctor", TELEGRAM_API=api)
    assert "!!  Telegram: Telegram doesn't know BOT_TOKEN" in ended.stdout
    assert "bot.sqlite is not there" in ended.stdout
    assert not (tmp_path / "bot.sqlite").exists()
