"""The same talk in a terminal: recorded transcripts read today as they read then."""

import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import pytest
import yaml
from pydantic import TypeAdapter

from bot.channels.terminal import Terminal, hold, replay
from bot.content.questionnaire import LANGUAGES, Language
from bot.content.templates import plain
from bot.dialogue.reminders import CHINA
from bot.dialogue.replies import Remind
from bot.render import Message, Presenter
from tests.paths import Named, answer_to, taps_of
from tests.talks import CONSENT, NOON, presenter

ROOT = Path(__file__).parents[1]
CONVERSATIONS = Path(__file__).parent / "conversations"


@dataclass(frozen=True, slots=True)
class Talk:
    """A talk to record: what is typed or answered to which question, and what is done at the end.

    `alone` is all that is typed, without a question in the talk.
    `spoken` is what is typed without a tap: at consent, at a question (by its id), and after the result. A
    question that isn't named is skipped in words.
    """

    language: Language
    answers: Named = field(default_factory=dict)
    spoken: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    typed: Mapping[str, str] = field(default_factory=dict)
    then: tuple[str, ...] = ()
    alone: tuple[str, ...] = ()


def talks() -> Mapping[str, Talk]:
    raw = yaml.safe_load((CONVERSATIONS / "talks.yaml").read_text(encoding="utf-8"))
    return TypeAdapter(dict[str, Talk]).validate_python(raw)


def lines(talk: Talk, terminal: Terminal) -> Iterator[str]:
    """Return what the worker types, line by line; each line must be said before the next is asked for."""
    if talk.alone:
        yield from talk.alone
        return
    yield "/start"
    if talk.spoken:
        yield from typed_alone(talk, terminal)
        return
    yield from (pressed(terminal, data) for data in CONSENT)
    questionnaire, typed = terminal.presenter.knowledge.questionnaire, dict(talk.typed)
    while (state := terminal.talk) and (question := questionnaire.next(state.answers)):
        if words := typed.pop(question.id, None):
            yield words
        elif state.ticks:
            yield pressed(terminal, f"done:{question.id}")
        else:
            yield from (
                pressed(terminal, tap) for tap in taps_of(question, answer_to(question, talk.answers))
            )
    yield from (pressed(terminal, data) for data in talk.then)


def typed_alone(talk: Talk, terminal: Terminal) -> Iterator[str]:
    """Return what is typed from consent to the end, the same lines once only."""
    yield from talk.spoken["consent"]
    questionnaire, said = terminal.presenter.knowledge.questionnaire, dict(talk.spoken)
    while (state := terminal.talk) and (question := questionnaire.next(state.answers)):
        yield from said.pop(question.id, ("跳过" if talk.language == "zh" else "skip",))
    yield from talk.spoken["after"]


def pressed(terminal: Terminal, data: str) -> str:
    """Return the line that presses the first button whose data begins so."""
    return f"#{next(n for n, button in enumerate(terminal.buttons, 1) if button.data.startswith(data))}"


def record() -> None:
    """Record all talks as they read now."""
    for name, talk in talks().items():
        terminal = Terminal(presenter(), lambda: NOON, talk.language)
        said = "\n".join(f"> {line}\n{terminal.say(line)}\n" for line in lines(talk, terminal))
        text = "\n".join(line.rstrip() for line in said.splitlines()) + "\n"
        (CONVERSATIONS / f"{name}.txt").write_text(text, encoding="utf-8")


@pytest.mark.parametrize("name", talks())
def test_a_recorded_conversation_reads_as_it_did(name: str) -> None:
    recorded = (CONVERSATIONS / f"{name}.txt").read_text(encoding="utf-8")
    now = replay(recorded, Terminal(presenter(), lambda: NOON, talks()[name].language))
    assert now.split() == recorded.split(), "run `make regenerate` and read what changed"


@pytest.mark.parametrize("name", [name for name, talk in talks().items() if talk.spoken])
def test_who_only_types_comes_from_the_start_to_the_result_and_asks_on(name: str) -> None:
    recorded = (CONVERSATIONS / f"{name}.txt").read_text(encoding="utf-8")
    assert not re.search(r"^> #", recorded, re.MULTILINE)
    assert "您的结果" in recorded or "Your result" in recorded


def test_every_transcript_is_of_a_talk_and_whole_ones_are_recorded_in_both_languages() -> None:
    texts = {path.stem: path.read_text(encoding="utf-8") for path in CONVERSATIONS.glob("*.txt")}
    assert set(texts) == set(talks())
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

    transcript = "\n".join(hold(Terminal(presenter(), lambda: NOON), read, shown.append))
    assert "您多大年纪" in shown[-1]
    assert transcript.count("\n> ") == 3


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_reminder_is_set_in_the_terminal_and_comes_when_its_time_has_come(language: Language) -> None:
    now = [NOON]
    terminal = Terminal(presenter(), lambda: now[0], language)
    for line in ("/start", *(f"#{number}" for number in (1, 2, 4)), "/remind"):
        terminal.say(line)
    assert pressed(terminal, "remind:survey") == "#1"
    terminal.say("#1")
    terminal.say(pressed(terminal, "remind:survey:tomorrow"))
    assert terminal.talk is not None
    (reminder,) = terminal.talk.reminders
    now[0] = datetime.fromtimestamp(reminder.due, CHINA)
    (waiting,) = presenter().render(Remind("survey"), terminal.talk, language, now[0].date())
    assert terminal.say("/help").startswith(plain(waiting.text))
    assert terminal.talk.reminders == ()


def test_a_bare_number_presses_a_button_where_no_amount_is_asked_for() -> None:
    terminal = Terminal(presenter(), lambda: NOON)
    for line in ("/start", "1", "2", "4"):
        shown = terminal.say(line)
    assert "您多大年纪" in shown
    terminal.say("45")
    assert terminal.talk is not None
    assert terminal.talk.answers["age"] == ("from_41_to_50",)


def test_a_bug_in_a_turn_is_shown_to_the_developer_as_it_is() -> None:
    class Broken(Presenter):
        def render(self, *_: object) -> tuple[Message, ...]:
            raise KeyError("label")

    with pytest.raises(KeyError, match="label"):
        Terminal(Broken(presenter().knowledge), lambda: NOON).say("/start")


def test_the_command_holds_a_talk_with_a_reminder_to_its_end() -> None:
    typed = "#1\n#2\n#4\n/remind\n#1\n#3\n"
    command = [sys.executable, "-m", "bot", "terminal", "--language", "en", "--on", "2026-11-23"]
    done = subprocess.run(command, input=typed, capture_output=True, text=True, cwd=ROOT, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert "24 November" in done.stdout
