"""Tries that were made, kept so that a long run can be stopped and taken up again."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Any

from models.training.gate import Answer
from tests.learning.matrix import CELLS, Result

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "var/learning"
# What a try depends on: other sources give other tries, in a file of their own.
MODULES = ("catalytic", "composition", "fitting", "form", "gate", "merit", "outcomes", "population",
           "published", "response_checks", "sheet", "specs", "stability", "train")  # fmt: skip
SOURCES = (
    *(f"models/training/{name}.py" for name in MODULES),
    *(f"tests/learning/{name}.py" for name in ("crowds", "matrix", "samples")),
    "models/evidence/*",
    "knowledge/questionnaire.yaml",
)


class Kept:
    """The tries of one seed by the sources as they are now, one a line."""

    def __init__(self, seed: int, folder: Path = FOLDER) -> None:
        self._path = folder / f"{seed}-{fingerprint()[:12]}.jsonl"

    @cached_property
    def made(self) -> frozenset[int]:
        """The numbers of the tries."""
        return frozenset(line["number"] for line in self._lines())

    def results(self) -> Iterator[Result]:
        """Read what was found in all tries."""
        cells = {cell.name: cell for cell in CELLS}
        for line in self._lines():
            for found in line["found"]:
                said = {why: Answer(**answer) for why, answer in found["said"].items()}
                yield Result(
                    cells[found["cell"]],
                    found["size"],
                    1,
                    found["yes"],
                    Counter(found["why"]),
                    found["gains"],
                    said,
                )

    def keep(self, number: int, results: Iterable[Result]) -> None:
        """Add a try."""
        found = [
            {**_plain(result), "said": {why: asdict(answer) for why, answer in result.said.items()}}
            for result in results
        ]
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with self._path.open("a", encoding="utf-8") as file:
            file.write(json.dumps({"number": number, "found": found}) + "\n")

    def _lines(self) -> list[Any]:
        if not self._path.exists():
            return []
        return [json.loads(line) for line in self._path.read_text(encoding="utf-8").splitlines()]


def fingerprint() -> str:
    """Return the hash of the sources that a try depends on."""
    digest = sha256()
    for pattern in SOURCES:
        for path in sorted(ROOT.glob(pattern)):
            digest.update(f"{path.name}\0".encode() + path.read_bytes())
    return digest.hexdigest()


def _plain(result: Result) -> dict[str, Any]:
    return {
        "cell": result.cell.name,
        "size": result.size,
        "yes": result.yes,
        "why": dict(result.why),
        "gains": result.gains,
    }
