"""A raw file as a DuckDB relation: every row with its number, cells as the file has them."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

import duckdb

from analytics.errors import DataError, Place
from analytics.ingest.quoting import name_sql, text_sql
from analytics.ingest.source import TableSource
from analytics.ingest.text_file import first_record, utf8_file
from analytics.ingest.workbook import workbook_table

ROW = "__row"
_JSON_PROBE = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class RawFile:
    """A relation with the columns of a raw file.

    Attributes
    ----------
    sql : str
        A SELECT of ``__row`` and of every column of the file.
    names : tuple of str
        The columns of the file.
    typed : bool
        Whether the format knows days and moments: as text, these are ISO 8601 then.
    kinds : mapping
        DuckDB's types of those columns that are not text.
    lines : Path or None
        The file in UTF-8, where it is of JSON lines.
    """

    sql: str
    names: tuple[str, ...]
    typed: bool
    kinds: Mapping[str, str] = field(default_factory=dict)
    lines: Path | None = None


@contextmanager
def explained_errors(file: str, lines: Path | None = None) -> Iterator[None]:
    """Turn what DuckDB says about a file into a DataError with the row.

    Parameters
    ----------
    file : str
        Name of the file, for the reader.
    lines : Path, optional
        The file in UTF-8, where it is of JSON lines.
    """
    try:
        yield
    except duckdb.OutOfMemoryException:
        raise
    except duckdb.Error as error:
        text = str(error)
        if "No space left" in text:
            raise
        if lines is not None:
            _check_lines(lines, file)
        found = re.search(r"(?:Line: |in line |line )(\d+)", text)
        said = re.sub(r"^.*?Error: ", "", text.strip().splitlines()[0])
        for line in text.splitlines():
            if re.match(r"\s*(Expected Number|Value with unterminated|Unterminated|It was)", line):
                said = line.strip()
        if "buffer size" in text or "Maximum line size" in text:
            said = "a row is longer than 8 MB"
        if "state machine" in said:
            said = "its rows do not all end alike, or a quote is out of place"
        raise DataError(
            f"the file cannot be read: {said}",
            place=Place(file=file, row=int(found[1]) if found else None),
            remedy="Check format, delimiter and quote in the source file, or export it again.",
        ) from None


def raw_file(
    path: Path,
    read: TableSource,
    connection: duckdb.DuckDBPyConnection,
    *,
    temporary: Path,
    time_zone: str,
) -> RawFile:
    """Return a raw file as a relation of `connection`.

    Raises
    ------
    DataError
        Where the file is missing, empty, not of its format or encoding, or has a header that
        names a column twice.
    """
    if not path.is_file():
        raise DataError(
            "a folder is in the file's place" if path.is_dir() else "the file does not exist",
            place=Place(file=str(path)),
            remedy="Put the export there, or correct file and folder in the source file.",
        )
    if path.stat().st_size == 0:
        raise DataError(
            "the file is empty",
            place=Place(file=path.name),
            remedy="Export it again, with its header.",
        )
    with explained_errors(path.name):
        match read.format:
            case "csv":
                raw = _csv(utf8_file(path, read.encoding, temporary), read, connection)
            case "whitespace":
                raw = _whitespace(utf8_file(path, read.encoding, temporary), path, connection)
            case "jsonl":
                raw = _jsonl(utf8_file(path, read.encoding, temporary), path)
            case "parquet":
                raw = _parquet(path, connection, time_zone)
            case "excel":
                raw = _excel(path, read, connection)
    _check_header(raw.names, path.name)
    return raw


def _check_header(names: tuple[str, ...], file: str) -> None:
    # DuckDB knows no difference between Net and net.
    repeated = [name for name, times in Counter(map(str.lower, names)).items() if times > 1]
    if repeated:
        raise DataError(
            f"the header names {len(repeated)} column{'s' * (len(repeated) > 1)} more than once",
            place=Place(
                file=file, row=1, column=next(n for n in names if n.lower() == repeated[0])
            ),
            remedy="Give each column a name of its own.",
        )


def _texts(names: tuple[str, ...]) -> str:
    return "{" + ", ".join(f"{text_sql(name)}: 'VARCHAR'" for name in names) + "}"


def _csv(path: Path, read: TableSource, connection: duckdb.DuckDBPyConnection) -> RawFile:
    header = first_record(path, delimiter=read.delimiter, quote=read.quote)
    names = tuple(name.strip() or f"column {number}" for number, name in enumerate(header, 1))
    _check_header(names, path.name)
    # A table numbers its rows in the order of the file, and unlike a window in parallel.
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE lines AS SELECT * FROM read_csv({text_sql(str(path))}, "
        f"columns = {_texts(names)}, header = true, auto_detect = false, "
        f"delim = {text_sql(read.delimiter)}, quote = {text_sql(read.quote)}, "
        f"escape = {text_sql(read.quote)}, strict_mode = true, "
        "max_line_size = 8388608)"
    )
    sql = f"SELECT rowid + 2 AS {name_sql(ROW)}, * FROM lines"
    return RawFile(sql=sql, names=names, typed=False)


def _whitespace(path: Path, original: Path, connection: duckdb.DuckDBPyConnection) -> RawFile:
    lines = (
        f"read_csv({text_sql(str(path))}, columns = {{'line': 'VARCHAR'}}, header = false, "
        "auto_detect = false, delim = '\x1f', quote = '', escape = '')"
    )
    cells = r"regexp_split_to_array(trim(line, e' \t\r'), '[ \t]+')"
    head = connection.sql(f"SELECT {cells} FROM {lines} LIMIT 1").fetchone()
    names = tuple(head[0]) if head else ()
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


def _jsonl(path: Path, original: Path) -> RawFile:
    names = _check_lines(path, original.name, _JSON_PROBE)
    sql = (
        f"SELECT row_number() OVER () AS {name_sql(ROW)}, * FROM read_json("
        f"{text_sql(str(path))}, columns = {_texts(names)}, format = 'newline_delimited')"
    )
    return RawFile(sql=sql, names=names, typed=False, lines=path)


def _check_lines(path: Path, file: str, most: int | None = None) -> tuple[str, ...]:
    """Return the keys of the objects in the first lines; DataError for a line that is none."""
    names: dict[str, None] = {}

    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        _check_header(tuple(key for key, _ in pairs), file)
        return dict(pairs)

    def fault(row: int, why: str) -> DataError:
        remedy = "A file of JSON lines has one object a line."
        return DataError(why, place=Place(file=file, row=row), remedy=remedy)

    with path.open(encoding="utf-8-sig") as stream:
        for row, line in enumerate(islice(stream, most), start=1):
            if not line.strip():
                continue
            try:
                record = json.loads(line, object_pairs_hook=unique)
            except (json.JSONDecodeError, RecursionError) as error:
                raise fault(row, f"the line is not JSON: {error}") from None
            if not isinstance(record, dict):
                raise fault(row, "the line is no object")
            names.update(dict.fromkeys(record))
    return tuple(names)


def _parquet(path: Path, connection: duckdb.DuckDBPyConnection, time_zone: str) -> RawFile:
    source = f"read_parquet({text_sql(str(path))}, file_row_number = true)"
    described = connection.sql(f"DESCRIBE SELECT * FROM {source}").fetchall()
    kinds = {name: kind for name, kind, *_ in described if name != "file_row_number"}

    def local(name: str, kind: str) -> str:
        if kind != "TIMESTAMP WITH TIME ZONE":
            return name_sql(name)
        return f"timezone({text_sql(time_zone)}, {name_sql(name)}) AS {name_sql(name)}"

    columns = ", ".join(local(name, kind) for name, kind in kinds.items())
    sql = f"SELECT file_row_number + 1 AS {name_sql(ROW)}, {columns} FROM {source}"
    return RawFile(sql=sql, names=tuple(kinds), typed=True, kinds=kinds)


def _excel(path: Path, read: TableSource, connection: duckdb.DuckDBPyConnection) -> RawFile:
    table, names = workbook_table(path, read.sheet, row_name=ROW)
    _check_header(names, path.name)
    connection.register("workbook", table)
    return RawFile(sql="SELECT * FROM workbook", names=names, typed=True)
