"""What the result, the picture and the printout tell alike: borrowing, and cover risk by risk."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from bot.content.conditions import Facts
from bot.content.knowledge import Knowledge
from bot.content.questionnaire import Language
from bot.guidance import Outcome
from bot.guidance.cover import RISKS, STATES, Cover, Risk, State
from bot.guidance.outcome import CREDIT, GAP
from models.serving.risk import Score

FEW, MANY = 0.15, 0.25  # of those who earn alike lack commercial cover: below FEW few, from MANY on many


@dataclass(frozen=True, slots=True)
class Line:
    """One risk in words; `why` is empty for one that is covered."""

    state: State
    risk: str
    why: str


@dataclass(frozen=True, slots=True)
class Told:
    """The words of a result in one language on one day."""

    knowledge: Knowledge
    outcome: Outcome
    language: Language
    on: date

    def context(self) -> Mapping[str, object]:
        """Return what `borrowing.j2`, `cover.j2` and `changes.j2` read."""
        return {
            "borrowing": self.outcome.borrowing,
            "order": self.knowledge.models[CREDIT].order,
            "lines": self.lines(),
            "others": self._others(),
            "risks": {risk: self._risk(risk) for risk in RISKS},
            "states": self.states(),
        }

    def block(self, template: str, name: str, **context: object) -> str:
        """Render one block of a template."""
        return self.knowledge.wording.block(self.language, template, name, self.on, **context)

    def lines(self) -> tuple[Line, ...]:
        """Render every risk, the deepest gap first."""
        return tuple(
            Line(cover.state, self._risk(cover.risk), self._why(cover)) for cover in self.outcome.covers
        )

    def states(self) -> Mapping[State, str]:
        """Render how far a risk can be covered."""
        return {state: self.block("labels.j2", f"state_{state}") for state in STATES}

    def _risk(self, risk: Risk) -> str:
        return self.block("labels.j2", f"risk_{risk}", **_work(self.outcome.facts))

    def _why(self, cover: Cover) -> str:
        if cover.state == "covered":
            return ""
        name = f"cover_{cover.risk}_{cover.why}"
        return self.block("cover_why.j2", name, **_work(self.outcome.facts))

    def _others(self) -> str | None:
        """Say in a word how many lack commercial cover, for those who don't know whether they have any.

        The model knows nothing of social insurance, outside of which nearly everybody lacks it.
        """
        gap, facts = self.outcome.scores[GAP], self.outcome.facts
        if "commercial_cover" in facts or not isinstance(gap, Score):
            return None
        if "no" in facts.get("has_social_insurance", frozenset()):
            return "many"
        return "few" if gap.probability < FEW else "many" if gap.probability >= MANY else "some"


def _work(facts: Facts) -> Mapping[str, bool]:
    """What of the work decides between words: whether it is driven, ridden, or had from a platform."""
    vehicle = facts.get("vehicle", frozenset({"none"}))
    return {
        "driving": not vehicle.isdisjoint({"car", "truck"}),
        "riding": "none" not in vehicle,
        "platform": not facts.get("platform_work", frozenset({"no"})).issubset({"no"}),
    }
