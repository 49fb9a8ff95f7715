"""The one currency of a source: a row in another one is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analytics.errors import DataError, Place
from analytics.ingest.conversion import SYMBOLS
from analytics.ingest.quoting import list_sql, name_sql
from analytics.ingest.raw_relation import ROW, RawFile
from analytics.ingest.reading_errors import explained_errors
from analytics.ingest.table_source import TableSource

if TYPE_CHECKING:
    import duckdb


def refuse_other_currencies(
    raw: RawFile,
    read: TableSource,
    connection: duckdb.DuckDBPyConnection,
    *,
    currency: str,
    file: str,
) -> None:
    """Raise DataError with the first row that is in another currency than the source.

    Rows that name none, as the further lines of an order, are in the currency of the source.
    """
    if not read.currency_column:
        return
    header = next(name for name in raw.names if name.lower() == read.currency_column.lower())
    text = f"upper(trim(CAST({name_sql(header)} AS VARCHAR)))"
    known = [currency, *([SYMBOLS[currency].upper()] if currency in SYMBOLS else [])]
    with explained_errors(file, raw.lines):
        other = connection.sql(
            f"SELECT {name_sql(ROW)}, {name_sql(header)} FROM ({raw.sql}) WHERE {text} <> '' "
            f"AND NOT list_contains({list_sql(known)}, {text}) ORDER BY 1 LIMIT 1"
        ).fetchone()
    if other:
        raise DataError(
            f'the row is in "{other[1]}", and the source is in {currency}',
            place=Place(file=file, row=other[0], column=header),
            remedy=f"Export amounts in {currency} alone, or the orders of each currency as a "
            "source of its own.",
        )
