# ruff: noqa: E501
"""Classes of fault of SQLite and DuckDB databases and of what is asked of them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from cases_common import files_in_place
from fault_case import FaultCase
from valid_exports import HEADER, csv_text, parquet_bytes, write_database

ENDLESS = "WITH RECURSIVE t(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM t) "
Writer = Callable[[Path], None]


def made(kind: str, *statements: str) -> Writer:
    """Return what writes a database of the orders and then runs statements."""

    def write(path: Path) -> None:
        write_database(path, kind)
        _run(path, kind, statements)

    return write


def _run(path: Path, kind: str, statements: Sequence[str]) -> None:
    if kind == "sqlite":
        import sqlite3

        connection: Any = sqlite3.connect(path)
    else:
        import duckdb

        connection = duckdb.connect(str(path))
    for statement in statements:
        connection.execute(statement)
    connection.commit()
    connection.close()


def changed(kind: str, change: Callable[[bytes], bytes]) -> Writer:
    """Return what writes a database of the orders with its bytes changed."""

    def write(path: Path) -> None:
        write_database(path, kind)
        path.write_bytes(change(path.read_bytes()))

    return write


def column(kind: str, name: str, value: str, type: str = "TEXT") -> Writer:
    """Return what writes a database in which one column is a value, as SQL."""
    columns = ", ".join(
        f'CAST({value} AS {type}) AS "{each}"' if each == name else f'"{each}"' for each in HEADER
    )
    if kind == "sqlite":
        columns = ", ".join(f'{value} AS "{n}"' if n == name else f'"{n}"' for n in HEADER)
    return made(
        kind,
        f"CREATE TABLE odd AS SELECT {columns} FROM orders",
        "DROP TABLE orders",
        "ALTER TABLE odd RENAME TO orders",
    )


def shared_cases(kind: str) -> Iterator[FaultCase]:
    """Yield what both sorts of database can have."""

    def case(fault: str, says: str, content: object, **more: object) -> FaultCase:
        return FaultCase(format=kind, fault=fault, says=says, content=content, **more)  # type: ignore[arg-type]

    def asked(fault: str, says: str, query: str, **more: object) -> FaultCase:
        return case(fault, says, made(kind), options=f"query = {json.dumps(query)}", **more)

    for each in files_in_place(kind):
        if not each.fault.startswith("an archive"):
            yield each
    other = {"sqlite": "a DuckDB database", "duckdb": "a SQLite database"}[kind]
    yield case("the other sort", f"the file is {other}", lambda path: write_database(
        path, "duckdb" if kind == "sqlite" else "sqlite"))  # fmt: skip
    yield case("CSV", "database", csv_text().encode() * 30)
    yield case("Parquet", "the file is a Parquet file", parquet_bytes())
    yield case("noise", "database", bytes(range(256)) * 80)
    yield case("half of it", "does not answer", changed(kind, lambda b: b[: len(b) // 2 - 700]))
    yield case("the first bytes alone", "does not answer", changed(kind, lambda b: b[:60]))
    yield case("pages of zeros", "does not answer", changed(
        kind, lambda b: b[:4096] + b"\0" * (len(b) - 4096)))  # fmt: skip
    yield case(
        "no such table",
        "no table ordres & did you mean orders?",
        made(kind),
        options='table = "ordres"',
    )
    yield case("no tables", "no table orders & it has: no tables", made(kind, "DROP TABLE orders"))
    yield case("no rows", "a header and no rows", made(kind, "DELETE FROM orders"))
    yield case("no rows in a view", "a header and no rows", made(
        kind, "CREATE VIEW v AS SELECT * FROM orders WHERE 1 = 0"), options='table = "v"')  # fmt: skip
    yield case(
        "a column missing",
        "no column Net & it has",
        made(kind, 'ALTER TABLE orders DROP COLUMN "Net"'),
    )
    yield case(
        "a column misspelt",
        "did you mean nett?",
        made(kind, 'ALTER TABLE orders RENAME "Net" TO "Nett"'),
    )
    yield case("a hostile column", "no column State & \\x1b[2j", made(
        kind, 'ALTER TABLE orders RENAME "State" TO "\x1b[2J"'))  # fmt: skip
    yield case(
        "SQL in a table's name",
        "no table",
        made(kind),
        options="table = 'orders\"; DROP TABLE orders; --'",
    )
    yield asked("several statements", "write a query that only selects", "SELECT 1; SELECT 2")
    for word, query in (
        ("drops", "DROP TABLE orders"), ("inserts", "INSERT INTO orders SELECT * FROM orders"),
        ("deletes", "DELETE FROM orders"), ("attaches", "ATTACH 'other.db' AS other"),
        ("sets", "PRAGMA user_version = 3"), ("makes", "CREATE TABLE x (y TEXT)"),
    ):  # fmt: skip
        yield asked(
            f"a statement that {word}",
            "write a query that only selects",
            query,
            kind="a statement that changes",
        )
    yield asked("no SQL", "syntax error & correct table or query", "SELEKT everything")
    yield asked("a comment alone", "no single SELECT", "-- nothing yet")
    yield asked("no such column", "nothing & correct table or query", "SELECT nothing FROM orders")
    yield asked("no such table asked", "does not answer & absent", "SELECT * FROM absent")
    yield asked("a column twice", "more than once", 'SELECT *, 1 AS "Net", 2 AS "nEt", 3 AS "nEt" FROM orders'
        if kind == "sqlite" else 'SELECT * REPLACE (1 AS "Net"), 2 AS "net" FROM orders')  # fmt: skip
    yield asked(
        "a name that is taken", "no column can have this name", 'SELECT *, 1 AS "__row" FROM orders'
    )
    yield asked("a count without end", "it takes too long & a query that ends",
        ENDLESS + "SELECT count(*) FROM t", heavy=True)  # fmt: skip
    yield asked("rows without end", "a query that ends",
        ENDLESS + "SELECT i AS \"No\" FROM t", heavy=True)  # fmt: skip
    yield asked("a join of all with all", "a query that ends", "SELECT count(*) FROM " + ", ".join(
        f"orders AS o{n}" for n in range(12)) + " WHERE o1.\"Net\" || o2.\"Net\" || o3.\"Net\" <> o4.\"Net\"", heavy=True)  # fmt: skip
    yield case("a text of 10 MB", "10,000,000 bytes", column(
        kind, "Who", "hex(zeroblob(5000000))" if kind == "sqlite" else "repeat('x', 10000000)"), heavy=True)  # fmt: skip
    for name, value, says in (
        ("When", "'01/02/2024'", "not a date"), ("When", "'9999-12-31'", "not a date"),
        ("When", "'0000-00-00'", "not a date"), ("When", "45292", "not a date"),
        ("Net", "'NaN'", "not an amount"), ("Net", "'1.234,56'", "not an amount"),
        ("Net", "'twelve'", "not an amount"), ("State", "'eaten'", "not among the words"),
    ):  # fmt: skip
        yield case(f"{name} {value}", f"{says} & correct", column(kind, name, value), kind=says,
            row=1, column=name)  # fmt: skip


def sqlite_cases() -> Iterator[FaultCase]:
    """Yield what is wrong with SQLite alone."""

    def case(fault: str, says: str, content: object, **more: object) -> FaultCase:
        return FaultCase(format="sqlite", fault=fault, says=says, content=content, **more)  # type: ignore[arg-type]

    yield case("a page of noise", "malformed & export it again", changed(
        "sqlite", lambda b: b[:4096] + b"\xff" * (len(b) - 4096)))  # fmt: skip
    yield case("a page size that is none", "does not answer", changed(
        "sqlite", lambda b: b[:16] + b"\x00\x03" + b[18:]))  # fmt: skip
    yield case(
        "a later format",
        "does not answer",
        changed("sqlite", lambda b: b[:18] + b"\x09\x09" + b[20:]),
    )
    yield case(
        "blobs", "no text, number or date", column("sqlite", "Who", "x'ff00'"), row=1, column="Who"
    )
    yield case(
        "texts that are not UTF-8", "utf-8", column("sqlite", "Who", "CAST(x'ff41' AS TEXT)")
    )
    yield case(
        "numbers without end",
        "not an amount",
        column("sqlite", "Net", "9e999"),
        row=1,
        column="Net",
    )
    yield case("an extension loaded", "only selects", made("sqlite"), options=(
        "query = \"SELECT load_extension('/tmp/x.so')\""))  # fmt: skip


def duckdb_cases() -> Iterator[FaultCase]:
    """Yield what is wrong with DuckDB alone."""

    def typed(
        fault: str, says: str, name: str, value: str, type: str, row: int | None = None
    ) -> FaultCase:
        return FaultCase(format="duckdb", fault=fault, says=says, row=row, column=name,
            content=column("duckdb", name, value, type))  # fmt: skip

    def asked(fault: str, says: str, query: str) -> FaultCase:
        return FaultCase(format="duckdb", fault=fault, says=says, content=made("duckdb"),
            options=f"query = {json.dumps(query)}")  # fmt: skip

    yield typed("structures", "no single value", "Who", "{'a': 1}", "STRUCT(a INTEGER)")
    yield typed("lists", "no single value", "Who", "[1]", "INTEGER[]")
    yield typed("maps", "no single value", "Who", "MAP {'a': 1}", "MAP(VARCHAR, INTEGER)")
    yield typed("blobs", "no single value", "Who", "'\\xFF'", "BLOB")
    yield typed("doubles that are NaN", "not an amount", "Net", "'NaN'", "DOUBLE", 1)
    yield typed("doubles without end", "not an amount", "Net", "'Infinity'", "DOUBLE", 1)
    yield typed("numbers of 128 bits", "not an amount", "Net", f"{2**126}", "HUGEINT", 1)
    yield typed("truth for amounts", "not an amount", "Net", "true", "BOOLEAN", 1)
    yield typed("days of the year 9999", "not a date", "When", "'9999-12-31'", "DATE", 1)
    yield typed(
        "moments of a zone, of the year 1",
        "not a date",
        "When",
        "'0001-01-01 00:00:00+00'",
        "TIMESTAMPTZ",
        1,
    )
    yield typed("times for days", "not a date", "When", "'01:00:00'", "TIME", 1)
    yield asked("another file read", "does not answer", "SELECT * FROM read_csv('/etc/passwd')")
    yield asked("a file written", "only selects", "COPY orders TO 'stolen.csv'")
    yield asked(
        "an overflow", "does not answer", f"SELECT {2**126}::HUGEINT * 100 AS x FROM orders"
    )
    yield asked("a setting changed", "only selects", "SET enable_external_access = true")


def database_cases() -> Iterator[FaultCase]:
    """Yield the classes of both sorts of database."""
    yield from shared_cases("sqlite")
    yield from sqlite_cases()
    yield from shared_cases("duckdb")
    yield from duckdb_cases()
