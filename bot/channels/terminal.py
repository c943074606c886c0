"""The same talk in a terminal: numbered buttons, and a transcript that the tests can replay."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from bot.content.questionnaire import Language
from bot.content.templates import plain
from bot.dialogue.conversation import Command, Conversation, Incoming, Tap, Typed, Wake
from bot.dialogue.flow import Flow
from bot.dialogue.seats import meant, turned_to
from bot.render import Button, Message, Presenter
from bot.turns.contract import Address, Inbound
from bot.turns.turn import routed, settle

PROMPT = "> "
HERE = Address("terminal", "1")


@dataclass
class Terminal:
    """One talk, line by line, by the same turns as in any channel.

    #4 presses the fourth button, and so does 4 where no amount is asked for.
    """

    presenter: Presenter
    now: Callable[[], datetime]
    language: Language = "zh"
    held: dict[Address, Conversation] = field(default_factory=dict)
    buttons: list[Button] = field(default_factory=list)

    @property
    def talk(self) -> Conversation | None:
        """The talk that typed words go to."""
        own = self.held.get(HERE)
        return self.held.get(HERE.at(turned_to(Typed(""), own)[0]))

    @cached_property
    def flow(self) -> Flow:
        return Flow.over(self.presenter.knowledge)

    def say(self, line: str) -> str:
        """Take what the worker typed; returns what the bot shows, due reminders first, as plain text.

        A bug is raised as it is, for the person at the terminal is a developer.
        """
        now = self.now()
        messages = []
        for chat, talk in list(self.held.items()):
            if any(reminder.due <= now.timestamp() for reminder in talk.reminders):
                messages += self._turn(chat, Wake(), now)
        messages += self._turn(HERE, self._incoming(line.strip()), now)
        if any(message.buttons for message in messages):
            self.buttons = []
        return "\n\n".join(self._show(message) for message in messages)

    def _turn(self, chat: Address, incoming: Incoming, now: datetime) -> list[Message]:
        inbounds = routed([Inbound(None, chat, incoming, self.language)], self.held, frozenset())
        batch = settle(self.flow, self.presenter, inbounds, self.held, frozenset(), now)
        for failure in batch.events.failures:
            raise failure
        kept = {**self.held, **batch.conversations}
        self.held = {chat: talk for chat, talk in kept.items() if talk is not None}
        return [outbound.message for outbound in batch.outgoing]

    def _incoming(self, line: str) -> Incoming:
        if line.startswith("/"):
            name, _, rest = line[1:].partition(" ")
            return Command(name.lower(), rest.strip())
        number = line.removeprefix("#")
        pressed = number.isdecimal() and 0 < int(number) <= len(self.buttons)
        if pressed and (line.startswith("#") or not self._counting()):
            return Tap(self.buttons[int(number) - 1].data)
        return meant(Typed(line), self.presenter.knowledge.vocabulary)

    def _counting(self) -> bool:
        """Say whether a number may be an amount: a tool is open, or a question whose options are ranges."""
        if self.talk is None or not self.flow.agreed(self.talk):
            return False
        question = self.flow.survey.position(self.talk)
        ranges = question is not None and any(option.up_to is not None for option in question.options)
        return self.talk.tool is not None or ranges

    def _show(self, message: Message) -> str:
        rows = []
        for row in message.buttons:
            labels = []
            for button in row:
                if button.copies:
                    labels.append(f"[{button.text}]")
                    continue
                self.buttons.append(button)
                labels.append(f"[#{len(self.buttons)} {button.text}]")
            rows.append("  " + " ".join(labels))
        language = self.talk.language if self.talk is not None else self.language
        wording = self.presenter.knowledge.wording
        file = message.attachment is not None
        note = [wording.block(language, "labels.j2", "terminal_file", on=self.now().date())] if file else []
        return "\n".join([plain(message.text), *note, *rows])


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
    """Replay the conversation of a transcript; returns the transcript as it would read now."""
    lines = [line.removeprefix(PROMPT) for line in transcript.splitlines() if line.startswith(PROMPT)]
    return "\n".join(f"{PROMPT}{line}\n{terminal.say(line)}\n" for line in lines)
