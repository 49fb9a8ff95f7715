"""The parts that a table is read from: files, and sheets of workbooks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from analytics.ingest.location import is_pattern
from analytics.ingest.signature import refuse_kind, refuse_other_than_files
from analytics.ingest.table_source import TableSource


@dataclass(frozen=True, slots=True, kw_only=True)
class RawPart:
    """A file or one of its sheets.

    Attributes
    ----------
    path : Path
        The file.
    name : str
        What messages and ``_file`` call the part.
    read : TableSource
        How it is read; of several sheets it names this one.
    """

    path: Path
    name: str
    read: TableSource


def raw_parts(paths: Sequence[Path], read: TableSource, folder: Path | None) -> tuple[RawPart, ...]:
    """Return the parts of a table, in the order of files and of the tabs of a workbook.

    Parameters
    ----------
    paths : sequence of Path
        Its files.
    read : TableSource
        How they are read.
    folder : Path or None
        The folder that the files must lie in, links followed.

    Raises
    ------
    DataError
        Where a workbook of which several sheets are named cannot be read, or lacks one.
    """
    parts: list[RawPart] = []
    for path, name in zip(paths, file_names(paths), strict=True):
        if read.format != "excel" or not _may_be_several(read):
            parts.append(RawPart(path=path, name=name, read=read))
            continue
        from analytics.ingest.workbook import matching_sheets

        refuse_other_than_files(path, folder)
        refuse_kind(path, "a ZIP archive")
        parts += [
            RawPart(path=path, name=f"{name}, sheet {sheet}", read=replace(read, sheet=sheet))
            for sheet in matching_sheets(path, read.sheets)
        ]
    return tuple(parts)


def _may_be_several(read: TableSource) -> bool:
    return len(read.sheets) > 1 or any(map(is_pattern, read.sheets))


def file_names(paths: Sequence[Path]) -> tuple[str, ...]:
    """Return the shortest ends of paths by which they can be told apart."""
    depth = 1
    while True:
        names = tuple("/".join(path.parts[-depth:]) for path in paths)
        if len(set(names)) == len(names) or depth > max(len(path.parts) for path in paths):
            return names
        depth += 1
