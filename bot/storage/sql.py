"""Many values in one statement whose text hardly depends on how many: each text is prepared once."""

from collections.abc import Collection, Mapping
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

Value = TypeVar("Value")


def among(column: sa.ColumnElement[Any], name: str) -> sa.ColumnElement[bool]:
    """Return the condition that a column is one of the `padded` values that are bound to `name`."""
    return column.in_(sa.bindparam(name, expanding=True))


def padded(values: Collection[Value]) -> list[Value]:
    """Repeat the last value until they are 1, 2, 4, 8 ...: a text for each, and not one for each number."""
    some = list(values)
    full = 1 << (len(some) - 1).bit_length() if some else 0
    return some + some[-1:] * (full - len(some))


def unnested(columns: Mapping[str, sa.types.TypeEngine[Any]]) -> sa.TableValuedAlias:
    """Return rows whose columns are bound as arrays by their names; `place` counts them (PostgreSQL)."""
    arrays = [sa.bindparam(name, type_=postgresql.ARRAY(kind)) for name, kind in columns.items()]
    names = [sa.column(name, kind) for name, kind in columns.items()]
    rows = sa.func.unnest(*arrays).table_valued(*names, with_ordinality="place")
    return rows.render_derived()
