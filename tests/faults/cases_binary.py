# ruff: noqa: E501
"""Classes of fault of Parquet files and of Excel workbooks."""

from __future__ import annotations

import struct
import zipfile
from collections.abc import Iterator
from datetime import time
from decimal import Decimal

import pyarrow as pa
from fault_case import FaultCase
from valid_exports import (
    HEADER,
    ROWS,
    arrow_table,
    csv_text,
    parquet_bytes,
    sheet_xml,
    workbook_bytes,
    workbook_files,
    write_database,
    zipped,
)

N = len(ROWS)


def _named_by(rows: int, text: str) -> bytes:
    """Return a Parquet file whose dictionary has one text, named by every row."""

    def one(value: str) -> pa.Array:
        return pa.DictionaryArray.from_arrays(pa.array([0] * rows, pa.int32()), [value])

    columns = {"Who": one(text), "When": one("2024-01-01"), "Net": one("1"), "State": one("paid")}
    return parquet_bytes(pa.table({"No": pa.array(range(rows)).cast(pa.string()), **columns}))


def parquet_cases() -> Iterator[FaultCase]:
    """Yield what is wrong with Parquet files."""
    good = parquet_bytes()
    footer = struct.unpack("<I", good[-8:-4])[0]

    def case(
        fault: str, says: str, content: bytes, row: int | None = None, **more: object
    ) -> FaultCase:
        return FaultCase(
            format="parquet", fault=fault, says=says, content=content, row=row, **more  # type: ignore[arg-type]
        )  # fmt: skip

    def column(
        fault: str, says: str, name: str, values: object, row: int | None = None
    ) -> FaultCase:
        return case(fault, says, parquet_bytes(arrow_table(**{name: values})), row, column=name)

    broken = "no Parquet file, damaged or cut off"
    yield case("cut off", broken, good[:-100])
    yield case("cut off by a byte", broken, good[:-1])
    yield case("the first bytes alone", broken, b"PAR1")
    yield case("no magic behind", broken, good[:-4] + b"XXXX")
    yield case("another format", broken, csv_text().encode())
    yield case("a footer of zeros", broken, good[: -8 - footer] + b"\0" * footer + good[-8:])
    yield case("a footer longer than the file", broken, good[:-8] + b"\xff\xff\xff\x7fPAR1")
    yield case("a footer of no length", broken, good[:-8] + b"\0\0\0\0PAR1")
    yield case("an encrypted footer", broken, b"PARE" + good[4:-4] + b"PARE")
    yield case("pages of noise", broken, good[:4] + bytes(range(256)) * 3 + good[772:], heavy=True)
    yield case("no row groups", "a header and no rows", parquet_bytes(arrow_table().slice(0, 0)))
    yield case("no columns", "the file & column", parquet_bytes(pa.table({"x": [1]}).select([])))
    yield column("lists", "no single value", "Who", pa.array([["a"]] * N))
    yield column("structures", "STRUCT & no single value", "Who", pa.array([{"a": 1}] * N))
    yield column("maps", "MAP & no single value", "Who", pa.array(
        [[("a", 1)]] * N, pa.map_(pa.string(), pa.int64())))  # fmt: skip
    yield column("bytes", "BLOB & no single value", "Who", pa.array([b"\xff\0"] * N))
    yield column("a NUL in a text", "a NUL byte", "Who", pa.array(["a"] * 4 + ["\0"] * 8), 5)
    yield column(
        "floats that are NaN", '"nan" & not an amount', "Net", pa.array([float("nan")] * N), 1
    )
    yield column(
        "floats without end", '"inf" & not an amount', "Net", pa.array([float("inf")] * N), 1
    )
    yield column("decimals of 38 digits", "not an amount", "Net", pa.array(
        [Decimal("9" * 38)] * N, pa.decimal128(38, 0)), 1)  # fmt: skip
    yield column("unsigned numbers of 64 bits", "not an amount", "Net", pa.array(
        [2**64 - 1] * N, pa.uint64()), 1)  # fmt: skip
    yield column("truth for amounts", '"true" & not an amount', "Net", pa.array([True] * N), 1)
    yield column("moments of the year 1", "not a date", "When", pa.array(
        [-62_135_596_800_000_000] * N, pa.int64()).cast(pa.timestamp("us")), 1)  # fmt: skip
    yield column("moments beyond all years", "not a date", "When", pa.array(
        [2**62] * N, pa.int64()).cast(pa.timestamp("us")), 1)  # fmt: skip
    yield column("days of the year 9999", "not a date", "When", pa.array(
        [2_932_896] * N, pa.int32()).cast(pa.date32()), 1)  # fmt: skip
    yield column("times of day for days", "not a date", "When", pa.array([time(1)] * N), 1)
    yield column("numbers for days", "not a date", "When", pa.array([45_292] * N), 1)
    yield case("10 MB in a cell", "column who & 10,000,000 bytes", parquet_bytes(
        arrow_table(Who=["a"] * 6 + ["x" * 10_000_000] * 6)), 7, heavy=True)  # fmt: skip
    yield case("a terabyte from a dictionary", "unpack to more than is read", _named_by(
        300_000, "x" * 900_000), heavy=True)  # fmt: skip
    yield case("10,000 columns", "10,005 columns", parquet_bytes(pa.table(
        {**{name: ["1"] for name in HEADER}, **{f"c{n}": [1] for n in range(10_000)}})), 1, heavy=True)  # fmt: skip


def workbook_cases() -> Iterator[FaultCase]:
    """Yield what is wrong with workbooks."""
    good = workbook_bytes()
    parts = workbook_files()
    sheet = parts["xl/worksheets/s.xml"]

    def case(
        fault: str, says: str, content: bytes, row: int | None = None, **more: object
    ) -> FaultCase:
        return FaultCase(
            format="excel", fault=fault, says=says, content=content, row=row, **more  # type: ignore[arg-type]
        )  # fmt: skip

    def part(
        fault: str, says: str, name: str, content: str, row: int | None = None, **more: object
    ) -> FaultCase:
        return case(fault, says, zipped({**parts, name: content}), row, **more)

    def cells(fault: str, says: str, row: int | None, *odd: object, **more: object) -> FaultCase:
        return case(fault, says, workbook_bytes([HEADER, list(odd)]), row, **more)

    def without(name: str) -> bytes:
        return zipped({key: value for key, value in parts.items() if key != name})

    damaged = "the workbook is damaged"
    laughs = '<!DOCTYPE x [<!ENTITY a "haha"><!ENTITY b "' + "&a;" * 99 + '">]>'
    thief = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
    yield case("cut off", "cut off", good[:-30])
    yield case("the first bytes alone", "cut off", good[:40])
    yield case("another format", "not an Excel workbook", csv_text().encode())
    yield case("an archive without a workbook", "not an Excel workbook", zipped({"a.txt": "hello"}))
    yield case("CSV in an archive", "not an Excel workbook", zipped({"orders.csv": csv_text()}))
    yield case("paths out of the archive", "leads out of it", zipped({**parts, "../../x.sh": "rm"}))
    yield case("absolute paths", "leads out of it", zipped({**parts, "/etc/x": "x"}))
    yield part("entities that grow", "declares entities", "xl/worksheets/s.xml", laughs + sheet)
    yield part("an entity of another file", "declares entities", "xl/worksheets/s.xml", thief + sheet.replace(
        "c1", "&a;"))  # fmt: skip
    yield part("entities among shared texts", "declares entities", "xl/texts.xml", thief + "<sst/>")
    yield part("XML cut off", damaged, "xl/worksheets/s.xml", sheet[: len(sheet) // 2])
    yield part("no XML", damaged, "xl/worksheets/s.xml", "No,Who\n1,2\n")
    yield part("another part cut off", damaged, "xl/styles.xml", "<styleSheet><cellXfs>")
    yield case("a bit turned", damaged, _bit_turned(parts))
    yield case("no part for the sheet", "lacks its part", without("xl/worksheets/s.xml"))
    yield case("no relations", "lacks its part", without("xl/_rels/workbook.xml.rels"))
    yield part(
        "no sheets", "no sheet of cells", "xl/workbook.xml", "<workbook><sheets/></workbook>"
    )
    yield part("a sheet elsewhere", "no sheet of cells", "xl/_rels/workbook.xml.rels", parts[
        "xl/_rels/workbook.xml.rels"].replace('Target="worksheets/s.xml"',
        'TargetMode="External" Target="https://example.org/s.xml"'))  # fmt: skip
    yield case(
        "a sheet misspelt", "no sheet Order & did you mean orders?", good, options='sheet = "Order"'
    )
    yield case("encrypted entries", "encrypted", _encrypted(good))
    yield case("an empty sheet", "the sheet is empty", workbook_bytes([]))
    yield part("a row twice", "a row is out of place", "xl/worksheets/s.xml", sheet.replace(
        '<row r="4">', '<row r="3">'), 3)  # fmt: skip
    yield part("a row too far down", "a row is out of place", "xl/worksheets/s.xml", sheet.replace(
        '<row r="13">', '<row r="1048577">'), 1_048_577)  # fmt: skip
    yield cells("a cell too far right", "too wide", 2, 1, b'<c r="XFE2"><v>1</v></c>')
    yield cells(
        "a shared text that is not there", "a cell has no text", 2, b'<c t="s"><v>9</v></c>'
    )
    formula = b'<c r="{r}"><f>B2*C2</f></c>'
    yield cells("a formula never computed", "column net & a formula, and no value & save it", 2,
        1, "c", "2024-01-01", formula, "paid")  # fmt: skip
    yield cells("an error in a cell", '"#N/A" & not an amount', 2,
        1, "c", "2024-01-01", b'<c r="{r}" t="e"><v>#N/A</v></c>', "paid", column="Net")  # fmt: skip
    yield cells("a day shown as a number", '"45292" & not a date', 2,
        1, "c", 45_292, 1, "paid", column="When")  # fmt: skip
    yield cells("a day before 1900", "not a date", 2,
        1, "c", b'<c r="{r}" s="1"><v>-5</v></c>', 1, "paid", column="When")  # fmt: skip
    yield cells("a day without end", "not a date", 2,
        1, "c", b'<c r="{r}" s="1"><v>1e300</v></c>', 1, "paid", column="When")  # fmt: skip
    yield cells("a number without end", "not an amount", 2,
        1, "c", "2024-01-01", b'<c r="{r}"><v>1e999</v></c>', "paid", column="Net")  # fmt: skip
    yield case("merged titles above", "no column No", workbook_bytes([["Orders"], HEADER, *ROWS]))
    yield case("a header split over rows", "no column When", workbook_bytes(
        [["No", "Who", "Date", "Net", "State"], ["", "", "When", "", ""], *ROWS]))  # fmt: skip
    yield part("10 MB in a cell", "more than a million characters", "xl/worksheets/s.xml", sheet.replace(
        "c2", "x" * 10_000_000, 1), 3, heavy=True)  # fmt: skip
    yield part("a bomb of blanks", "unpacks to 100 MB", "xl/worksheets/s.xml", sheet.replace(
        "</sheetData>", " " * 100_000_000 + "</sheetData>"), heavy=True)  # fmt: skip
    yield case("a text of 1 MB named by all rows", "268 million characters", zipped({
        **parts, "xl/texts.xml": "<sst><si><t>" + "x" * 1_000_000 + "</t></si></sst>",
        "xl/worksheets/s.xml": sheet_xml([HEADER, *[[b'<c t="s"><v>0</v></c>'] * 5] * 100])}), heavy=True)  # fmt: skip
    yield case("60,000 rows of 1,999 columns", "32 million cells", workbook_bytes(
        [[f"c{n}" for n in range(1999)], *[["1"]] * 60_000]), heavy=True)  # fmt: skip
    yield case("16,384 columns", "16,384 columns", workbook_bytes(
        [[f"c{n}" for n in range(16_384)]]), 1, heavy=True)  # fmt: skip


def _bit_turned(parts: dict[str, str]) -> bytes:
    content = bytearray(zipped(parts, zipfile.ZIP_STORED))
    content[content.index(b"2024-02-11")] ^= 1
    return bytes(content)


def _encrypted(content: bytes) -> bytes:
    data = bytearray(content)
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = data.find(mark)
        while at >= 0:
            data[at + offset] |= 1
            at = data.find(mark, at + 4)
    return bytes(data)


def database_bytes(kind: str) -> bytes:
    """Return the orders in a database."""
    import tempfile
    from pathlib import Path

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "orders"
        write_database(path, kind)
        return path.read_bytes()


def binary_cases() -> Iterator[FaultCase]:
    """Yield the classes of Parquet and Excel, and of databases in their place."""
    yield from parquet_cases()
    yield from workbook_cases()
    database = database_bytes("sqlite")
    for format in ("csv", "whitespace", "jsonl", "parquet", "excel"):
        yield FaultCase(
            format=format, fault="a database", says="a SQLite database & format", content=database
        )
