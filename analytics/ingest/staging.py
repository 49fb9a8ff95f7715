"""Raw files into staged tables: canonical columns, and what is wrong with a row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from analytics.engine.connection import Engine, raw_reader
from analytics.errors import DataError, Place
from analytics.ingest.currencies import refuse_other_currencies
from analytics.ingest.databases import database_file
from analytics.ingest.headers import headed_file
from analytics.ingest.quoting import text_sql
from analytics.ingest.raw_file import raw_file
from analytics.ingest.raw_parts import RawPart, raw_parts
from analytics.ingest.raw_relation import ROW, RawFile
from analytics.ingest.reading_errors import explained_errors
from analytics.ingest.source import Source
from analytics.ingest.staging_sql import derives_id, numbered_sql, staging_sql
from analytics.ingest.table_source import DATABASES, TableSource
from analytics.schema import Table, table
from analytics.settings import nearest_name

if TYPE_CHECKING:
    import duckdb
    import ibis.expr.types as ir


@dataclass(frozen=True, slots=True, kw_only=True)
class StagedTable:
    """The raw files of one table, every row of them.

    Attributes
    ----------
    file : str
        Name of the raw file, or the pattern of the names of several.
    rows : ibis.Table
        ``_file`` and ``_row`` (its number in the file, the header being row 1), which together
        name a raw row; the canonical columns that the source has; and for a row with a cell
        that is not understood ``_column``, ``_value``, ``_reason`` and ``_raw`` (the row as
        JSON); these four are null elsewhere. ``_trimmed`` and ``_signed`` count the cells that
        had blanks around or a sign of the currency. Where the source declares them:
        ``_reversal`` (whether the row reverses another) and ``_reverses`` (the id that it names),
        ``_non_product`` (whether the line is none of a product), ``_moment`` (the latest of the
        rows with one key is kept).
    columns : tuple of str
        The canonical columns, in their order.
    headers : mapping
        Canonical column -> column of the file.
    free_orders : bool
        Whether amounts of zero are kept.
    reversal_status : str or None
        What a wholly reversed order becomes; None where the source declares no reversals.
    several : bool
        Whether there are several files, or sheets of one, which may overlap.
    """

    file: str
    rows: ir.Table
    columns: tuple[str, ...]
    headers: Mapping[str, str]
    free_orders: bool
    reversal_status: str | None = None
    several: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Staged:
    """The staged tables of a source, by canonical name."""

    tables: Mapping[str, StagedTable]


def ingest(source: Source, engine: Engine, folder: Path | None = None) -> Staged:
    """Read the raw files of a source.

    Parameters
    ----------
    source : Source
        What to read.
    engine : Engine
        What the staged tables are for. Raw files are read by DuckDB whatever it is, and reach
        it as Parquet.
    folder : Path, optional
        Where staged files are put; a temporary folder of the engine by default.

    Raises
    ------
    DataError
        For a file that is missing, empty, not of its format or encoding, without a mapped
        column, or in another currency, and for a table without any row that can be read.
    """
    staging = (folder or engine.temporary) / "staged"
    staging.mkdir(parents=True, exist_ok=True)
    staged = {}
    for name, paths in source.files.items():
        read = source.tables[name]
        canonical = table(name)
        require_files(source, name, paths)
        with raw_reader(engine) as connection:
            parts = raw_parts(paths, read, source.folder)
            target = _staged_file(source, canonical, parts, engine, connection, staging)
            files = target / "*.parquet" if target.is_dir() else target
            require_rows(connection, f"read_parquet({text_sql(str(files))})", paths[0].name)
        staged[name] = StagedTable(
            file=paths[0].name if len(paths) == 1 else read.file,
            rows=engine.read_parquet(target),
            columns=staged_columns(canonical, read),
            headers={**{key: key for key in read.constants}, **read.columns},
            free_orders=read.free_orders,
            reversal_status=read.reversals.status if read.reversals else None,
            several=len(parts) > 1,
        )
    return Staged(tables=staged)


def require_files(source: Source, name: str, paths: Sequence[Path]) -> None:
    """Raise DataError where no file matches the pattern of a table."""
    if not paths:
        raise DataError(
            f"no file of the source's folder matches {source.tables[name].file}",
            place=Place(file=f"{source.file.name}: tables.{name}"),
            remedy="Put the exports there, or correct file and folder in the source file.",
        )


def _staged_file(
    source: Source,
    canonical: Table,
    parts: Sequence[RawPart],
    engine: Engine,
    connection: duckdb.DuckDBPyConnection,
    staging: Path,
) -> Path:
    """Write the staged rows of a table, and return where they are."""
    read = source.tables[canonical.name]
    target = staging / f"{canonical.name}.parquet"
    derived = derives_id(canonical, read)
    if len(parts) == 1 and not derived:
        _write_rows(source, canonical, parts[0], engine, connection, target)
        return target
    folder = staging / f"{canonical.name}.parts"
    folder.mkdir(exist_ok=True)
    for old in (*folder.glob("*.parquet"), target):
        old.unlink(missing_ok=True)
    for number, part in enumerate(parts):
        _write_rows(source, canonical, part, engine, connection, folder / f"{number:06}.parquet")
    if not derived and engine.kind == "duckdb":
        return folder
    rows = f"SELECT * FROM read_parquet({text_sql(str(folder / '*.parquet'))})"
    rows = numbered_sql(rows) if derived else rows
    connection.execute(f"COPY ({rows}) TO {text_sql(str(target))} (FORMAT parquet)")
    return target


def _write_rows(
    source: Source,
    canonical: Table,
    part: RawPart,
    engine: Engine,
    connection: duckdb.DuckDBPyConnection,
    target: Path,
) -> None:
    raw, statement = staged_rows(
        source,
        canonical,
        part,
        connection,
        temporary=engine.temporary,
        memory_limit=engine.memory_limit,
    )
    with explained_errors(part.name, raw.lines):
        connection.execute(f"COPY ({statement}) TO {text_sql(str(target))} (FORMAT parquet)")


def staged_rows(
    source: Source,
    canonical: Table,
    part: RawPart,
    connection: duckdb.DuckDBPyConnection,
    *,
    temporary: Path,
    memory_limit: str,
) -> tuple[RawFile, str]:
    """Return a raw file as a relation, and the SELECT of its staged rows.

    Parameters
    ----------
    source : Source
        What is read.
    canonical : Table
        What the rows become.
    part : RawPart
        The file, or the sheet of it.
    connection : DuckDBPyConnection
        What reads it; one file at a time.
    temporary : Path
        Where copies are put.
    memory_limit : str
        For the database that the file may be.

    Raises
    ------
    DataError
        See `ingest`.
    """
    path, name, read = part.path, part.name, part.read
    folder = source.folder
    if read.format in DATABASES:
        path, read = database_file(
            path, read, temporary=temporary, folder=folder, memory_limit=memory_limit
        )
        folder = None
    if read.header:
        path, folder = headed_file(path, read, temporary=temporary, folder=folder), None
    raw = raw_file(
        path,
        read,
        connection,
        temporary=temporary,
        time_zone=source.time_zone,
        folder=folder,
        shown=name if read.format == "excel" else "",
    )
    if read.header:
        raw = replace(raw, sql=f'SELECT * REPLACE ("{ROW}" - 1 AS "{ROW}") FROM ({raw.sql})')
    _check_columns(raw, read, name)
    refuse_other_currencies(raw, read, connection, currency=source.currency, file=name)
    statement = staging_sql(
        canonical, read, raw, file=name, currency=source.currency, time_zone=source.time_zone
    )
    return raw, statement


def staged_columns(canonical: Table, read: TableSource) -> tuple[str, ...]:
    """Return the canonical columns that a staged table has, in their order."""
    derived = canonical.key if derives_id(canonical, read) else ()
    computed = ("net",) if read.computes_net and "net" in canonical.names else ()
    filled = {*read.canonical, *derived, *computed}
    return tuple(name for name in canonical.names if name in filled)


def _check_columns(raw: RawFile, read: TableSource, file: str) -> None:
    known = {name.lower() for name in raw.names}
    for wanted, header in (*read.columns.items(), *read.further.items()):
        if header.lower() not in known:
            nearest = nearest_name(header, raw.names)
            hint = f"Did you mean {nearest}? " if nearest else ""
            raise DataError(
                f"the file has no column {header} (for {wanted})",
                place=Place(file=file, column=header),
                remedy=f"{hint}It has: {', '.join(raw.names[:40])}.",
            )


def require_rows(connection: duckdb.DuckDBPyConnection, rows: str, file: str) -> None:
    """Raise DataError where staged rows, given as SQL, are none, or none can be read."""
    counted = connection.sql(
        f"SELECT count(*), count(*) FILTER (WHERE _reason IS NULL) FROM {rows}"
    ).fetchone()
    count, readable = counted or (0, 0)
    if count == 0:
        raise DataError(
            "the file has a header and no rows",
            place=Place(file=file),
            remedy="Export it again, or take the table out of the source file.",
        )
    if readable == 0:
        fault = connection.sql(
            f"SELECT _column, _value, _reason, _file, _row FROM {rows} ORDER BY _file, _row LIMIT 1"
        ).fetchone()
        assert fault is not None
        raise DataError(
            f'no row can be read; the first has "{fault[1]}", which {fault[2]}',
            place=Place(file=fault[3], row=fault[4], column=fault[0]),
            remedy="Correct the conventions of the table (dates, decimal_mark, statuses, columns).",
        )
