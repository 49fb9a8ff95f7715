"""Classes of fault that every format of an export can have."""

from __future__ import annotations

import gzip
import io
import json
import os
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import pyarrow as pa
from fault_case import FaultCase
from valid_exports import FILES, HEADER, ROWS, csv_text, parquet_bytes, workbook_bytes

FORMATS = ("csv", "whitespace", "jsonl", "parquet", "excel")
FIRST_ROW = {"csv": 2, "whitespace": 2, "jsonl": 1, "parquet": 1, "excel": 2}
ESCAPE = "\x1b[2J\x1b]0;owned\x07"


def export(
    format: str, rows: Sequence[Sequence[str]] = ROWS, header: Sequence[str] = HEADER
) -> bytes:
    """Return rows of texts as an export of a format."""
    match format:
        case "csv":
            return csv_text([[_quoted(cell) for cell in row] for row in rows], header).encode()
        case "whitespace":
            return csv_text(rows, header, " ").encode()
        case "jsonl":
            lines = [
                "{"
                + ", ".join(
                    f"{json.dumps(name)}: {json.dumps(value)}"
                    for name, value in zip(header, row, strict=True)
                )
                + "}\n"
                for row in rows
            ]
            return "".join(lines).encode()
        case "sqlite" | "duckdb":
            return b"of no matter, as it is not read"
        case "parquet":
            columns = [pa.array([row[i] for row in rows], pa.string()) for i in range(len(header))]
            return parquet_bytes(pa.Table.from_arrays(columns, names=list(header)))
        case _:
            return workbook_bytes([header, *rows])


def _quoted(cell: str) -> str:
    return f'"{cell}"' if "," in cell else cell


def with_column(name: str, value: str = "x") -> tuple[list[list[str]], list[str]]:
    """Return the rows and the header with one more column."""
    return [[*row, value] for row in ROWS], [*HEADER, name]


def garbage(column: str, value: str) -> list[list[str]]:
    """Return the rows with one value in all cells of a column."""
    at = HEADER.index(column)
    return [[*row[:at], value, *row[at + 1 :]] for row in ROWS]


def files_in_place(format: str) -> Iterator[FaultCase]:
    """Yield what can lie where the file should be, ordinary or not."""

    def case(fault: str, says: str, content: object, **more: object) -> FaultCase:
        return FaultCase(format=format, fault=fault, says=says, content=content, **more)  # type: ignore[arg-type]

    def linked_out(path: Path) -> None:
        elsewhere = path.parent.parent / "elsewhere"
        elsewhere.write_bytes(export(format))
        path.symlink_to(elsewhere)

    def put_outside(path: Path) -> None:
        path.write_bytes(export(format))

    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as made:
        made.writestr("../../orders.csv", csv_text())
    suffix = Path(FILES[format]).suffix
    yield case("no file", "does not exist & put the export there", None)
    yield case("a folder", "a folder is in the file's place", lambda path: path.mkdir())
    yield case("a pipe", "a pipe, socket or device", lambda path: os.mkfifo(path))
    yield case(
        "a device",
        "pipe, socket or device",
        lambda path: path.symlink_to("/dev/zero"),
        kind="a pipe",
    )
    yield case("a loop of links", "cannot be reached", lambda path: path.symlink_to(path.name))
    yield case("a link to nothing", "a link to nothing", lambda path: path.symlink_to("gone"))
    yield case(
        "a link out of the folder",
        "leads out of the source's folder & copy",
        linked_out,
        kind="out of the folder",
    )
    yield case(
        "a path out of the folder",
        "leads out of the source's folder",
        put_outside,
        file=f"../outside{suffix}",
        kind="out of the folder",
    )
    yield case(
        "a link to /etc/passwd",
        "out of the",
        lambda path: path.symlink_to("/etc/passwd"),
        kind="out of the folder",
    )
    yield case("a name of 300 letters", "cannot be reached", lambda _: None, file="x" * 300)
    yield case("nothing in it", "the file is empty & export it again", b"")
    yield case("compressed", "gzip & unpack", gzip.compress(export(format)))
    yield case("a web page", "a web page", b"<!DOCTYPE html><table><tr><td>No</td></tr></table>")
    yield case(
        "an old workbook", ".xls & save it as .xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" * 80
    )
    yield case("a document", "a PDF document", b"%PDF-1.7\n%\xe2\xe3\n" * 40)
    yield case("a 7-Zip archive", "7-zip archive & unpack", b"7z\xbc\xaf\x27\x1c" + b"\0" * 600)
    zip_says = "is not an Excel workbook" if format == "excel" else "a ZIP archive & unpack"
    if format == "excel":
        zip_says = "an entry that leads out of it"
    yield case("an archive with paths", zip_says, archive.getvalue())
    name = "or\x1b[2J\u202eders" + suffix
    yield case("a hostile file name", "\\x1b[2j\\u202eders & is empty", b"", file=name)


def headers(format: str) -> Iterator[FaultCase]:
    """Yield what can be wrong with the names of the columns."""

    def case(
        fault: str, says: str, header: Sequence[str], rows: object = ROWS, kind: str = ""
    ) -> FaultCase:
        content = export(format, rows, header)  # type: ignore[arg-type]
        return FaultCase(format=format, fault=fault, says=says, content=content, kind=kind)

    yield case(
        "a column misspelt",
        "column net: the file has no column Net & did you mean nett?",
        ("No", "Who", "When", "Nett", "State"),
    )
    yield case("a header twice", "more than once", ("No", "Who", "When", "Net", "Net"))
    twice = ("No", "Who", "When", "Net", "net")
    yield case("a header twice, in case", "more than once", twice, kind="a header twice")
    wide = [*HEADER, *(f"c{n}" for n in range(2000))]
    yield case("2,005 columns", "2,005 columns", wide, [[*ROWS[0], *["x"] * 2000]])
    rows, header = with_column("n" * 2000)
    yield case("a name of 2,000 letters", "2,000 characters", header, rows)
    for name in ("__row", "FILE_ROW_NUMBER"):
        rows, header = with_column(name)
        yield case(f"a column {name}", "no column can have this name", header, rows, "a name taken")
    hostile = "\u202eNet" if format == "excel" else ESCAPE.replace(" ", "")
    shown = "\\u202enet" if format == "excel" else "\\x1b[2j\\x1b]0;owned\\x07"
    yield case("a hostile column name", f"no column State & {shown}", (*HEADER[:4], hostile))
    yield case("SQL for a name", "no column State", (*HEADER[:4], "');DROP--"))
    if format != "jsonl":  # without objects there is no header either
        yield case("no rows", "a header and no rows", HEADER, ())


SORTS = {
    **dict.fromkeys(("NaN", "inf", "-Infinity", "1e400"), "an amount that is not finite"),
    **dict.fromkeys(("1.234,56", "1_000", "1.005"), "an amount by other conventions"),
    **dict.fromkeys(("9999-12-31", "10000-01-01", "2200-01-01"), "a day beyond 2199"),
    **dict.fromkeys(
        ("0000-00-00", "0000-01-01", "0001-01-01", "1899-12-31", "-2024-01-01"),
        "a day before 1900",
    ),
    **dict.fromkeys(("2023-02-29", "2024-04-31", "2024-13-01"), "a day that no calendar has"),
    **dict.fromkeys(("01/02/2024", "03.04.2024"), "a date in another format"),
}
AMOUNTS = (
    "NaN", "inf", "-Infinity", "1e400", "1.234,56", "1.2.3", "--1", "1.005", "٣٤", "１２", "0x1F",
    "9999999999999999", "1_000", "=1+1", "$5", "twelve",
)  # fmt: skip
DAYS = (
    "0000-00-00", "0000-01-01", "0001-01-01", "1899-12-31", "2200-01-01", "9999-12-31",
    "10000-01-01", "-2024-01-01", "2023-02-29", "2024-04-31", "2024-13-01", "24-1-1x",
    "2024-06-30T24:00:00", "2024-06-30T23:59:61", "1704067200", "01/02/2024", "03.04.2024",
    "2024-01-01 CEST", "yesterday",
)  # fmt: skip
WORDS = ("Paid?", "';DROP", "<script>", "paid\u200b")


def values(format: str) -> Iterator[FaultCase]:
    """Yield exports of which a whole column is not understood."""
    for column, texts, reason in (
        ("Net", AMOUNTS, "is not an amount in EUR"),
        ("When", DAYS, "is not a date of 1900 to 2199"),
        ("State", WORDS, "is not among the words"),
    ):
        # All of them as CSV, every second one elsewhere, no blanks among blanks.
        for text in texts[:: 1 if format == "csv" else 2]:
            if format == "whitespace" and " " in text:
                continue
            shown = text.replace("\u200b", "\\u200b")
            yield FaultCase(
                format=format,
                fault=f"{column} {text}",
                says=f'no row can be read & "{shown}" & {reason} & correct',
                content=export(format, garbage(column, text)),
                row=FIRST_ROW[format],
                column=column,
                kind=SORTS.get(text, f"no {column}"),
            )


def common_cases() -> Iterator[FaultCase]:
    """Yield the classes that all formats share."""
    for format in FORMATS:
        yield from files_in_place(format)
        yield from headers(format)
        yield from values(format)
