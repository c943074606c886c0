"""The same talk in a terminal: recorded transcripts read today as they read then."""

from pathlib import Path

import pytest

from bot.channels.terminal import Terminal, hold, replay
from bot.content.questionnaire import Language
from tests.talks import TODAY, speaker

CONVERSATIONS = Path(__file__).parent / "conversations"


def replayed(path: Path) -> str:
    language: Language = "en" if path.stem.endswith("_en") else "zh"
    return replay(path.read_text(encoding="utf-8"), Terminal(speaker(), TODAY, language))


@pytest.mark.parametrize("path", sorted(CONVERSATIONS.glob("*.txt")), ids=lambda path: path.stem)
def test_a_recorded_conversation_reads_as_it_did(path: Path) -> None:
    assert replayed(path).split() == path.read_text(encoding="utf-8").split()


def test_whole_conversations_are_recorded_in_both_languages() -> None:
    texts = {path.stem: path.read_text(encoding="utf-8") for path in CONVERSATIONS.glob("*.txt")}
    assert any("您的结果" in text for text in texts.values())
    assert any("Your result" in text for text in texts.values())


def test_holding_a_talk_records_what_was_said_and_shown() -> None:
    lines = iter(["#1", "#2", "#4"])
    shown: list[str] = []

    def read(_prompt: str) -> str:
        try:
            return next(lines)
        except StopIteration:
            raise EOFError from None

    transcript = "\n".join(hold(Terminal(speaker(), TODAY), read, shown.append))
    assert "您多大年纪" in shown[-1]
    assert transcript.count("\n> ") == 3


if __name__ == "__main__":  # python -m tests.test_terminal: record all again, then read the difference
    for path in CONVERSATIONS.glob("*.txt"):
        path.write_text(
            "\n".join(line.rstrip() for line in replayed(path).splitlines()) + "\n", encoding="utf-8"
        )
