"""Draws the tree with its arrows into docs/architecture.md, from the import table of test_architecture.py.

`python -m tests.regenerate architecture` writes it; test_tree.py compares the page with the table.
"""

import ast
from collections.abc import Iterable, Mapping
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

from tests.test_architecture import MAY_IMPORT, PURE, ROOT, folder, modules, ours

PAGE = ROOT / "docs/architecture.md"
BEGIN, END = "<!-- tree: begin -->\n", "<!-- tree: end -->\n"
COMMAND = "python -m tests.regenerate architecture"

Arrows = Mapping[str, set[str]]


def imported() -> Arrows:
    """Return what each folder really imports of the others, read from its modules."""
    return {
        name: {folder(module) for source in modules(path(name)) for module in ours(source)}
        & MAY_IMPORT.keys() - {name}
        for name in MAY_IMPORT
    }


def path(name: str) -> str:
    return name.replace(".", "/")


def circle(arrows: Arrows) -> list[str]:
    """Return a circle among the arrows, or nothing."""
    try:
        TopologicalSorter(arrows).prepare()
    except CycleError as error:
        return list(error.args[1])
    return []


def reachable(arrows: Arrows, begin: Iterable[str]) -> set[str]:
    found: set[str] = set()
    open_ = list(begin)
    while open_:
        name = open_.pop()
        if name not in found:
            found.add(name)
            open_ += arrows[name]
    return found


def reduced(arrows: Arrows) -> Arrows:
    """Return the arrows that don't follow from others: A -> C goes where A -> B -> C says it."""
    return {
        name: {
            to
            for to in tos
            if not any(to in reachable(arrows, arrows[other]) for other in tos if other != to)
        }
        for name, tos in arrows.items()
    }


def groups(arrows: Arrows) -> Mapping[str, list[str]]:
    """Return the folders by what they are: pure, the world that serves, and what no server imports."""
    serving = reachable(arrows, ["bot.app"])
    pure = {f"bot.{name}" for name in PURE} | {"models.serving"}
    return {
        "pure": [name for name in arrows if name in pure],
        "the world": [name for name in arrows if name not in pure and name in serving],
        "beside serving": [name for name in arrows if name not in pure and name not in serving],
    }


def sentence(name: str) -> str:
    """Return what a folder is for: the first line of its package's docstring."""
    text = ROOT.joinpath(path(name), "__init__.py").read_text(encoding="utf-8")
    return (ast.get_docstring(ast.parse(text)) or "").splitlines()[0]


def drawing(arrows: Arrows) -> str:
    """Return the drawing in Mermaid: an arrow leads from a folder to one that it imports."""
    lines = ["flowchart TD"]
    for title, names in groups(arrows).items():
        lines += [f'  subgraph {title.replace(" ", "_")}["{title}"]']
        lines += [f'    {name}["{path(name)}"]' for name in names]
        lines += ["  end"]
    lines += [f"  {name} --> {to}" for name, tos in reduced(arrows).items() for to in sorted(tos)]
    return "\n".join(lines)


def table(arrows: Arrows) -> str:
    """Return the table: each folder, what it is for, and everything that it imports."""
    rows = ["| folder | what it is for | imports |", "|---|---|---|"]
    for title, names in groups(arrows).items():
        rows.append(f"| *{title}* | | |")
        rows += [
            f"| `{path(name)}` | {sentence(name)} | {', '.join(map(path, sorted(arrows[name]))) or '–'} |"
            for name in names
        ]
    return "\n".join(rows)


def section() -> str:
    """Return the part of the page that is made."""
    arrows = imported()
    count = sum(map(len, arrows.values()))
    drawn = sum(map(len, reduced(arrows).values()))
    circles = f"the circle {' -> '.join(found)}" if (found := circle(arrows)) else "0 circles"
    return (
        f"{len(arrows)} folders, {count} arrows, {circles}. The drawing has the {drawn} arrows that\n"
        f"don't follow from others; the table has all. Made by `{COMMAND}`.\n\n"
        f"```mermaid\n{drawing(arrows)}\n```\n\n{table(arrows)}\n"
    )


def page(text: str) -> str:
    """Return the page with this section between its marks."""
    before, rest = text.split(BEGIN)
    return f"{before}{BEGIN}{section()}{END}{rest.split(END)[1]}"


def record(page_file: Path = PAGE) -> None:
    """Write the section into the page."""
    page_file.write_text(page(page_file.read_text(encoding="utf-8")), encoding="utf-8")
