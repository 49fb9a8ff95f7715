"""The same dozen orders in every format that a source may be in, and the source file for them."""

from __future__ import annotations

import io
import json
import sqlite3
import zipfile
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import pyarrow as pa
import pyarrow.parquet as pq

HEADER = ("No", "Who", "When", "Net", "State")
ROWS: tuple[tuple[str, ...], ...] = tuple(
    (str(n), f"c{n % 5}", f"2024-0{n % 6 + 1}-1{n % 9}", f"{n + 10}.50", "paid")
    for n in range(1, 13)
)
FILES = {
    "csv": "orders.csv",
    "whitespace": "orders.txt",
    "jsonl": "orders.jsonl",
    "parquet": "orders.parquet",
    "excel": "orders.xlsx",
    "sqlite": "orders.sqlite",
    "duckdb": "orders.duckdb",
}
SOURCE = """\
title = "Shop"
currency = "EUR"
folder = "raw"
[tables.transactions]
file = {file}
format = "{format}"
{options}
[tables.transactions.columns]
transaction_id = "No"
customer_id = "Who"
ordered_at = "When"
net = "Net"
status = "State"
[tables.transactions.statuses]
completed = ["paid"]
returned = ["sent back"]
{tail}
"""
OPTIONS = {"sqlite": 'table = "orders"', "duckdb": 'table = "orders"'}

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_DOCUMENT = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"


def source_text(format: str, *, file: str = "", options: str | None = None, tail: str = "") -> str:
    """Return a source file for one export of orders."""
    chosen = OPTIONS.get(format, "") if options is None else options
    name = json.dumps(file or FILES[format])
    return SOURCE.format(file=name, format=format, options=chosen, tail=tail)


def csv_text(
    rows: Sequence[Sequence[str]] = ROWS, header: Sequence[str] = HEADER, mark: str = ","
) -> str:
    """Return rows as CSV, nothing quoted."""
    return "".join(mark.join(row) + "\n" for row in (header, *rows))


def json_text(rows: Sequence[Sequence[Any]] = ROWS, header: Sequence[str] = HEADER) -> str:
    """Return rows as JSON lines."""
    return "".join(json.dumps(dict(zip(header, row, strict=True))) + "\n" for row in rows)


def arrow_table(rows: Sequence[Sequence[str]] = ROWS, **columns: Any) -> pa.Table:
    """Return rows as an Arrow table; keyword arguments replace whole columns."""
    found = {name: [row[i] for row in rows] for i, name in enumerate(HEADER)}
    return pa.table({**found, **columns})


def parquet_bytes(table: pa.Table | None = None, **options: Any) -> bytes:
    """Return a table as a Parquet file."""
    stream = io.BytesIO()
    pq.write_table(arrow_table() if table is None else table, stream, **options)
    return stream.getvalue()


def cell_xml(reference: str, value: object) -> str:
    """Return a cell with a text, a number, a truth value, or (as bytes) its XML as it is."""
    if isinstance(value, bytes):
        return value.decode().replace("{r}", reference)
    if isinstance(value, bool):
        return f'<c r="{reference}" t="b"><v>{int(value)}</v></c>'
    if isinstance(value, (int, float)):
        return f'<c r="{reference}"><v>{value}</v></c>'
    if isinstance(value, datetime):
        return f'<c r="{reference}" s="1"><v>{(value - datetime(1899, 12, 30)).days}</v></c>'
    text = escape(str(value))
    return f'<c r="{reference}" t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'


def letters(index: int) -> str:
    """Return the letters of a column: 0 is A, 26 is AA."""
    text = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        text = chr(65 + rest) + text
    return text


def sheet_xml(rows: Sequence[Sequence[object]]) -> str:
    """Return a sheet of cells; None leaves a cell out."""
    lines = "".join(
        f'<row r="{number}">'
        + "".join(
            cell_xml(f"{letters(index)}{number}", value)
            for index, value in enumerate(row)
            if value is not None
        )
        + "</row>"
        for number, row in enumerate(rows, 1)
    )
    return f'<worksheet xmlns="{_MAIN}"><sheetData>{lines}</sheetData></worksheet>'


def workbook_files(
    rows: Sequence[Sequence[object]] | None = None, *, sheet: str = "", properties: str = ""
) -> dict[str, str]:
    """Return the parts of a workbook with one sheet."""
    typed = [(int(no), who, when, float(net), state) for no, who, when, net, state in ROWS]
    content = sheet or sheet_xml([HEADER, *typed] if rows is None else rows)
    return {
        "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/'
        'content-types"><Default Extension="xml" ContentType="application/xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}"><Relationship Id="rId1" '
        f'Type="{_DOCUMENT}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_DOCUMENT}">'
        f'<workbookPr {properties}/><sheets><sheet name="Orders" sheetId="1" r:id="rId1"/>'
        "</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}">'
        f'<Relationship Id="rId1" Type="{_DOCUMENT}/worksheet" Target="worksheets/s.xml"/>'
        f'<Relationship Id="rId2" Type="{_DOCUMENT}/styles" Target="styles.xml"/>'
        f'<Relationship Id="rId3" Type="{_DOCUMENT}/sharedStrings" Target="texts.xml"/>'
        "</Relationships>",
        "xl/styles.xml": f'<styleSheet xmlns="{_MAIN}"><cellXfs><xf numFmtId="0"/>'
        '<xf numFmtId="14"/></cellXfs></styleSheet>',
        "xl/texts.xml": f'<sst xmlns="{_MAIN}"><si><t>paid</t></si></sst>',
        "xl/worksheets/s.xml": content,
    }


def zipped(parts: Mapping[str, str | bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Return parts as a ZIP archive."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", method) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return stream.getvalue()


def workbook_bytes(rows: Sequence[Sequence[object]] | None = None, **parts: str) -> bytes:
    """Return rows as a workbook."""
    return zipped(workbook_files(rows, **parts))


def write_database(
    path: Path,
    kind: str,
    rows: Sequence[Sequence[object]] = ROWS,
    types: Sequence[str] = ("TEXT",) * len(HEADER),
) -> None:
    """Write rows into a table of a SQLite or DuckDB file."""
    columns = ", ".join(f'"{name}" {of}' for name, of in zip(HEADER, types, strict=True))
    marks = ", ".join("?" * len(HEADER))
    if kind == "sqlite":
        connection: Any = sqlite3.connect(path)
    else:
        import duckdb

        connection = duckdb.connect(str(path))
    connection.execute(f"CREATE TABLE orders ({columns})")
    connection.executemany(f"INSERT INTO orders VALUES ({marks})", [list(row) for row in rows])
    connection.commit()
    connection.close()


def export_bytes(format: str, scratch: Path) -> bytes:
    """Return the orders as a file of a format."""
    match format:
        case "csv":
            return csv_text().encode()
        case "whitespace":
            return csv_text(mark=" ").encode()
        case "jsonl":
            return json_text().encode()
        case "parquet":
            return parquet_bytes()
        case "excel":
            return workbook_bytes()
    path = scratch / f"valid.{format}"
    path.unlink(missing_ok=True)
    write_database(path, format)
    return path.read_bytes()
