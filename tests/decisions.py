"""Writes the index of the decisions by subject: `python -m tests.regenerate decisions`."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parents[1] / "docs/decisions"
INDEX = FOLDER / "README.md"
FORM = re.compile(
    r"# (?P<number>\d+)\. (?P<title>.+)\n\n"
    r"\*(?P<day>\d{4}-\d\d-\d\d) · (?P<subject>[^·*\n]+?)(?: · (?P<status>.+))?\*\n\n"
    r"## Context\n\n.+\n\n## Decision\n\n.+\n\n## Consequences\n\n.+\n",
    re.DOTALL,
)
HEAD = """# Decisions

One file each: context, decision, consequences, date. A number is never given twice. A decision that no longer
holds stays, with the number of the one that took its place. A new one is the next number;
`python -m tests.regenerate decisions` writes this index.
"""


@dataclass(frozen=True)
class Decision:
    """One file: its number, what it decides, when, on what subject, and what became of it."""

    file: str
    number: int
    title: str
    day: str
    subject: str
    status: str


def read(file: Path) -> Decision:
    """Return the decision in a file; raises ValueError where the file has another form."""
    found = FORM.fullmatch(file.read_text(encoding="utf-8"))
    if not found:
        raise ValueError(f"{file.name}: a decision has a title, a date, a subject, and its three headings")
    return Decision(
        file.name, int(found["number"]), found["title"], found["day"], found["subject"], found["status"] or ""
    )


def decisions() -> list[Decision]:
    return sorted(map(read, FOLDER.glob("[0-9]*.md")), key=lambda decision: decision.number)


def index(found: Iterable[Decision]) -> str:
    """Return the index page: a list for each subject, in the order of the numbers."""
    subjects: dict[str, list[Decision]] = {}
    for decision in found:
        subjects.setdefault(decision.subject, []).append(decision)
    parts = [HEAD]
    for subject, its in subjects.items():
        parts.append(f"\n## {subject[0].upper()}{subject[1:]}\n\n")
        parts += [
            f"- [{d.number}]({d.file}) {d.title} ({d.day}{', ' + d.status if d.status else ''})\n"
            for d in its
        ]
    return "".join(parts)


def record() -> None:
    """Write the index."""
    INDEX.write_text(index(decisions()), encoding="utf-8")
