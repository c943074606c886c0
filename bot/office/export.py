"""Writes what participants answered as CSV or Parquet, with a codebook: no formula, no name that lasts."""

import csv
import hmac
import io
import os
import secrets
from collections.abc import AsyncIterable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Literal

from bot.office.reading import Participant
from bot.office.sheet import OUTCOMES, Column, Sheet
from bot.questionnaire import Question

Format = Literal["csv", "parquet"]
FORMULA = frozenset("=+-@\t\r\n＝＋－＠")
NAME = 12  # bytes of a person's name in an export
BOM = "\ufeff"  # or spreadsheet programs take the Chinese for something else
CODEBOOK = (
    *("column", "meaning_zh", "meaning_en", "questionnaire_version", "model_feature"),
    *("value", "value_zh", "value_en"),
)
MEANINGS: Mapping[str, tuple[str, str]] = {
    "person": ("本次导出里代表一个人的代号，每次导出都换", "stands for one person in this export only"),
    "month": ("最后一次回答的月份", "month of the last word"),
    "questionnaire_version": ("问卷版本", "version of the questionnaire that was answered"),
    "consent_version": ("同意书版本", "version of the consent agreed to"),
    "knowledge_version": ("导出时的知识版本", "version of the knowledge at the export"),
    "result_version": (
        "最后看到的结果是用哪一版知识（含模型）算的，没看过为空",
        "version of the knowledge, models included, that made the last result shown; empty: none was",
    ),
    "finished": ("答完为1，没答完为0", "1: nothing is open; 0: partial"),
    "stopped_at": ("没答完时停在哪一题", "the question that is open"),
    "skipped": ("跳过的题，用空格隔开", "questions skipped, parted by spaces"),
    "constrained": ("需要借钱却借不到为1，否则为0", "needed to borrow and couldn't: 1, else 0"),
    "gap": ("没有任何商业保险为1，否则为0", "no commercial cover: 1, else 0"),
}


async def export(people: AsyncIterable[Participant], sheet: Sheet, folder: Path, to: Format = "csv") -> int:
    """Write the answers and `codebook.csv` into a folder, for their owner only; gives the number of rows.

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
    write(folder / "codebook.csv", text([CODEBOOK, *codebook(sheet)]))
    return len(rows)


def text(rows: Iterable[Sequence[str]]) -> str:
    """Give the rows as CSV in which no cell is a formula."""
    out = io.StringIO()
    csv.writer(out).writerows([safe(cell) for cell in row] for row in rows)
    return BOM + out.getvalue()


def parquet(rows: Sequence[Mapping[str, str]], sheet: Sheet) -> bytes:
    """Give the rows as Parquet: codes and yes or no as small integers, the rest as words; unknown is null.

    Each column carries what the codebook says of it as its metadata.
    """
    import pyarrow as pa  # an extra of this project: most operators need no Parquet
    from pyarrow.parquet import write_table

    arrays, fields = [], []
    for column in sheet.columns:
        cells = [row[column.name] or None for row in rows]
        coded = column.option or column.name in (*sheet.features, *OUTCOMES, "finished")
        kind = pa.int8() if coded else pa.string()
        arrays.append(pa.array([cell and int(cell) for cell in cells] if coded else cells, kind))
        meaning = dict(zip(("meaning_zh", "meaning_en"), _meaning(column), strict=True))
        values = {f"value {value}": f"{zh} / {en}" for value, zh, en in _values(column, sheet)}
        fields.append(pa.field(column.name, kind, metadata={**meaning, **values}))
    out = io.BytesIO()
    write_table(pa.table(arrays, schema=pa.schema(fields)), out)
    return out.getvalue()


def safe(cell: str) -> str:
    """Take from a cell what a spreadsheet program would run; a harmless one stays as it is."""
    cell = cell.replace("\0", "")
    starts = {cell[:1], cell.lstrip(f"{BOM} \u3000\xa0")[:1], cell.strip()[:1]}
    return f"'{cell}" if starts & FORMULA else cell


def write(path: Path, content: str | bytes) -> None:
    """Write a file that only its owner may read, whole or not at all; on disk when it returns."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    part = path.with_suffix(".part")
    part.unlink(missing_ok=True)
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content.encode() if isinstance(content, str) else content)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)  # the new name too
    finally:
        os.close(folder)


def codebook(sheet: Sheet) -> Iterator[tuple[str, ...]]:
    """Give a line for each column, and below it one for each value that can stand in it."""
    version = sheet.knowledge.questionnaire.version
    for column in sheet.columns:
        zh, en = _meaning(column)
        feature = column.name if column.name in (*sheet.features, *OUTCOMES) else ""
        asked = version if column.question else ""
        yield column.name, zh, en, asked, feature, "", "", ""
        for value, value_zh, value_en in _values(column, sheet):
            yield column.name, "", "", asked, feature, value, value_zh, value_en


def _meaning(column: Column) -> tuple[str, str]:
    if column.name in MEANINGS:
        return MEANINGS[column.name]
    if column.question is None:
        return (f"导出时的模型版本：{column.name}", f"version of the model at the export: {column.name}")
    zh, en = column.question.text.zh, column.question.text.en
    if column.option is not None:
        zh, en = f"{zh} {column.option.zh}", f"{en} {column.option.en}"
    return zh, en


def _values(column: Column, sheet: Sheet) -> Iterator[tuple[str, str, str]]:
    question = column.question
    if question is None:
        return
    if column.option is not None or column.name in OUTCOMES:
        yield from (("0", "否", "no"), ("1", "是", "yes"))
    elif column.name in sheet.features:
        yield from _codes(question)
    else:
        yield from ((option.id, option.zh, option.en) for option in question.options)


def _codes(question: Question) -> Iterator[tuple[str, str, str]]:
    codes = {option.code for option in question.options if option.code is not None}
    for code in sorted(codes):
        options = [option for option in question.options if option.code == code]
        yield str(code), "；".join(o.zh for o in options), "; ".join(o.en for o in options)
