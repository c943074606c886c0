"""What is agreed to before the first question: purposes, each with its tick."""

from dataclasses import dataclass, replace
from functools import cached_property

from bot.content.questionnaire import Language


@dataclass(frozen=True, slots=True)
class Purpose:
    """One thing to agree to, with its tick; `on_use` ones are asked for where they are used first."""

    id: str
    required: bool
    zh: str
    en: str
    on_use: bool = False

    def in_(self, language: Language) -> str:
        return self.zh if language == "zh" else self.en


@dataclass(frozen=True)
class Consent:
    """What is agreed to before the first question; a new version asks everyone again.

    still: the versions before whose consent holds on, for their purposes are word for word the same.
    family: what a worker says before they answer for a family member, and purposes in other words there.
    """

    version: str
    purposes: tuple[Purpose, ...]
    still: tuple[str, ...] = ()
    family: tuple[Purpose, ...] = ()

    @property
    def asked(self) -> tuple[Purpose, ...]:
        """The purposes that are asked for before the first question."""
        return tuple(purpose for purpose in self.purposes if not purpose.on_use)

    @cached_property
    def for_family(self) -> "Consent":
        """What is agreed to before a talk for a family member: nobody agrees to research for another."""
        own = {purpose.id: purpose for purpose in self.family}
        kept = {purpose.id: purpose for purpose in self.purposes if purpose.required or purpose.on_use}
        return replace(self, purposes=tuple((own | kept | own).values()), still=(), family=())

    @cached_property
    def required(self) -> frozenset[str]:
        """The purposes without which nothing is kept."""
        return frozenset(purpose.id for purpose in self.purposes if purpose.required)

    @cached_property
    def versions(self) -> tuple[str, ...]:
        """All versions whose consent holds."""
        return (self.version, *self.still)
