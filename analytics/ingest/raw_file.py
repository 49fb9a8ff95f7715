"""A raw file as a DuckDB relation: every row with its number, cells as the file has them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from analytics.errors import DataError, Place
from analytics.ingest.json_lines import json_keys
from analytics.ingest.long_texts import may_be_too_long
from analytics.ingest.quoting import name_sql, text_sql
from analytics.ingest.signature import refuse_kind, refuse_other_than_files
from analytics.ingest.source import TableSource
from analytics.ingest.text_file import (
    LONGEST_ROW,
    filled_rows,
    first_record,
    odd_line_end,
    plain_path,
    utf8_file,
)
from analytics.ingest.workbook import workbook_table

ROW = "__row"
_TAKEN = (ROW, "file_row_number")
_JSON_PROBE = 1000
_LONGEST_CELL, _MOST_BYTES = 1 << 20, 1 << 28
_LONG_TEXT = 1 << 12
_MOST_COLUMNS, _LONGEST_NAME = 2000, 1000
_NESTED = re.compile(r"STRUCT|MAP|UNION|BLOB|BIT|INTERVAL|VARIANT|GEOMETRY|.*\]$", re.IGNORECASE)


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
def explained_errors(
    file: str, lines: Path | None = None, text: Path | None = None
) -> Iterator[None]:
    """Turn what DuckDB says about a file into a DataError with the row.

    Parameters
    ----------
    file : str
        Name of the file, for the reader.
    lines : Path, optional
        The file in UTF-8, where it is of JSON lines.
    text : Path, optional
        The file in UTF-8, where it is of another format of text.
    """
    try:
        yield
    except duckdb.OutOfMemoryException:
        raise
    except duckdb.Error as error:
        # The reader knows the file by its own name.
        told = re.sub(r"""["']?/[^"'\n]*/raw-\w+["']?""", file, str(error))
        if "No space left" in told:
            raise
        if lines is not None:
            json_keys(lines, file)
        found = re.search(r"(?:Line: |in line |line )(\d+)", told)
        row = int(found[1]) if found else None
        said = re.sub(r"^.*?Error: ", "", told.strip().splitlines()[0])
        for line in told.splitlines():
            if re.match(r"\s*(Expected Number|Value with unterminated|Unterminated|It was)", line):
                said = line.strip()
        if re.search("buffer size|[Mm]aximum.line.size|maximum_object_size", told):
            said = "a row is longer than 8 MB"
        if "state machine" in said:
            said = "its rows do not all end alike, or a quote is out of place"
            row = row or (odd_line_end(text) if text else None)
        if file.endswith(".parquet") or "Parquet" in said or "Thrift" in told:
            said = f"it is no Parquet file, damaged or cut off ({said})"
        raise DataError(
            f"the file cannot be read: {said}",
            place=Place(file=file, row=row),
            remedy="Check format, delimiter and quote in the source file, or export it again.",
        ) from None


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
                raw = _csv(utf8_file(path, read.encoding, temporary), path, read, connection)
            case "whitespace":
                plain = utf8_file(path, read.encoding, temporary)
                with explained_errors(path.name, text=plain):
                    raw = _whitespace(plain, path, connection)
            case "jsonl":
                plain = utf8_file(path, read.encoding, temporary, escaped=True)
                raw = _jsonl(plain, path, read)
            case "parquet":
                raw = _parquet(path, read, connection, time_zone, temporary)
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


def check_header(names: tuple[str, ...], file: str) -> None:
    """Raise DataError for a header that is too wide, or names a column twice or oddly."""

    def refused(message: str, column: str | None, remedy: str) -> DataError:
        return DataError(message, place=Place(file=file, row=1, column=column), remedy=remedy)

    if len(names) > _MOST_COLUMNS:
        raise refused(
            f"the header names {len(names):,} columns, and at most {_MOST_COLUMNS:,} are read",
            None,
            "Check delimiter in the source file, or export fewer columns.",
        )
    for name in names:
        if len(name) > _LONGEST_NAME:
            said = f"the name of a column has {len(name):,} characters"
            raise refused(said, name, "Check delimiter and quote in the source file.")
        if name.lower() in _TAKEN or re.search("[\0\ud800-\udfff]", name):
            raise refused("no column can have this name", name, "Give it another name.")
    # DuckDB knows no difference between Net and net.
    repeated = [name for name, times in Counter(map(str.lower, names)).items() if times > 1]
    if repeated:
        raise refused(
            f"the header names {len(repeated)} column{'s' * (len(repeated) > 1)} more than once",
            next(name for name in names if name.lower() == repeated[0]),
            "Give each column a name of its own.",
        )


def _texts(names: tuple[str, ...]) -> str:
    return "{" + ", ".join(f"{text_sql(name)}: 'VARCHAR'" for name in names) + "}"


def _csv(
    path: Path, original: Path, read: TableSource, connection: duckdb.DuckDBPyConnection
) -> RawFile:
    blank, header = first_record(path, original.name, delimiter=read.delimiter, quote=read.quote)
    names = tuple(name.strip() or f"column {number}" for number, name in enumerate(header, 1))
    check_header(names, original.name)
    cells = tuple(f"cell{number}" for number in range(len(names)))
    # A table numbers its rows in the order of the file, and unlike a window in parallel.
    with explained_errors(original.name, text=path):
        connection.execute(
            f"CREATE OR REPLACE TEMP TABLE lines AS SELECT * FROM read_csv({text_sql(str(path))}, "
            f"columns = {_texts(cells)}, header = true, skip = {blank}, auto_detect = false, "
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


def _whitespace(path: Path, original: Path, connection: duckdb.DuckDBPyConnection) -> RawFile:
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


def _jsonl(path: Path, original: Path, read: TableSource) -> RawFile:
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
        f"{text_sql(str(path))}, columns = {_texts(names)}, format = 'newline_delimited', "
        f"compression = 'uncompressed', maximum_object_size = {LONGEST_ROW})"
    )
    return RawFile(sql=sql, names=names, typed=False, lines=path)


def _parquet(
    path: Path,
    read: TableSource,
    connection: duckdb.DuckDBPyConnection,
    time_zone: str,
    temporary: Path,
) -> RawFile:
    plain = text_sql(str(plain_path(path, temporary)))
    source = f"read_parquet({plain}, file_row_number = true)"
    described = connection.sql(f"DESCRIBE SELECT * FROM read_parquet({plain})").fetchall()
    kinds = {name: kind for name, kind, *_ in described}
    # DuckDB renames the second of two columns of one name to Net_1.
    written = connection.sql(f"SELECT name FROM parquet_schema({plain})").fetchall()
    known = {name for (name,) in written}
    own = (name if name in known else re.sub(r"_\d+$", "", name) for name in kinds)
    check_header(tuple(own), path.name)
    mapped = {name.lower() for name in read.columns.values()}
    nested = {name for name, kind in kinds.items() if _NESTED.match(kind)}
    for name in nested:
        if name.lower() in mapped:
            raise DataError(
                f"the column holds {kinds[name][:60]}, which is no single value",
                place=Place(file=path.name, column=name),
                remedy="Export a column of texts, numbers or dates.",
            )
    kinds = {name: kind for name, kind in kinds.items() if name not in nested}
    _check_texts(path, plain, kinds, connection)

    def local(name: str, kind: str) -> str:
        if kind != "TIMESTAMP WITH TIME ZONE":
            return name_sql(name)
        return f"timezone({text_sql(time_zone)}, {name_sql(name)}) AS {name_sql(name)}"

    columns = ", ".join(local(name, kind) for name, kind in kinds.items())
    sql = f"SELECT file_row_number + 1 AS {name_sql(ROW)}, {columns} FROM {source}"
    return RawFile(sql=sql, names=tuple(kinds), typed=True, kinds=kinds)


def _check_texts(
    path: Path, plain: str, kinds: Mapping[str, str], connection: duckdb.DuckDBPyConnection
) -> None:
    """Raise DataError for the first text that is too long, or one too many for the file.

    A dictionary of one long text, named by a million rows, unpacks to a terabyte.
    """
    texts = [name_sql(name) for name, kind in kinds.items() if kind == "VARCHAR"]
    if not texts:
        return
    source = f"read_parquet({plain}, file_row_number = true)"
    _check_unpacked(path, source, texts, connection)
    lengths = [f"coalesce(strlen({name}), 0)" for name in texts]
    most = max(_MOST_BYTES, 64 * path.stat().st_size)
    if not may_be_too_long(texts, plain, connection, cell=_LONGEST_CELL, whole=most):
        return
    import pyarrow.compute as pc

    nul = " OR ".join(f"coalesce(contains({name}, chr(0)), false)" for name in texts)
    asked = connection.execute(
        f"SELECT greatest(0, {', '.join(lengths)}), {' + '.join(lengths)}, {nul}, "
        f"file_row_number FROM {source}"
    )
    # The one of DuckDB 1.4 is deprecated in 1.5.
    reader = getattr(asked, "to_arrow_reader", None) or asked.fetch_record_batch
    left = most
    for batch in reader(2048):
        longest, total, has_nul, rows = batch.columns
        left -= pc.sum(total).as_py() or 0
        wrong = pc.or_(pc.greater(longest, _LONGEST_CELL), has_nul)
        first = pc.index(wrong, True).as_py()
        if first < 0 and left >= 0:
            continue
        row = rows[max(first, 0)].as_py()
        each = ", ".join((*lengths, *(f"contains({name}, chr(0))" for name in texts)))
        found = connection.execute(
            f"SELECT {each} FROM {source} WHERE file_row_number = {row}"
        ).fetchone()
        sizes, nuls = (found or ())[: len(texts)], (found or ())[len(texts) :]
        at = nuls.index(True) if True in nuls else sizes.index(max(sizes))
        if True in nuls:
            said = "the text has a NUL byte"
        elif first >= 0:
            said = f"the cell has {sizes[at]:,} bytes, and at most {_LONGEST_CELL:,} are read"
        else:
            said = "the texts of the file unpack to more than is read"
        raise DataError(
            said,
            place=Place(file=path.name, row=row + 1, column=texts[at][1:-1]),
            remedy="Correct the cells of the column, or leave it out of the export.",
        )


def _has_long_texts(
    texts: list[str],
    lengths: list[str],
    plain: str,
    connection: duckdb.DuckDBPyConnection,
    most: int,
) -> bool:
    """Return whether a text is too long or has a NUL byte, or all are too many."""
    source = f"read_parquet({plain})"
    longest, total = connection.execute(
        f"SELECT max(greatest(0, {', '.join(lengths)})), sum({' + '.join(lengths)}) FROM {source}"
    ).fetchall()[0]
    if (longest or 0) > _LONGEST_CELL or (total or 0) > most:
        return True
    nul = " OR ".join(f"contains({name}, chr(0))" for name in texts)
    found = connection.execute(f"SELECT 1 FROM {source} WHERE {nul} LIMIT 1").fetchone()
    return found is not None


def _check_unpacked(
    path: Path, source: str, texts: list[str], connection: duckdb.DuckDBPyConnection
) -> None:
    """Raise DataError where long texts, each named by many rows, unpack to more than is read.

    DuckDB copies 2,048 texts of a dictionary at once; Arrow leaves them where they are.
    """
    longer = " OR ".join(f"strlen({text}) > {_LONG_TEXT}" for text in texts)
    if connection.execute(f"SELECT 1 FROM {source} WHERE {longer} LIMIT 1").fetchone() is None:
        return
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    left, row = max(_MOST_BYTES, 64 * path.stat().st_size), 1
    try:
        with pq.ParquetFile(path) as file:
            names = [name for name in file.schema_arrow.names if name_sql(name) in texts]
        with pq.ParquetFile(path, read_dictionary=names) as file:
            for batch in file.iter_batches(2048, columns=names):
                for name, column in zip(batch.schema.names, batch.columns, strict=True):
                    if isinstance(column, pa.DictionaryArray):
                        lengths = pc.binary_length(column.dictionary).take(column.indices)
                    else:
                        lengths = pc.binary_length(column)
                    left -= pc.sum(pc.cast(lengths, pa.int64())).as_py() or 0
                    if left < 0:
                        raise DataError(
                            "the texts of the file unpack to more than is read",
                            place=Place(file=path.name, row=row, column=name),
                            remedy="Correct the cells of the column, or leave it out.",
                        )
                row += batch.num_rows
    except (pa.ArrowException, OSError, ValueError) as error:
        raise DataError(
            f"it is no Parquet file, damaged or cut off ({str(error).splitlines()[0]})",
            place=Place(file=path.name),
            remedy="Export it again.",
        ) from None


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
    lines = f"{{{text_sql(ROW)}: 'BIGINT', " + _texts(cells)[1:]
    sql = (
        f"SELECT {name_sql(ROW)}, {renamed} FROM read_json({text_sql(str(table))}, "
        f"columns = {lines}, format = 'newline_delimited', compression = 'uncompressed')"
    )
    return RawFile(sql=sql, names=names, typed=True)
