"""Checks of commands and fixed sayings: each is handled, has its words and buttons, and fits Telegram."""

import re
from collections import Counter
from collections.abc import Iterator
from typing import get_args

from bot.check.findings import Finding
from bot.content.commands import CommandEntry
from bot.content.knowledge import Knowledge
from bot.content.questionnaire import LANGUAGES
from bot.dialogue.commands import HANDLED
from bot.dialogue.replies import Saying
from bot.dialogue.tools import TOOLS

FILE = "commands.yaml"
NAME = re.compile(r"[a-z0-9_]{1,32}")  # of a command in Telegram
MAX_LINE_CHARS = 256  # of its line in the menu
ALWAYS_OPEN = "delete"  # passes the limit on the rate of messages, by this name only


def check_commands(knowledge: Knowledge) -> Iterator[Finding]:
    """Find commands that nothing handles or that no client can show, and sayings without words or use."""
    commands, sayings = knowledge.commands.commands, knowledge.commands.sayings
    for command in commands:
        yield from _command(command, frozenset(sayings))
    for name, count in Counter(name for c in commands for name in (c.id, *c.aliases)).items():
        if count > 1:
            yield Finding(f"{FILE} {name}", "two commands have this name", "keep one")
    for id in HANDLED - {command.id for command in commands}:
        yield Finding(FILE, f"{id} is handled and not listed", "list it, without a line if it is hidden")
    used = {*get_args(Saying), *(command.says for command in commands)}
    for id in used - sayings.keys() - {None}:
        yield Finding(f"{FILE} sayings", f"{id} is said and not listed", "list it with its buttons")
    for id in sayings.keys() - used:
        yield Finding(f"{FILE} sayings.{id}", "nothing says it", "remove it, or name it in `says`")
    for language in LANGUAGES:
        written = {name for name in knowledge.wording.templates[language] if name.startswith("say/")}
        for name in written - {f"say/{id}.j2" for id in sayings}:
            yield Finding(
                f"templates/{language}/{name}", "it belongs to no saying", "list it in commands.yaml"
            )


def _command(command: CommandEntry, sayings: frozenset[str]) -> Iterator[Finding]:
    where = f"{FILE} {command.id}"
    does = [command.says is not None, command.opens is not None, command.id in HANDLED]
    if not any(does):
        hint = "let it say something (`says`), open a tool (`opens`), or write bot/dialogue/commands.py"
        yield Finding(where, "nothing handles it", hint)
    if sum(does) > 1:
        yield Finding(where, "it does two things", "remove `says` or `opens`")
    if command.opens is not None and command.opens not in TOOLS:
        yield Finding(where, f"there is no tool {command.opens}", "add it to bot/dialogue/tools/__init__.py")
    if bool(command.zh) != bool(command.en):
        yield Finding(where, "its line lacks a language", "write it in zh and en")
    for name in (command.id, *command.aliases):
        if not NAME.fullmatch(name):
            yield Finding(where, f"{name} is no name for a command", "a-z, 0-9 and _, 32 at most")
    if max(len(command.zh), len(command.en)) > MAX_LINE_CHARS:
        yield Finding(where, f"its line has over {MAX_LINE_CHARS} characters", "say it shorter")
    if command.id == ALWAYS_OPEN and command.aliases:
        yield Finding(where, "an alias of it would wait behind the limit on messages", "remove the alias")
