"""The section on need and refusal: what was answered, and what may be learned of it from when."""

from collections.abc import Iterator, Mapping
from typing import Any

from bot.content.questionnaire import Questionnaire
from bot.research.report.blocks import Part, Row, Table, percent, tens
from bot.research.report.labels import Labels
from bot.research.report.need import Cell, Need, need
from bot.research.tally import Tally
from models.training import gate


def need_part(tally: Tally, questionnaire: Questionnaire, labels: Labels) -> Part:
    """Render the section."""
    words, found = labels.words["need"], need(tally, questionnaire)
    tables = (
        Table(words["columns"], [_row(cell, words["answers"], labels) for cell in found.need]),
        Table(
            words["why_columns"], [_row(cell, words["reasons"], labels) for cell in found.why], words["why"]
        ),
        Table(words["when_columns"], list(_when(found, words)), words["when"], words=3),
    )
    return Part("need", words["lead"], tables)


def _row(cell: Cell, names: Mapping[str, str], labels: Labels) -> Row:
    few = str(labels.words["few"])
    if cell.count is None:
        return Row((names[cell.name], few, few))
    return Row((names[cell.name], f"{cell.count:,}", percent(cell.count / max(1, cell.of))))


def _when(found: Need, words: Mapping[str, Any]) -> Iterator[Row]:
    counts = {"both": found.told, "need": found.told, "lately": found.lately, "later": 0}
    for what, count in counts.items():
        said = words["learned"][what]
        when = said["when"].format(least=f"{gate.LEAST:,}", since=found.since)
        so_far = words["so_far"].format(count=f"{tens(count):,}") if tens(count) else words["none"]
        yield Row((said["what"], so_far, when))
