"""What is agreed to before the first question: purposes, each with its tick."""

from dataclasses import dataclass

from bot.content.questionnaire import Language


@dataclass(frozen=True, slots=True)
class Purpose:
    """One thing to agree to, with its tick."""

    id: str
    required: bool
    zh: str
    en: str

    def in_(self, language: Language) -> str:
        return self.zh if language == "zh" else self.en


@dataclass(frozen=True, slots=True)
class Consent:
    """What is agreed to before the first question; a new version asks everyone again."""

    version: str
    purposes: tuple[Purpose, ...]
