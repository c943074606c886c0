"""The typed answers of tests/golden/*.yaml, and how a reading compares with what they must mean."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import yaml

from bot.dialogue.reading import Control, Guess, Match, Reading
from tests.plain_yaml import Plain

FOLDER = Path(__file__).parent / "golden"
STEERING = ("back", "skip", "why", "done")


@dataclass(frozen=True, slots=True)
class Phrase:
    """One typed answer; `meaning` is option ids by commas (with ? if asked back), not_read or a steering."""

    file: str
    question: str
    text: str
    meaning: str

    def wants(self) -> set[str]:
        """The options meant or to be asked back; empty if there are none."""
        if self.meaning in ("not_read", *STEERING):
            return set()
        return {option.strip() for option in self.meaning.rstrip("?").split(",")}

    def is_met_by(self, reading: Reading) -> bool:
        """Say whether the reading is exactly what the phrase means."""
        if self.meaning in STEERING:
            return isinstance(reading, Control) and reading.verb == self.meaning
        if isinstance(reading, Match):
            return not self.meaning.endswith("?") and set(reading.options) == self.wants()
        if isinstance(reading, Guess):
            return self.meaning.endswith("?") and set(reading.options) == self.wants()
        return self.meaning == "not_read" and not isinstance(reading, Control)

    def is_misread_by(self, reading: Reading) -> bool:
        """Say whether the reading would store or do, unasked, what the phrase does not mean."""
        return isinstance(reading, Match | Control) and not self.is_met_by(reading)


def phrases() -> Iterator[Phrase]:
    """Read all typed answers, file by file."""
    for path in sorted(FOLDER.glob("*.yaml")):
        questions = yaml.load(path.read_text(encoding="utf-8"), Plain)  # all scalars as text
        for question, meanings in questions.items():
            for meaning, texts in meanings.items():
                for text in texts.split(" | "):
                    yield Phrase(path.stem, question, text, meaning)
