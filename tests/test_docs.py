"""The papers keep what they promise: settings, commands, make targets and links that are named exist."""

import inspect
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.app.settings import Settings
from bot.backoffice.cli import parser_of_all

ROOT = Path(__file__).parents[1]
PAPERS = sorted(
    [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("knowledge/*.md"), *ROOT.glob("models/*.md")]
)
OPERATING = (ROOT / "docs/operating.md").read_text(encoding="utf-8")
COMMANDS = {name for action in parser_of_all()._actions for name in action.choices or ()}
PATH = re.compile(r"`((?:bot|models|knowledge|tests|deploy|docs|alembic)/[\w./*<>…-]+)(?:::\w+…?)?`")
MADE = {"bot/data", "deploy/.env"}  # by the build, by the operator
LINK = re.compile(r"\]\(([^)#:]+)(?:#([^)]*))?\)")


class Noted(dict[str, str]):
    """An environment that notes which variables are read."""

    def __init__(self) -> None:
        super().__init__()
        self.read: set[str] = set()

    def get(self, name: str, default: object = None) -> object:  # type: ignore[override]
        self.read.add(name)
        return default


def settings() -> set[str]:
    environ = Noted()
    Settings.read(environ)
    return environ.read


def links() -> Iterator[tuple[Path, str, str]]:
    for paper in PAPERS:
        for found in LINK.finditer(paper.read_text(encoding="utf-8")):
            yield paper, found[1], found[2] or ""


def headings(paper: Path) -> set[str]:
    lines = re.findall(r"^#+ (.+)$", paper.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", line.lower()).replace(" ", "-") for line in lines}


@pytest.mark.parametrize("name", sorted(settings()))
def test_every_setting_is_told_to_the_operator_and_in_the_code(name: str) -> None:
    assert f"`{name}`" in OPERATING
    assert name in (inspect.getdoc(Settings) or "")


def test_no_setting_is_told_that_nobody_reads() -> None:
    table = OPERATING[OPERATING.index("## Settings") :].split("\n## ")[0]
    told = {
        name
        for row in re.findall(r"^\| (`.+?) \|", table, re.MULTILINE)
        for name in re.findall("`(.+?)`", row)
    }
    assert told == settings()


@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_every_command_is_told_in_a_paper(command: str) -> None:
    written = "".join(paper.read_text(encoding="utf-8") for paper in PAPERS)
    assert re.search(rf"(bot |`){command}\b", written)


def test_every_command_and_target_that_a_paper_names_exists() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    for paper in PAPERS:
        text = paper.read_text(encoding="utf-8")
        assert {*re.findall(r"python -m bot ([a-z-]+)", text)} <= COMMANDS, paper.name
        assert {*re.findall(r"(?:^|`)make ([a-z]+)", text, re.MULTILINE)} <= targets, paper.name


def test_every_link_between_papers_leads_somewhere() -> None:
    found = list(links())
    assert len(found) > 10
    for paper, to, heading in found:
        target = paper.parent / to
        assert target.exists(), f"{paper.name}: {to}"
        if heading:
            assert heading in headings(target), f"{paper.name}: {to}#{heading}"


def test_every_path_that_a_paper_names_exists() -> None:
    for paper in PAPERS:
        if paper.name == "CHANGELOG.md":  # it names what was there
            continue
        text = paper.read_text(encoding="utf-8")
        new = {*re.findall(r"`([^`]+)`, a new file", text)}  # the reader makes it
        for named in {*PATH.findall(text)} - MADE - new:
            pattern = re.sub(r"<[^>]+>|…", "*", named.rstrip("/"))
            assert any(ROOT.glob(pattern)) or any(ROOT.glob(f"{pattern}.py")), f"{paper.name}: {named}"


def drawings() -> list[str]:
    found = (re.findall(r"```mermaid\n(.+?)```", paper.read_text("utf-8"), re.DOTALL) for paper in PAPERS)
    return [drawing for drawings in found for drawing in drawings]


def test_no_drawing_has_a_semicolon_which_ends_a_statement_in_mermaid() -> None:
    assert not [drawing for drawing in drawings() if ";" in drawing]


def test_every_module_in_a_drawing_exists() -> None:
    drawn = [
        module
        for drawing in drawings()
        for module in re.findall(r"participant \w+ as ([a-z_]+/[a-z_/]+)", drawing)
    ]
    assert drawn
    for module in drawn:
        assert any(ROOT.glob(f"bot/{module}")) or any(ROOT.glob(f"bot/{module}.py")), module


def test_make_help_tells_every_target() -> None:
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z]+):", text, re.MULTILINE))
    assert set(re.findall(r'^\t@echo "([a-z]+) ', text, re.MULTILINE)) == targets - {"help", "clean"}
    assert set(re.findall(r"^\.PHONY: (.+)$", text, re.MULTILINE)[0].split()) == targets


def test_the_changelog_begins_with_the_version_that_is_built() -> None:
    built = re.search(r'^version = "(.+)"$', (ROOT / "pyproject.toml").read_text(encoding="utf-8"), re.M)
    told = re.search(
        r"^## (\S+) \(\d{4}-\d\d-\d\d\)$", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.M
    )
    assert built
    assert told
    assert built[1] == told[1]
