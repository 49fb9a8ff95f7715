"""What DuckDB says about a raw file, in words for who exported it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from analytics.errors import DataError, Place
from analytics.ingest.json_lines import json_keys
from analytics.ingest.text_file import odd_line_end


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
