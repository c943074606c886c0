"""The same talk in a terminal: numbered buttons, and a transcript that the tests can replay."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

from bot.content.questionnaire import Language
from bot.content.templates import plain
from bot.dialogue.conversation import Command, Conversation, Incoming, Tap, Typed
from bot.render import Button, Message, Presenter

PROMPT = "> "


@dataclass
class Terminal:
    """One talk held line by line; a number presses a button of the last keyboard."""

    presenter: Presenter
    today: date
    language: Language = "zh"
    talk: Conversation | None = None
    buttons: list[Button] = field(default_factory=list)

    def say(self, line: str) -> str:
        """Take what the worker typed; give what the bot shows, as plain text."""
        self.talk, replies = self.presenter.flow.step(self.talk, self._incoming(line.strip()), self.language)
        language = self.talk.language if self.talk else self.language
        messages = [
            m for reply in replies for m in self.presenter.render(reply, self.talk, language, self.today)
        ]
        if any(message.buttons for message in messages):
            self.buttons = []
        return "\n\n".join(self._show(message) for message in messages)

    def _incoming(self, line: str) -> Incoming:
        if line.startswith("/"):
            return Command(line[1:].lower())
        if line.startswith("#") and line[1:].isdecimal() and 0 < int(line[1:]) <= len(self.buttons):
            return Tap(self.buttons[int(line[1:]) - 1].data)
        return Typed(line)

    def _show(self, message: Message) -> str:
        rows = []
        for row in message.buttons:
            labels = []
            for button in row:
                self.buttons.append(button)
                labels.append(f"[#{len(self.buttons)} {button.text}]")
            rows.append("  " + " ".join(labels))
        return "\n".join([plain(message.text), *rows])


def hold(terminal: Terminal, read: Callable[[str], str], write: Callable[[str], None]) -> list[str]:
    """Talk until the input ends; returns the transcript's lines."""
    transcript: list[str] = []
    line = "/start"
    while True:
        shown = terminal.say(line)
        write(shown)
        transcript += [PROMPT + line, *shown.splitlines(), ""]
        try:
            line = read(PROMPT)
        except EOFError:
            return transcript


def replay(transcript: str, terminal: Terminal) -> str:
    """Hold the talk of a transcript again; gives the transcript as it would read now."""
    lines = [line.removeprefix(PROMPT) for line in transcript.splitlines() if line.startswith(PROMPT)]
    return "\n".join(f"{PROMPT}{line}\n{terminal.say(line)}\n" for line in lines)
