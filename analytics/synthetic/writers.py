"""Raw tables into files, part by part, in the formats of the shop's systems.

Equal tables give equal bytes: no file carries the time of writing.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Self

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq


class Writer:
    """Writes the parts of one raw table into a file; closed when the context is left."""

    def write(self, rows: pa.Table) -> None:
        """Add some rows."""
        raise NotImplementedError

    def close(self) -> None:
        """End the file."""

    def __enter__(self) -> Self:
        """Return the writer."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End the file, whatever happened."""
        self.close()


def _bytes(lines: pa.Array) -> memoryview:
    """Return the texts of an array one behind the other: Arrow keeps them so."""
    offsets = memoryview(lines.buffers()[1]).cast("q")  # of large strings
    low, high = offsets[lines.offset], offsets[lines.offset + len(lines)]
    return memoryview(lines.buffers()[2])[low:high]


def _joined(*pieces: pa.Array | str, between: str = "") -> pa.Array:
    """Return the pieces of each row as one text."""
    texts = [
        pa.scalar(piece, pa.large_string()) if isinstance(piece, str) else piece
        for piece in (*pieces, between)
    ]
    return pc.binary_join_element_wise(*texts)


def _as_texts(column: pa.ChunkedArray) -> pa.Array:
    array = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    return array.cast(pa.large_string())


class CsvWriter(Writer):
    """CSV with a header; a cell is in quotes where it holds a mark of the format."""

    def __init__(self, file: Path, delimiter: str = ",", encoding: str = "utf-8") -> None:
        self._file = file.open("wb")
        self._delimiter = delimiter
        self._encoding = encoding
        self._has_header = False

    def _quoted(self, texts: pa.Array) -> pa.Array:
        marked = pc.match_substring_regex(texts, f'[{self._delimiter}"\r\n]')
        if not pc.any(marked).as_py():
            return texts
        doubled = pc.replace_substring(texts, '"', '""')
        return pc.if_else(marked, _joined('"', doubled, '"'), texts)

    def write(self, rows: pa.Table) -> None:
        """Add some rows, and the header before the first."""
        if not self._has_header:
            self._file.write((self._delimiter.join(rows.column_names) + "\n").encode())
            self._has_header = True
        if len(rows) == 0:
            return
        columns = [self._quoted(_as_texts(column)) for column in rows.columns]
        content = _bytes(_joined(_joined(*columns, between=self._delimiter), "\n"))
        if self._encoding != "utf-8":
            self._file.write(bytes(content).decode("utf-8").encode(self._encoding))
        else:
            self._file.write(content)

    def close(self) -> None:
        """End the file."""
        self._file.close()


class JsonLinesWriter(Writer):
    """One JSON object a line."""

    def __init__(self, file: Path) -> None:
        self._file = file.open("wb")

    def write(self, rows: pa.Table) -> None:
        """Add some rows."""
        if len(rows) == 0:
            return
        pieces: list[pa.Array | str] = []
        for number, (name, column) in enumerate(zip(rows.column_names, rows.columns, strict=True)):
            start = "{" if number == 0 else ", "
            is_text = pa.types.is_string(column.type)
            mark = '"' if is_text else ""
            pieces += [f"{start}{json.dumps(name)}: {mark}", _as_texts(column), mark]
        self._file.write(_bytes(_joined(*pieces, "}\n")))

    def close(self) -> None:
        """End the file."""
        self._file.close()


class WorkbookWriter(Writer):
    """A workbook with one sheet; days are dates, amounts without any mark are numbers."""

    def __init__(self, file: Path, sheet: str) -> None:
        import xlsxwriter  # type: ignore[import-untyped]

        # In memory, since the parts would else pass through the system's temporary files.
        options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
        self._book = xlsxwriter.Workbook(file, options)
        self._book.set_properties({"created": datetime(2000, 1, 1)})
        self._sheet = self._book.add_worksheet(sheet)
        self._day = self._book.add_format({"num_format": "yyyy-mm-dd"})
        self._row = 0

    def write(self, rows: pa.Table) -> None:
        """Add some rows, and the header before the first."""
        if self._row == 0:
            self._sheet.write_row(0, 0, rows.column_names)
            self._row = 1
        for place, column in enumerate(rows.columns):
            for row, value in enumerate(column.to_pylist(), start=self._row):
                if pa.types.is_date(column.type):
                    moment = datetime(value.year, value.month, value.day)
                    self._sheet.write_datetime(row, place, moment, self._day)
                elif isinstance(value, str) and value.replace(".", "", 1).isdigit():
                    self._sheet.write_number(row, place, float(value))
                else:
                    self._sheet.write(row, place, value)
        self._row += len(rows)

    def close(self) -> None:
        """End the file."""
        self._book.close()


class ParquetWriter(Writer):
    """Parquet, a row group a part."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._writer: pq.ParquetWriter | None = None

    def write(self, rows: pa.Table) -> None:
        """Add some rows as a row group."""
        if self._writer is None:
            self._writer = pq.ParquetWriter(self._file, rows.schema, compression="zstd")
        self._writer.write_table(rows, row_group_size=max(len(rows), 1))

    def close(self) -> None:
        """End the file."""
        if self._writer is not None:
            self._writer.close()


OpenWriter = Callable[[Path], Writer]
