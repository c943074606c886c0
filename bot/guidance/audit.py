"""An account of a result (what was said, by which rule and figures), and the same result from its trace."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.content.knowledge import Knowledge, Piece
from bot.content.parameters import Figures, Value
from bot.content.questionnaire import Language
from bot.guidance.cards import render_card
from bot.guidance.choice import Advised, Guidance, Trace, advise


class OtherKnowledge(LookupError):
    """The result was made from another version of the knowledge: the message says which is needed."""


@dataclass(frozen=True, slots=True)
class Told:
    """A piece that was shown: its rule, its card's text, and every figure that the card looked at, by id."""

    advised: Advised
    rule: Piece
    text: str
    figures: Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class Account:
    """All that can be asked about a past result."""

    guidance: Guidance
    told: tuple[Told, ...]

    @property
    def trace(self) -> Trace:
        """Day, version, facts and marks, and what became of every piece."""
        return self.guidance.trace


def replay(knowledge: Knowledge, trace: Trace) -> Guidance:
    """Return the same guidance again from its trace; raises OtherKnowledge for another version."""
    if trace.knowledge != knowledge.version:
        raise OtherKnowledge(
            f"the result was made from knowledge {trace.knowledge}, this is {knowledge.version}; "
            f"check out the release that has it and ask again"
        )
    facts = {name: frozenset(values) for name, values in trace.facts.items()}
    return advise(knowledge, facts, trace.on, trace.marks)


def audit_result(knowledge: Knowledge, trace: Trace, language: Language) -> Account:
    """Replay a result with the text and the figures of every card; raises OtherKnowledge."""
    guidance = replay(knowledge, trace)
    facts = {name: frozenset(values) for name, values in trace.facts.items()}
    told = []
    for advised in guidance.advised:
        figures = Figures(knowledge.parameters, trace.on)
        text = render_card(knowledge, advised.id, facts, language, figures)
        told.append(Told(advised, knowledge.piece(advised.id), text, figures.used))
    return Account(guidance, tuple(told))
