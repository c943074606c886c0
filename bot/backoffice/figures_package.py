"""The dated figures and their sources as a data package: CSV files and a datapackage.json (Frictionless).

Published for reuse by others, so it leaves out what nobody may be shown: a value that is unsure.
"""

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import get_args

from bot.content.knowledge import Knowledge, SourceKind
from bot.content.parameters import CONFIDENCES, Parameter, Value
from bot.content.questionnaire import LANGUAGES

DESCRIPTOR = "datapackage.json"
UNSHOWN = "unsure"
KNOWN = tuple(confidence for confidence in CONFIDENCES if confidence != UNSHOWN)

Row = Mapping[str, str]
Field = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Table:
    """One CSV file: its rows, and what the package says of its columns and keys."""

    name: str
    title: str
    fields: Sequence[Field]
    key: Sequence[str]
    rows: Sequence[Row]
    foreign: Sequence[tuple[str, str, str]] = ()

    def csv(self) -> bytes:
        """Return the file's bytes, the same for the same rows."""
        out = io.StringIO(newline="")
        writer = csv.DictWriter(out, [str(field["name"]) for field in self.fields], lineterminator="\n")
        writer.writeheader()
        writer.writerows(self.rows)
        return out.getvalue().encode()

    def resource(self) -> dict[str, object]:
        """Return what the package says of the file."""
        content = self.csv()
        keys = [
            {"fields": field, "reference": {"resource": resource, "fields": other}}
            for field, resource, other in self.foreign
        ]
        return {
            "profile": "tabular-data-resource",
            "name": self.name,
            "title": self.title,
            "path": f"{self.name}.csv",
            "format": "csv",
            "mediatype": "text/csv",
            "encoding": "utf-8",
            "bytes": len(content),
            "hash": f"sha256:{sha256(content).hexdigest()}",
            "schema": {
                "fields": list(self.fields),
                "primaryKey": list(self.key),
                "missingValues": [""],
                **({"foreignKeys": keys} if keys else {}),
            },
        }


def _field(name: str, kind: str, description: str, **constraints: object) -> Field:
    return {
        "name": name,
        "type": kind,
        "description": description,
        **({"constraints": constraints} if constraints else {}),
    }


def _figures(knowledge: Knowledge) -> Table:
    fields = [
        _field("id", "string", "Permanent id of the figure.", required=True),
        _field("from", "date", "First day on which the value holds.", required=True),
        _field("part", "string", "Name of the number in a table (floor, cap); else `value`."),
        _field("to", "date", "Last day on which the value holds; empty: open."),
        _field("number", "number", "The value, where it is a number; a ratio is 0.2, never 20."),
        _field("text", "string", "The value, where it is a day, a phone number or words."),
        _field("unit", "string", "What the value is in.", required=True),
        _field("zh", "string", "What the figure is, in Chinese.", required=True),
        _field("en", "string", "What the figure is, in English.", required=True),
        _field("place_zh", "string", "Where in the province it holds, in Chinese; empty: everywhere."),
        _field("place_en", "string", "Where in the province it holds, in English."),
        _field(
            "confidence",
            "string",
            "How far the source was read; `memory`: nothing was read, so ask the authority's hotline first.",
            required=True,
            enum=list(KNOWN),
        ),
        _field("checked_on", "date", "The day of the last comparison with its source.", required=True),
        _field("note", "string", "What else to know."),
    ]  # fmt: skip
    rows = [row for parameter, value in _shown(knowledge) for row in _rows(parameter, value)]
    return Table("figures", "Dated figures", fields, ("id", "from", "part"), rows)


def _shown(knowledge: Knowledge) -> Iterator[tuple[Parameter, Value]]:
    for parameter in knowledge.parameters:
        for value in parameter.values:
            if value.confidence != UNSHOWN:
                yield parameter, value


def _rows(parameter: Parameter, value: Value) -> Iterator[Row]:
    parts = value.value if isinstance(value.value, dict) else {"value": value.value}
    for part, figure in parts.items():
        is_text = parameter.unit in ("text", "phone", "date")
        yield {
            "id": parameter.id,
            "from": value.from_.isoformat(),
            "part": part,
            "to": value.to.isoformat() if value.to else "",
            "number": "" if is_text else format(figure, "f"),
            "text": str(figure) if is_text else "",
            "unit": parameter.unit,
            "zh": parameter.zh,
            "en": parameter.en,
            **{f"place_{language}": parameter.place.get(language, "") for language in LANGUAGES},
            "confidence": value.confidence,
            "checked_on": value.checked_on.isoformat(),
            "note": value.note,
        }


def _sources(knowledge: Knowledge) -> Table:
    fields = [
        _field("id", "string", "Permanent id of the source.", required=True, unique=True),
        _field("kind", "string", "What it is.", required=True, enum=list(get_args(SourceKind))),
        _field("issuer", "string", "The authority that issued it.", required=True),
        _field("zh", "string", "Its title as issued.", required=True),
        _field("en", "string", "A gloss of the title.", required=True),
        _field("number", "string", "Its official number."),
        _field("issued", "date", "The day of issue, or of the text in force."),
        _field("seen", "string", "What was read of it.", required=True),
        _field("url", "string", "Its official address, if known."),
        _field("note", "string", "What else to know."),
    ]
    rows = [
        {
            "id": source.id,
            "kind": source.kind,
            "issuer": source.issuer,
            "zh": source.zh,
            "en": source.en,
            "number": source.number,
            "issued": source.issued.isoformat() if source.issued else "",
            "seen": source.seen,
            "url": source.url,
            "note": source.note,
        }
        for source in knowledge.sources.values()
    ]
    return Table("sources", "Sources", fields, ("id",), rows)


def _citations(knowledge: Knowledge) -> Table:
    fields = [
        _field("figure", "string", "Id of the figure.", required=True),
        _field("from", "date", "First day of the value that is cited for.", required=True),
        _field("source", "string", "Id of the source.", required=True),
        _field("article", "string", "The place in the source; empty: the whole."),
    ]
    found = (
        (parameter.id, value.from_.isoformat(), source, article)
        for parameter, value in _shown(knowledge)
        for source, _, article in (citation.partition(" ") for citation in value.sources)
    )
    names = [str(field["name"]) for field in fields]
    rows = [dict(zip(names, row, strict=True)) for row in dict.fromkeys(found)]
    return Table(
        "citations",
        "Which source a figure stands on",
        fields,
        ("figure", "from", "source", "article"),
        rows,
        [("source", "sources", "id")],
    )


def tables(knowledge: Knowledge) -> tuple[Table, ...]:
    """Return the tables of the package: figures, sources, and which figure cites which source."""
    return _figures(knowledge), _sources(knowledge), _citations(knowledge)


def descriptor(made: Iterable[Table], version: str) -> dict[str, object]:
    """Return the package's datapackage.json."""
    return {
        "profile": "tabular-data-package",
        "name": "gig-worker-figures-china",
        "title": "Dated, sourced figures on insurance, borrowing and work for flexible workers in China",
        "description": (
            "Each figure has the days on which it holds, its sources and the day of the last comparison with"
            " them. Check with the authority before you rely on one."
        ),
        "version": version,
        "licenses": [{"name": "MIT", "title": "MIT License"}],
        "resources": [table.resource() for table in made],
    }


def export(knowledge: Knowledge, folder: Path) -> Iterator[str]:
    """Write the package into a folder, and say what was written."""
    folder.mkdir(parents=True, exist_ok=True)
    made = tables(knowledge)
    for table in made:
        (folder / f"{table.name}.csv").write_bytes(table.csv())
        yield f"{table.name}.csv: {len(table.rows)} rows"
    text = json.dumps(descriptor(made, knowledge.version), ensure_ascii=False, indent=2) + "\n"
    (folder / DESCRIPTOR).write_text(text, encoding="utf-8")
    yield f"{DESCRIPTOR}: version {knowledge.version}"
