# ruff: noqa: E501
"""Hostile inputs by chance: valid exports and source files, mutated."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any, get_args

import pyarrow as pa
from valid_exports import (
    FILES,
    HEADER,
    ROWS,
    csv_text,
    export_bytes,
    json_text,
    parquet_bytes,
    sheet_xml,
    source_text,
    workbook_files,
    write_database,
    zipped,
)

from analytics.ingest.source import Format

HOSTILE = (
    "", " ", "\t", "\0", "\r", "\n", "\r\n", '"', '""', "'", "`", "\\", ";", ",", "|", "\x1b[31m",
    "\u202eabc", "\ufeff", "\u2028", "\ud7ff", "\U0001f600", "é", "e\u0301", "ß", "İ", "٣٤", "１２",
    "NaN", "nan", "inf", "-inf", "Infinity", "-0", "1e400", "1e-400", "1e5", "0x10", "1_000", "+1",
    "1,234.56", "1.234,56", "--1", "1-", "(1)", "9" * 15, "9" * 16, "9" * 19, "9" * 40, ".5", "5.",
    "99999999999999.99", "0.001", "1.5.2", "$1", "€1", "EUR 1", "1 EUR", "null", "None", "N/A",
    "true", "0000-00-00", "0000-01-01", "0001-01-01", "1899-12-31", "1900-01-01", "9999-12-31",
    "10000-01-01", "-2024-01-01", "2024-02-29", "2023-02-29", "2024-04-31", "2024-13-01",
    "2024-01-01 24:00:00", "2024-06-30 23:59:60", "2024-03-31 02:30:00", "2024-01-01T00:00:00Z",
    "2024-01-01 00:00:00+14:00", "1704067200", "45292", "01/02/2024", "'; DROP TABLE orders; --",
    "=1+1", "=cmd|' /C calc'!A0", "{}", "[]", "[1", '{"a":1}', "__row", "_row", "_file", "_reason",
    "_raw", "_raw0", "rowid", "cell0", "lines", "file_row_number", "filename", "transaction_id",
    "customer_id", "x" * 300, "x" * 70_000, "a" * 1_100_000, "<a>", "&amp;", "]]>", "%s", "{0}",
    "../../etc/passwd", "CON", "No", "no", "NO", "Net", "net", "Who ", " Who",
)  # fmt: skip
TOKENS = (
    *(each.encode() for each in HOSTILE if len(each) < 1000),
    b"\xff", b"\xfe\xff", b"\xff\xfe", b"\xef\xbb\xbf", b"\xc3", b"\xed\xa0\x80", b"\x80", b"\xf8",
    b"\x1a", b"\x1f", b"\\u0000", b"\\ud800", b"\\udfff", b"NaN", b"[" * 3000, b'{"a":' * 3000,
    b"\xff\xff\xff\xff", b"\0\0\0\0", b"\x7f\xff\xff\xff", b"PAR1", b"PK\x03\x04",
)  # fmt: skip
PIECES = re.compile(rb"[A-Za-z0-9_]+|\s+|.", re.DOTALL)


def mutated_bytes(rng: Random, content: bytes, other: bytes = b"") -> bytes:
    """Return content after one to six mutations."""
    data = bytearray(content)
    for _ in range(rng.choice((1, 1, 1, 2, 4))):
        size = len(data)
        at = rng.randrange(size + 1)
        to = min(size, at + rng.choice((1, 1, 2, 4, 16, 200, 5000)))
        match rng.randrange(9):
            case 0 if size:
                data[at % size] ^= 1 << rng.randrange(8)
            case 1 if size:
                data[at % size] = rng.randrange(256)
            case 2:
                del data[at:to]
            case 3:
                data[at:at] = data[at:to] * rng.choice((1, 2, 50))
            case 4:
                del data[at:]
            case 5:
                data[at:at] = rng.choice(TOKENS)
            case 6:
                data[at:to] = rng.choice(TOKENS)
            case 7 if other:
                start = rng.randrange(len(other))
                data[at:to] = other[start : start + rng.choice((8, 100, 4000))]
            case _:
                data[at:at] = bytes(rng.randrange(256) for _ in range(rng.randrange(1, 9)))
    return bytes(data)


def mutated_tokens(rng: Random, content: bytes) -> bytes:
    """Return content with some words, blanks or signs replaced, doubled or left out."""
    pieces = PIECES.findall(content)
    for _ in range(rng.choice((1, 1, 2, 4))):
        if not pieces:
            break
        at = rng.randrange(len(pieces))
        match rng.randrange(4):
            case 0:
                pieces[at] = rng.choice(TOKENS)
            case 1:
                pieces[at] = rng.choice(pieces)
            case 2:
                pieces[at] = b""
            case _:
                pieces[at] *= 2
    return b"".join(pieces)


def hostile_rows(rng: Random) -> tuple[list[str], list[list[Any]]]:
    """Return a header and rows of texts, some cells hostile, some left out or added."""
    header, rows = list(HEADER), [list(row) for row in ROWS]
    for _ in range(rng.choice((0, 1, 2, 5, 30))):
        rows[rng.randrange(len(rows))][rng.randrange(len(header))] = rng.choice(HOSTILE)
    if rng.random() < 0.05:
        column, value = rng.randrange(len(header)), rng.choice(HOSTILE)
        for row in rows:
            row[column] = value
    if rng.random() < 0.04:
        header[rng.randrange(len(header))] = rng.choice(HOSTILE)
    if rng.random() < 0.15:
        header.append(rng.choice(HOSTILE))
        for row in rows:
            row.append(rng.choice(HOSTILE))
    return header, rows


def text_export(rng: Random, mark: str) -> bytes:
    """Return CSV with hostile cells, quoted or not, in some encoding."""
    header, rows = hostile_rows(rng)
    how = rng.choice(("plain", *("quoted",) * 5, "some"))

    def cell(text: str) -> str:
        if how == "plain" or (how == "some" and rng.random() < 0.5):
            return text
        return '"' + text.replace('"', '""') + '"'

    if rng.random() < 0.04:
        rows[rng.randrange(len(rows))].pop()
    text = csv_text([list(map(cell, row)) for row in rows], list(map(cell, header)), mark)
    if rng.random() < 0.05:
        text = text.replace("\n", rng.choice(("\r", "\r\n", "\n\n", "\n\r")))
    encoding = rng.choice(("utf-8",) * 40 + ("utf-16", "utf-16-le", "latin-1", "utf-8-sig"))
    return text.encode(encoding, "replace")


def json_export(rng: Random) -> bytes:
    """Return JSON lines with hostile values of every kind."""
    header, rows = hostile_rows(rng)
    odd: tuple[Any, ...] = (
        None, True, 0, -0.0, 1e308, float("nan"), float("inf"), 10**30, 10**400, [], {}, [1, [2]],
        {"a": {"b": None}}, "\ud800", "\0", 1.005, 12.5,
    )  # fmt: skip
    for _ in range(rng.choice((0, 0, 1, 3))):
        rows[rng.randrange(len(rows))][rng.randrange(len(header))] = rng.choice(odd)
    lines = json_text(rows, header).splitlines()
    if rng.random() < 0.04:
        lines[rng.randrange(len(lines))] = rng.choice(("", "[]", "1", "null", '"x"', "{}", "{"))
    return "\n".join(lines).encode("utf-8", "surrogatepass")


def arrow_column(rng: Random, texts: list[Any]) -> pa.Array:
    """Return a column of twelve values of a type by chance."""
    made: tuple[Callable[[], pa.Array], ...] = (
        lambda: pa.array([float(n) if n % 3 else float("nan") for n in range(12)]),
        lambda: pa.array([float("inf")] * 12),
        lambda: pa.array([Decimal(n) for n in range(12)], pa.decimal128(38, 10)),
        lambda: pa.array([Decimal(9) * 10**37] * 12, pa.decimal128(38, 0)),
        lambda: pa.array([2**63 - 1] * 12),
        lambda: pa.array([2**64 - 1] * 12, pa.uint64()),
        lambda: pa.array([datetime(1, 1, 1)] * 12, pa.timestamp("us")),
        lambda: pa.array([2**62] * 12, pa.int64()).cast(pa.timestamp("us")),
        lambda: pa.array([-(2**62)] * 12, pa.int64()).cast(pa.timestamp("ns")),
        lambda: pa.array([datetime(2024, 3, 31, 2, tzinfo=UTC)] * 12, pa.timestamp("ns", "UTC")),
        lambda: pa.array([date(9999, 12, 31)] * 12),
        lambda: pa.array([-(2**31)] * 12, pa.int32()).cast(pa.date32()),
        lambda: pa.array([time(1)] * 12),
        lambda: pa.array([True, None] * 6),
        lambda: pa.nulls(12),
        lambda: pa.array([b"\xff\0"] * 12),
        lambda: pa.array([[1], None] * 6),
        lambda: pa.array([{"a": {"b": 1}}] * 12),
        lambda: pa.array(["x", "2024-01-01"] * 6).dictionary_encode(),
        lambda: pa.array(range(12), pa.int8()),
        lambda: pa.array([1.5] * 12, pa.float32()),
        lambda: pa.array([n * 10**9 for n in range(12)], pa.duration("us")),
        lambda: pa.array(["x" * rng.choice((10, 1_100_000))] * 12, pa.large_string()),
    )
    return rng.choice(made)() if rng.random() < 0.3 else pa.array([str(each) for each in texts])


def parquet_export(rng: Random) -> bytes:
    """Return a Parquet file of columns of types by chance."""
    header, rows = hostile_rows(rng)
    arrays = [pa.array([str(row[i]) for row in rows]) for i in range(len(header))]
    for _ in range(rng.choice((0, 1, 2))):
        at = rng.randrange(len(arrays))
        arrays[at] = arrow_column(rng, [row[at] for row in rows])
    table = pa.Table.from_arrays(arrays, names=header)
    if rng.random() < 0.05:
        table = table.slice(0, 0)
    codec = rng.choice(("snappy", "none", "zstd", "gzip"))
    return parquet_bytes(table, compression=codec, row_group_size=rng.choice((1, 5, 100)))


def workbook_export(rng: Random) -> bytes:
    """Return a workbook with hostile cells, one of its parts mutated."""
    header, rows = hostile_rows(rng)
    odd: tuple[Any, ...] = (
        1, 1.5, True, datetime(2024, 1, 1), datetime(1900, 2, 28), None,
        b'<c r="{r}" t="s"><v>0</v></c>', b'<c r="{r}" t="s"><v>99</v></c>',
        b'<c r="{r}" t="e"><v>#N/A</v></c>', b'<c r="{r}"><f>A1</f></c>', b'<c r="XFD1"><v>1</v></c>',
        b'<c r="{r}" s="1"><v>-1</v></c>', b'<c r="{r}" s="1"><v>1e300</v></c>', b"<c/>",
        b'<c r="{r}" s="1"><v>NaN</v></c>', b'<c r="{r}" t="d"><v>2024-01-01T00:00:00Z</v></c>',
        b'<c r="{r}" s="99999"><v>1E+20</v></c>', b'<c r="{r}"><v>1<v>2</v></v></c>',
        b'</row><row r="1048576"><c><v>1</v></c>', b'</row><row r="3">', b'<c r="AAAA9"/>',
    )  # fmt: skip
    cells: list[list[Any]] = [list(header), *rows]
    for _ in range(rng.choice((0, 1, 3, 10))):
        row = cells[rng.randrange(len(cells))]
        row[rng.randrange(len(row))] = rng.choice(odd)
    clean = [
        [re.sub("[\0-\x08\x0b\x0c\x0e-\x1f]", "", x) if isinstance(x, str) else x for x in row]
        for row in cells
    ]
    parts: dict[str, Any] = dict(workbook_files(sheet=sheet_xml(clean)))
    if rng.random() < 0.3:
        name = rng.choice(list(parts))
        how = rng.choice((mutated_tokens, mutated_bytes))
        parts[name] = how(rng, parts[name].encode("utf-8", "replace"))
    if rng.random() < 0.03:
        parts.pop(rng.choice(list(parts)))
    return zipped(parts)


def database_export(rng: Random, kind: str, folder: Path) -> bytes:
    """Return a database with hostile values of any type."""
    _, rows = hostile_rows(rng)
    rows = [row[: len(HEADER)] for row in rows]
    odd: tuple[Any, ...] = (None, 1, 1.5, float("inf"), 2**62, -1, "text")
    if kind == "sqlite":
        odd += (b"\xff\0", b"")
        for _ in range(rng.choice((0, 2, 9))):
            rows[rng.randrange(len(rows))][rng.randrange(len(HEADER))] = rng.choice(odd)
    types = [rng.choice(("TEXT", "TEXT", "REAL", "INTEGER", "DATE", "")) for _ in HEADER]
    path = folder / f"made.{kind}"
    write_database(path, kind, rows, types if kind == "sqlite" else ("TEXT",) * len(HEADER))
    content = path.read_bytes()
    path.unlink()
    return content


def mutated_source(rng: Random, format: str) -> bytes:
    """Return a source file, most often a valid one with options by chance."""
    choices = (
        'encoding = "utf-16"', 'encoding = "latin-1"', 'encoding = "cp1252"', 'quote = ""',
        'delimiter = ";"', 'delimiter = "\\t"', 'delimiter = "\\""', 'delimiter = "\\n"',
        'delimiter = "é"', 'decimal_mark = ","', 'thousands_mark = "."', 'thousands_mark = ","',
        'missing = ["N/A", "-"]', "rounded = true", "free_orders = true", 'sheet = "Orders"',
        'sheet = "x"', 'quote = "\'"', 'encoding = "utf-7"', 'encoding = "idna"',
        'encoding = "unicode_escape"', 'encoding = "utf-32"', 'encoding = "utf-8-sig"',
        'encoding = "shift_jis"', 'encoding = "hz"', 'encoding = "iso2022_jp"', 'decimal_mark = "5"',
    )  # fmt: skip
    options = None
    if format not in ("sqlite", "duckdb") and rng.random() < 0.12:
        chosen = {each.partition(" ")[0]: each for each in rng.choices(choices, k=2)}
        options = "\n".join(chosen.values())
    elif format in ("sqlite", "duckdb") and rng.random() < 0.15:
        asked = rng.choice(
            (
                "SELECT * FROM orders", "DROP TABLE orders", "SELECT 1; SELECT 2", "", ";", "SELECT",
                "SELECT *, 1 AS x FROM orders", "COPY orders TO 'x'", "SELECT 'a' AS \"No\"",
                "WITH RECURSIVE t(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM t WHERE i < 99) SELECT i FROM t",
                "SELECT * FROM read_csv('/etc/passwd')", "PRAGMA database_list", "ATTACH 'y' AS y",
            )
        )  # fmt: skip
        options = f"query = {json.dumps(asked)}"
    tail = rng.choice(
        (
            "", "", '[tables.transactions.dates]\nordered_at = ["%Y-%m-%d"]',
            '[tables.transactions.dates]\nordered_at = ["%d.%m.%Y %H:%M:%S", "%Y-%m-%d"]',
            '[tables.transactions.constants]\n'
            'sales_channel = "x"', '[tables.customers]\nfile = "orders.csv"\nformat = "csv"\n'
            '[tables.customers.columns]\ncustomer_id = "Who"',
        )
    )  # fmt: skip
    content = source_text(format, options=options, tail=tail).encode()
    if rng.random() < 0.05:
        how = rng.choice((mutated_tokens, mutated_bytes))
        return how(rng, content)
    return content


def mutated_case(rng: Random, folder: Path) -> str:
    """Write one input into a folder; return the format and how it was mutated."""
    format = rng.choice([each for each in get_args(Format) if each in FILES])
    made: dict[str, Callable[[], bytes]] = {
        "csv": lambda: text_export(rng, rng.choice(",,,;\t")),
        "whitespace": lambda: text_export(rng, " "),
        "jsonl": lambda: json_export(rng),
        "parquet": lambda: parquet_export(rng),
        "excel": lambda: workbook_export(rng),
        "sqlite": lambda: database_export(rng, "sqlite", folder),
        "duckdb": lambda: database_export(rng, "duckdb", folder),
    }
    how = rng.choice((*("hostile",) * 8, "bytes", "tokens", "tokens", "both"))
    content = export_bytes(format, folder) if how in ("bytes", "tokens") else made[format]()
    if how in ("bytes", "both"):
        content = mutated_bytes(rng, content, export_bytes("csv", folder))
    elif how == "tokens":
        content = mutated_tokens(rng, content)
    (folder / "raw").mkdir()
    (folder / "raw" / FILES[format]).write_bytes(content)
    (folder / "shop.toml").write_bytes(mutated_source(rng, format))
    return f"{format}: {how}"
