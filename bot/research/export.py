"""Writes what participants answered as CSV or Parquet, with a codebook: no formula, no name that lasts."""

import csv
import hmac
import io
import secrets
from collections.abc import AsyncIterable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Literal

from bot.privacy.private_files import write
from bot.research.codebook import HEAD, Codebook
from bot.research.columns import OUTCOMES, Columns
from bot.research.participants import Participant

Format = Literal["csv", "parquet"]
FORMULA = frozenset("=+-@\t\r\n＝＋－＠")
NAME = 12  # bytes of a person's name in an export
BOM = "\ufeff"  # or spreadsheet programs take the Chinese for something else


async def export(people: AsyncIterable[Participant], sheet: Columns, folder: Path, to: Format = "csv") -> int:
    """Write the answers and `codebook.csv` into a folder, for their owner only; returns the number of rows.

    Each export names people by a fresh key that is thrown away, and sorts them by these names, so that two
    exports can't be laid side by side.
    """
    key = secrets.token_bytes(32)
    rows = [
        sheet.row(participant, hmac.digest(key, participant.person, "sha256")[:NAME].hex())
        async for participant in people
    ]
    rows.sort(key=lambda row: row["person"])
    names = [column.name for column in sheet.columns]
    if to == "parquet":
        write(folder / "answers.parquet", parquet(rows, sheet))
    else:
        write(folder / "answers.csv", text([names, *([row[name] for name in names] for row in rows)]))
    codebook = Codebook(sheet, frozenset(row["questionnaire_version"] for row in rows))
    write(folder / "codebook.csv", text([HEAD, *codebook]))
    return len(rows)


def text(rows: Iterable[Sequence[str]]) -> str:
    """Return the rows as CSV in which no cell is a formula."""
    out = io.StringIO()
    csv.writer(out).writerows([safe(cell) for cell in row] for row in rows)
    return BOM + out.getvalue()


def parquet(rows: Sequence[Mapping[str, str]], sheet: Columns) -> bytes:
    """Return the rows as Parquet: codes and yes or no as small integers, the rest as words, unknown as null.

    Each column carries what the codebook says of it today as its metadata.
    """
    import pyarrow as pa  # an extra of this project: most operators need no Parquet
    from pyarrow.parquet import write_table

    arrays, fields, codebook = [], [], Codebook(sheet)
    for column in sheet.columns:
        cells = [row[column.name] or None for row in rows]
        coded = column.option or column.name in (*sheet.features, *OUTCOMES, "finished")
        kind = pa.int8() if coded else pa.string()
        arrays.append(pa.array([cell and int(cell) for cell in cells] if coded else cells, kind))
        told = codebook.today(column)
        values = {f"value {value}": f"{zh} / {en}" for value, zh, en in told.values}
        meaning = {"meaning_zh": told.zh, "meaning_en": told.en}
        fields.append(pa.field(column.name, kind, metadata={**meaning, **values}))
    out = io.BytesIO()
    write_table(pa.table(arrays, schema=pa.schema(fields)), out)
    return out.getvalue()


def safe(cell: str) -> str:
    """Take from a cell what a spreadsheet program would run; a harmless one stays as it is."""
    cell = cell.replace("\0", "")
    starts = {cell[:1], cell.lstrip(f"{BOM} \u3000\xa0")[:1], cell.strip()[:1]}
    return f"'{cell}" if starts & FORMULA else cell
