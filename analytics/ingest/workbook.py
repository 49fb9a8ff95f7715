"""One sheet of an Excel workbook (.xlsx) as a table of texts, read as a stream.

What Excel stores is kept: a number is the shortest text that gives it back, a cell in a date
format is ISO 8601, an error such as #N/A is its own text. Formulas are not computed: what the
spreadsheet computed last is stored beside them.
"""

from __future__ import annotations

import json
import re
import tempfile
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING
from xml.parsers.expat import ExpatError

from analytics.errors import DataError, Place
from analytics.ingest.location import is_pattern
from analytics.ingest.workbook_parts import (
    LARGEST_WORKBOOK,
    LONGEST_CELL,
    PartReader,
    SheetPart,
    WorkbookParts,
    checked_archive,
    damaged,
    read_part,
    sheet_parts,
    workbook_parts,
)
from analytics.settings import nearest_name

if TYPE_CHECKING:
    import pyarrow as pa

MOST_COLUMNS, MOST_ROWS = 16_384, 1_048_576
# Of a sheet as a whole: its cells, empty ones too, and their characters.
_MOST_CELLS, _MOST_CHARACTERS = 32_000_000, 1 << 28
_CELLS_AT_ONCE = 200_000
# A sheet of fewer characters is written as JSON sooner than Arrow is loaded.
_FEW_CHARACTERS = 1 << 22
_REFERENCE = re.compile("([A-Z]{1,3})[0-9]{1,7}")
_LAST_DAY = 2_958_466  # 1 January 10000
Row = tuple[int, dict[int, str]]


def day_text(number: str, *, from_1904: bool) -> str:
    """Return the ISO 8601 text of a day as Excel counts it; the number where it is none."""
    try:
        days = float(number)
    except ValueError:
        return number
    if not 0 <= days < _LAST_DAY:
        return number
    if from_1904:
        start = datetime(1904, 1, 1)
    else:
        # Excel has a 29 February 1900, which other calendars lack.
        start = datetime(1899, 12, 30) if days >= 60 else datetime(1899, 12, 31)
    try:
        moment = start + timedelta(milliseconds=round(days * 86_400_000))
    except OverflowError:
        return number
    return str(moment.time()) if days < 1 and not from_1904 else moment.isoformat(sep=" ")


def number_text(number: str) -> str:
    """Return the shortest text of a stored number: ``1.1`` for ``1.1000000000000001``."""
    if number.isdecimal() and len(number) < 16:
        return number
    try:
        value = float(number)
    except ValueError:
        return number
    if value.is_integer() and abs(value) < 1e17:
        return str(int(value))
    return repr(value)


@dataclass(slots=True)
class _Sheet(PartReader):
    parts: WorkbookParts
    rows: list[Row] = field(default_factory=list)
    number: int = 0
    column: int = -1
    cells: dict[int, str] = field(default_factory=dict)
    formulas: dict[int, int] = field(default_factory=dict)
    kind: str = "n"
    style: str = ""
    pieces: list[str] = field(default_factory=list)
    length: int = 0
    taken: bool = False
    phonetic: bool = False
    formula: bool = False

    def start(self, tag: str, values: dict[str, str]) -> None:
        if tag == "c":
            self.kind, self.style = values.get("t", "n"), values.get("s", "")
            self.pieces, self.length, self.formula = [], 0, False
            found = _REFERENCE.fullmatch(values.get("r", ""))
            self.column = _column_index(found[1]) if found else self.column + 1
            if self.column >= MOST_COLUMNS:
                raise damaged(self.file, "the workbook is damaged: a row is too wide", self.number)
        elif tag == "v" or tag == "t":
            self.taken = not self.phonetic
        elif tag == "f":
            self.formula = True
        elif tag == "row":
            given = values.get("r", "")
            number = int(given) if given.isdecimal() and len(given) < 9 else self.number + 1
            if not self.number < number <= MOST_ROWS:
                raise damaged(self.file, "the workbook is damaged: a row is out of place", number)
            self.number, self.column, self.cells = number, -1, {}
        elif tag == "rPh":
            self.phonetic = True

    def text(self, piece: str) -> None:
        if self.taken:
            self.length += len(piece)
            if self.length > LONGEST_CELL:
                raise _too_long(self.file, self.number)
            self.pieces.append(piece)

    def end(self, tag: str) -> None:
        if tag == "v" or tag == "t":
            self.taken = False
        elif tag == "c":
            value = self._value("".join(self.pieces)) if self.pieces else ""
            if value:
                self.cells[self.column] = value
            elif self.formula:
                self.formulas.setdefault(self.column, self.number)
        elif tag == "row":
            if self.cells:
                self.rows.append((self.number, self.cells))
        elif tag == "rPh":
            self.phonetic = False

    def _value(self, text: str) -> str:
        match self.kind:
            case "s":
                index = int(text) if text.isdecimal() and len(text) < 9 else -1
                if not 0 <= index < len(self.parts.texts):
                    raise damaged(
                        self.file, "the workbook is damaged: a cell has no text", self.number
                    )
                value = self.parts.texts[index]
                if len(value) > LONGEST_CELL:
                    raise _too_long(self.file, self.number)
                return value
            case "b":
                return "TRUE" if text.strip() == "1" else "FALSE"
            case "n":
                style = int(self.style) if self.style.isdecimal() and len(self.style) < 7 else 0
                if style < len(self.parts.dates) and self.parts.dates[style]:
                    return day_text(text, from_1904=self.parts.from_1904)
                return number_text(text)
            case "d":
                return text.replace("T", " ").removesuffix("Z")
            case _:
                return text


def _too_long(file: str, row: int) -> DataError:
    return DataError(
        "a cell has more than a million characters",
        place=Place(file=file, row=row),
        remedy="A spreadsheet holds 32,767 in one: correct the cell, or export as CSV.",
    )


def _column_index(letters: str) -> int:
    index = 0
    for letter in letters:
        index = index * 26 + ord(letter) - 64
    return index - 1


@contextmanager
def _explained(file: str) -> Iterator[None]:
    try:
        yield
    except ExpatError as error:
        raise damaged(file, f"the workbook is damaged: {error}") from None
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError) as error:
        said = str(error).partition("\n")[0]
        raise damaged(file, f"the workbook is damaged: {said}") from None
    except (NotImplementedError, RuntimeError, LookupError) as error:
        raise damaged(file, f"the workbook is packed in a way that is not read: {error}") from None


def matching_sheets(path: Path, wanted: Sequence[str]) -> tuple[str, ...]:
    """Return the sheets of a workbook that names or patterns mean, in the order of its tabs.

    A pattern means sheets that are not hidden. No name of a sheet holds ``*``, ``?`` or ``[``.

    Raises
    ------
    DataError
        Where the file is no workbook or damaged, or has no sheet that one of them means.
    """
    with _open(path) as archive, _explained(path.name):
        checked_archive(archive, path.name)
        sheets = sheet_parts(archive, path)
    meant: set[str] = set()
    for name in wanted:
        if not is_pattern(name):
            meant.add(_chosen(sheets, name, path.name).name)
            continue
        found = {each.name for each in sheets if each.visible and fnmatchcase(each.name, name)}
        if not found:
            raise DataError(
                f"the workbook has no sheet that matches {name}",
                place=Place(file=path.name),
                remedy=_known(sheets),
            )
        meant |= found
    return tuple(each.name for each in sheets if each.name in meant)


def _known(sheets: tuple[SheetPart, ...]) -> str:
    return f"It has: {', '.join([each.name for each in sheets][:40])}."


def _open(path: Path) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(path)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        raise DataError(
            "the file is not an Excel workbook (.xlsx), or cut off",
            place=Place(file=path.name),
            remedy="Save it as .xlsx, or correct format in the source file.",
        ) from None


def workbook_table(
    path: Path,
    sheet: str,
    *,
    row_name: str,
    temporary: Path,
    needed: frozenset[str] = frozenset(),
    shown: str = "",
) -> tuple[pa.Table | Path, tuple[str, ...]]:
    """Return the rows below the header of a sheet, and the names of its columns.

    The rows are an Arrow table with the names of the columns or, where they are few, a file of
    JSON lines with the columns ``c0``, ``c1``, ...

    Parameters
    ----------
    path : Path
        An .xlsx file.
    sheet : str
        Name of the sheet; the first that is not hidden where it is empty.
    row_name : str
        Name of the column with the row's number in the sheet.
    temporary : Path
        Where a file of JSON lines is put.
    needed : frozenset of str
        Columns, in lower case, in which a formula without a computed value is an error.
    shown : str
        What messages call the sheet; the name of the file where it is empty.

    Raises
    ------
    DataError
        Where the file is no workbook, is damaged or exceeds the limits, the sheet does not
        exist, or it has no header.
    """
    with _open(path) as archive, _explained(shown or path.name):
        checked_archive(archive, path.name)
        parts = workbook_parts(archive, path)
        chosen = _chosen(parts.sheets, sheet, path.name)
        cells = _Sheet(shown or path.name, parts)
        return _columns(_rows(archive, chosen, cells), cells, row_name, needed, temporary)


def _chosen(sheets: tuple[SheetPart, ...], name: str, file: str) -> SheetPart:
    if not name:
        return next((each for each in sheets if each.visible), sheets[0])
    known = [each.name for each in sheets]
    if name not in known:
        nearest = nearest_name(name, known)
        raise DataError(
            f"the workbook has no sheet {name}",
            place=Place(file=file),
            remedy=f"Did you mean {nearest}?" if nearest else _known(sheets),
        )
    return sheets[known.index(name)]


def _rows(archive: zipfile.ZipFile, sheet: SheetPart, cells: _Sheet) -> Iterator[Row]:
    for _ in read_part(archive, sheet.part, cells, largest=LARGEST_WORKBOOK):
        yield from cells.rows
        cells.rows.clear()


def _columns(
    rows: Iterator[Row], cells: _Sheet, row_name: str, needed: frozenset[str], temporary: Path
) -> tuple[pa.Table | Path, tuple[str, ...]]:
    file = cells.file
    _, header = next(rows, (0, {}))
    if not header:
        raise DataError(
            "the sheet is empty", place=Place(file=file), remedy="Check sheet, or export again."
        )
    width = max(header) + 1
    titles = [header.get(index, "").strip() for index in range(width)]
    names = tuple(title or f"column {i}" for i, title in enumerate(titles, 1))
    batches: list[pa.RecordBatch] = []
    some: list[Row] = []
    total = characters = 0
    for row in rows:
        some.append(row)
        total += width
        characters += sum(map(len, row[1].values()))
        if total > _MOST_CELLS or characters > _MOST_CHARACTERS:
            raise DataError(
                "the sheet has more than 32 million cells or 268 million characters",
                place=Place(file=file, row=row[0]),
                remedy="Export the table as CSV.",
            )
        if len(some) * width >= _CELLS_AT_ONCE:
            batches.append(_batch(some, width))
            some = []
    for index, first in cells.formulas.items():
        if index < width and names[index].lower() in needed:
            raise DataError(
                "the cell has a formula, and no value that it gave",
                place=Place(file=file, row=first, column=names[index]),
                remedy="Open the workbook in a spreadsheet, which computes it, and save it.",
            )
    if not batches and characters < _FEW_CHARACTERS:
        return _json_lines(some, row_name, temporary), names
    import pyarrow as pa

    batches.append(_batch(some, width))
    return pa.Table.from_batches(batches).rename_columns([row_name, *names]), names


def _json_lines(rows: list[Row], row_name: str, temporary: Path) -> Path:
    """Write rows as JSON lines; a row without a cell has no key for it."""
    descriptor, file = tempfile.mkstemp(prefix="raw-", suffix=".jsonl", dir=temporary)
    with open(descriptor, "w", encoding="utf-8", newline="\n") as stream:
        for number, row in rows:
            cells = {f"c{index}": text for index, text in row.items()}
            stream.write(json.dumps({row_name: number, **cells}, ensure_ascii=False) + "\n")
    return Path(file)


def _batch(rows: list[Row], width: int) -> pa.RecordBatch:
    import pyarrow as pa

    schema = pa.schema([("row", pa.int64()), *((f"c{i}", pa.string()) for i in range(width))])
    arrays = [pa.array([number for number, _ in rows], pa.int64())]
    arrays += [pa.array([row.get(i) for _, row in rows], pa.string()) for i in range(width)]
    return pa.RecordBatch.from_arrays(arrays, schema=schema)
