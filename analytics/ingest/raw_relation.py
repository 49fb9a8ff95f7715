"""Rows of a raw file as DuckDB reads them, and the header that they have."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from analytics.errors import DataError, Place
from analytics.ingest.quoting import text_sql

ROW = "__row"
_TAKEN = (ROW, "file_row_number")
_MOST_COLUMNS, _LONGEST_NAME = 2000, 1000


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


def texts_sql(names: tuple[str, ...]) -> str:
    """Return the columns of DuckDB's readers, all of them texts."""
    return "{" + ", ".join(f"{text_sql(name)}: 'VARCHAR'" for name in names) + "}"
