"""Parquet files as DuckDB relations, checked for what would unpack to more than is read."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import duckdb

from analytics.errors import DataError, Place
from analytics.ingest.long_texts import may_be_too_long
from analytics.ingest.quoting import name_sql, text_sql
from analytics.ingest.raw_relation import ROW, RawFile, check_header
from analytics.ingest.table_source import TableSource
from analytics.ingest.text_file import plain_path

_LONGEST_CELL, _MOST_BYTES = 1 << 20, 1 << 28
_LONG_TEXT = 1 << 12
_NESTED = re.compile(r"STRUCT|MAP|UNION|BLOB|BIT|INTERVAL|VARIANT|GEOMETRY|.*\]$", re.IGNORECASE)


def parquet_relation(
    path: Path,
    read: TableSource,
    connection: duckdb.DuckDBPyConnection,
    time_zone: str,
    temporary: Path,
) -> RawFile:
    """Return the rows of a Parquet file; moments with a zone become local."""
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
