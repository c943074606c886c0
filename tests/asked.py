"""The questions of tests/golden/asked/*.yaml, and how well an asker answers them."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import yaml

from tests.plain_yaml import Plain

FOLDER = Path(__file__).parent / "golden" / "asked"


@dataclass(frozen=True, slots=True)
class Asked:
    """One typed question. `right` are the ids that answer it: of pieces, or of a hotline, or none."""

    text: str
    right: frozenset[str]

    @property
    def to_test(self) -> bool:
        """Say whether it belongs to the half that nothing was tuned on."""
        return hashlib.sha256(self.text.encode()).digest()[0] % 2 == 1


def asked(name: str) -> tuple[Asked, ...]:
    """Read a file of questions: [hard_]in_topic, beyond (a hotline at most), [hard_]off_topic (nothing)."""
    text = FOLDER.joinpath(f"{name}.yaml").read_text(encoding="utf-8")
    subjects: dict[str, str] = yaml.load(text, Plain)  # all scalars as text
    return tuple(
        Asked(question.strip(), frozenset() if name.endswith("off_topic") else frozenset(right.split(", ")))
        for right, questions in subjects.items()
        for question in questions.split(" | ")
    )


def share(hits: Iterable[bool]) -> float:
    """Return the share of those that hold, 0 to 1."""
    counted = list(hits)
    return sum(counted) / len(counted)
