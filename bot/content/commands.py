"""What workers can command, and the buttons under fixed sayings, as knowledge/commands.yaml lists them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import NewType

from bot.content.questionnaire import Language

CommandSaying = NewType("CommandSaying", str)
"""The name of a fixed saying that a command says."""


@dataclass(frozen=True, slots=True)
class CommandEntry:
    """One command: its line in the menu (empty if it has none), its other names, and what it says, if fixed.

    `agreed` commands wait for consent; one that `opens` a tool hands it the words behind the command.
    """

    id: str
    zh: str = ""
    en: str = ""
    aliases: tuple[str, ...] = ()
    says: CommandSaying | None = None
    agreed: bool = False
    opens: str | None = None

    def in_(self, language: Language) -> str:
        return self.zh if language == "zh" else self.en


@dataclass(frozen=True)
class Commands:
    """All commands in the menu's order; `sayings` holds the rows of buttons under each fixed saying."""

    commands: tuple[CommandEntry, ...] = ()
    sayings: Mapping[str, tuple[tuple[str, ...], ...]] = field(default_factory=dict)

    def named(self, name: str) -> CommandEntry | None:
        """Find a command by its id or an alias."""
        return self._by_name.get(name)

    def listed(self) -> tuple[CommandEntry, ...]:
        """List the commands of the menu and of /help."""
        return tuple(command for command in self.commands if command.zh)

    @cached_property
    def _by_name(self) -> Mapping[str, CommandEntry]:
        return {name: command for command in self.commands for name in (command.id, *command.aliases)}
