"""The imports that are allowed, by folder: the drawing of the house as a table."""

import ast
import importlib
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

PURE = {"content", "dialogue", "guidance", "render", "turns", "check"}

# What each folder may import of ours, in the order in which one stands on the other.
MAY_IMPORT: dict[str, set[str]] = {
    "models.serving": set(),
    # pure
    "bot.content": {"models.serving"},
    "bot.dialogue": {"bot.content", "models.serving"},
    "bot.guidance": {"bot.content", "models.serving"},
    "bot.render": {"bot.content", "bot.dialogue", "bot.guidance", "models.serving"},
    "bot.turns": {"bot.content", "bot.dialogue", "bot.render"},
    "bot.check": {"bot.content", "bot.dialogue", "bot.guidance", "bot.render", "bot.turns"},
    # the world
    "bot.loading": {"bot.content", "bot.dialogue", "models.serving"},
    "models.training": {"models.serving", "bot.content", "bot.dialogue", "bot.loading"},
    "bot.privacy": set(),
    "bot.storage": {"bot.dialogue", "bot.loading", "bot.privacy", "bot.render", "bot.turns"},
    "bot.ops": {"bot.storage"},
    "bot.delivery": {"bot.loading", "bot.ops", "bot.render", "bot.storage", "bot.turns"},
    "bot.channels": {
        "bot.content",
        "bot.delivery",
        "bot.dialogue",
        "bot.ops",
        "bot.render",
        "bot.storage",
        "bot.turns",
    },
    "bot.app": {
        "bot.channels",
        "bot.delivery",
        "bot.dialogue",
        "bot.loading",
        "bot.ops",
        "bot.privacy",
        "bot.render",
        "bot.storage",
        "bot.turns",
    },
    # beside serving
    "bot.research": {
        "bot.check",
        "bot.content",
        "bot.dialogue",
        "bot.guidance",
        "bot.loading",
        "bot.privacy",
        "bot.storage",
        "models.serving",
        "models.training",
    },
    "bot.demo": {
        "bot.app",
        "bot.content",
        "bot.delivery",
        "bot.dialogue",
        "bot.guidance",
        "bot.privacy",
        "bot.render",
        "bot.research",
        "bot.storage",
        "models.training",
    },
    "bot.backoffice": {
        "bot.app",
        "bot.channels",
        "bot.check",
        "bot.content",
        "bot.demo",
        "bot.dialogue",
        "bot.guidance",
        "bot.loading",
        "bot.ops",
        "bot.privacy",
        "bot.render",
        "bot.research",
        "bot.storage",
        "models.serving",
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


def folder(module: str) -> str:
    """Return the row of the table to which a module belongs."""
    return ".".join(module.split(".")[:2])


@pytest.mark.parametrize("name", MAY_IMPORT)
def test_a_folder_imports_only_what_the_table_allows(name: str) -> None:
    allowed = {name, *MAY_IMPORT[name]}
    for source in modules(name.replace(".", "/")):
        outside = {module for module in ours(source) - {"models"} if folder(module) not in allowed}
        assert not outside, f"{source.relative_to(ROOT)} may not import {sorted(outside)}"


def test_the_table_names_every_folder() -> None:
    folders = {
        f"{package}.{p.parent.name}"
        for package in ("bot", "models")
        for p in ROOT.glob(f"{package}/*/__init__.py")
    }
    assert folders == set(MAY_IMPORT)


def test_only_the_command_line_stands_outside_a_folder() -> None:
    for package in ("bot", "models"):
        assert {p.name for p in ROOT.joinpath(package).glob("*.py")} == {"__init__.py", "__main__.py"}


def test_no_row_names_a_folder_that_it_does_not_use() -> None:
    for name, allowed in MAY_IMPORT.items():
        used = {folder(module) for source in modules(name.replace(".", "/")) for module in ours(source)}
        assert allowed <= used, (
            f"{name} imports nothing of {sorted(allowed - used)}: take it out of the table"
        )


def test_the_table_has_no_circle() -> None:
    order = {name: place for place, name in enumerate(MAY_IMPORT)}
    for name, allowed in MAY_IMPORT.items():
        assert all(order[other] < order[name] for other in allowed), f"{name} stands before what it imports"


def test_only_the_channel_of_telegram_and_what_is_composed_of_it_know_its_library() -> None:
    knowing = {
        str(source.parent.relative_to(ROOT))
        for source in modules("bot")
        if any(module.split(".")[0] == "telegram" for module in imports(source))
    }
    assert knowing <= {"bot", "bot/app", "bot/backoffice", "bot/channels/telegram"}, knowing


def test_the_double_knows_nothing_of_our_bot() -> None:
    for source in modules("bot/demo/double"):
        assert all(module.startswith("bot.demo") for module in ours(source)), source


@pytest.mark.parametrize("name", sorted(PURE))
def test_the_pure_folders_touch_no_world_and_read_no_clock(name: str) -> None:
    for source in modules(f"bot/{name}"):
        touched = {module for module in imports(source) if module.split(".")[0] in WORLD}
        assert not touched, f"{source.relative_to(ROOT)} is pure and may not import {sorted(touched)}"
        text = source.read_text(encoding="utf-8")
        assert "datetime.now" not in text, source
        assert "date.today" not in text, source


def test_knowledge_is_data_only() -> None:
    assert not modules("knowledge")


def test_every_module_opens_with_its_sentence() -> None:
    for path in [*modules("bot"), *modules("models")]:
        sentence = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
        assert sentence, f"{path.relative_to(ROOT)} does not say what it is for"


@pytest.mark.parametrize("name", MAY_IMPORT)
def test_every_name_that_a_folder_offers_is_there(name: str) -> None:
    offering = importlib.import_module(name)
    assert not [offered for offered in getattr(offering, "__all__", ()) if not hasattr(offering, offered)]


def test_alembic_is_no_package_of_ours() -> None:
    assert not (ROOT / "alembic/__init__.py").exists(), "it would shadow the library"


@pytest.mark.asvs("15.2.3")
def test_serving_imports_nothing_of_training() -> None:
    heavy = ("sklearn", "matplotlib", "pandas", "scipy", "numpy", "statsmodels")
    code = (
        "import sys, bot.__main__, bot.channels.telegram.polling, bot.demo.double.server; "
        f"print([m for m in {heavy!r} if m in sys.modules])"
    )
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert result.stdout.strip() == "[]"
