"""How OWASP ASVS 5.0.0 is kept, by the tests' marks; `make regenerate` writes docs/reference/asvs.md.

A test that keeps a requirement says so: `@pytest.mark.asvs("1.2.4")`.
"""

import ast
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from tests.plain_yaml import Plain

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs/reference/asvs.md"
OPENING = """# How OWASP ASVS 5.0.0 is kept

Made by `make regenerate` from `tests/privacy/asvs.yaml` and the tests' marks. The numbers are
the standard's, the sentences are ours and shorter; where they differ in meaning the standard holds. Levels 1
and 2 of the chapters below are complete (three rows are of level 3). Left out: V3 (no page for workers), V6,
V7, V9, V10 (nobody logs in: Telegram says who speaks), V17 (no calls).
"""
WORDS = {
    "kept": "kept",
    "paper": "written",
    "partly": "**in part**",
    "operator": "the operator's",
    "none": "no object",
}


@dataclass(frozen=True, slots=True)
class Requirement:
    """One row: what is asked, and how it is answered."""

    id: str
    level: int
    asks: str
    kind: str
    answer: str


def requirements() -> Mapping[str, Sequence[Requirement]]:
    """Read the rows, by chapter."""
    # Every scalar as text: 1.10 is no number.
    content = yaml.load((ROOT / "tests/privacy/asvs.yaml").read_text(encoding="utf-8"), Plain)
    return {
        chapter: [Requirement(id, int(level), *words) for id, level, *words in rows]
        for chapter, rows in content["chapters"].items()
    }


def marked() -> Iterator[tuple[str, str, str]]:
    """Return requirement, the test's sentence and its file."""
    for path in sorted(ROOT.glob("tests/**/test_*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                for mark in node.decorator_list:
                    if isinstance(mark, ast.Call) and ast.unparse(mark.func) == "pytest.mark.asvs":
                        for id in map(ast.literal_eval, mark.args):
                            sentence = node.name.removeprefix("test_").replace("_", " ")
                            yield id, sentence, path.relative_to(ROOT).as_posix()


def page() -> str:
    """Render the page."""
    tests: dict[str, list[str]] = defaultdict(list)
    for id, sentence, path in marked():
        tests[id].append(f"{sentence} (`{path}`)")
    lines = [OPENING]
    for chapter, rows in requirements().items():
        lines += [
            f"## {chapter}",
            "",
            "| id | level | asks | | answer | tests |",
            "|---|---|---|---|---|---|",
        ]
        for row in rows:
            answer = f"[{row.answer}]({_link(row.answer)})" if row.kind == "paper" else row.answer
            cells = (row.id, str(row.level), row.asks, WORDS[row.kind], answer, "; ".join(tests[row.id]))
            lines.append(f"| {' | '.join(cells)} |")
        lines.append("")
    return "\n".join(lines)


def _link(paper: str) -> str:
    return f"../{paper.removeprefix('docs/')}" if paper.startswith("docs/") else f"../../{paper}"


def record() -> None:
    """Write the page."""
    PAGE.write_text(page(), encoding="utf-8")
