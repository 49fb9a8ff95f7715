"""What lies in a folder of exports: format, encoding, delimiter and values of every file."""

from __future__ import annotations

import codecs
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

from analytics.errors import AnalyticsError
from analytics.ingest.databases import database_file
from analytics.ingest.headers import headed_file
from analytics.ingest.quoting import name_sql, text_sql
from analytics.ingest.raw_file import raw_file
from analytics.ingest.signature import file_kind
from analytics.ingest.table_source import DATABASES, Format, TableSource

if TYPE_CHECKING:
    from analytics.engine import Engine

LARGEST_SAMPLE = 200_000
_TEXT_ENDINGS = (".csv", ".tsv", ".txt", ".tab")
# CDNOW's files have no header; the sample has an id of its own beside the customer's.
_CDNOW = re.compile(r"\s*\d+\s+(\d+\s+)?\d{8}\s+\d+\s+\d+\.\d+\s*")
_DELIMITERS = (",", ";", "\t", "|")


@dataclass(frozen=True, slots=True, kw_only=True)
class Export:
    """A table that a file of the folder holds.

    Attributes
    ----------
    read : TableSource
        How it is read; nothing of it is mapped yet.
    headers : tuple of str
        Its columns.
    sample : str
        Name of the DuckDB table with its first rows, as trimmed texts.
    rows : int
        Rows of the sample.
    note : str
        What a person must know of its files.
    """

    read: TableSource
    headers: tuple[str, ...]
    sample: str
    rows: int
    note: str = ""


def text_encoding(path: Path) -> str:
    """Return the encoding of a text file, judged by all of its bytes."""
    content = path.read_bytes()
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if content[:2000].count(b"\0") > len(content[:2000]) // 4:
        return "utf-16-le" if content[1:2] == b"\0" else "utf-16-be"
    for encoding in ("utf-8", "cp1252"):
        try:
            content.decode(encoding)
        except UnicodeDecodeError:
            continue
        return encoding
    return "latin-1"


def text_delimiter(path: Path, encoding: str, engine: Engine) -> str:
    """Return the delimiter of a text file; a blank where its columns are set apart by blanks."""
    text = path.read_bytes()[: 1 << 20].decode(encoding, errors="ignore").lstrip("\ufeff")
    copy = engine.temporary / "sniffed.csv"
    copy.write_text(text.rpartition("\n")[0] or text, encoding="utf-8")
    header = text.partition("\n")[0]
    if not any(mark in header for mark in _DELIMITERS):
        return " " if len(header.split()) > 1 else ","
    try:
        with duckdb.connect(":memory:") as connection:
            found = connection.execute(
                f"SELECT Delimiter FROM sniff_csv({text_sql(str(copy))}, header = true)"
            ).fetchone()
    except duckdb.Error:
        found = None
    if found and found[0] in _DELIMITERS and found[0] in header:
        return str(found[0])
    return max(_DELIMITERS, key=header.count)


def _readings(path: Path, engine: Engine) -> Iterator[TableSource]:
    kind, ending = file_kind(path), path.suffix.lower()
    base = TableSource(file=path.name, format="csv", columns={})
    if kind == "a DuckDB database":
        with duckdb.connect(str(path), read_only=True) as connection:
            names = [
                row[0]
                for row in connection.execute(
                    "SELECT table_name FROM duckdb_tables() ORDER BY 1"
                ).fetchall()
            ]
        yield from (replace(base, format="duckdb", table=name) for name in names)
    elif kind == "a SQLite database":
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as shop:
            found = shop.execute(
                "SELECT name FROM sqlite_master WHERE type IN ('table', 'view') "
                "AND name NOT LIKE 'sqlite_%' ORDER BY 1"
            ).fetchall()
        yield from (replace(base, format="sqlite", table=name) for (name,) in found)
    elif ending == ".xlsx":
        from openpyxl import load_workbook

        book = load_workbook(path, read_only=True)
        sheets = list(book.sheetnames)
        book.close()
        yield from (replace(base, format="excel", sheet=name) for name in sheets)
    elif ending == ".parquet":
        yield replace(base, format="parquet")
    elif ending in (".jsonl", ".ndjson"):
        yield replace(base, format="jsonl", encoding=text_encoding(path))
    elif ending in _TEXT_ENDINGS:
        encoding = text_encoding(path)
        mark = text_delimiter(path, encoding, engine)
        first = path.read_bytes()[:1000].decode(encoding, errors="ignore").partition("\n")[0]
        if mark == " " and (plain := _CDNOW.fullmatch(first)):
            sample = ("sample_id",) if plain[1] else ()
            columns = ("customer_id", *sample, "date", "number_of_cds", "dollar_value")
            base = replace(base, header=columns)
        form: Format = "whitespace" if mark == " " else "csv"
        yield replace(base, format=form, encoding=encoding, delimiter="," if mark == " " else mark)


def folder_exports(
    folder: Path, engine: Engine, connection: duckdb.DuckDBPyConnection
) -> tuple[list[Export], list[str]]:
    """Return the tables that the files of a folder hold, and what is said of other files."""
    exports: list[Export] = []
    others: list[str] = []
    for path in sorted(folder.iterdir()):
        if not path.is_file() or path.name.startswith(".") or path.suffix == ".toml":
            continue
        before = len(exports)
        try:
            for read in _readings(path, engine):
                exports.append(_export(path, read, len(exports), engine, connection))
        except (
            AnalyticsError,
            duckdb.Error,
            sqlite3.Error,
            OSError,
            ValueError,
            KeyError,
        ) as error:
            said = error.message if isinstance(error, AnalyticsError) else str(error)
            others.append(f"{path.name}: {said.splitlines()[0]}")
            continue
        if len(exports) == before:
            others.append(f"{path.name}: no table that is read")
    return exports, others


def _export(
    path: Path,
    read: TableSource,
    number: int,
    engine: Engine,
    connection: duckdb.DuckDBPyConnection,
) -> Export:
    where, how = path, read
    if read.format in DATABASES:
        where, how = database_file(
            path, read, temporary=engine.temporary, folder=None, memory_limit=engine.memory_limit
        )
    if how.header:
        where = headed_file(path, how, temporary=engine.temporary, folder=None)
    raw = raw_file(where, how, connection, temporary=engine.temporary, time_zone="UTC")
    sample = f"sample_{number}"
    texts = ", ".join(
        f"nullif(trim(CAST({name_sql(name)} AS VARCHAR)), '') AS {name_sql(name)}"
        for name in raw.names
    )
    connection.execute(
        f"CREATE TABLE {sample} AS SELECT {texts} FROM ({raw.sql}) LIMIT {LARGEST_SAMPLE}"
    )
    counted = connection.execute(f"SELECT count(*) FROM {sample}").fetchone()
    return Export(read=read, headers=raw.names, sample=sample, rows=counted[0] if counted else 0)
