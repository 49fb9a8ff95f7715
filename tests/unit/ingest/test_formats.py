"""The same three orders in every format."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from analytics.engine import Engine
from analytics.errors import DataError
from analytics.ingest import Source, ingest

Orders = Callable[..., pd.DataFrame]
CSV = (
    'No,Who,When,Net\n1,"Åsa ""A"", née\nB",2024-01-01,1.10\n2,b,2024-01-02,2.20\n3,,2024-01-03,3\n'
)
NAMES = ['Åsa "A", née\nB', "b", None]


def check(rows: pd.DataFrame, first_row: int) -> None:
    assert rows["_row"].tolist() == [first_row, first_row + 1, first_row + 2]
    assert rows["transaction_id"].tolist() == ["1", "2", "3"]
    assert rows["customer_id"].astype(object).replace(float("nan"), None).tolist() == NAMES
    assert rows["ordered_at"].tolist() == list(pd.date_range("2024-01-01", periods=3))
    assert rows["net"].tolist() == [1.1, 2.2, 3.0]
    assert rows["_reason"].isna().all()


def test_csv(staged_orders: Orders) -> None:
    check(staged_orders(CSV), 2)


def test_csv_with_a_byte_order_mark(staged_orders: Orders) -> None:
    check(staged_orders(b"\xef\xbb\xbf" + CSV.encode()), 2)


def test_csv_with_the_line_ends_of_windows(staged_orders: Orders) -> None:
    rows = staged_orders("No,Who,When,Net\r\n1,a,2024-01-01,1.10\r\n2,b,2024-01-02,2.20\r\n")
    assert rows["net"].tolist() == [1.1, 2.2]
    assert rows["customer_id"].tolist() == ["a", "b"]


@pytest.mark.parametrize("encoding", ["latin-1", "utf-16", "cp1252", "utf-16-le"])
def test_csv_in_another_encoding(staged_orders: Orders, encoding: str) -> None:
    check(staged_orders(CSV.encode(encoding), options=f'encoding = "{encoding}"'), 2)


@pytest.mark.parametrize("delimiter", [";", "\t", "|"])
def test_csv_with_another_delimiter(staged_orders: Orders, delimiter: str) -> None:
    text = "No,Who,When,Net\n1,a,2024-01-01,1.10\n".replace(",", delimiter)
    shown = delimiter.replace("\t", "\\t")
    assert staged_orders(text, options=f'delimiter = "{shown}"')["net"].tolist() == [1.1]


def test_json_lines(staged_orders: Orders) -> None:
    text = (
        '{"No": "1", "Who": "Åsa \\"A\\", née\\nB", "When": "2024-01-01", "Net": 1.10}\n'
        '{"Who": "b", "No": "2", "When": "2024-01-02", "Net": "2.20", "more": [1]}\n'
        '{"No": 3, "Who": null, "When": "2024-01-03", "Net": 3}\n'
    )
    check(staged_orders(text, file="orders.jsonl", format="jsonl"), 1)


def parquet(table: pa.Table) -> bytes:
    stream = io.BytesIO()
    pq.write_table(table, stream)
    return stream.getvalue()


def test_parquet(staged_orders: Orders) -> None:
    days = [date(2024, 1, 1), date(2024, 1, 2), date(2024, 1, 3)]
    nets = pa.array([Decimal("1.10"), Decimal("2.20"), Decimal("3.00")])
    table = pa.table({"No": [1, 2, 3], "Who": NAMES, "When": days, "Net": nets})
    check(staged_orders(parquet(table), file="orders.parquet", format="parquet"), 1)


def test_parquet_with_floats_and_texts(staged_orders: Orders) -> None:
    days = ["01.01.2024", "02.01.2024", "03.01.2024"]
    table = pa.table({"No": ["1", "2", "3"], "Who": NAMES, "When": days, "Net": [1.1, 2.2, 3.0]})
    tail = '[tables.transactions.dates]\nordered_at = ["%d.%m.%Y"]'
    check(staged_orders(parquet(table), file="o.parquet", format="parquet", tail=tail), 1)


def test_a_moment_with_a_zone_becomes_local(
    orders_source: Callable[..., Source], engine: Engine
) -> None:
    from dataclasses import replace

    moments = pa.array([datetime(2024, 6, 30, 23, tzinfo=UTC)], pa.timestamp("us", "UTC"))
    table = pa.table({"No": [1], "Who": ["a"], "When": moments, "Net": [1.0]})
    source = orders_source(parquet(table), file="o.parquet", format="parquet")
    staged = ingest(replace(source, time_zone="Europe/Berlin"), engine)
    rows = engine.frame(staged.tables["transactions"].rows)
    assert rows["ordered_at"][0] == pd.Timestamp("2024-07-01 01:00")


def workbook(rows: list[list[object]], sheet: str = "Sheet") -> bytes:
    from openpyxl import Workbook

    book = Workbook()
    assert book.active is not None
    book.active.title = "First"
    target = book.active if sheet == "First" else book.create_sheet(sheet)
    for row in rows:
        target.append(row)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


ROWS: list[list[object]] = [
    ["No", "Who", "When", "Net"],
    [1, NAMES[0], datetime(2024, 1, 1), 1.1],
    [2.0, "b", "2024-01-02", "2.20"],
    [3, None, datetime(2024, 1, 3), 3],
]


def test_excel(staged_orders: Orders) -> None:
    check(staged_orders(workbook(ROWS, "First"), file="orders.xlsx", format="excel"), 2)


def test_a_named_sheet_and_blank_rows_of_excel(staged_orders: Orders) -> None:
    content = workbook([[], *ROWS[:2], [None, ""], *ROWS[2:]], "Orders")
    rows = staged_orders(content, file="o.xlsx", format="excel", options='sheet = "Orders"')
    assert rows["_row"].tolist() == [3, 5, 6]
    assert rows["net"].tolist() == [1.1, 2.2, 3.0]


def sheets(*named: tuple[str, list[list[object]]], hidden: str = "") -> bytes:
    from openpyxl import Workbook

    book = Workbook()
    book.remove(book.active)
    for name, rows in named:
        target = book.create_sheet(name)
        target.sheet_state = "hidden" if name == hidden else "visible"
        for row in rows:
            target.append(row)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


@pytest.mark.parametrize(
    ("sheet", "read"),
    [
        ('["B 2", "A 1"]', ["A 1", "B 2"]),
        ('"* [12]"', ["A 1", "B 2"]),
        ('["A ?", "Old 1"]', ["A 1", "Old 1"]),
        ('["B 2"]', ["B 2"]),
    ],
)
def test_sheets_by_a_list_or_a_pattern_each_named_in_its_rows(
    staged_orders: Orders, sheet: str, read: list[str]
) -> None:
    content = sheets(
        ("A 1", ROWS[:2]), ("Old 1", ROWS[:2]), ("B 2", [[], *ROWS[:3]]), hidden="Old 1"
    )
    rows = staged_orders(content, file="o.xlsx", format="excel", options=f"sheet = {sheet}")
    several = sheet != '["B 2"]'
    names = [f"o.xlsx, sheet {name}" if several else "o.xlsx" for name in read]
    assert list(dict.fromkeys(rows.sort_values(["_file", "_row"])["_file"])) == sorted(names)
    assert set(rows.loc[rows["_file"] == names[-1], "_row"]) == ({3, 4} if "B 2" in read else {2})


@pytest.mark.parametrize(
    ("sheet", "said"),
    [
        ('["A", "Bee"]', "the workbook has no sheet Bee"),
        ('"C*"', "the workbook has no sheet that matches C*"),
        ('["A", "B"]', "o.xlsx, sheet B, column Who"),
    ],
)
def test_what_is_wrong_with_one_of_several_sheets(
    staged_orders: Orders, sheet: str, said: str
) -> None:
    content = sheets(("A", ROWS), ("B", [["No", "When", "Net"], [1, "2024-01-01", 2]]))
    with pytest.raises(DataError) as error:
        staged_orders(content, file="o.xlsx", format="excel", options=f"sheet = {sheet}")
    assert said in str(error.value)


def test_columns_set_apart_by_blanks(staged_orders: Orders) -> None:
    text = " No Who  When\tNet \r\n  1  a 2024-01-01   1.10\r\n\r\n 2 b 2024-01-02 2.20\r\n"
    rows = staged_orders(text, file="orders.txt", format="whitespace")
    assert rows[["_row", "transaction_id", "customer_id", "net"]].values.tolist() == [
        [2, "1", "a", 1.1],
        [4, "2", "b", 2.2],
    ]


def test_rows_without_an_id_get_one_each_that_does_not_depend_on_their_order(
    orders_source: Callable[..., Source], engine: Engine
) -> None:
    from dataclasses import replace

    def ids(rows: list[str]) -> set[str]:
        source = orders_source("No,Who,When,Net\n" + "".join(rows))
        read = source.tables["transactions"]
        columns = {name: to for name, to in read.columns.items() if name != "transaction_id"}
        tables = {"transactions": replace(read, columns=columns)}
        staged = ingest(replace(source, tables=tables), engine)
        return set(engine.frame(staged.tables["transactions"].rows)["transaction_id"])

    rows = ["1,a,2024-01-01,5\n", "2,a,2024-01-01,5\n", "3,b,2024-01-01,5\n"]
    assert len(ids(rows)) == 3
    assert ids(rows) == ids(rows[::-1])
