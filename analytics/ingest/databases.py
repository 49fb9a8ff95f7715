"""Tables and queries of DuckDB and SQLite files, copied as a stream to Parquet.

Both are opened read-only, and a query can do nothing but select from the file.
"""

from __future__ import annotations

import sqlite3
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn
from urllib.parse import quote

from analytics.errors import DataError, Place
from analytics.ingest.quoting import name_sql
from analytics.ingest.raw_relation import check_header
from analytics.ingest.signature import refuse_kind, refuse_other_than_files
from analytics.ingest.table_source import TableSource
from analytics.settings import nearest_name

if TYPE_CHECKING:
    import pyarrow as pa

_ROWS_AT_ONCE = 20_000
_SHOWN_QUERY = 200
# A query that never answers is stopped, and so is one whose answer has no end. Both limits grow
# with the file: a large one is read for longer, and has more to say.
_BYTES_A_SECOND = 20_000_000
_SLOW = "Write a query that ends, or raise query_seconds in the source file."
_MOST_CELLS, _CELLS_A_BYTE = 4_000_000, 64
_KINDS = {"duckdb": "a DuckDB database", "sqlite": "a SQLite database"}
_ALLOWED = frozenset(
    (sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_FUNCTION, sqlite3.SQLITE_RECURSIVE)
)


def database_file(
    path: Path, read: TableSource, *, temporary: Path, folder: Path | None, memory_limit: str
) -> tuple[Path, TableSource]:
    """Return a table or the rows of a query as a Parquet file, and how that is read.

    Parameters
    ----------
    path : Path
        The database.
    read : TableSource
        Names its table, or a query.
    temporary : Path
        Folder for the copy, which has the database's name.
    folder : Path or None
        The folder that the database must lie in, links followed.
    memory_limit : str
        Of DuckDB.

    Raises
    ------
    DataError
        Where the file is no such database or damaged, has no such table, or the query is not a
        single SELECT that it can answer.
    """
    refuse_other_than_files(path, folder)
    refuse_kind(path, _KINDS[read.format])
    copy = Path(tempfile.mkdtemp(prefix="raw-", dir=temporary)) / path.name
    batches = _duckdb_batches if read.format == "duckdb" else _sqlite_batches
    with _explained(path, read):
        _write(_finite(batches(path, read, memory_limit), path, read), copy)
    return copy, replace(read, format="parquet")


def _write(batches: Iterator[pa.RecordBatch], copy: Path) -> None:
    import pyarrow.parquet as pq

    first = next(batches)
    with pq.ParquetWriter(copy, first.schema) as writer:
        writer.write_batch(first)
        for batch in batches:
            writer.write_batch(batch)


def _finite(
    batches: Iterator[pa.RecordBatch], path: Path, read: TableSource
) -> Iterator[pa.RecordBatch]:
    left = max(_MOST_CELLS, _CELLS_A_BYTE * path.stat().st_size)
    for batch in batches:
        left -= batch.num_rows * batch.num_columns
        if left < 0:
            _refused(path, read, "its answer has no end", "Write a query that ends.")
        yield batch


def _seconds(path: Path, read: TableSource) -> float:
    return read.query_seconds + path.stat().st_size / _BYTES_A_SECOND


@contextmanager
def _interrupted(interrupt: Callable[[], None], path: Path, read: TableSource) -> Iterator[None]:
    timer = threading.Timer(_seconds(path, read), interrupt)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _refused(path: Path, read: TableSource, said: str, remedy: str) -> NoReturn:
    asked = f"table {read.table}"
    if read.query:
        query = " ".join(read.query.split())
        asked = query if len(query) <= _SHOWN_QUERY else query[: _SHOWN_QUERY - 1] + "…"
    raise DataError(
        f"the database does not answer {asked}: {said}", place=Place(file=path.name), remedy=remedy
    ) from None


@contextmanager
def _explained(path: Path, read: TableSource) -> Iterator[None]:
    import duckdb
    import pyarrow as pa

    remedy = "Correct table or query in the source file."
    try:
        yield
    except duckdb.OutOfMemoryException:
        raise
    except (sqlite3.Error, sqlite3.Warning, UnicodeError, OverflowError) as error:
        said = str(error)
        if said == "interrupted":
            said, remedy = "it takes too long", _SLOW
        elif "malformed" in said or "not a database" in said or "corrupt" in said:
            remedy = "The file is damaged or cut off: export it again."
        elif "not authorized" in said or "prohibited" in said or "one statement" in said:
            said, remedy = f"it is no single SELECT ({said})", "Write a query that only selects."
        _refused(path, read, said, remedy)
    except (duckdb.Error, pa.ArrowException, RuntimeError) as error:
        said = str(error).strip().replace(str(path.resolve()), path.name)
        said = (said.replace(str(path), path.name).splitlines() or ["no reason is given"])[0]
        if "Interrupt" in said or "interrupted" in said:
            said, remedy = "it takes too long", _SLOW
        if isinstance(error, duckdb.IOException | duckdb.SerializationException):
            remedy = "It may be damaged, in use, or of a later version of DuckDB."
        _refused(path, read, said, remedy)


def _sqlite_batches(path: Path, read: TableSource, _memory: str) -> Iterator[pa.RecordBatch]:
    import pyarrow as pa

    address = f"file:{quote(str(path.resolve()))}?mode=ro"
    with closing(sqlite3.connect(address, uri=True, timeout=2)) as connection:
        if read.table:
            found = connection.execute(
                "SELECT name FROM sqlite_master WHERE type IN ('table', 'view') "
                "AND name NOT LIKE 'sqlite_%'"
            ).fetchall()
            _check_table(path, read, [name for (name,) in found])
        connection.set_authorizer(
            lambda action, *_: sqlite3.SQLITE_OK if action in _ALLOWED else sqlite3.SQLITE_DENY
        )
        ending = time.monotonic() + _seconds(path, read)
        connection.set_progress_handler(lambda: time.monotonic() > ending, 100_000)
        cursor = connection.execute(read.query or f"SELECT * FROM {name_sql(read.table)}")
        if cursor.description is None:
            _refused(path, read, "it is no single SELECT", "Write a query that only selects.")
        names = tuple(column[0] for column in cursor.description)
        check_header(names, path.name)
        schema = pa.schema([(name, pa.string()) for name in names])
        row = 0
        while True:
            rows = cursor.fetchmany(_ROWS_AT_ONCE)
            columns = [
                [_text(rows[at][index], path, row + at + 1, name) for at in range(len(rows))]
                for index, name in enumerate(names)
            ]
            yield pa.RecordBatch.from_arrays(
                [pa.array(each, pa.string()) for each in columns], schema=schema
            )
            row += len(rows)
            if not rows:
                return


def _text(value: Any, path: Path, row: int, column: str) -> str | None:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bytes):
        raise DataError(
            "the value is no text, number or date",
            place=Place(file=path.name, row=row, column=column),
            remedy="Leave the column out by a query, or convert it there.",
        )
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return str(value)


def _duckdb_batches(path: Path, read: TableSource, memory: str) -> Iterator[pa.RecordBatch]:
    import duckdb

    options: dict[str, Any] = {
        "enable_external_access": "false",
        "memory_limit": memory,
        "threads": 2,
        "autoinstall_known_extensions": "false",
    }
    with (
        duckdb.connect(str(path), read_only=True, config=options) as connection,
        _interrupted(connection.interrupt, path, read),
    ):
        connection.execute("SET TimeZone = 'UTC'")
        connection.execute("SET enable_progress_bar = false")
        query = read.query
        if read.table:
            found = connection.execute(
                "SELECT schema_name || '.' || name, name FROM (SELECT schema_name, "
                "table_name AS name FROM duckdb_tables() UNION ALL SELECT schema_name, "
                "view_name FROM duckdb_views() WHERE NOT internal)"
            ).fetchall()
            named = [name for full, name in found if read.table in (full, name)]
            if not named:
                _check_table(path, read, [name for _, name in found])
            schema = read.table.removesuffix(named[0]).removesuffix(".")
            query = "SELECT * FROM " + ".".join(name_sql(p) for p in (schema, named[0]) if p)
        statements = connection.extract_statements(query)
        if len(statements) != 1 or statements[0].type != duckdb.StatementType.SELECT:
            _refused(path, read, "it is no single SELECT", "Write a query that only selects.")
        relation = connection.sql(query)
        check_header(tuple(relation.columns), path.name)
        # The one of DuckDB 1.4 is deprecated in 1.5.
        reads = getattr(relation, "to_arrow_reader", None) or relation.fetch_arrow_reader
        reader = reads(_ROWS_AT_ONCE)
        yield from _with_schema(reader)


def _with_schema(reader: pa.RecordBatchReader) -> Iterator[pa.RecordBatch]:
    import pyarrow as pa

    yield pa.RecordBatch.from_pylist([], schema=reader.schema)
    yield from reader


def _check_table(path: Path, read: TableSource, known: list[str]) -> None:
    if read.table in known:
        return
    nearest = nearest_name(read.table, known)
    raise DataError(
        f"the database has no table {read.table}",
        place=Place(file=path.name),
        remedy=f"Did you mean {nearest}?"
        if nearest
        else f"It has: {', '.join(sorted(known)[:40]) or 'no tables'}.",
    )
