"""What the office's commands import is what `make office` sets up."""

import ast
import re
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

ROOT = Path(__file__).parents[2]
EXTRAS = {"pyarrow", "opendp"}  # asked for by name when they are missing


def imported() -> set[str]:
    """Return the top-level modules that the bot and the models import, wherever they do."""
    names: set[str] = set()
    for folder in ("bot", "models", "alembic"):
        for path in (ROOT / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Import):
                    names |= {each.name.split(".")[0] for each in node.names}
                elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                    names.add(node.module.split(".")[0])
    return names - set(sys.stdlib_module_names) - {"bot", "models"}


def test_all_that_is_imported_is_locked_for_the_office() -> None:
    text = (ROOT / "requirements-office.txt").read_text(encoding="utf-8")
    locked = {name.replace("_", "-") for name in re.findall(r"^([a-z0-9._-]+)==", text, re.MULTILINE)}
    distributions = packages_distributions()
    missing = {
        module
        for module in imported() - EXTRAS
        if not {name.lower().replace("_", "-") for name in distributions.get(module, ())} & locked
    }
    assert missing == set()
