"""Figures from a table, in bulk: `python -m bot figures import FILE.csv` shows what would change.

One row a value: id, from, to, sources (separated by |), confidence, checked_on, note, and then either `value`
or one column for each name of a table (floor, cap, average). Nothing is written without --write, and nothing
at all if one row is wrong.
"""

import csv
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from pathlib import Path

from bot.check.figures import check_figures
from bot.content.knowledge import Knowledge
from bot.content.parameters import CONFIDENCES, Figure, Parameter, Value
from bot.loading.knowledge import load_knowledge
from bot.loading.places import TREE

ARTIFACTS = TREE / "models" / "artifacts"
FIXED = ("id", "from", "to", "value", "sources", "confidence", "checked_on", "note")
NEEDED = ("id", "from", "sources", "confidence", "checked_on")


class FiguresRefused(ValueError):
    """The table can't be taken: each line of the message says which row, what is wrong and what to do."""


@dataclass(frozen=True, slots=True)
class Added:
    """A value that a row adds, and the one before it as it will be: ended, if it was open."""

    id: str
    value: Value
    before: Value | None

    def __str__(self) -> str:
        was = "nothing" if self.before is None else f"{_shown(self.before.value)} from {self.before.from_}"
        return f"{self.id}: {_shown(self.value.value)} from {self.value.from_}, after {was}"


def planned(knowledge: Knowledge, rows: list[dict[str, str]], on: date) -> list[Added]:
    """Work out what the rows would add; raises FiguresRefused, with all that is wrong in them."""
    wrong: list[str] = []
    added: list[Added] = []
    changed = dict(knowledge.parameters.by_id)
    for number, row in enumerate(rows, 2):  # the first line of the file names the columns
        try:
            id, value = _read(knowledge, row)
        except ValueError as error:
            wrong.append(f"row {number}: {error}")
            continue
        try:
            changed[id], before = _with(changed[id], value)
        except ValueError as error:
            wrong.append(f"row {number}: {id}: {error}")
            continue
        added.append(Added(id, value, before))
    known = set(map(str, check_figures(knowledge.parameters, on)))
    wrong += [str(f) for f in check_figures(changed.values(), on) if str(f) not in known]
    if wrong:
        raise FiguresRefused("\n".join([*wrong, f"nothing was taken: {len(wrong)} to put right"]))
    return added


def _read(knowledge: Knowledge, row: Mapping[str, str]) -> tuple[str, Value]:
    if missing := [name for name in NEEDED if not (row.get(name) or "").strip()]:
        raise ValueError(f"{', '.join(missing)} is empty; fill it in")
    id = row["id"].strip()
    if id not in knowledge.parameters:
        raise ValueError(f"{id} is no figure; add it to knowledge/parameters.yaml first")
    sources = tuple(each.strip() for each in row["sources"].split("|"))
    if strange := [each for each in sources if each.partition(" ")[0] not in knowledge.sources]:
        raise ValueError(
            f"{id}: {', '.join(strange)} is in no source; add it to knowledge/sources.yaml first"
        )
    if row["confidence"] not in CONFIDENCES:
        raise ValueError(f"{id}: confidence is one of {', '.join(CONFIDENCES)}")
    return id, Value(
        from_=_day(id, "from", row["from"]),
        to=_day(id, "to", row["to"]) if (row.get("to") or "").strip() else None,
        value=_figure(id, knowledge.parameters.by_id[id], row),
        sources=sources,
        confidence=row["confidence"],
        checked_on=_day(id, "checked_on", row["checked_on"]),
        note=(row.get("note") or "").strip(),
    )


def _day(id: str, column: str, text: str) -> date:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise ValueError(f"{id}: {column} {text!r} is no day; write it as 2027-07-01") from None


def _figure(id: str, parameter: Parameter, row: Mapping[str, str]) -> Figure:
    names = [name for name in row if name and name not in FIXED and (row[name] or "").strip()]
    single = (row.get("value") or "").strip()
    if bool(single) == bool(names):
        raise ValueError(f"{id}: fill in either value or the columns of its table")
    latest = parameter.values[-1].value
    try:
        if names:
            table = {name: Decimal(row[name].strip()) for name in names}
            if not isinstance(latest, dict) or set(latest) != set(table):
                needed = ", ".join(latest) if isinstance(latest, dict) else "value"
                raise ValueError(f"{id}: it has {needed}, not {', '.join(names)}")
            return table
        match parameter.unit:
            case "date":
                return _day(id, "value", single)
            case "text" | "phone":
                return single
            case _:
                if isinstance(latest, dict):
                    raise ValueError(f"{id}: it is a table of {', '.join(latest)}")
                return Decimal(single)
    except InvalidOperation:
        raise ValueError(f"{id}: a number is needed, without commas and units") from None


def _with(parameter: Parameter, value: Value) -> tuple[Parameter, Value | None]:
    """Return the parameter with the value added, and the one before, ended a day earlier if it was open."""
    if value.to is not None and value.to < value.from_:
        raise ValueError(f"it ends on {value.to}, before it begins")
    values = sorted(parameter.values, key=lambda each: each.from_)
    if values and values[-1].from_ >= value.from_:
        raise ValueError(f"a value from {values[-1].from_} is there already; a new one begins later")
    before = values[-1] if values else None
    if before is not None and (before.to is None or before.to >= value.from_):
        before = replace(before, to=value.from_ - timedelta(days=1))
        values[-1] = before
    return replace(parameter, values=(*values, value)), before


def take(root: Path, table: Path, on: date, *, write: bool) -> Iterator[str]:
    """Read a table, say what it would change, and write that into parameters.yaml if asked to.

    The file is written as a whole, and put back if the knowledge can't be loaded with it.
    """
    knowledge = load_knowledge(root, models=ARTIFACTS)
    with table.open(encoding="utf-8-sig", newline="") as file:
        rows = [dict(row) for row in csv.DictReader(file)]
    added = planned(knowledge, rows, on)
    yield from map(str, added)
    if not write:
        yield f"{len(added)} values would be added; with --write they are"
        return
    path = root / "knowledge" / "parameters.yaml"
    old = path.read_text(encoding="utf-8")
    _replace(path, _text(old, added))
    try:
        load_knowledge(root, models=ARTIFACTS)
    except ValueError:
        _replace(path, old)
        raise
    yield f"{len(added)} values added to {path}; run `python -m bot check`"


def _replace(path: Path, text: str) -> None:
    beside = path.with_suffix(".new")
    beside.write_text(text, encoding="utf-8")
    beside.replace(path)


def _text(old: str, added: list[Added]) -> str:
    by_id: dict[str, list[Added]] = defaultdict(list)
    for each in added:
        by_id[each.id].append(each)
    out: list[str] = []
    blocks = old.split("\n  - id: ")
    for block in blocks:
        id = block.partition("\n")[0].strip()
        out.append(_block(block, by_id[id]) if id in by_id else block)
    return "\n  - id: ".join(out)


def _block(block: str, added: list[Added]) -> str:
    lines = block.split("\n")
    for each in added:
        last = max(at for at, line in enumerate(lines) if line.lstrip().startswith("- {from: "))
        if each.before is not None and each.before.to is not None:
            lines[last] = _ended(lines[last], each.before.to)
        lines.insert(last + 1, f"      - {_line(each.value)}")
    return "\n".join(lines)


def _ended(line: str, to: date) -> str:
    head, _, rest = line.partition(", ")
    if rest.startswith("to: "):
        rest = rest.partition(", ")[2]
    return f"{head}, to: {to}, {rest}"


def _line(value: Value) -> str:
    to = f", to: {value.to}" if value.to else ""
    sources = ", ".join(f'"{each}"' for each in value.sources)
    note = f', note: "{value.note}"' if value.note else ""
    return (
        f"{{from: {value.from_}{to}, value: {_shown(value.value)}, sources: [{sources}], "
        f"confidence: {value.confidence}, checked_on: {value.checked_on}{note}}}"
    )


def _shown(figure: Figure) -> str:
    match figure:
        case dict():
            return "{" + ", ".join(f"{name}: {number}" for name, number in figure.items()) + "}"
        case str():
            return f'"{figure}"'
    return str(figure)
