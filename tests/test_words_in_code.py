"""No module holds Chinese words of its own: they are data in knowledge/, but for a list with reasons."""

import ast
import io
import re
import tokenize
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import pytest

from bot.loading.places import TREE

HAN = re.compile("[\u3400-\u9fff]+")
STRINGS = frozenset(
    getattr(tokenize, name) for name in ("STRING", "FSTRING_MIDDLE") if hasattr(tokenize, name)
)

GRAMMAR = "numerals, units and dates: signs of a closed class, bound to the arithmetic beside them"
KEYS = "the names of units, by which the grammar of numbers is asked"
DOUBLE = "names and words of imagined workers, who are nobody's contact"
LINT = "how a sentence of the templates is written, which only the check asks"
PRINT = "how a number, a list or a citation is written in Chinese"
SELF = "the names of languages and scripts, each in itself"

ALLOWED: Mapping[str, str] = {  # modules below bot/, or folders of them, that may hold some, and why
    "check": LINT,
    "content/knowledge.py": PRINT,
    "content/templates.py": PRINT,
    "demo": DOUBLE,
    "dialogue/hearing.py": "the grammar of one sign, 死, which behind a degree means only very",
    "dialogue/reading": GRAMMAR,
    "dialogue/suspicion.py": GRAMMAR,
    "dialogue/tools/debts.py": GRAMMAR,
    "dialogue/tools/medical_gap.py": KEYS,
    "dialogue/tools/retirement.py": GRAMMAR,
    "dialogue/tools/steps.py": KEYS,
    "render/asides.py": SELF,
    "render/letters.py": PRINT,
    "render/presenter.py": SELF,
    "render/printout/texts.py": PRINT,
    "render/script.py": "signs that the library converts wrongly to Traditional script, and the right ones",
    "research/report/published.py": "where a figure stands in the published survey",
}


@cache
def words_in(text: str) -> list[tuple[int, str]]:
    """List the line and the words of each string of a module with Chinese in it, but for docstrings."""
    told = _docstrings(text)
    return [
        (token.start[0], " ".join(found))
        for token in tokenize.generate_tokens(io.StringIO(text).readline)
        if token.type in STRINGS and token.start[0] not in told and (found := HAN.findall(token.string))
    ]


def _docstrings(text: str) -> frozenset[int]:
    """Return the lines in which a docstring begins; one stands below what it explains, too."""
    statements = (node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Expr))
    return frozenset(
        node.lineno
        for node in statements
        if isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
    )


@cache
def modules() -> Mapping[str, str]:
    """Return the text of every module by its name below bot/."""
    root = TREE / "bot"
    paths = sorted(root.rglob("*.py"))
    return {path.relative_to(root).as_posix(): path.read_text(encoding="utf-8") for path in paths}


def allowed(name: str) -> str | None:
    """Return the entry that lets a module hold Chinese words."""
    parents = [parent.as_posix() for parent in Path(name).parents]
    return next((entry for entry in (name, *parents) if entry in ALLOWED), None)


def test_words_lie_in_knowledge_and_not_in_the_code() -> None:
    found = [
        f"bot/{name}:{line}: {words}"
        for name, text in modules().items()
        if allowed(name) is None
        for line, words in words_in(text)
    ]
    assert found == [], "move them to knowledge/ (reading.yaml, asks.yaml, alarms.yaml, swindles.yaml)"


def test_no_entry_of_the_list_is_for_nothing() -> None:
    used = {allowed(name) for name, text in modules().items() if words_in(text)}
    assert set(ALLOWED) - used == set()


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ('SAID = "另外|还有"\n', [(1, "另外 还有")]),
        ('said = re.compile(rf"{year}年?(?:退|领)")\n', [(1, "年 退 领")]),
        ('def f():\n    """Read 十年半."""\n    return "x"  # 对吗\n', []),
        ('A = 1\n"""Stands for 年."""\n', []),
        ('HAN = "[\\u3400-\\u9fff]，。"\n', []),
    ],
)
def test_words_are_found_in_strings_alone(code: str, found: list[tuple[int, str]]) -> None:
    assert words_in(code) == found
