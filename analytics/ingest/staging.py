"""Raw files into staged tables: canonical columns, and what is wrong with a row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from analytics.engine.connection import Engine, raw_reader
from analytics.errors import DataError, Place
from analytics.ingest.conversion import Conversion, conversion, native, text_of
from analytics.ingest.quoting import name_sql, text_sql
from analytics.ingest.raw_file import ROW, RawFile, explained_errors, raw_file
from analytics.ingest.source import Source, TableSource
from analytics.schema import Table, table
from analytics.settings import nearest_name

if TYPE_CHECKING:
    import duckdb
    import ibis.expr.types as ir


@dataclass(frozen=True, slots=True, kw_only=True)
class StagedTable:
    """One raw file, every row of it.

    Attributes
    ----------
    file : str
        Name of the raw file.
    rows : ibis.Table
        ``_row`` (its number in the file, the header being row 1), the canonical columns that
        the source has, and for a row with a cell that is not understood ``_column``,
        ``_value``, ``_reason`` and ``_raw`` (the row as JSON); these four are null elsewhere.
    columns : tuple of str
        The canonical columns, in their order.
    headers : mapping
        Canonical column -> column of the file.
    free_orders : bool
        Whether amounts of zero are kept.
    """

    file: str
    rows: ir.Table
    columns: tuple[str, ...]
    headers: Mapping[str, str]
    free_orders: bool


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
        column, or without any row that can be read.
    """
    staging = (folder or engine.temporary) / "staged"
    staging.mkdir(parents=True, exist_ok=True)
    staged = {}
    for name, path in source.files.items():
        read = source.tables[name]
        canonical = table(name)
        with raw_reader(engine) as connection:
            raw = raw_file(
                path,
                read,
                connection,
                temporary=engine.temporary,
                time_zone=source.time_zone,
                folder=source.folder,
            )
            _check_columns(raw, read, path.name)
            target = staging / f"{name}.parquet"
            statement = staging_sql(canonical, read, raw, currency=source.currency)
            with explained_errors(path.name, raw.lines):
                connection.execute(
                    f"COPY ({statement}) TO {text_sql(str(target))} (FORMAT parquet)"
                )
            _check_rows(connection, target, path.name)
        staged[name] = StagedTable(
            file=path.name,
            rows=engine.read_parquet(target),
            columns=_columns(canonical, read),
            headers={**{key: key for key in read.constants}, **read.columns},
            free_orders=read.free_orders,
        )
    return Staged(tables=staged)


def _columns(canonical: Table, read: TableSource) -> tuple[str, ...]:
    derived = canonical.key if _derives_id(canonical, read) else ()
    filled = {*read.canonical, *derived}
    return tuple(name for name in canonical.names if name in filled)


def _derives_id(canonical: Table, read: TableSource) -> bool:
    return canonical.name == "transactions" and "transaction_id" not in read.canonical


def _check_columns(raw: RawFile, read: TableSource, file: str) -> None:
    known = {name.lower() for name in raw.names}
    for canonical, header in read.columns.items():
        if header.lower() not in known:
            nearest = nearest_name(header, raw.names)
            hint = f"Did you mean {nearest}? " if nearest else ""
            raise DataError(
                f"the file has no column {header} (for {canonical})",
                place=Place(file=file, column=header),
                remedy=f"{hint}It has: {', '.join(raw.names[:40])}.",
            )


def _check_rows(connection: duckdb.DuckDBPyConnection, staged: Path, file: str) -> None:
    counted = connection.sql(
        "SELECT count(*), count(*) FILTER (WHERE _reason IS NULL), min(_row) "
        f"FROM read_parquet({text_sql(str(staged))})"
    ).fetchone()
    rows, readable, first = counted or (0, 0, None)
    if rows == 0:
        raise DataError(
            "the file has a header and no rows",
            place=Place(file=file),
            remedy="Export it again, or take the table out of the source file.",
        )
    if readable == 0:
        fault = connection.sql(
            f"SELECT _column, _value, _reason FROM read_parquet({text_sql(str(staged))}) "
            "ORDER BY _row LIMIT 1"
        ).fetchone()
        assert fault is not None
        raise DataError(
            f'no row can be read; the first has "{fault[1]}", which {fault[2]}',
            place=Place(file=file, row=first, column=fault[0]),
            remedy="Correct the conventions of the table (dates, decimal_mark, statuses, columns).",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Cell:
    """One canonical column on its way from text to value, as SQL."""

    name: str
    shown: str
    source: str
    text: str
    how: Conversion

    @property
    def is_wrong(self) -> str:
        return f"({self.text} IS NOT NULL AND {name_sql(self.name)} IS NULL)"


def _cells(canonical: Table, read: TableSource, raw: RawFile, currency: str) -> list[_Cell]:
    headers = {name.lower(): name for name in raw.names}
    cells = []
    for number, column in enumerate(canonical.columns):
        if column.name in read.constants:
            shown, source = column.name, text_sql(read.constants[column.name])
        elif column.name in read.columns:
            shown = headers[read.columns[column.name].lower()]
            source = f"_raw{raw.names.index(shown)}"
        else:
            continue
        text = f"_text{number}"
        kind = raw.kinds.get(shown, "VARCHAR")
        how = native(column, source, kind)
        if how is None:
            how = conversion(column, text, read, typed=raw.typed, currency=currency)
            source = source if kind == "VARCHAR" else f"CAST({source} AS VARCHAR)"
            source = text_of(source, read)
        cells.append(_Cell(name=column.name, shown=shown, source=source, text=text, how=how))
    return cells


def staging_sql(canonical: Table, read: TableSource, raw: RawFile, *, currency: str) -> str:
    """Return the SELECT that renames and types the rows of a raw file, once."""
    cells = _cells(canonical, read, raw, currency)
    checked = [cell for cell in cells if cell.how.reason]
    texts = [f"{cell.source} AS {cell.text}" for cell in cells]
    values = [f"{cell.how.value} AS {name_sql(cell.name)}" for cell in cells]
    names = [name_sql(cell.name) for cell in cells]
    if _derives_id(canonical, read):
        # Rows without an id are kept when they are alike: they differ in their occurrence.
        parts = ", ".join(f"coalesce({cell.text}, chr(30))" for cell in cells)
        content = f"md5(concat_ws(chr(31), {parts}))"
        values.insert(
            0,
            f"{content} || '-' || row_number() OVER (PARTITION BY {content}) AS \"transaction_id\"",
        )
        names.insert(0, '"transaction_id"')
    carried = ", ".join(cell.text for cell in cells)
    faults = " ".join(f"WHEN {cell.is_wrong} THEN {n}" for n, cell in enumerate(checked))

    def of_fault(parts: list[str]) -> str:
        cases = " ".join(f"WHEN {n} THEN {part}" for n, part in enumerate(parts))
        return f"CASE _fault {cases} END" if parts else "CAST(NULL AS VARCHAR)"

    raws = [f"_raw{number}" for number in range(len(raw.names))]
    renamed = ", ".join(f"{name_sql(n)} AS {r}" for n, r in zip(raw.names, raws, strict=True))
    record = ", ".join(f"{text_sql(n)}: {r}" for n, r in zip(raw.names, raws, strict=True))
    kept = ", ".join(raws)
    return (
        f"WITH raw AS (SELECT {name_sql(ROW)} AS _row, {renamed} FROM ({raw.sql})), "
        f"texts AS (SELECT _row, {kept}, {', '.join(texts)} FROM raw), "
        f"typed AS (SELECT _row, {kept}, {carried}, {', '.join(values)} FROM texts), "
        f"checked AS (SELECT *, CASE {faults or 'WHEN false THEN 0'} END AS _fault FROM typed) "
        f"SELECT _row, {', '.join(names)}, "
        f"{of_fault([text_sql(cell.shown) for cell in checked])} AS _column, "
        f"{of_fault([f'CAST({cell.text} AS VARCHAR)' for cell in checked])} AS _value, "
        f"{of_fault([text_sql(cell.how.reason) for cell in checked])} AS _reason, "
        f"CASE WHEN _fault IS NOT NULL THEN CAST(to_json({{{record}}}) AS VARCHAR) END AS _raw "
        "FROM checked"
    )
