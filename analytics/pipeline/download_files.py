"""One table as CSV, Parquet and Excel workbook."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from analytics.pipeline.download_tables import Download

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
# Excel holds 1,048,576 rows a sheet, the first of which names the columns.
WORKBOOK_ROWS = 1_048_575
_WIDEST = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What a file says of where it comes from, once it lies on somebody's desk.

    Attributes
    ----------
    site : str
        Name of the site.
    source : str
        Name of the source in words.
    version : str
        Name of the published version.
    data_version : str
        Semantic version of the published data.
    data_from, data_to : date
        First and last observed day.
    currency, time_zone : str
        Of all amounts and days.
    minimum_cell : int
        Fewest customers that a published figure stands for.
    permalink : str
        Address of the version; a path where the address of the site is not known.
    """

    site: str
    source: str
    version: str
    data_version: str
    data_from: date
    data_to: date
    currency: str
    time_zone: str
    minimum_cell: int
    permalink: str


class _Exact(float):
    """A number that is written with all its digits; the writer would keep sixteen of them."""

    def __format__(self, specification: str) -> str:
        return float.__repr__(self)


def unit_text(unit: str, currency: str) -> str:
    """Return a column's unit as files tell it: the currency's own name for amounts."""
    return currency if unit == "currency" else unit


def write_csv(download: Download, file: Path) -> None:
    """Write a table as CSV: UTF-8, an apostrophe before text that a spreadsheet would run."""
    _formula_safe(download.frame).to_csv(file, index=False, lineterminator="\n")


def write_parquet(download: Download, file: Path) -> None:
    """Write a table as Parquet, exact."""
    arrow = pa.Table.from_pandas(download.frame, preserve_index=False)
    pq.write_table(arrow.replace_schema_metadata(None), file, compression="zstd")


def write_workbook(download: Download, file: Path, context: Context) -> None:
    """Write a table as an Excel workbook: the rows, and a sheet that says what they are.

    Texts are texts, whatever they begin with, and stay so when somebody edits the cell;
    numbers are numbers. The same table makes the same bytes.

    Raises
    ------
    ValueError
        If the table has more rows than a sheet holds.
    """
    import xlsxwriter  # type: ignore[import-untyped]

    if len(download.frame) > WORKBOOK_ROWS:
        raise ValueError(f"{download.name} has more rows than a sheet holds")
    options = {
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "constant_memory": True,
        "default_date_format": "yyyy-mm-dd",
    }
    with xlsxwriter.Workbook(file, options) as book:
        made = datetime.combine(context.data_to, time())
        title = f"{download.title}, version {context.version}"
        book.set_properties({"title": title, "author": context.site, "created": made})
        head = book.add_format({"bold": True, "bottom": 1})
        plain = book.add_format({"quote_prefix": True})
        wrapped = book.add_format({"text_wrap": True, "valign": "top"})
        data = book.add_worksheet("Data")
        data.freeze_panes(1, 1)
        frame = download.frame
        for at, name in enumerate(frame.columns):
            data.set_column(at, at, _width(frame[name], str(name)))
        for at, name in enumerate(frame.columns):
            data.write_string(0, at, str(name), head)
        columns = [frame[name].tolist() for name in frame.columns]
        for row, values in enumerate(zip(*columns, strict=True), start=1):
            for at, value in enumerate(values):
                _write_cell(data, row, at, value, plain)
        if len(frame):
            data.autofilter(0, 0, len(frame), len(frame.columns) - 1)
        about = book.add_worksheet("About")
        about.set_column(0, 0, 28)
        about.set_column(1, 1, 14)
        about.set_column(2, 2, 90)
        row = 0
        for name, told in context_rows(download, context).items():
            about.write_string(row, 0, name, head if row == 0 else None)
            about.write_string(row, 2, told, wrapped)
            row += 1
        row += 1
        for at, name in enumerate(("Column", "Unit", "Definition")):
            about.write_string(row, at, name, head)
        for column in download.columns:
            row += 1
            about.write_string(row, 0, column.name)
            about.write_string(row, 1, unit_text(column.unit, context.currency))
            about.write_string(row, 2, column.description, wrapped)


def context_rows(download: Download, context: Context) -> dict[str, str]:
    """Return what a reader of the file has to know, name by name."""
    return {
        "Table": download.title,
        "What it holds": download.description,
        "Source": f"{context.source} ({context.site})",
        "Observed": f"{context.data_from.isoformat()} to {context.data_to.isoformat()}, "
        f"both included, in the time zone {context.time_zone}",
        "Amounts": f"in {context.currency}",
        "Filters": "none: all rows of the published table, not of the shop. What stands for "
        f"fewer than {context.minimum_cell} customers is merged into Other or left empty",
        "Rows": str(len(download.frame)),
        "Version": context.version,
        "Data version": context.data_version,
        "Permalink": context.permalink,
        "Definitions": f"{context.permalink}site/data/dictionary.html",
    }


def _write_cell(sheet: Any, row: int, at: int, value: Any, plain: Any) -> None:
    if isinstance(value, bool):
        sheet.write_boolean(row, at, value)
    elif isinstance(value, int):
        sheet.write_number(row, at, value)
    elif isinstance(value, float):
        if math.isfinite(value):
            sheet.write_number(row, at, _Exact(value))
    elif value is None or value is pd.NaT or value is pd.NA:
        return
    elif isinstance(value, datetime):
        sheet.write_datetime(row, at, value.replace(tzinfo=None))
    else:
        words = str(value)
        risky = words.startswith(FORMULA_STARTS)
        sheet.write_string(row, at, words, plain if risky else None)


def _width(values: pd.Series[Any], name: str) -> int:
    if pd.api.types.is_string_dtype(values):
        longest = int(values.dropna().str.len().max() or 0) if values.notna().any() else 0
        return min(_WIDEST, max(len(name), longest) + 2)
    return min(_WIDEST, max(len(name), 10) + 2)


def _formula_safe(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the frame with an apostrophe before text that a spreadsheet would run."""
    safe = frame.copy()
    for name in safe.columns:
        if pd.api.types.is_string_dtype(safe[name]):
            risky = safe[name].str.startswith(FORMULA_STARTS).fillna(False).astype(bool)
            safe[name] = safe[name].where(~risky, "'" + safe[name])
    return safe


WRITERS: Mapping[str, tuple[str, Callable[[Download, Path, Context], None]]] = {
    "csv": ("CSV", lambda download, file, context: write_csv(download, file)),
    "parquet": ("Parquet", lambda download, file, context: write_parquet(download, file)),
    "xlsx": ("Excel", write_workbook),
}
