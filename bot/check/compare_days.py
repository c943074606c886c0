"""What workers would read on another day: the pieces that come and go, and the lines that change."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from bot.check.contexts import renderings
from bot.check.references import values_of
from bot.content.knowledge import Knowledge, Piece
from bot.content.questionnaire import LANGUAGES, Language
from bot.guidance import dated_facts

Context = frozenset[tuple[str, frozenset[str]]]
Lines = tuple[str, ...]
CASES = 3  # of one card that are shown; the others change alike


@dataclass(frozen=True, slots=True)
class Change:
    """What becomes of a piece: `gone` are the lines that disappear, `come` those shown instead."""

    where: str
    what: str
    gone: Lines = ()
    come: Lines = ()

    def __str__(self) -> str:
        lines = (*(f"  - {line}" for line in self.gone), *(f"  + {line}" for line in self.come))
        return "\n".join((f"{self.where}: {self.what}", *lines))


def told_otherwise(knowledge: Knowledge, now: date, then: date) -> Iterator[Change]:
    """Compare every card in every context on two days; raises what wording raises."""
    values = values_of(knowledge)
    for piece in knowledge.advice:
        match piece.in_force(now), piece.in_force(then):
            case True, False:
                yield Change(f"advice {piece.id}", "no longer given")
            case False, True:
                yield Change(f"advice {piece.id}", "given by then")
            case True, True:
                for language in LANGUAGES:
                    was = _cards(knowledge, piece, language, now, values)
                    will = _cards(knowledge, piece, language, then, values)
                    yield from _changes(f"{language}/{piece.template}", was, will)


def _cards(
    knowledge: Knowledge, piece: Piece, language: Language, on: date, values: Mapping[str, tuple[str, ...]]
) -> Mapping[Context, Lines]:
    dated = dated_facts(knowledge.parameters, on)
    return {
        frozenset((fact, value) for fact, value in card.context.items() if fact not in dated): tuple(
            line for line in re.sub(r"</?[a-z][^>]*>", "", card.text).split("\n") if line
        )
        for card in renderings(knowledge, piece, language, on, values)
    }


def _changes(where: str, was: Mapping[Context, Lines], will: Mapping[Context, Lines]) -> Iterator[Change]:
    cases: dict[tuple[Lines, Lines], list[Context]] = defaultdict(list)
    for context, lines in will.items():
        before = was.get(context, ())
        gone = tuple(line for line in before if line not in lines)
        come = tuple(line for line in lines if line not in before)
        if gone or come:
            cases[gone, come].append(context)
    for (gone, come), contexts in list(cases.items())[:CASES]:
        yield Change(where, _seen(contexts), gone, come)
    if len(cases) > CASES:
        yield Change(where, f"{len(cases) - CASES} more changes of this kind")


def _seen(contexts: list[Context]) -> str:
    facts = ", ".join(f"{fact} {'/'.join(sorted(value))}" for fact, value in sorted(contexts[0], key=str))
    others = f", and {len(contexts) - 1} other contexts" if len(contexts) > 1 else ""
    return f"with {facts or 'nothing known'}{others}"
