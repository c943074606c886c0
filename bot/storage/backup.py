"""A backup of either database as one file, and its restore into an empty one: nothing is opened.

Queued messages are no part of it: most of them were sent since, and none may be sent twice.
"""

import gzip
import json
import os
import tempfile
from base64 import b64decode, b64encode
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from bot.storage.tables import conversations, counts, dead_letters, seals, updates, wraps, years

FORMAT = 1
TABLES = (conversations, updates, dead_letters, years, counts, seals, wraps)
AT_ONCE = 500  # rows in one statement


class BackupRefused(ValueError):
    """A backup can't be restored here; the text says why and what to do."""


def write(connection: sa.Connection, path: Path, schema: str, made_at: int) -> dict[str, int]:
    """Write all tables into a file that only its owner reads; returns the number of rows by table.

    The connection is in one transaction that sees one state. The file appears whole or not at all.
    """
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle, draft = tempfile.mkstemp(prefix=f"{path.name}.", dir=path.parent)
    rows: dict[str, int] = {}
    try:
        with os.fdopen(handle, "wb") as raw, gzip.GzipFile(fileobj=raw, mode="wb", mtime=0) as file:
            head = {"format": FORMAT, "schema": schema, "made_at": made_at}
            file.write(json.dumps(head).encode() + b"\n")
            for table in TABLES:
                rows[table.name] = 0
                for row in connection.execution_options(yield_per=AT_ONCE).execute(sa.select(table)):
                    rows[table.name] += 1
                    line = [table.name, [_packed(value) for value in row]]
                    file.write(json.dumps(line, separators=(",", ":")).encode() + b"\n")
            file.write(json.dumps({"rows": rows}).encode() + b"\n")
            file.flush()
            raw.flush()
            os.fsync(raw.fileno())
        Path(draft).replace(path)
    except BaseException:
        Path(draft).unlink(missing_ok=True)
        raise
    return rows


def restore(connection: sa.Connection, path: Path, schema: str) -> dict[str, int]:
    """Write a backup's rows into an empty database of the same schema; returns their number by table.

    Raises BackupRefused; the caller's transaction is then rolled back.
    """
    for table in TABLES:
        if table not in (seals, wraps) and connection.scalar(sa.select(sa.exists().select_from(table))):
            raise BackupRefused(f"the database is not empty ({table.name}): restore into a new one")
    for table in (seals, wraps):  # those of the new database's own start
        connection.execute(sa.delete(table))
    by_name = {table.name: table for table in TABLES}
    rows = dict.fromkeys(by_name, 0)
    waiting: list[dict[str, Any]] = []
    current = TABLES[0]
    counted: dict[str, int] | None = None
    for number, line in enumerate(_lines(path)):
        if number == 0:
            _fitting(line, schema)
        elif isinstance(line, dict):
            counted = line.get("rows")
        else:
            name, values = line
            table = by_name[name]
            if table is not current or len(waiting) >= AT_ONCE:
                _insert(connection, current, waiting)
                waiting, current = [], table
            row = dict(zip(table.c.keys(), map(_unpacked, values), strict=True))
            if table is dead_letters:
                del row["id"]  # the database numbers them itself
            waiting.append(row)
            rows[name] += 1
    _insert(connection, current, waiting)
    if counted != rows:
        raise BackupRefused(f"{path} is cut off: it doesn't hold as many rows as it says")
    return rows


def _fitting(head: Any, schema: str) -> None:
    if not isinstance(head, dict) or head.get("format") != FORMAT:
        raise BackupRefused("this is no backup that this release reads")
    if head.get("schema") != schema:
        raise BackupRefused(
            f"the backup is of schema {head.get('schema')}, the database of {schema}: restore it with the "
            "release that made it, then run `python -m bot migrate` with this one"
        )


def _insert(connection: sa.Connection, table: sa.Table, rows: list[dict[str, Any]]) -> None:
    if rows:
        connection.execute(sa.insert(table), rows)


def _lines(path: Path) -> Iterator[Any]:
    try:
        with gzip.open(path, "rb") as file:
            for line in file:
                yield json.loads(line)
    except (EOFError, gzip.BadGzipFile, ValueError) as error:
        raise BackupRefused(f"{path} is no whole backup: {type(error).__name__}") from None


def _packed(value: Any) -> Any:
    return {"b": b64encode(value).decode()} if isinstance(value, bytes | memoryview) else value


def _unpacked(value: Any) -> Any:
    return b64decode(value["b"]) if isinstance(value, dict) else value
