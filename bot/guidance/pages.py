"""A card in pages: cut between its lines, so that each is read in one go and says when it was checked."""

import re
from collections.abc import Iterable, Iterator

from bot.content.templates import MOST, length

HEADING = re.compile(r"<b>[^<]*</b>")  # a line that is nothing else; it stays with the line behind it
FOOT = "\n\n<i>"
SOURCES = "\n<blockquote"


def pages(card: str) -> tuple[str, ...]:
    """Cut a card: each page has its title and foot (whom to ask, when it was checked), the last its sources.

    The order is the frame's: what it is good for, cost, warnings, steps, and then the papers.
    """
    if length(card) <= MOST:
        return (card,)
    whole, _, foot = card.rpartition(FOOT)
    title, _, body = whole.partition("\n")
    foot, tag, sources = (FOOT + foot).partition(SOURCES)
    found, held = [], title
    for unit in _units(body.split("\n")):
        if held != title and length(f"{held}\n{unit}{foot}") > MOST:
            found.append(held + foot)
            held, unit = title, "\n" + unit.lstrip("\n")
        held = f"{held}\n{unit}"
    last = held + foot + tag + sources
    return (*found, last) if length(last) <= MOST else (*found, held + foot, title + foot + tag + sources)


def _units(lines: Iterable[str]) -> Iterator[str]:
    """Join what stays on one page: a line, and the heading and the blank line before it."""
    unit: list[str] = []
    for line in lines:
        unit.append(line)
        if line and not HEADING.fullmatch(line):
            yield "\n".join(unit)
            unit = []
