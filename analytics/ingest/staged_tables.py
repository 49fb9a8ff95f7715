"""Raw files into tables of a DuckDB database, several at a time: what `analytics check` reads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from analytics.ingest.quoting import name_sql, text_sql
from analytics.ingest.raw_parts import raw_parts
from analytics.ingest.raw_relation import RawFile
from analytics.ingest.reading_errors import explained_errors
from analytics.ingest.source import Source
from analytics.ingest.staging import (
    require_files,
    require_rows,
    staged_columns,
    staged_rows,
)
from analytics.ingest.staging_sql import derives_id, numbered_sql
from analytics.schema import table
from analytics.settings.tasks import most_tasks

if TYPE_CHECKING:
    import duckdb

_SAMPLED, _LOOKED_AT = 200, 100


@dataclass(frozen=True, slots=True, kw_only=True)
class StagedInDuckDB:
    """A table ``staged_<name>``; see `analytics.ingest.StagedTable`.

    Attributes
    ----------
    file : str
        Name of the raw file, or the pattern of the names of several.
    kinds : mapping
        Its columns -> DuckDB's types of them.
    columns : tuple of str
        The canonical columns.
    headers : mapping
        Canonical column -> column of the file.
    sample : mapping
        Column of the first file -> some of its values, whether it is mapped or not.
    several : bool
        Whether there are several files, or sheets of one, which may overlap.
    """

    file: str
    kinds: Mapping[str, str]
    columns: tuple[str, ...]
    headers: Mapping[str, str]
    sample: Mapping[str, Sequence[str]]
    several: bool


def stage_tables(
    source: Source,
    connection: duckdb.DuckDBPyConnection,
    *,
    temporary: Path,
    memory_limit: str,
) -> dict[str, StagedInDuckDB]:
    """Read the raw files of a source into tables of a database.

    Parameters
    ----------
    source : Source
        What to read.
    connection : DuckDBPyConnection
        The database.
    temporary : Path
        Where copies of files are put.
    memory_limit : str
        For databases that files may be.

    Raises
    ------
    DataError
        See `analytics.ingest.ingest`; of several faulty files that of the first table.
    """
    files = source.files
    for name, paths in files.items():
        require_files(source, name, paths)

    def staged(name: str) -> StagedInDuckDB:
        with connection.cursor() as own:
            own.execute("SET TimeZone = 'UTC'")
            return _staged(source, name, files[name], own, temporary, memory_limit)

    # The largest first, so that the others are read beside it.
    by_size = sorted(files, key=lambda name: -sum(map(_size, files[name])))
    with ThreadPoolExecutor(most_tasks()) as pool:
        begun = {name: pool.submit(staged, name) for name in by_size}
        return {name: begun[name].result() for name in files}


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:  # told when it is read
        return 0


def _staged(
    source: Source,
    name: str,
    paths: Sequence[Path],
    connection: duckdb.DuckDBPyConnection,
    temporary: Path,
    memory_limit: str,
) -> StagedInDuckDB:
    canonical, read = table(name), source.tables[name]
    target = name_sql(f"staged_{name}")
    sample: dict[str, Sequence[str]] = {}
    parts = raw_parts(paths, read, source.folder)
    for number, part in enumerate(parts):
        raw, statement = staged_rows(
            source,
            canonical,
            part,
            connection,
            temporary=temporary,
            memory_limit=memory_limit,
        )
        with explained_errors(part.name, raw.lines):
            made = f"INSERT INTO {target}" if number else f"CREATE TABLE {target} AS"
            connection.execute(f"{made} {statement}")
            sample = sample or _sample(raw, connection)
    if derives_id(canonical, read):
        numbered = numbered_sql(f"SELECT * FROM {target}")
        connection.execute(f"CREATE OR REPLACE TABLE {target} AS {numbered}")
    file = paths[0].name if len(paths) == 1 else read.file
    require_rows(connection, target, paths[0].name)
    described = connection.execute(f"DESCRIBE {target}").fetchall()
    return StagedInDuckDB(
        file=file,
        kinds={column: kind for column, kind, *_ in described},
        columns=staged_columns(canonical, read),
        headers={**{key: key for key in read.constants}, **read.columns},
        sample=sample,
        several=len(parts) > 1,
    )


def _sample(raw: RawFile, connection: duckdb.DuckDBPyConnection) -> dict[str, Sequence[str]]:
    """Return the first values of every column; of one that begins empty those further down."""
    texts = [f"CAST({name_sql(name)} AS VARCHAR)" for name in raw.names]
    rows = connection.execute(
        f"SELECT {', '.join(texts)} FROM ({raw.sql}) LIMIT {_SAMPLED}"
    ).fetchall()
    sample: dict[str, Sequence[str]] = {}
    columns = list(zip(*rows, strict=True)) or [()] * len(raw.names)
    for name, text, values in zip(raw.names, texts, columns, strict=True):
        told = [value for value in values if value and value.strip()]
        if not told and len(rows) == _SAMPLED:
            found = connection.execute(
                f"SELECT {text} FROM ({raw.sql}) WHERE trim({text}) <> {text_sql('')} "
                f"LIMIT {_SAMPLED}"
            ).fetchall()
            told = [value for (value,) in found]
        sample[name] = list(dict.fromkeys(told))[:_LOOKED_AT]
    return sample
