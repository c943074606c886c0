"""docs/extend.md is followed in a copy of the tree: check, terminal and report take what was added."""

import os
import re
import shutil
import subprocess
import sys
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.test_docs import ROOT
from tests.test_start import SNIPPET as QUESTION
from tests.test_start import START

PAPER = (ROOT / "docs/extend.md").read_text(encoding="utf-8")
SNIPPET = re.compile(
    r"^`(?P<file>[\w/.]+)`, (?P<where>a new file|(?P<how>before|after|instead of) `(?P<line>[^\n]+)`):\n\n"
    r"```\w+\n(?P<text>.+?)```",
    re.DOTALL | re.MULTILINE,
)
COPIED = ("bot", "models", "knowledge", "alembic", "tests", "docs", "deploy", "pyproject.toml")
MOST = {"a question": 2, "an option": 1, "a card": 5, "a wording": 2, "a command": 3}
RIDER = "\n".join(["#1", "#2", "#4", "#6"])  # agree, and say how old they are

pytestmark = pytest.mark.slow


@dataclass
class Clone:
    """A copy of the tree in which the page was followed; `edited` are the files by heading."""

    root: Path
    edited: dict[str, set[str]]

    def run(self, *arguments: str, typed: str = "") -> subprocess.CompletedProcess[str]:
        # Compiled files are kept: else each of these processes compiles the copy again.
        return subprocess.run(
            [sys.executable, "-m", *arguments], cwd=self.root, input=typed, capture_output=True, text=True,
            env={**os.environ, "PYTHONPATH": str(self.root), "PYTHONDONTWRITEBYTECODE": ""},
        )  # fmt: skip

    def put(self, file: str, how: str | None, line: str, text: str) -> None:
        path = self.root / file
        if how is None:
            assert not path.exists(), file
            path.write_text(text, encoding="utf-8")
            return
        before = path.read_text(encoding="utf-8")
        assert f"{line}\n" in before, (file, line)
        placed = {"before": f"{text}{line}\n", "after": f"{line}\n{text}", "instead of": text}[how]
        path.write_text(before.replace(f"{line}\n", placed, 1), encoding="utf-8")


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Clone:
    made = Clone(tmp_path_factory.mktemp("clone"), defaultdict(set))
    for name in COPIED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, made.root / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, made.root / name)
    for file, where, line, text in QUESTION.findall(START):
        if where != "as it stands":
            made.put(file, "before", line, text)
            made.edited["a question"].add(file)
    heading = ""
    for section in re.split(r"^## ", PAPER, flags=re.MULTILINE):
        heading = section.split("\n")[0].lower()
        for found in SNIPPET.finditer(section):
            made.put(found["file"], found["how"], found["line"] or "", found["text"])
            made.edited[heading].add(found["file"])
    asked = made.root / "knowledge/questionnaire.yaml"
    asked.write_text(re.sub(r"(?m)^version: .*", 'version: "2099-01-01"', asked.read_text("utf-8")), "utf-8")
    return made


def test_every_snippet_of_the_page_is_followed(clone: Clone) -> None:
    assert len(SNIPPET.findall(PAPER)) == len(re.findall(r"^```(?!sh)\w", PAPER, re.MULTILINE))
    headings = {found.lower() for found in re.findall(r"^## (.+)", PAPER, re.MULTILINE)}
    linked = set(re.findall(r"^\| \[(.+?)\]", PAPER, re.MULTILINE))
    assert linked == headings


def test_so_few_files_are_edited_by_hand(clone: Clone) -> None:
    for what, most in MOST.items():
        assert 0 < len(clone.edited[what]) <= most, what


def test_the_generated_files_are_made_and_the_check_finds_nothing_to_put_right(clone: Clone) -> None:
    made = clone.run("tests.regenerate", "wordings", "transcripts", "knowledge")
    assert made.returncode == 0, made.stderr
    assert "knowledge/wordings/2099-01-01.yaml" in made.stdout
    assert "docs/reference/knowledge.md" in made.stdout
    checked = clone.run("bot", "check")
    assert checked.returncode == 0, checked.stdout
    assert "0 to put right" in checked.stdout


def test_the_terminal_shows_what_was_added(clone: Clone) -> None:
    typed = f"{RIDER}\n/cancel\n/hotlines\n/help\n/ask 怎么记账\n"
    shown = clone.run("bot", "terminal", typed=typed).stdout
    for words in ("跑腿、代买", "发 /delete 就行", "社保问12333", "/hotlines 热线电话", "把花销记下来"):
        assert words in shown, words


def test_the_transcripts_hold_the_new_question(clone: Clone) -> None:
    for name, words in (("rider_zh", "您夜里"), ("rider_en", "at night, after 11?")):
        assert words in (clone.root / f"tests/conversations/{name}.txt").read_text(encoding="utf-8")


def test_the_sum_stands_on_the_card(clone: Clone) -> None:
    code = (
        "from datetime import date; from bot import guidance; "
        "from bot.loading.knowledge import load_knowledge;"
        "print(guidance.card(load_knowledge(), 'loan_true_cost', {}, 'zh', date(2026, 11, 23)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=clone.root, capture_output=True, text=True, check=True,
        env={**os.environ, "PYTHONPATH": str(clone.root)},
    )  # fmt: skip
    assert re.search(r"上面的例子，多还了[\d.]+元", done.stdout)


def test_the_office_reports_the_new_question(clone: Clone) -> None:
    for _ in (
        walked := clone.run("bot", "simulate", "--people", "8", "--database", "town.sqlite"),
        report := clone.run("bot", "report", "--database", "town.sqlite", "--out", "report"),
    ):
        assert _.returncode == 0, _.stderr
    assert "talks held" in walked.stdout
    assert "report.zh.html" in report.stdout
