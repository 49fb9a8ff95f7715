"""Classes of fault of text: CSV, columns set apart by blanks, and JSON lines."""

from __future__ import annotations

from collections.abc import Iterator

from cases_common import export
from fault_case import FaultCase
from valid_exports import HEADER, ROWS, csv_text, json_text

TEN_MEGABYTES = "x" * 10_000_000


def encodings() -> Iterator[FaultCase]:
    """Yield texts in another encoding than the source file says."""
    for format in ("csv", "whitespace", "jsonl"):

        def case(
            fault: str,
            says: str,
            content: bytes,
            row: int | None = None,
            format: str = format,
            options: str | None = None,
        ) -> FaultCase:
            return FaultCase(
                format=format, fault=fault, says=says, content=content, row=row, options=options
            )

        good = export(format)
        lines = good.splitlines(keepends=True)
        yield case("latin-1 in the midst", "not in utf-8 & latin-1", good + lines[-1].replace(
            b"paid", "bezählt".encode("latin-1")), len(lines) + 1)  # fmt: skip
        yield case("mixed encodings", "not in utf-8", good.replace(
            b"c1", "ç".encode(), 1).replace(b"c3", "ç".encode("cp1252"), 1),
            4 if format != "jsonl" else 3)  # fmt: skip
        text = good.decode()
        yield case("UTF-16", 'encoding = "utf-16"', text.encode("utf-16"), 1)
        yield case("UTF-16 without a mark", "a NUL byte & utf-16", text.encode("utf-16-le"), 1)
        yield case("UTF-8 said to be UTF-16", "utf-16", good + b"x", None, options=(
            'encoding = "utf-16-be"'))  # fmt: skip
        yield case("a letter cut off", "not in utf-8", good + "Å".encode()[:1], len(lines) + 1)
        yield case("a surrogate", "not in utf-8", good + b"\xed\xa0\x80", len(lines) + 1)
        yield case("a NUL byte", "has a NUL byte", good + b"1,\0,x", len(lines) + 1)
        yield case("blanks only", "the file is empty", b" \n\t\n\r\n")
        yield case("a mark and nothing else", "the file is empty", b"\xef\xbb\xbf\n")
        yield FaultCase(
            format=format,
            fault="10 MB in a cell",
            says="longer than 8 MB",
            content=good.replace(b"c2", TEN_MEGABYTES.encode(), 1),
            row=3 if format != "jsonl" else 2,
            heavy=True,
        )
        yield FaultCase(
            format=format,
            fault="40 MB and no line end",
            says="longer than 8 MB",
            content=b"x" * 40_000_000,
            row=1,
            heavy=True,
        )


def csv_cases() -> Iterator[FaultCase]:
    """Yield what is wrong with the structure of CSV."""
    good = csv_text()

    def case(
        fault: str, says: str, content: str, row: int | None = None, **more: object
    ) -> FaultCase:
        return FaultCase(
            format="csv", fault=fault, says=says, content=content.encode(), row=row, **more  # type: ignore[arg-type]
        )  # fmt: skip

    yield case("a quote not closed", "quote", good.replace("c2", '"c2'), 3)
    yield case("a quote not closed at the end", "quote", good + '13,"c', 14)
    yield case("text after a quote", "quote", good.replace("c2", '"c"2'), 3)
    yield case("a quote in a header", "the header cannot be read", good.replace("Who", '"W"ho'), 1)
    yield case("a header not closed", "the header cannot be read", '"' + good, 1)
    yield case("too few values", "number of columns: 5 found: 3", good + "13,c,2024-01-01\n", 14)
    yield case("too many values", "columns: 5", good + "13,c,2024-01-01,1,paid,x,y\n", 14)
    yield case("a decimal comma among commas", "columns: 5", good.replace("12.50", "12,50", 1), 3)
    yield case("line ends of two kinds", "do not all end alike", good.replace("\n", "\r\n", 3), 4)
    yield case("another delimiter", "no column No & it has: no;who", good.replace(",", ";"))
    yield case("tabs for delimiters", "no column No", good.replace(",", "\t"))
    yield case("a comment above the header", "columns: 1", "# exported today\n" + good, 2)
    yield case("a title above the header", "columns: 1", "Orders of the shop\n\n" + good, 3)
    yield case("no header", "no column No", good.partition("\n")[2])
    yield case("a total below", "columns: 5", good + "Total,234.00\n", 14)
    yield case("two exports in one", "columns: 5", good + "\nNo,Reason\n1,late\n", 15)
    yield case("a header of 2 MB", "header", "a" * 2_000_000 + good, 1, heavy=True)
    yield case("100,000 columns", "100,005 columns", ",".join(
        [*HEADER, *(f"c{n}" for n in range(100_000))]) + "\n" + good, 1, heavy=True)  # fmt: skip
    yield case("a header of megabytes", "within a megabyte", ",".join(
        f"column {n}" for n in range(200_000)), 1, heavy=True)  # fmt: skip
    yield case("a quote that swallows the file", "quote", good.replace("c1", '"c1', 1) + "\n".join(
        ",".join(row) for row in ROWS * 20_000), 2, heavy=True)  # fmt: skip
    yield case(
        "a line end for a delimiter", "neither an end of line", good, 1, options=r'delimiter = "\n"'
    )
    yield case("a quote for a delimiter", "nor the quote", good, 1, options="delimiter = '\"'")
    yield case("the wrong encoding's name", "not in punycode", good, options='encoding="punycode"')


def whitespace_cases() -> Iterator[FaultCase]:
    """Yield what is wrong with the structure of columns set apart by blanks."""
    good = csv_text(mark=" ")

    def case(fault: str, says: str, content: str, row: int | None = None) -> FaultCase:
        return FaultCase(
            format="whitespace", fault=fault, says=says, content=content.encode(), row=row
        )

    yield case("too few values", "the row has 3 values & 5 columns", good + "13 c 2024-01-01\n", 14)
    yield case("too many values", "the row has 6 values", good + "13 c 2024-01-01 1 paid x\n", 14)
    yield case("a blank in a value", "the row has 6 values", good.replace("c2", "c 2", 1), 3)
    yield case("a missing value", "the row has 4 values", good.replace("c2 ", "", 1), 3)
    yield case("commas for blanks", "no column No", csv_text())
    yield case("a comment above the header", "5 values & 3 columns", "# of today\n" + good, 2)
    yield case("a unit separator in a value", "cannot be read", good.replace("c2", "c\x1f2"))
    yield case("no header", "no column No", good.partition("\n")[2])


def json_cases() -> Iterator[FaultCase]:
    """Yield what is wrong with lines of JSON."""
    good = json_text()
    line = good.partition("\n")[0]

    def case(
        fault: str, says: str, content: str, row: int | None = None, **more: object
    ) -> FaultCase:
        return FaultCase(
            format="jsonl", fault=fault, says=says, content=content.encode(), row=row, **more  # type: ignore[arg-type]
        )  # fmt: skip

    def odd(fault: str, says: str, value: str, **more: object) -> FaultCase:
        return case(fault, says, good + line.replace('"c1"', value) + "\n", 13, **more)

    yield case(
        "an array of all", "not JSON & one object a line", "[" + ",\n".join([line] * 3) + "]", 1
    )
    yield case("an array a line", "the line is no object", "[1, 2]\n", 1)
    yield case("a number a line", "the line is no object", "1\n2\n", 1)
    yield case("an object over lines", "not JSON", line.replace(", ", ",\n"), 1)
    yield case("two objects a line", "not JSON & extra data", good + line + line, 13)
    yield case("a comma behind each", "not JSON", good.replace("}\n", "},\n"), 1)
    yield case("a comma before the end", "not JSON", good + line.replace("}", ",}"), 13)
    yield case("single quotes", "not JSON", good + line.replace('"', "'"), 13)
    yield case("a comment", "not JSON", good + "// checked\n", 13)
    yield case("cut off", "not JSON", good[:-20], 12)
    yield case("cut off far down", "not JSON", good * 200 + line[:-5], 2401)
    yield case("a key twice", "names a key more than once", good + line.replace(
        "}", ', "Net": "1"}'), 13)  # fmt: skip
    yield case("no keys", "no keys", "{}\n{}\n", 1)
    yield odd("an object for a value", "column who: the value is an object or a list", '{"id": 1}')
    yield odd("a list for a value", "an object or a list", "[1, 2]")
    yield odd("NaN without quotes", "NaN is no number", "NaN")
    yield odd("Infinity without quotes", "Infinity is no number", "-Infinity")
    yield odd("half a surrogate pair", "surrogate", '"\\ud800"')
    yield odd("an escaped NUL", "a NUL byte", '"a\\u0000b"')
    yield odd("a control character", "not JSON", '"a\x01b"')
    yield odd("an unknown escape", "not JSON", '"\\x41"')
    yield odd("a hexadecimal number", "not JSON", "0x1F")
    yield odd("lists 200,000 deep", "not JSON & recursion", "[" * 200_000, heavy=True)
    yield odd("objects 200,000 deep", "not JSON & recursion", '{"a":' * 200_000, heavy=True)
    yield case("100,000 keys", "100,005 columns", line.replace("}", "".join(
        f', "k{n}": 1' for n in range(100_000)) + "}") + "\n", 1, heavy=True)  # fmt: skip


def text_cases() -> Iterator[FaultCase]:
    """Yield the classes of all formats of text."""
    yield from encodings()
    yield from csv_cases()
    yield from whitespace_cases()
    yield from json_cases()
