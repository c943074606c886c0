"""Who may import whom: the directions of design.md as one table."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

PURE = {"advice", "ask", "calculators", "conditions", "conversation", "counting", "flow", "guidance",
        "handbook", "handout", "knowledge", "lint", "messages", "parameters", "private",
        "questionnaire", "reading", "recall", "reminders", "replies", "rights", "service", "survey",
        "wording"}  # fmt: skip

# What each room may import of ours, in the order in which one stands on the other.
MAY_IMPORT: dict[str, set[str]] = {
    "models": set(),
    "bot.conditions": set(),
    "bot.parameters": set(),
    "bot.reminders": set(),
    "bot.questionnaire": {"bot.conditions"},
    "bot.conversation": {"bot.questionnaire", "bot.reminders"},
    "bot.replies": {"bot.conversation", "bot.questionnaire", "bot.reminders"},
    "bot.reading": {"bot.questionnaire"},
    "bot.private": {"bot.reading"},
    "bot.ask": {"bot.reading"},
    "bot.rights": {"bot.conversation", "bot.questionnaire", "bot.replies"},
    "bot.advice": {"bot.conversation", "bot.replies"},
    "bot.recall": {"bot.conversation", "bot.reminders", "bot.replies"},
    "bot.survey": {"bot.conversation", "bot.questionnaire", "bot.replies"},
    "bot.flow": {
        "bot.advice",
        "bot.conversation",
        "bot.private",
        "bot.questionnaire",
        "bot.reading",
        "bot.recall",
        "bot.replies",
        "bot.rights",
        "bot.survey",
    },
    "bot.calculators": {"bot.parameters"},
    "bot.wording": {"bot.parameters", "bot.questionnaire"},
    "bot.knowledge": {
        "bot.conditions",
        "bot.conversation",
        "bot.parameters",
        "bot.questionnaire",
        "bot.wording",
        "models.risk",
    },
    "bot.guidance": {
        "bot.calculators",
        "bot.conditions",
        "bot.knowledge",
        "bot.parameters",
        "bot.questionnaire",
        "bot.wording",
        "models.risk",
    },
    "bot.lint": {
        "bot.conditions",
        "bot.guidance",
        "bot.knowledge",
        "bot.messages",
        "bot.parameters",
        "bot.questionnaire",
        "bot.replies",
        "bot.wording",
    },
    "bot.handbook": {
        "bot.conditions",
        "bot.guidance",
        "bot.knowledge",
        "bot.parameters",
        "bot.questionnaire",
        "bot.wording",
    },
    "bot.handout": {
        "bot.guidance",
        "bot.knowledge",
        "bot.parameters",
        "bot.questionnaire",
        "bot.wording",
        "models.risk",
    },
    "bot.messages": {
        "bot.ask",
        "bot.calculators",
        "bot.conversation",
        "bot.flow",
        "bot.guidance",
        "bot.handout",
        "bot.knowledge",
        "bot.parameters",
        "bot.questionnaire",
        "bot.reminders",
        "bot.replies",
        "bot.wording",
    },
    "bot.counting": {"bot.conversation", "bot.messages", "bot.replies"},
    "bot.service": {
        "bot.conversation",
        "bot.counting",
        "bot.messages",
        "bot.questionnaire",
        "bot.reminders",
        "bot.replies",
    },
    "bot.simulator": set(),  # it knows Telegram, and nothing of our bot
    "bot.adapters": {
        "bot.ask",
        "bot.conversation",
        "bot.counting",
        "bot.handout",
        "bot.knowledge",
        "bot.messages",
        "bot.parameters",
        "bot.questionnaire",
        "bot.reminders",
        "bot.rights",
        "bot.service",
        "bot.wording",
        "models.risk",
    },
    "bot.office": {
        "bot.adapters",
        "bot.conversation",
        "bot.counting",
        "bot.flow",
        "bot.guidance",
        "bot.knowledge",
        "bot.lint",
        "bot.messages",
        "bot.parameters",
        "bot.questionnaire",
        "bot.reminders",
        "bot.rights",
        "bot.simulator",
        "bot.survey",
        "models",
    },
}
WORLD = {"os", "pathlib", "socket", "sqlite3", "sqlalchemy", "telegram", "httpx", "starlette", "uvicorn",
         "asyncio", "time", "random", "subprocess", "tempfile", "shutil", "logging"}  # fmt: skip


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def ours(path: Path) -> set[str]:
    """The modules of the project that a file imports, packages' members resolved to modules."""
    found = set()
    for name in imports(path):
        parts = name.split(".")
        if parts[0] not in ("bot", "models", "knowledge", "tests"):
            continue
        while len(parts) > 1 and not (
            ROOT.joinpath(*parts).with_suffix(".py").exists() or ROOT.joinpath(*parts, "__init__.py").exists()
        ):
            parts = parts[:-1]
        found.add(".".join(parts))
    return found - {"bot"}


def modules(folder: str) -> list[Path]:
    return sorted(ROOT.joinpath(folder).rglob("*.py"))


@pytest.mark.parametrize("name", MAY_IMPORT)
def test_a_module_imports_only_what_the_table_allows(name: str) -> None:
    allowed = {name, *MAY_IMPORT[name]}
    path = ROOT / f"{name.replace('.', '/')}.py"
    for source in [path] if path.exists() else modules(name.replace(".", "/")):
        imported = ours(source) - {"models"}  # `from models import risk` names the package too
        outside = {m for m in imported if not any(f"{m}.".startswith(f"{a}.") for a in allowed)}
        assert not outside, f"{source.relative_to(ROOT)} may not import {sorted(outside)}"


def test_the_table_names_every_room() -> None:
    files = {f"bot.{p.stem}" for p in ROOT.joinpath("bot").glob("*.py")} - {"bot.__init__", "bot.__main__"}
    rooms = {f"bot.{p.parent.name}" for p in ROOT.joinpath("bot").glob("*/__init__.py")}
    assert files | rooms | {"models"} == set(MAY_IMPORT)


def test_the_pure_modules_touch_no_world() -> None:
    for path in sorted(ROOT.joinpath("bot").glob("*.py")):
        if path.stem in ("__init__", "__main__"):
            continue
        assert path.stem in PURE, f"bot/{path.name} is new: add it to PURE or move it to a folder at the edge"
        touched = {name for name in imports(path) if name.split(".")[0] in WORLD}
        assert not touched, f"bot/{path.name} is pure and may not import {sorted(touched)}"
        edge = {m for m in ours(path) if m.startswith(("bot.adapters", "bot.simulator", "bot.office"))}
        assert not edge, f"bot/{path.name} may not import the edge: {sorted(edge)}"


def test_the_pure_modules_read_no_clock() -> None:
    for stem in PURE:
        path = ROOT / f"bot/{stem}.py"
        for source in [path] if path.exists() else modules(f"bot/{stem}"):
            text = source.read_text(encoding="utf-8")
            assert "datetime.now" not in text, source
            assert "date.today" not in text, source


def test_knowledge_is_data_only() -> None:
    assert not modules("knowledge")


def test_every_module_opens_with_its_sentence() -> None:
    for path in [*modules("bot"), *modules("models")]:
        sentence = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
        assert sentence, f"{path.relative_to(ROOT)} does not say what it is for"


def test_alembic_is_no_package_of_ours() -> None:
    assert not (ROOT / "alembic/__init__.py").exists(), "it would shadow the library"


@pytest.mark.asvs("15.2.3")
def test_serving_imports_nothing_of_training() -> None:
    heavy = ("sklearn", "matplotlib", "pandas", "scipy", "numpy", "statsmodels")
    code = (
        "import sys, bot.__main__, bot.adapters.polling, bot.simulator.server; "
        f"print([m for m in {heavy!r} if m in sys.modules])"
    )
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert result.stdout.strip() == "[]"
