"""A piece of advice in words: title, benefit and the whole card, with this worker's sums and its sources."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from bot.content.conditions import Facts
from bot.content.knowledge import Knowledge, Piece
from bot.content.parameters import Figure, Figures
from bot.content.questionnaire import Answers, Language
from bot.guidance.calc import Sums
from bot.guidance.facts import dated_facts, facts_from

DIRECT = "direct.j2"
POINTS = "points.j2"
PARTS = ("title", "benefit", "cost", "time", "documents", "where", "deadline", "steps", "beware")


@dataclass(frozen=True, slots=True)
class Ground:
    """What a card stands on: its sources in words, when it was checked, and whether to ask before acting."""

    piece: Piece
    figures: Figures
    sources: tuple[str, ...]

    @property
    def doubtful(self) -> bool:
        """Whether the piece, or a figure shown in it so far, is from memory."""
        return self.piece.confidence == "memory" or self.figures.from_memory

    @property
    def missing(self) -> bool:
        """Whether a figure was unsure or too old, so that the card, so far, did without it."""
        return bool(self.figures.missed)

    @property
    def hotline(self) -> Figure:
        """The number to ask at."""
        return self.figures(self.piece.check_with)


def title(knowledge: Knowledge, piece: str, language: Language, on: date) -> str:
    """Render a piece's title, short enough for a button; it is the same for everybody on a day."""
    return knowledge.wording.once(
        (language, piece, on), lambda: _block(knowledge, piece, "title", {}, language, on)
    )


def benefits(
    knowledge: Knowledge, pieces: Iterable[str], answers: Answers, language: Language, on: date
) -> Iterator[str]:
    """Render in one line each what pieces are good for."""
    facts = _facts(knowledge, answers, on)
    for piece in pieces:
        yield _block(knowledge, piece, "benefit", facts, language, on).replace("\n", " ")


def direct(
    knowledge: Knowledge,
    piece: str,
    answers: Answers,
    language: Language,
    on: date,
    said: Mapping[str, object] = {},
) -> str:
    """Render what stands above the card for a question for a figure, if anything does.

    said: what the question itself says, such as a month of birth.
    """
    if piece not in knowledge.wording.blocks(language, DIRECT):
        return ""
    figures = Figures(knowledge.parameters, on)
    context = _context(knowledge, knowledge.piece(piece), _facts(knowledge, answers, on), language, figures)
    told = {"born": (), "retiring": None, **said}
    return knowledge.wording.block_with(figures, language, DIRECT, piece, **context, **told)


def point(knowledge: Knowledge, id: str, answers: Answers, language: Language, on: date) -> str:
    """Render the short answer to one thing that is asked for."""
    return point_on_its_ground(knowledge, id, answers, language, on)[0]


def point_on_its_ground(
    knowledge: Knowledge, id: str, answers: Answers, language: Language, on: date
) -> tuple[str, Ground]:
    """Render a short answer, and say what it stands on."""
    found, figures = knowledge.piece(knowledge.asks.points[id].of), Figures(knowledge.parameters, on)
    context = _context(knowledge, found, _facts(knowledge, answers, on), language, figures)
    text = knowledge.wording.block_with(figures, language, POINTS, id, **context).replace("\n", " ")
    return text, Ground(found, figures, tuple(knowledge.cited(c, language) for c in found.sources))


def beware(knowledge: Knowledge, piece: str, answers: Answers, language: Language, on: date) -> str:
    """Render what to look out for, with the threshold that the rules set, if they set one."""
    return _block(knowledge, piece, "beware", _facts(knowledge, answers, on), language, on)


def card(knowledge: Knowledge, piece: str, answers: Answers, language: Language, on: date) -> str:
    """Render a whole piece for this worker: Telegram HTML that ends with its sources."""
    facts = _facts(knowledge, answers, on)
    return render_card(knowledge, piece, facts, language, Figures(knowledge.parameters, on))


def render_card(knowledge: Knowledge, piece: str, facts: Facts, language: Language, figures: Figures) -> str:
    """Render a whole piece for these facts; `figures` remembers what was shown."""
    found = knowledge.piece(piece)
    context = _context(knowledge, found, facts, language, figures)
    return knowledge.wording.render_with(figures, language, found.template, **context)


def hotlines(
    knowledge: Knowledge, piece: str, answers: Answers, language: Language, on: date
) -> tuple[str, ...]:
    """Name the hotlines that a card tells, by parameter: first whom to call in an emergency, then as told."""
    figures = Figures(knowledge.parameters, on)
    render_card(knowledge, piece, _facts(knowledge, answers, on), language, figures)
    told = (id for id in figures.used if knowledge.parameters.by_id[id].unit == "phone")
    return tuple(dict.fromkeys((*knowledge.piece(piece).call, *told)))


def parts(
    knowledge: Knowledge, piece: str, answers: Answers, language: Language, on: date
) -> tuple[Mapping[str, str], Ground]:
    """Render each of a piece's PARTS in Telegram HTML, and say what it stands on."""
    found, figures = knowledge.piece(piece), Figures(knowledge.parameters, on)
    context = _context(knowledge, found, _facts(knowledge, answers, on), language, figures)
    worded = {
        part: knowledge.wording.block_with(figures, language, found.template, part, **context)
        for part in PARTS
    }
    return worded, Ground(found, figures, tuple(knowledge.cited(c, language) for c in found.sources))


def render_block(
    knowledge: Knowledge, piece: str, block: str, facts: Facts, language: Language, figures: Figures
) -> str:
    """Render one block of a piece for these facts; `figures` remembers what was shown."""
    found = knowledge.piece(piece)
    context = _context(knowledge, found, facts, language, figures)
    return knowledge.wording.block_with(figures, language, found.template, block, **context)


def _block(knowledge: Knowledge, piece: str, block: str, facts: Facts, language: Language, on: date) -> str:
    return render_block(knowledge, piece, block, facts, language, Figures(knowledge.parameters, on))


def _context(
    knowledge: Knowledge, piece: Piece, facts: Facts, language: Language, figures: Figures
) -> Mapping[str, object]:
    sources = tuple(knowledge.cited(citation, language) for citation in piece.sources)
    return {
        "said": lambda fact, *values: not facts.get(fact, frozenset()).isdisjoint(values),
        "calc": Sums(facts, figures, knowledge.questionnaire, language),
        "ground": Ground(piece, figures, sources),
    }


def _facts(knowledge: Knowledge, answers: Answers, on: date) -> Facts:
    return {
        **facts_from(answers, knowledge.questionnaire, {}, on),
        **dated_facts(knowledge.parameters, on),
    }
