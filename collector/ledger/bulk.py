"""Many rows into one table by the driver's own executemany, on SQLite and PostgreSQL alike.

SQLAlchemy's `execute` makes a dictionary of parameters for every row first, which shows in the profile of a flush. Here
the statement is compiled once for each table, dialect and set of columns; none of them needs its values converted.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from sqlalchemy import Connection, Dialect, Table
from sqlalchemy.dialects import postgresql, sqlite


def insert_rows(tx: Connection, table: Table, rows: Sequence[dict[str, object]]) -> None:
    """Insert rows with the same keys. Raises sqlalchemy's IntegrityError as `execute` does."""
    _run(tx, table, rows, add=False)


def add_counts(tx: Connection, table: Table, rows: Sequence[dict[str, object]]) -> None:
    """Add each row's counts to the row with its primary key, or insert it."""
    _run(tx, table, rows, add=True)


def _run(tx: Connection, table: Table, rows: Sequence[dict[str, object]], *, add: bool) -> None:
    if not rows:
        return
    sql, positions = _statement(tx.dialect, table, tuple(rows[0]), add=add)
    if positions is None:
        tx.exec_driver_sql(sql, list(rows))
    else:
        tx.exec_driver_sql(sql, [tuple(map(row.__getitem__, positions)) for row in rows])


@lru_cache(maxsize=64)
def _statement(
    dialect: Dialect, table: Table, columns: tuple[str, ...], *, add: bool
) -> tuple[str, tuple[str, ...] | None]:
    """The text, and for drivers that take values by place the columns in their order."""
    make = postgresql.insert if dialect.name == "postgresql" else sqlite.insert
    statement = make(table)
    if add:
        keys = [column.name for column in table.primary_key]
        counts = {name: table.c[name] + statement.excluded[name] for name in columns if name not in keys}
        statement = statement.on_conflict_do_update(index_elements=keys, set_=counts)
    compiled = statement.compile(dialect=dialect, column_keys=list(columns))
    positions = getattr(compiled, "positiontup", None)
    return str(compiled), tuple(positions) if positions is not None else None
