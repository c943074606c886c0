"""Every context a card can be read in: found by watching which facts its template reads."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from bot.check.references import NO_SOURCE
from bot.content.knowledge import Knowledge, Piece
from bot.content.parameters import Figures
from bot.content.questionnaire import Language
from bot.guidance import dated_facts, render_block, render_card

Context = Mapping[str, frozenset[str]]
Render = Callable[["Watched", Figures], str]


class Watched(Mapping[str, frozenset[str]]):
    """Facts that remember, in order, what was asked of them."""

    def __init__(self, facts: Context) -> None:
        self.facts = facts
        self.asked: dict[str, None] = {}

    def __getitem__(self, name: str) -> frozenset[str]:
        self.asked[name] = None
        return self.facts[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.facts)

    def __len__(self) -> int:
        return len(self.facts)


@dataclass(frozen=True, slots=True)
class Rendered:
    """One card in one context: its text, the figures told, and the facts that were read.

    `worked_out` are the amounts of money among the figures that we worked out and no notice says.
    """

    piece: Piece
    language: Language
    context: Context
    text: str
    figures: frozenset[str]
    read: frozenset[str]
    worked_out: frozenset[str] = frozenset()


def renderings(
    knowledge: Knowledge,
    piece: Piece,
    language: Language,
    on: date,
    values: Mapping[str, tuple[str, ...]],
) -> Iterator[Rendered]:
    """Render a card in every context that makes a difference to it; raises what rendering raises."""

    def whole(facts: Watched, figures: Figures) -> str:
        return render_card(knowledge, piece.id, facts, language, figures)

    for facts, figures, text in _in_every_context(knowledge, piece, on, values, whole):
        read = frozenset(facts.asked)
        ours = frozenset(_worked_out(knowledge, figures))
        yield Rendered(piece, language, dict(facts.facts), text, frozenset(figures.used), read, ours)


def word_each_block(
    knowledge: Knowledge,
    piece: Piece,
    language: Language,
    on: date,
    values: Mapping[str, tuple[str, ...]],
) -> None:
    """Render each block of a card in every context that matters to it; raises what rendering raises.

    A card has many more contexts than its blocks together, and fails where a block or its frame does. The
    frame reads no fact, only whether a figure is missing, and then it names the hotline.
    """
    for block in sorted(knowledge.wording.blocks(language, piece.template)):

        def one(facts: Watched, figures: Figures, block: str = block) -> str:
            return render_block(knowledge, piece.id, block, facts, language, figures)

        for _ in _in_every_context(knowledge, piece, on, values, one):
            pass
    figures = Figures(knowledge.parameters, on)
    render_card(knowledge, piece.id, dated_facts(knowledge.parameters, on), language, figures)
    figures(piece.check_with)


def _in_every_context(
    knowledge: Knowledge, piece: Piece, on: date, values: Mapping[str, tuple[str, ...]], render: Render
) -> Iterator[tuple[Watched, Figures, str]]:
    """Render in every context that makes a difference; returns the facts and figures of each, and its text.

    A fact is tried unknown and with each of its values, as far as the piece's conditions let it be; one that
    the day decides for everyone, as the day has it.
    """
    dated = dated_facts(knowledge.parameters, on)
    open_: list[dict[str, frozenset[str] | None]] = [{}]
    while open_:
        tried = open_.pop()
        facts = Watched({name: value for name, value in tried.items() if value is not None})
        figures = Figures(knowledge.parameters, on)
        text = render(facts, figures)
        untried = next((name for name in facts.asked if name not in tried), None)
        if untried is None:
            yield facts, figures, text
        else:
            possible = [dated[untried]] if untried in dated else _possible(piece, untried, values)
            open_ += [{**tried, untried: value} for value in possible]


def _worked_out(knowledge: Knowledge, figures: Figures) -> Iterator[str]:
    for id, value in figures.used.items():
        amount = knowledge.parameters.by_id[id].unit.startswith("CNY")
        if amount and value.confidence == "derived" and not id.startswith(NO_SOURCE):
            yield id


def _possible(piece: Piece, fact: str, values: Mapping[str, tuple[str, ...]]) -> list[frozenset[str] | None]:
    for condition in (piece.when, piece.eligible):
        if fact in condition:
            return [None, *(frozenset({value}) for value in condition[fact])]
    return [None, *(frozenset({value}) for value in values[fact])]
