"""Text files as DuckDB relations: CSV, columns set apart by blanks, JSON lines."""

from __future__ import annotations

from pathlib import Path

import duckdb

from analytics.errors import DataError, Place
from analytics.ingest.json_lines import json_keys
from analytics.ingest.quoting import name_sql, text_sql
from analytics.ingest.raw_relation import ROW, RawFile, check_header, texts_sql
from analytics.ingest.reading_errors import explained_errors
from analytics.ingest.table_source import TableSource
from analytics.ingest.text_file import LONGEST_ROW, filled_rows, first_record

_JSON_PROBE = 1000


def csv_relation(
    path: Path, original: Path, read: TableSource, connection: duckdb.DuckDBPyConnection
) -> RawFile:
    """Return the rows of a CSV file, of which `path` is a copy in UTF-8."""
    blank, header = first_record(path, original.name, delimiter=read.delimiter, quote=read.quote)
    names = tuple(name.strip() or f"column {number}" for number, name in enumerate(header, 1))
    check_header(names, original.name)
    cells = tuple(f"cell{number}" for number in range(len(names)))
    # A table numbers its rows in the order of the file, and unlike a window in parallel.
    with explained_errors(original.name, text=path):
        connection.execute(
            f"CREATE OR REPLACE TEMP TABLE lines AS SELECT * FROM read_csv({text_sql(str(path))}, "
            f"columns = {texts_sql(cells)}, header = true, skip = {blank}, auto_detect = false, "
            f"delim = {text_sql(read.delimiter)}, quote = {text_sql(read.quote)}, "
            f"escape = {text_sql(read.quote)}, strict_mode = true, compression = 'none', "
            f"max_line_size = {LONGEST_ROW})"
        )
    renamed = ", ".join(f"{c} AS {name_sql(n)}" for c, n in zip(cells, names, strict=True))
    sql = f"SELECT {_row_number(path, read, connection)} AS {name_sql(ROW)}, {renamed} FROM lines"
    return RawFile(sql=sql, names=names, typed=False)


def _row_number(path: Path, read: TableSource, connection: duckdb.DuckDBPyConnection) -> str:
    """Return the SQL of a row's number; DuckDB leaves blank lines out, spreadsheets do not."""
    rows = filled_rows(path, delimiter=read.delimiter, quote=read.quote)
    counted = connection.sql("SELECT count(*) FROM lines").fetchone()
    if counted is None or len(rows) != counted[0] + 1:
        return "rowid + 2"
    numbers = ", ".join(map(str, rows[1:]))
    connection.execute(f"CREATE OR REPLACE TEMP TABLE numbers AS SELECT [{numbers}] AS rows")
    return "(SELECT rows FROM numbers)[rowid + 1]"


def whitespace_relation(
    path: Path, original: Path, connection: duckdb.DuckDBPyConnection
) -> RawFile:
    """Return the rows of a text whose columns are set apart by blanks."""
    lines = (
        f"read_csv({text_sql(str(path))}, columns = {{'line': 'VARCHAR'}}, header = false, "
        "auto_detect = false, delim = '\x1f', quote = '', escape = '', compression = 'none', "
        f"max_line_size = {LONGEST_ROW})"
    )
    cells = r"regexp_split_to_array(trim(line, e' \t\r'), '[ \t]+')"
    head = connection.sql(f"SELECT {cells} FROM {lines} LIMIT 1").fetchone()
    names = tuple(head[0]) if head else ()
    check_header(names, original.name)
    numbered = f"SELECT row_number() OVER () AS {name_sql(ROW)}, {cells} AS cells FROM {lines}"
    wrong = connection.sql(
        f"SELECT {name_sql(ROW)}, len(cells) FROM ({numbered}) "
        f"WHERE len(cells) <> {len(names)} AND cells <> [''] ORDER BY 1 LIMIT 1"
    ).fetchone()
    if wrong:
        raise DataError(
            f"the row has {wrong[1]} values, and the header names {len(names)} columns",
            place=Place(file=original.name, row=wrong[0]),
            remedy="Correct the row, or export the file with a delimiter.",
        )
    columns = ", ".join(f"cells[{i}] AS {name_sql(name)}" for i, name in enumerate(names, 1))
    sql = (
        f"SELECT {name_sql(ROW)}, {columns} FROM ({numbered}) "
        f"WHERE {name_sql(ROW)} > 1 AND cells <> ['']"
    )
    return RawFile(sql=sql, names=names, typed=False)


def jsonl_relation(path: Path, original: Path, read: TableSource) -> RawFile:
    """Return the rows of JSON lines; columns are the keys of the first of them."""
    mapped = frozenset(name.lower() for name in read.columns.values())
    names = json_keys(path, original.name, _JSON_PROBE, mapped)
    if not names:
        raise DataError(
            "the objects of the file have no keys",
            place=Place(file=original.name, row=1),
            remedy="A file of JSON lines has one object a line, with the names of its columns.",
        )
    check_header(names, original.name)
    sql = (
        f"SELECT row_number() OVER () AS {name_sql(ROW)}, * FROM read_json("
        f"{text_sql(str(path))}, columns = {texts_sql(names)}, format = 'newline_delimited', "
        f"compression = 'uncompressed', maximum_object_size = {LONGEST_ROW})"
    )
    return RawFile(sql=sql, names=names, typed=False, lines=path)
