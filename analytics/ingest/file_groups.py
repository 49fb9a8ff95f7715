"""Files of one kind, such as an export a month, taken together as one table."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from fnmatch import fnmatchcase
from pathlib import Path

import duckdb

from analytics.ingest.exports import Export
from analytics.ingest.location import is_pattern
from analytics.ingest.quoting import name_sql
from analytics.ingest.table_source import DATABASES

_PERIOD = re.compile(
    r"\d+|(?<![a-z])(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*(?![a-z])", re.IGNORECASE
)


def grouped_exports(
    exports: Sequence[Export], folder: Path, connection: duckdb.DuckDBPyConnection
) -> list[Export]:
    """Return the exports, those of one kind whose names differ in numbers or months as one."""
    alike: dict[tuple[object, ...], list[Export]] = defaultdict(list)
    for export in exports:
        read = export.read
        inside = read.table or " ".join(read.sheets)
        part = (read.file, _PERIOD.sub("#", inside)) if inside else (_PERIOD.sub("#", read.file),)
        headers = tuple(sorted(name.lower() for name in export.headers))
        alike[(*part, read.format, read.delimiter, headers)].append(export)
    names = [path.name for path in folder.iterdir() if path.is_file()]
    found = []
    for group in alike.values():
        together = _together(group, names, folder, connection) if len(group) > 1 else None
        found += [together] if together else group
    return found


def _together(
    group: list[Export], names: list[str], folder: Path, connection: duckdb.DuckDBPyConnection
) -> Export | None:
    first = group[0]
    read, files = first.read, sorted(export.read.file for export in group)
    note = ""
    if read.format in DATABASES:
        tables = [export.read.table for export in group]
        columns = ", ".join(map(name_sql, first.headers))
        parts = [f"SELECT {columns} FROM {name_sql(table)}" for table in tables]
        read = replace(read, table="", query=" UNION ALL ".join(parts))
        note = f"{len(tables)} tables with the same columns: {', '.join(tables)}"
    elif read.sheets:
        sheets = tuple(name for export in group for name in export.read.sheets)
        read = replace(read, sheet=sheets)
        note = f"{len(sheets)} sheets with the same columns: {', '.join(sheets[:4])}"
        note += ", ..." if len(sheets) > 4 else ""
    else:
        pattern = re.sub(r"\*[*\W_]*\*", "*", _PERIOD.sub("*", read.file))
        matched = sorted(name for name in names if fnmatchcase(name, pattern))
        if matched != files or not is_pattern(pattern):
            return None
        encoding = _encoding(group, folder)
        if encoding is None:
            return None
        read = replace(read, file=pattern, encoding=encoding)
        note = f"{len(files)} files with the same columns: {', '.join(files[:4])}"
        note += ", ..." if len(files) > 4 else ""
    sample = f"{first.sample}_all"
    columns = ", ".join(map(name_sql, first.headers))
    rows = " UNION ALL ".join(f"SELECT {columns} FROM {export.sample}" for export in group)
    connection.execute(f"CREATE OR REPLACE VIEW {sample} AS {rows}")
    return replace(
        first, read=read, sample=sample, rows=sum(each.rows for each in group), note=note
    )


def _encoding(group: Sequence[Export], folder: Path) -> str | None:
    """Return the one encoding that reads all files; None where there is none."""
    found = {export.read.encoding for export in group}
    if len(found) == 1:
        return found.pop()
    others = found - {"utf-8"}
    plain = all(
        (folder / export.read.file).read_bytes().isascii()
        for export in group
        if export.read.encoding == "utf-8"
    )
    return others.pop() if plain and len(others) == 1 else None
