"""One sheet of an Excel workbook as an Arrow table of texts."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable
from datetime import date, datetime
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError

import pyarrow as pa

from analytics.errors import DataError, Place
from analytics.settings import nearest_name


def cell_text(value: Any) -> str | None:
    """Return a cell's value as text: days and moments as ISO 8601, 12.0 as ``12``."""
    if value is None:
        return None
    if isinstance(value, datetime):
        return value.isoformat(sep=" ")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def workbook_table(path: Path, sheet: str, *, row_name: str) -> tuple[pa.Table, tuple[str, ...]]:
    """Return the rows below the header of a sheet, and the names of its columns.

    Parameters
    ----------
    path : Path
        An .xlsx file.
    sheet : str
        Name of the sheet; the first where it is empty.
    row_name : str
        Name of the column with the row's number in the sheet.

    Raises
    ------
    DataError
        Where the file is no workbook, the sheet does not exist, or it has no header.
    """
    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        workbook = load_workbook(path, read_only=True, data_only=True)
    except (zipfile.BadZipFile, InvalidFileException, KeyError, OSError, ValueError, ParseError):
        raise DataError(
            "the file is not an Excel workbook (.xlsx)",
            place=Place(file=path.name),
            remedy="Save it as .xlsx, or correct format in the source file.",
        ) from None
    try:
        if sheet and sheet not in workbook.sheetnames:
            nearest = nearest_name(sheet, workbook.sheetnames)
            known = ", ".join(workbook.sheetnames)
            raise DataError(
                f"the workbook has no sheet {sheet}",
                place=Place(file=path.name),
                remedy=f"Did you mean {nearest}?" if nearest else f"It has: {known}.",
            )
        chosen = workbook[sheet] if sheet else workbook.worksheets[0]
        return _columns(chosen.iter_rows(values_only=True), path, row_name)
    except (zipfile.BadZipFile, KeyError, ValueError, ParseError, EOFError):
        raise DataError(
            "the workbook is damaged", place=Place(file=path.name), remedy="Save it again."
        ) from None
    finally:
        workbook.close()


def _columns(
    rows: Iterable[tuple[Any, ...]], path: Path, row_name: str
) -> tuple[pa.Table, tuple[str, ...]]:
    numbered = iter(enumerate(rows, start=1))
    header = next(((number, row) for number, row in numbered if any(_filled(row))), None)
    if header is None:
        raise DataError(
            "the sheet is empty",
            place=Place(file=path.name),
            remedy="Check sheet, or export again.",
        )
    titles = [cell_text(value) or "" for value in header[1]]
    while titles and not titles[-1].strip():
        titles.pop()
    names = tuple(title.strip() or f"column {i}" for i, title in enumerate(titles, 1))
    numbers: list[int] = []
    cells: list[list[str | None]] = [[] for _ in names]
    for number, row in numbered:
        if not any(_filled(row)):
            continue
        numbers.append(number)
        for index, values in enumerate(cells):
            values.append(cell_text(row[index]) if index < len(row) else None)
    arrays = [pa.array(numbers, pa.int64()), *(pa.array(values, pa.string()) for values in cells)]
    return pa.Table.from_arrays(arrays, names=[row_name, *names]), names


def _filled(row: tuple[Any, ...]) -> Iterable[bool]:
    return (value is not None and value != "" for value in row)
