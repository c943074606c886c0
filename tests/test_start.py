"""The newcomer's path is walked as it is written: docs/start.md by its snippets, all papers by commands."""

import re
import shlex
import shutil
from dataclasses import replace
from datetime import date, datetime, time
from pathlib import Path
from random import Random

import pytest

from bot.backoffice.cli import parser_of_all
from bot.channels.terminal import Terminal
from bot.check import lint
from bot.content.knowledge import Knowledge
from bot.content.questionnaire import LANGUAGES
from bot.dialogue.reminders import CHINA
from bot.loading.knowledge import load_knowledge
from bot.loading.wordings import record
from bot.render import Presenter
from tests.checkout import KNOWLEDGE
from tests.faults.people import next_tap
from tests.test_docs import PAPERS, ROOT

START = (ROOT / "docs/start.md").read_text(encoding="utf-8")
SNIPPET = re.compile(r'```yaml\n# (\S+), (before "([^\n]+)"|as it stands)\n(.+?)```', re.DOTALL)
ON = date(2026, 11, 29)


@pytest.fixture(scope="module")
def followed(tmp_path_factory: pytest.TempPathFactory) -> Knowledge:
    """Do what the page says with a copy of the knowledge."""
    root = tmp_path_factory.mktemp("clone")
    shutil.copytree(ROOT / "knowledge", root / "knowledge")
    shutil.copytree(ROOT / "models/artifacts", root / "models/artifacts")
    for file, where, line, lines in SNIPPET.findall(START):
        text = (root / file).read_text(encoding="utf-8")
        if where == "as it stands":
            assert lines in text
        else:
            assert f"\n{line}\n" in text, line
            (root / file).write_text(text.replace(f"{line}\n", f"{lines}\n{line}\n", 1), encoding="utf-8")
    asked = root / "knowledge/questionnaire.yaml"
    asked.write_text(re.sub(r"(?m)^version: .*", 'version: "2099-01-01"', asked.read_text("utf-8")), "utf-8")
    record(load_knowledge(root).questionnaire, root)
    return load_knowledge(root)


def test_the_page_has_its_snippets() -> None:
    assert len(SNIPPET.findall(START)) == START.count("```yaml") == 3


def test_the_snippets_bring_nothing_to_put_right(followed: Knowledge) -> None:
    before, after = (lint(piece_by_itself(known), ON).findings for known in (KNOWLEDGE, followed))
    assert set(after) <= set(before)


def piece_by_itself(knowledge: Knowledge) -> Knowledge:
    """Keep the piece that the page changes, so that the check is quick."""
    return replace(knowledge, advice=(knowledge.piece("accident_class"),))


def test_the_added_question_is_asked_in_both_languages(followed: Knowledge) -> None:
    question = followed.questionnaire.by_id["night_work"]
    for language in LANGUAGES:
        terminal = Terminal(Presenter(followed), lambda: datetime.combine(ON, time(12), CHINA), language)
        shown = terminal.say("/start")
        for _ in range(60):
            if question.text.in_(language) in shown:
                break
            held = [button.data for button in terminal.buttons]
            shown = terminal.say(f"#{held.index(next_tap(held, Random(0))) + 1}")
        assert question.text.in_(language) in shown


def commands() -> list[tuple[str, str]]:
    """Every line `python -m bot ...` that stands in a paper, by paper."""
    found = [
        (paper.name, line)
        for paper in PAPERS
        # The one only names them, the other tells how each ended, also those that are cut short on purpose.
        if paper.name != "CHANGELOG.md" and not paper.name.startswith("commands-")
        for line in re.findall(r"python -m bot ([a-z][^`\n#]*)", paper.read_text(encoding="utf-8"))
    ]
    return sorted(set(found))


@pytest.mark.parametrize(("paper", "line"), commands())
def test_a_command_in_a_paper_can_be_given_as_it_stands(paper: str, line: str) -> None:
    words = shlex.split(line.strip().rstrip(".,;:)*"), comments=True)
    sample = {"DIR": "dir", "MODEL": "financing_constraint", "N": "3", "FILE": "file", "DAY": "2026-11-26"}
    options = [sample.get(word, word) for word in words]
    parser_of_all().parse_args(options)


def test_the_first_line_of_every_module_says_what_it_is_for() -> None:
    for path in Path(ROOT).glob("bot/**/*.py"):
        assert path.read_text(encoding="utf-8").startswith('"""'), path


def test_the_readme_tells_the_same_in_both_languages() -> None:
    english, chinese = ((ROOT / name).read_text(encoding="utf-8") for name in ("README.md", "README.zh.md"))
    for told in (r"^#+ ", r"^\| ", r"^\.venv/bin/python.*?(?= *#)", r"`(?:make|python)[^`]*`", r"^make \w+"):
        here, there = (re.findall(told, text, re.MULTILINE) for text in (english, chinese))
        assert here == there, told
    targets = [sorted(set(re.findall(r"\]\(([^)]+)\)", text))) for text in (english, chinese)]
    neutral = [
        [t.replace(".zh.", ".").replace(".en.", ".") for t in ts if "README" not in t] for ts in targets
    ]
    assert set(neutral[0]) == set(neutral[1])
