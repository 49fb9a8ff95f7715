"""A raw file as a DuckDB relation: every row with its number, cells as the file has them."""

from __future__ import annotations

from pathlib import Path

import duckdb

from analytics.ingest.quoting import name_sql, text_sql
from analytics.ingest.raw_parquet import parquet_relation
from analytics.ingest.raw_relation import ROW, RawFile, check_header, texts_sql
from analytics.ingest.raw_text import csv_relation, jsonl_relation, whitespace_relation
from analytics.ingest.reading_errors import explained_errors
from analytics.ingest.signature import refuse_kind, refuse_other_than_files
from analytics.ingest.table_source import TableSource
from analytics.ingest.text_file import utf8_file
from analytics.ingest.workbook import workbook_table


def raw_file(
    path: Path,
    read: TableSource,
    connection: duckdb.DuckDBPyConnection,
    *,
    temporary: Path,
    time_zone: str,
    folder: Path | None = None,
    shown: str = "",
) -> RawFile:
    """Return a raw file as a relation of `connection`.

    Parameters
    ----------
    path : Path
        The file.
    read : TableSource
        How it is read.
    connection : DuckDBPyConnection
        What reads it.
    temporary : Path
        A folder for copies.
    time_zone : str
        Of the shop; moments with a zone become local.
    folder : Path, optional
        The folder that the file must lie in, links followed.
    shown : str
        What messages call the sheet of a workbook; the file's name where it is empty.

    Raises
    ------
    DataError
        Where the file is missing, no ordinary file, out of the folder, empty, not of its format
        or encoding, or has a header that names a column twice.
    """
    refuse_other_than_files(path, folder)
    refuse_kind(path, *_EXPECTED[read.format])
    with explained_errors(shown or path.name):
        match read.format:
            case "csv":
                raw = csv_relation(
                    utf8_file(path, read.encoding, temporary), path, read, connection
                )
            case "whitespace":
                plain = utf8_file(path, read.encoding, temporary)
                with explained_errors(path.name, text=plain):
                    raw = whitespace_relation(plain, path, connection)
            case "jsonl":
                plain = utf8_file(path, read.encoding, temporary, escaped=True)
                raw = jsonl_relation(plain, path, read)
            case "parquet":
                raw = parquet_relation(path, read, connection, time_zone, temporary)
            case "excel":
                raw = _excel(path, read, connection, temporary, shown)
    check_header(raw.names, shown or path.name)
    return raw


_EXPECTED = {
    "csv": ("none",),
    "whitespace": ("none",),
    "jsonl": ("none",),
    "parquet": ("a Parquet file",),
    "excel": ("a ZIP archive",),
}


def _excel(
    path: Path,
    read: TableSource,
    connection: duckdb.DuckDBPyConnection,
    temporary: Path,
    shown: str,
) -> RawFile:
    needed = frozenset(name.lower() for name in read.columns.values())
    sheet = read.sheets[0] if read.sheets else ""
    table, names = workbook_table(
        path, sheet, row_name=ROW, needed=needed, temporary=temporary, shown=shown
    )
    if not isinstance(table, Path):
        connection.register("workbook", table)
        return RawFile(sql="SELECT * FROM workbook", names=names, typed=True)
    cells = tuple(f"c{number}" for number in range(len(names)))
    renamed = ", ".join(f"{c} AS {name_sql(n)}" for c, n in zip(cells, names, strict=True))
    lines = f"{{{text_sql(ROW)}: 'BIGINT', " + texts_sql(cells)[1:]
    sql = (
        f"SELECT {name_sql(ROW)}, {renamed} FROM read_json({text_sql(str(table))}, "
        f"columns = {lines}, format = 'newline_delimited', compression = 'uncompressed')"
    )
    return RawFile(sql=sql, names=names, typed=True)
