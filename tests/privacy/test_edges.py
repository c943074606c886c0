"""The edges: no operator's word in Telegram, no call to elsewhere, no webhook changed in silence."""

import ast
import asyncio
import logging
import re
from contextlib import suppress
from pathlib import Path

import pytest
from pydantic import SecretStr
from telegram import Bot as Client

from bot.app import process
from bot.app.process import Bot, settling
from bot.backoffice.cli import parser_of_all
from bot.demo.double.server import Simulator
from bot.storage.engine import opened
from tests.talks import KEYRING, presenter
from tests.test_rights import STATES, said, state

SERVING = [
    path
    for folder in ("bot", "models")
    for path in Path(__file__).parents[2].joinpath(folder).rglob("*.py")
    if "double" not in path.parts
]
TALKERS = {"aiohttp", "httpx", "requests", "urllib", "http", "socket", "smtplib", "ftplib", "websockets"}
WORKERS = {
    name for command in presenter().knowledge.commands.commands for name in (command.id, *command.aliases)
}
COMMANDS = sorted({name for action in parser_of_all()._actions for name in action.choices or ()} - WORKERS)


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.asvs("8.2.1")
def test_a_command_of_the_operator_is_nothing_in_telegram(command: str) -> None:
    for name in STATES:
        before = state(name)
        told, strange = said(before, f"/{command}"), said(before, "/nonsense")
        assert told == strange, name


def imports(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module.split(".")[0])
    return found


@pytest.mark.asvs("1.2.2", "1.3.6", "13.2.4", "13.2.5", "14.2.3")
def test_pipl_23_only_one_file_can_call_out_and_it_calls_telegram() -> None:
    assert {path.name for path in SERVING if imports(path) & TALKERS} == {
        "transport.py",
        "listening.py",
        "server.py",
    }
    # The storage only tells its database's link to notice a machine that is gone.
    server = next(path for path in SERVING if path.name == "server.py").read_text(encoding="utf-8")
    assert set(re.findall(r"socket\.(\w+)", server)) <= {
        "AF_UNIX", "SOL_SOCKET", "SO_KEEPALIVE", "IPPROTO_TCP",
        "TCP_KEEPIDLE", "TCP_KEEPINTVL", "TCP_KEEPCNT",
    }  # fmt: skip
    listening = next(path for path in SERVING if path.name == "listening.py").read_text(encoding="utf-8")
    assert re.findall(r"\b(?:connect|connect_ex|create_connection|open_connection)\(", listening) == []
    hosts = {
        host
        for path in SERVING
        for host in re.findall(r"https?://([\w.-]+)", path.read_text(encoding="utf-8"))
    }
    assert hosts <= {"api.telegram.org"}


class Alarm(logging.Handler):
    """Tells that a record came."""

    def __init__(self, level: int) -> None:
        super().__init__(level)
        self.rung = asyncio.Event()

    def emit(self, record: logging.LogRecord) -> None:
        self.rung.set()


async def test_a_webhook_that_somebody_else_changed_raises_the_alarm(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(process, "WATCH", 0.05)
    token, ours = "1000000000:" + "test" * 9, "https://bot.example.org/telegram"
    words, alarm = presenter(), Alarm(logging.CRITICAL)
    process.log.addHandler(alarm)
    async with (
        Simulator(token=token, port=0) as double,
        opened(f"sqlite:///{tmp_path / 'bot.sqlite'}", KEYRING, settling(words)) as store,
    ):
        bot = Bot(SecretStr(token), double.api_url, store, words)
        async with bot._telegram:
            watch = asyncio.create_task(bot._watch_webhook(ours, SecretStr("s" * 40)))
            await asyncio.sleep(0.3)
            assert not alarm.rung.is_set()
            async with Client(token, base_url=f"{double.api_url}/bot") as thief:
                await thief.set_webhook("https://thief.example.org/hook")
            async with asyncio.timeout(10):
                await alarm.rung.wait()
            watch.cancel()
            with suppress(asyncio.CancelledError):
                await watch
    process.log.removeHandler(alarm)
    assert "the token leaked" in caplog.text
    assert "thief" not in caplog.text
