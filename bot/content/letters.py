"""Letters ready to send, as knowledge/letters.yaml lists them."""

from dataclasses import dataclass
from datetime import date

from bot.content.parameters import Confidence


@dataclass(frozen=True, slots=True)
class Letter:
    """One letter; its words are in knowledge/templates/<language>/letters/<id>.j2.

    `grounds` are the citations ("source_id article") that the letter itself makes, `sources` what else its
    guide stands on. `cards` are the pieces of advice that offer it. `answer` names the parameters of the days
    in which the law wants an answer. Without any, the guide says that no text sets a day. `check_with` is the
    hotline parameter that answers doubts. `lawyer` tells what a lawyer should look at before the letter is
    relied on.
    """

    id: str
    grounds: tuple[str, ...]
    cards: tuple[str, ...]
    answer: tuple[str, ...]
    checked_on: date
    confidence: Confidence
    check_with: str
    sources: tuple[str, ...] = ()
    lawyer: str = ""

    @property
    def template(self) -> str:
        return f"letters/{self.id}.j2"

    @property
    def citations(self) -> tuple[str, ...]:
        """All that letter and guide stand on."""
        return (*self.grounds, *self.sources)
