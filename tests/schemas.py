"""JSON Schemas of the knowledge's files for editors, made of the loaders' own models.

`python -m tests.regenerate schemas` writes them to docs/reference/schemas. An editor reads numbers and yes/no
where the bot reads text, so a schema takes them wherever text is wanted.
"""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from pydantic import ConfigDict, TypeAdapter

from bot.content.calendar import YearlyDate
from bot.content.codebook import CodebookWords
from bot.content.commands import Commands
from bot.content.consent import Consent
from bot.content.knowledge import Piece, Source
from bot.content.letters import Letter
from bot.content.parameters import Parameter
from bot.content.phrases import Phrases
from bot.content.questionnaire import Question, Renaming
from bot.loading.alarms import WrittenAlarms, WrittenSwindles
from bot.loading.knowledge import WrittenAsks, WrittenPoints
from bot.loading.vocabulary import WrittenWords

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "docs/reference/schemas"
TEXT = ["string", "number", "boolean"]

Schema = dict[str, Any]


def of(kind: Any) -> Schema:
    """Return the schema of one of the loaders' dataclasses, in which no key is unknown."""
    # The configuration reaches the dataclass because it has none of its own.
    return TypeAdapter(tuple[kind, ...], config=ConfigDict(extra="forbid")).json_schema()


def listed(**kinds: Any) -> Schema:
    """Return the schema of a file that has a list of each of these kinds under its key."""
    whole: Schema = {
        "type": "object",
        "properties": {},
        "required": list(kinds),
        "additionalProperties": False,
        "$defs": {},
    }
    for key, kind in kinds.items():
        made = of(kind)
        whole["$defs"] |= made.pop("$defs", {})
        whole["properties"][key] = made
    return whole


def whole(kind: Any) -> Schema:
    """Return the schema of a file that is one mapping of this kind."""
    made = of(kind)
    return {**made["items"], "$defs": made.get("$defs", {})}


def in_lines(made: Any) -> Any:
    """Return a schema whose lists of words are written as one line of words each."""
    if isinstance(made, list):
        return [in_lines(each) for each in made]
    if not isinstance(made, dict):
        return made
    if made.get("type") == "array" and made.get("items") == {"type": "string"}:
        return {"type": "string"}
    return {key: in_lines(each) for key, each in made.items()}


def advice() -> Schema:
    """Return the schema of advice: a reason of `more` has its facts beside `by`, not below `when`."""
    made = listed(advice=Piece)
    more = made["$defs"]["More"]
    condition = more["properties"].pop("when")["additionalProperties"]
    more["required"] = ["by"]
    more["additionalProperties"] = condition
    return made


def parameters() -> Schema:
    """Return the schema of figures: a value begins at `from` and is a number, words or a table of numbers."""
    made = listed(parameters=Parameter)
    value = made["$defs"]["Value"]
    value["properties"]["from"] = value["properties"].pop("from_")
    value["required"] = ["from" if name == "from_" else name for name in value["required"]]
    value["properties"]["value"] = {
        "anyOf": [
            {"type": "string"},
            {"type": "object", "additionalProperties": {"type": "number"}, "minProperties": 1},
        ]
    }
    return made


def questionnaire() -> Schema:
    """Return the schema of the questionnaire, whose version is a day."""
    made = listed(questions=Question, renamed=Renaming)
    made["properties"]["version"] = {"type": "string"}
    made["required"].append("version")
    return made


SCHEMAS: Mapping[str, tuple[str, Callable[[], Schema]]] = {  # by file below knowledge/
    "advice": ("advice/*.yaml", advice),
    "alarms": ("alarms.yaml", lambda: whole(WrittenAlarms)),
    "asks": ("asks.yaml", lambda: whole(WrittenAsks)),
    "calendar": ("calendar.yaml", lambda: listed(dates=YearlyDate)),
    "codebook": ("codebook.yaml", lambda: whole(CodebookWords)),
    "commands": ("commands.yaml", lambda: whole(Commands)),
    "consent": ("consent.yaml", lambda: whole(Consent)),
    "letters": ("letters.yaml", lambda: listed(letters=Letter)),
    "parameters": ("parameters.yaml", parameters),
    "phrases": ("phrases.yaml", lambda: in_lines(whole(Phrases))),
    "points": ("points.yaml", lambda: whole(WrittenPoints)),
    "questionnaire": ("questionnaire.yaml", questionnaire),
    "reading": ("reading.yaml", lambda: in_lines(whole(WrittenWords))),
    "sources": ("sources.yaml", lambda: listed(sources=Source)),
    "swindles": ("swindles.yaml", lambda: whole(WrittenSwindles)),
}


def as_an_editor_reads(schema: Any) -> Any:
    """Return a schema that takes numbers and yes/no for text, and no unknown key; no titles, no defaults."""
    if isinstance(schema, list):
        return [as_an_editor_reads(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    # "title" and "default" may also be the name of a property: those have a schema for a value.
    kept = {
        key: as_an_editor_reads(value)
        for key, value in schema.items()
        if not (key in ("title", "default") and not isinstance(value, dict))
    }
    if kept.get("type") == "object" and "properties" in kept:
        kept.setdefault("additionalProperties", False)  # a key that nothing reads is a mistake
    if kept.get("type") == "string" and not kept.keys() & {"enum", "const", "format"}:
        kept["type"] = TEXT
    return kept


def schema(name: str) -> Schema:
    """Return one schema as it is written."""
    files, make = SCHEMAS[name]
    made: Schema = as_an_editor_reads(make())
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": f"knowledge/{files}"}
    return head | made


def record() -> None:
    """Write all schemas."""
    FOLDER.mkdir(exist_ok=True)
    for name in SCHEMAS:
        text = json.dumps(schema(name), ensure_ascii=False, indent=2) + "\n"
        (FOLDER / f"{name}.json").write_text(text, encoding="utf-8")
