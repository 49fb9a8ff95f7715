"""The data dictionary: every column of the canonical tables and of the published ones."""

from __future__ import annotations

import pandas as pd

from analytics.presentation.context import source_facts, stored
from analytics.presentation.formats import percent, sentence_start
from analytics.presentation.fragments import Fragment, long_text, paragraph, text
from analytics.presentation.rows import records
from analytics.results import RESULT_TYPES, DataQuality, Missing
from analytics.schema import TABLES, Table
from analytics.tables import TableColumn, table_html

_TYPES = {"money": "amount", "string": "text"}


def canonical_tables() -> Fragment:
    """Return what a row of each canonical table is, and whether this source has the table."""
    have = set(source_facts().tables)
    frame = pd.DataFrame(
        [
            {
                "table": table.name,
                "row": sentence_start(table.row),
                "key": ", ".join(table.key) or "–",
                "present": "yes" if table.name in have else "no",
            }
            for table in TABLES
        ]
    )
    columns = (
        TableColumn(name="table", title="Table", html=lambda name: f"<code>{text(name)}</code>"),
        TableColumn(name="row", title="A row is", html=long_text),
        TableColumn(name="key", title="Identified by"),
        TableColumn(name="present", title="In this source"),
    )
    return Fragment(
        table_html(frame, columns, id="canonical-tables", label="Canonical tables",
                   searchable=False)
    )  # fmt: skip


def canonical_columns() -> Fragment:
    """Return every canonical column: meaning, type, unit, and how much of it this source has."""
    quality = stored(DataQuality)
    gaps = {} if isinstance(quality, Missing) else _missing_rates(quality)
    have = set(source_facts().tables)
    frame = pd.DataFrame(
        [row for table in TABLES for row in _rows(table, have, gaps)],
        columns=["table", "column", "description", "type", "unit", "present"],
    )
    columns = (
        TableColumn(name="table", title="Table"),
        TableColumn(name="column", title="Column", html=lambda name: f"<code>{text(name)}</code>"),
        TableColumn(name="description", title="Meaning", html=long_text),
        TableColumn(name="type", title="Type"),
        TableColumn(name="unit", title="Unit"),
        TableColumn(name="present", title="In this source"),
    )
    return Fragment(table_html(frame, columns, id="dictionary", label="Data dictionary"))


def published_columns() -> Fragment:
    """Return the columns of the tables behind the pages and the downloads."""
    frame = pd.DataFrame(
        [
            {
                "table": f"{kind.KIND} {name}",
                "column": column.name,
                "description": column.description,
                "type": _TYPES.get(column.dtype, column.dtype),
                "unit": column.unit or "–",
            }
            for kind in RESULT_TYPES
            for name, declared in kind.FRAMES.items()
            for column in declared
        ]
    )
    columns = (
        TableColumn(name="table", title="Result and table"),
        TableColumn(name="column", title="Column", html=lambda name: f"<code>{text(name)}</code>"),
        TableColumn(name="description", title="Meaning", html=long_text),
        TableColumn(name="type", title="Type"),
        TableColumn(name="unit", title="Unit"),
    )
    return Fragment(
        paragraph("Rates run from 0 to 1. Amounts are in the source's one currency.")
        + table_html(frame, columns, id="published-columns", label="Columns of the results")
    )


def _missing_rates(quality: DataQuality) -> dict[str, float]:
    return {
        f"{row['table']}.{row['column']}": float(row["rate"])
        for row in records(quality.missing_values)
    }


def _rows(table: Table, have: set[str], gaps: dict[str, float]) -> list[dict[str, str]]:
    rows = []
    for column in table.columns:
        name = f"{table.name}.{column.name}"
        gap = gaps.get(name, 0.0)
        present = "no"
        if name in have:
            present = f"yes, {percent(gap)} missing" if gap else "yes"
        description = column.description
        if column.pii:
            description += " Personal data: never published."
        if column.values:
            description += f" One of: {', '.join(column.values)}."
        rows.append(
            {
                "table": table.name,
                "column": column.name,
                "description": description,
                "type": _TYPES.get(column.dtype, column.dtype),
                "unit": column.unit or "–",
                "present": present,
            }
        )
    return rows
