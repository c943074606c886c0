"""A developer's own mistake is shown where it was made; where answers are read, without what they say."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
BUG = """
import runpy, sys
import {module} as broken
def bug(*_arguments, **_named):
    said = "canary 5500"
    raise {error}(said)
broken.{name} = bug
sys.argv[0] = "bot"
runpy.run_module("bot", run_name="__main__")
"""


def run(code: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code, *arguments], capture_output=True, text=True, cwd=ROOT, input="/start\n"
    )


@pytest.mark.parametrize(("command", "error"), [("terminal", "KeyError"), ("check", "ValueError")])
def test_what_holds_nobodys_answers_shows_a_bug_with_all_it_says(command: str, error: str) -> None:
    done = run(BUG.format(module="bot.loading.knowledge", name="load_knowledge", error=error), command)
    assert done.returncode == 1
    assert "Traceback" in done.stderr
    assert f"{error}: " in done.stderr
    assert "canary 5500" in done.stderr


@pytest.mark.parametrize("error", ["KeyError", "ValueError"])
def test_what_reads_answers_shows_where_a_bug_is_and_not_what_it_says(error: str, tmp_path: Path) -> None:
    code = BUG.format(module="bot.privacy.keyring", name="keys_in", error=error)
    (tmp_path / "town.keys").touch()
    given = ("report", "--out", str(tmp_path), "--database", str(tmp_path / "town.sqlite"))
    done = run(code, *given)
    assert done.returncode == 1
    assert f'"error": "{error}"' in done.stderr
    assert "in bug" in done.stderr
    assert "canary" not in done.stderr


def test_a_mistake_of_the_operator_is_one_sentence(tmp_path: Path) -> None:
    done = run(
        "import runpy; runpy.run_module('bot', run_name='__main__')",
        *("report", "--out", str(tmp_path), "--database", str(tmp_path / "none.sqlite")),
    )
    assert done.returncode not in (0, 1)
    assert done.stderr.strip().endswith("can't be read")
    assert "Traceback" not in done.stderr
