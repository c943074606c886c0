"""The knowledge as one page for a reviewer: every piece with its words, sources, figures and dates."""

from collections.abc import Iterator, Mapping
from datetime import date

from bot.content.conditions import Condition
from bot.content.knowledge import THEMES, Knowledge, Piece, Source
from bot.content.letters import Letter
from bot.content.parameters import Figure, Figures, Value
from bot.content.questionnaire import LANGUAGES, Language
from bot.content.templates import plain
from bot.guidance import render_card, title
from bot.render.letters import GIST, LANGUAGE, LetterWords

HEADINGS = {
    "danger": "Emergencies 紧急的事",
    "social_insurance": "Social insurance 社保",
    "credit": "Credit 征信和借钱",
    "debt": "Debts, collectors, courts 欠债、催收、法院",
    "insurance": "Insurance 低价保险",
    "cash_flow": "Cash flow and safety 存钱和防骗",
    "group": "By group 按人群",
}


def knowledge_page(knowledge: Knowledge, on: date) -> str:
    """Make docs/reference/knowledge.md: Markdown, the same for the same knowledge and day."""
    lines = [
        "# What the bot says, and on what ground",
        "",
        f"Made from `knowledge/` as on {on}; change it there, then run `make regenerate`. "
        f"{len(knowledge.advice)} pieces, {len(knowledge.parameters.by_id)} figures, "
        f"{len(knowledge.sources)} sources. "
        "The cards are shown as for someone of whom nothing is known.",
    ]
    for theme in THEMES:
        lines += ["", f"## {HEADINGS[theme]}"]
        for piece in knowledge.advice:
            if piece.theme == theme:
                lines += _piece(knowledge, piece, on)
    lines += ["", "## Letters 现成的信"]
    for letter in knowledge.letters.values():
        lines += _letter(knowledge, letter, on)
    lines += ["", "## Figures", "", *_figures(knowledge), "", "## Sources", "", *_sources(knowledge)]
    return "\n".join(lines) + "\n"


def _piece(knowledge: Knowledge, piece: Piece, on: date) -> Iterator[str]:
    # A piece whose time is over is shown as on its last day.
    day = min(on, piece.valid_until or on)
    yield from ("", f"### {title(knowledge, piece.id, 'zh', day)} · {title(knowledge, piece.id, 'en', day)}")
    yield from ("", f"`{piece.id}` · priority {piece.priority} · {_span(piece)}")
    yield from ("", f"- For: {_condition(piece.when) or 'everybody'}")
    if piece.eligible:
        yield f"- The rules ask for: {_condition(piece.eligible)}"
    if piece.already:
        yield f"- Not for: {_condition(piece.already)}"
    yield from (f"- Up by {more.by} for: {_condition(more.when)}" for more in piece.more)
    yield f"- Read in: {piece.confidence}; doubts go to `{piece.check_with}`"
    yield from (f"- Source: {_citation(knowledge, citation)}" for citation in piece.sources)
    figures = Figures(knowledge.parameters, day)
    cards = {language: _card(knowledge, piece, language, figures) for language in LANGUAGES}
    told = ", ".join(f"`{id}`" for id in sorted(figures.used)) or "none"
    yield f"- Figures: {told}"
    for language in LANGUAGES:
        yield from ("", *cards[language])


def _letter(knowledge: Knowledge, letter: Letter, on: date) -> Iterator[str]:
    worded = {
        language: LetterWords(knowledge, letter, language, Figures(knowledge.parameters, on))
        for language in LANGUAGES
    }
    yield from ("", f"### {' · '.join(plain(words.part('title')) for words in worded.values())}")
    yield from ("", f"`{letter.id}` · checked on {letter.checked_on}", "")
    yield f"- Read in: {letter.confidence}; doubts go to `{letter.check_with}`"
    yield from (f"- The letter cites: {_citation(knowledge, citation)}" for citation in letter.grounds)
    yield from (f"- Source: {_citation(knowledge, citation)}" for citation in letter.sources)
    if letter.lawyer:
        yield f"- For a lawyer: {letter.lawyer}"
    for words in worded.values():
        yield from ("", *_quoted(words.guide()), ">", *_quoted(words.part("beware")))
        yield from (">", *_quoted(words.text() if words.language == LANGUAGE else words.part(GIST)))


def _span(piece: Piece) -> str:
    until = f", valid until {piece.valid_until}" if piece.valid_until else ""
    since = f", valid from {piece.valid_from}" if piece.valid_from else ""
    return f"checked on {piece.checked_on}{since}{until}"


def _condition(condition: Condition) -> str:
    return "; ".join(f"{fact}: {' or '.join(values)}" for fact, values in condition.items())


def _citation(knowledge: Knowledge, citation: str) -> str:
    source = knowledge.sources[citation.partition(" ")[0]]
    return f"{knowledge.cited(citation, 'zh')} — {_about(source)}"


def _about(source: Source) -> str:
    parts = [source.issuer, str(source.issued or ""), source.seen, source.url, source.note]
    return ", ".join(part for part in parts if part)


def _card(knowledge: Knowledge, piece: Piece, language: Language, figures: Figures) -> list[str]:
    return _quoted(render_card(knowledge, piece.id, {}, language, figures))


def _quoted(html: str) -> list[str]:
    return [f"> {line}  " if line else ">" for line in plain(html).split("\n")]


def _figures(knowledge: Knowledge) -> Iterator[str]:
    yield "| figure | unit | value | from | to | read in | source | checked on | note |"
    yield "|---|---|---|---|---|---|---|---|---|"
    for parameter in knowledge.parameters:
        for value in parameter.values:
            cells = (
                f"`{parameter.id}` {parameter.zh}", parameter.unit, _told(value.value), str(value.from_),
                str(value.to or "open"), value.confidence, _cited(knowledge, value), str(value.checked_on),
                value.note,
            )  # fmt: skip
            yield f"| {' | '.join(cells)} |"


def _told(figure: Figure) -> str:
    if isinstance(figure, Mapping):
        return ", ".join(f"{name} {number:f}" for name, number in figure.items())
    return str(figure)


def _cited(knowledge: Knowledge, value: Value) -> str:
    return "; ".join(knowledge.cited(citation, "zh") for citation in value.sources)


def _sources(knowledge: Knowledge) -> Iterator[str]:
    for source in knowledge.sources.values():
        yield f"- `{source.id}` {source.in_('en')} — {_about(source)}"
