"""What a source file may say of reversals, words, files and databases."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Callable
from pathlib import Path

import duckdb
import pandas as pd
import pytest

from analytics.engine import Engine
from analytics.errors import DataError, SettingsError
from analytics.ingest import Source, ingest

Orders = Callable[..., pd.DataFrame]
HEADER = "No,Who,When,Net\n"
LINES = """
[tables.order_lines]
file = "lines-*.csv"
format = "csv"
{options}
[tables.order_lines.columns]
transaction_id = "No"
customer_id = "Who"
ordered_at = "When"
product_id = "What"
quantity = "Pieces"
unit_price = "Price"
discount = "Off"
{tail}
"""


def staged_lines(
    source_of: Callable[..., Source], engine: Engine, options: str = "", tail: str = ""
) -> pd.DataFrame:
    staged = ingest(source_of(LINES.format(options=options, tail=tail)), engine)
    return engine.frame(staged.tables["order_lines"].rows, order_by=["_file", "_row"])


@pytest.fixture
def two_files(tmp_path: Path) -> Path:
    head = "No,Who,When,What,Pieces,Price,Off\n"
    (tmp_path / "lines-1.csv").write_text(
        head + "1,a,2024-01-01,x,3,2.50,0.50\n2,b,2024-01-02,POST,1,4,\n"
    )
    (tmp_path / "lines-2.csv").write_text(head + "C1,a,2024-01-03,gift_1,-3,2.50,\n")
    return tmp_path


def test_all_files_of_a_pattern_are_read_in_the_order_of_their_names(
    two_files: Path, source_of: Callable[..., Source], engine: Engine
) -> None:
    rows = staged_lines(source_of, engine)
    assert rows[["_file", "_row"]].values.tolist() == [
        ["lines-1.csv", 2],
        ["lines-1.csv", 3],
        ["lines-2.csv", 2],
    ]


def test_the_net_amount_of_a_line_is_computed(
    two_files: Path, source_of: Callable[..., Source], engine: Engine
) -> None:
    assert staged_lines(source_of, engine)["net"].tolist() == [7.0, 4.0, -7.5]


@pytest.mark.parametrize("marker", ["", 'marker = "^C"\n'])
def test_reversals_are_told_by_sign_or_marker(
    two_files: Path, source_of: Callable[..., Source], engine: Engine, marker: str
) -> None:
    tail = f'[tables.order_lines.reversals]\nstatus = "returned"\n{marker}'
    assert staged_lines(source_of, engine, tail=tail)["_reversal"].tolist() == [False, False, True]


def test_non_products_are_codes_and_expressions_in_any_case(
    two_files: Path, source_of: Callable[..., Source], engine: Engine
) -> None:
    rows = staged_lines(source_of, engine, options='non_products = ["post", "/^GIFT_/"]')
    assert rows["_non_product"].tolist() == [False, True, True]


def test_swapped_files_and_rows_give_the_same_staged_rows(
    two_files: Path, source_of: Callable[..., Source], engine: Engine
) -> None:
    def content() -> list[list[object]]:
        rows = staged_lines(source_of, engine).drop(columns=["_file", "_row"])
        return sorted(map(str, rows.values.tolist()))

    before = content()
    one, two = (two_files / f"lines-{n}.csv" for n in (1, 2))
    head, *rows = one.read_text().splitlines()
    one.write_text(two.read_text())
    two.write_text("\n".join([head, *rows[::-1]]) + "\n")
    assert content() == before


def test_a_pattern_that_nothing_matches_is_named(
    source_of: Callable[..., Source], engine: Engine
) -> None:
    with pytest.raises(DataError, match=r"matches lines-\*\.csv"):
        staged_lines(source_of, engine)


def test_hashed_ids_do_not_depend_on_blanks_and_letter_case(staged_orders: Orders) -> None:
    text = HEADER + "1, A@x.com ,2024-01-01,1\n2,a@X.com,2024-01-02,1\n"
    rows = staged_orders(text, options='hashed = ["customer_id"]')
    assert set(rows["customer_id"]) == {hashlib.sha256(b"a@x.com").hexdigest()[:16]}


def test_words_are_taken_over_and_others_stay(staged_orders: Orders) -> None:
    text = "No,Who,When,Net,C\n1,a,2024-01-01,1,the  WEB\n2,b,2024-01-02,1,Fair\n"
    rows = staged_orders(
        text,
        columns='sales_channel = "C"',
        tail='[tables.transactions.words.sales_channel]\nOnline = ["the web"]',
    )
    assert rows["sales_channel"].tolist() == ["Online", "Fair"]


def test_another_currency_is_refused_with_its_row(staged_orders: Orders) -> None:
    text = "No,Who,When,Net,Cur\n1,a,2024-01-01,1,EUR\n2,b,2024-01-02,1,\n3,b,2024-01-02,1,USD\n"
    with pytest.raises(DataError, match=r'row 4, column Cur: the row is in "USD"'):
        staged_orders(text, options='currency_column = "Cur"')


def test_a_moment_with_an_offset_becomes_local(staged_orders: Orders) -> None:
    text = HEADER + "1,a,2024-03-09 14:05:33 -0500,1\n2,a,2024-03-09 14:05:33 +0100,1\n"
    rows = staged_orders(
        text, tail='[tables.transactions.dates]\nordered_at = ["%Y-%m-%d %H:%M:%S %z"]'
    )
    assert rows["ordered_at"].astype(str).tolist() == ["2024-03-09 19:05:33", "2024-03-09 13:05:33"]


@pytest.mark.parametrize("kind", ["sqlite", "duckdb"])
@pytest.mark.parametrize("asked", ['table = "orders"', 'query = "SELECT * FROM orders"'])
def test_databases_are_read_and_stay_as_they_are(
    tmp_path: Path, source_of: Callable[..., Source], engine: Engine, kind: str, asked: str
) -> None:
    path = tmp_path / "shop.db"
    connect = sqlite3.connect if kind == "sqlite" else duckdb.connect
    connection = connect(str(path))
    connection.execute("CREATE TABLE orders (No TEXT, Who TEXT, Day TEXT, Net REAL)")
    connection.execute("INSERT INTO orders VALUES ('01', 'a', '2024-01-01', 1.5)")
    connection.commit()
    connection.close()
    before = path.read_bytes()
    text = f'[tables.transactions]\nfile = "shop.db"\nformat = "{kind}"\n{asked}\n'
    text += '[tables.transactions.columns]\ntransaction_id = "No"\ncustomer_id = "Who"\n'
    source = source_of(text + 'ordered_at = "Day"\nnet = "Net"\n')
    rows = engine.frame(ingest(source, engine).tables["transactions"].rows)
    assert rows[["_row", "transaction_id", "net"]].values.tolist() == [[1, "01", 1.5]]
    assert path.read_bytes() == before


def test_a_query_that_writes_is_refused_by_name(
    tmp_path: Path, source_of: Callable[..., Source], engine: Engine
) -> None:
    with sqlite3.connect(tmp_path / "shop.db") as connection:
        connection.execute("CREATE TABLE orders (a, b, c)")
    connection.close()
    text = (
        '[tables.transactions]\nfile = "shop.db"\nformat = "sqlite"\nquery = "DELETE FROM orders"'
    )
    text += '\n[tables.transactions.columns]\ncustomer_id = "a"\nordered_at = "b"\nnet = "c"\n'
    with pytest.raises(DataError, match=r"shop\.db: .*DELETE FROM orders: it is no single SELECT"):
        ingest(source_of(text), engine)


@pytest.mark.parametrize(
    ("options", "tail", "message"),
    [
        ("latest_bye = 'No'", "", r"Did you mean .*latest_by\?"),
        ("hashed = ['customer']", "", r"Did you mean customer_id\?"),
        ("non_products = ['/(/']", "", "is no regular expression"),
        ("query = 'SELECT 1'", "", "are of databases"),
        ("", "[tables.order_lines.reversals]\nmarker = '(?=x)'", "is no regular expression"),
        ("", "[tables.order_lines.reversals]\nmark = 'x'", r"Did you mean .*marker\?"),
        ("", "[tables.order_lines.reversals]\nwords = ['x']", "status, which is not mapped"),
        ("", "[tables.order_lines.words.product_id]\na = ['x']\nb = ['X']", "stands for both"),
        ("", "[tables.order_lines.dates]\nordered_at = ['CHOOSE']", "left for you to choose"),
    ],
)
def test_what_cannot_be_declared_is_refused(
    source_of: Callable[..., Source], options: str, tail: str, message: str
) -> None:
    with pytest.raises(SettingsError, match=message):
        source_of(LINES.format(options=options, tail=tail))


def test_orders_and_order_lines_are_not_mapped_together(source_of: Callable[..., Source]) -> None:
    orders = '[tables.transactions]\nfile = "o"\nformat = "csv"\n[tables.transactions.columns]\n'
    orders += 'customer_id = "a"\nordered_at = "b"\nnet = "c"\n'
    with pytest.raises(SettingsError, match="both given"):
        source_of(LINES.format(options="", tail="") + orders)


def test_a_file_without_a_header_has_its_columns_named(staged_orders: Orders) -> None:
    text = " 1 a 2024-01-01 1.50\n 2 b 2024-01-02 2.00\n"
    options = 'header = ["No", "Who", "When", "Net"]'
    rows = staged_orders(text, file="o.txt", format="whitespace", options=options)
    assert rows[["_row", "transaction_id", "net"]].values.tolist() == [[1, "1", 1.5], [2, "2", 2.0]]
