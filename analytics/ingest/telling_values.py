"""Columns whose names say nothing and whose values do: keys, the only date, the only amount."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import duckdb

from analytics.ingest.evidence import ColumnEvidence
from analytics.ingest.exports import Export
from analytics.ingest.quoting import name_sql
from analytics.schema import Table

_FOUND_RATE = 0.95
_FEWEST_VALUES = 3
_OWN_KEYS = ("transaction_id", "ticket_id")


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """A column of an export that identifies its rows: the customers' or the orders'."""

    column: str
    export: Export
    header: str


def told_by_values(
    canonical: Table,
    export: Export,
    seen: Mapping[str, ColumnEvidence],
    taken: Mapping[str, str],
    keys: Mapping[str, Key],
    connection: duckdb.DuckDBPyConnection,
) -> dict[str, tuple[str, str]]:
    """Return canonical columns that the names leave open -> header, and what shows it.

    Parameters
    ----------
    canonical : Table
        What the export may be.
    export : Export
        The export.
    seen : mapping
        Header -> what its values show.
    taken : mapping
        Canonical column -> header, as named.
    keys : mapping
        ``customer_id`` and ``transaction_id``, as other exports have them.
    connection : DuckDBPyConnection
        That has the samples.
    """
    free = [header for header in export.headers if header not in taken.values()]
    found: dict[str, tuple[str, str]] = {}

    def take(name: str, headers: list[tuple[str, str]]) -> None:
        left = [each for each in headers if each[0] not in [h for h, _ in found.values()]]
        if name in canonical.names and name not in taken and len(left) == 1:
            found[name] = left[0]

    for name, key in keys.items():
        if key.export.sample != export.sample:
            take(name, _foreign(export, free, seen, key, connection))
    unique = [
        (header, f"{seen[header].distinct:,} different values in {export.rows:,} rows")
        for header in free
        if _is_unique(seen[header], export.rows)
    ]
    for name in ("customer_id",) if canonical.name == "customers" else _OWN_KEYS:
        if canonical.name not in ("transaction_items", "order_lines"):
            take(name, unique)
    dates = [header for header in export.headers if seen[header].formats]
    days = [c.name for c in canonical.columns if c.required and c.dtype in ("date", "timestamp")]
    for name in days:
        only = "the only column of dates"
        take(name, [(header, only) for header in dates if header in free and len(dates) == 1])
    amounts = [header for header in export.headers if _is_money(seen[header])]
    money = [c.name for c in canonical.columns if c.dtype == "money" and (c.required)]
    for name in money:
        only = "the only column of amounts"
        take(name, [(header, only) for header in amounts if header in free and len(amounts) == 1])
    return found


def _is_unique(seen: ColumnEvidence, rows: int) -> bool:
    fractions = seen.points + seen.commas
    full = seen.present == rows and seen.distinct == rows and rows >= _FEWEST_VALUES
    return full and not seen.formats and not seen.emails and not fractions


def _is_money(seen: ColumnEvidence) -> bool:
    numbers = bool(seen.present) and seen.numbers >= 0.9 * seen.present
    return numbers and not seen.formats and seen.points + seen.commas >= 0.5 * seen.present


def _foreign(
    export: Export,
    headers: list[str],
    seen: Mapping[str, ColumnEvidence],
    key: Key,
    connection: duckdb.DuckDBPyConnection,
) -> list[tuple[str, str]]:
    found = []
    for header in headers:
        if (
            seen[header].distinct < _FEWEST_VALUES
            or seen[header].formats
            or _is_money(seen[header])
        ):
            continue
        row = connection.execute(
            f"SELECT count(DISTINCT {name_sql(header)}) FILTER (WHERE {name_sql(header)} IN "
            f"(SELECT {name_sql(key.header)} FROM {key.export.sample})) FROM {export.sample}"
        ).fetchone()
        known, distinct = (row[0] if row else 0), seen[header].distinct
        if known >= _FOUND_RATE * distinct:
            many = "all" if known == distinct else f"{known:,}"
            where = f"{key.export.read.file} '{key.header}'"
            found.append((header, f"{distinct:,} different values, {many} found in {where}"))
    return found
