"""What the texts of an export become, and what is said of those that are not understood."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import pytest

Orders = Callable[..., pd.DataFrame]
SECOND = "2,b,2024-01-02,2.00\n"


def one(staged_orders: Orders, net: str, **options: str) -> pd.Series:
    rows = staged_orders(f"No;Who;When;Net\n1;a;2024-01-01;{net}\n2;b;2024-01-02;2\n", **options)
    return rows.iloc[0]


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("12.34", 12.34),
        ("12", 12.0),
        ("-0.5", -0.5),
        ("12.3400", 12.34),
        (" 12.34\u00a0", 12.34),
        ("€12.34", 12.34),
        ("12.34 EUR", 12.34),
        ("0.07", 0.07),
        ("999999999999999.99", 999999999999999.99),
    ],
)
def test_an_amount_is_read_exactly(staged_orders: Orders, text: str, amount: float) -> None:
    row = one(staged_orders, text, options='delimiter = ";"')
    assert row["net"] == amount
    assert pd.isna(row["_reason"])


@pytest.mark.parametrize(
    "text",
    ["12.345", "1e3", "twelve", "NaN", "inf", "12,34", "$12.34", "1 000", "--1", "0x10", "1_000"],
)
def test_what_is_no_amount_is_set_aside_with_its_place(staged_orders: Orders, text: str) -> None:
    row = one(staged_orders, text, options='delimiter = ";"')
    assert pd.isna(row["net"])
    assert (row["_row"], row["_column"], row["_value"]) == (2, "Net", text)
    assert row["_reason"] == "is not an amount in EUR with at most two decimals"
    assert f'"{text}"' in row["_raw"]


@pytest.mark.parametrize(
    ("text", "amount"),
    [("1.234,56", 1234.56), ("1234,56", 1234.56), ("1.234.567,8", 1234567.8), ("7", 7.0)],
)
def test_marks_of_numbers_are_those_declared(
    staged_orders: Orders, text: str, amount: float
) -> None:
    options = 'delimiter = ";"\ndecimal_mark = ","\nthousands_mark = "."'
    assert one(staged_orders, text, options=options)["net"] == amount


@pytest.mark.parametrize("text", ["12.34", "1.23,4", ".123"])
def test_a_point_that_is_not_the_decimal_mark_does_not_pass_for_one(
    staged_orders: Orders, text: str
) -> None:
    options = 'delimiter = ";"\ndecimal_mark = ","\nthousands_mark = "."'
    assert pd.isna(one(staged_orders, text, options=options)["net"])


def test_amounts_are_rounded_only_where_the_source_file_says_so(staged_orders: Orders) -> None:
    assert one(staged_orders, "12.345", options='delimiter = ";"\nrounded = true')["net"] == 12.35


@pytest.mark.parametrize(
    ("text", "moment"),
    [("31.12.2023 23:59:59", "2023-12-31 23:59:59"), ("01.02.2024 00:00:00", "2024-02-01")],
)
def test_a_moment_is_read_by_the_declared_format(
    staged_orders: Orders, text: str, moment: str
) -> None:
    tail = '[tables.transactions.dates]\nordered_at = ["%d.%m.%Y %H:%M:%S"]'
    rows = staged_orders(f"No,Who,When,Net\n1,a,{text},1\n", tail=tail)
    assert rows["ordered_at"][0] == pd.Timestamp(moment)


@pytest.mark.parametrize(
    "text", ["2024-01-01", "03/04/2024", "31.02.2024", "01.01.0001", "01.01.9999", "soon"]
)
def test_a_moment_in_no_declared_format_is_set_aside(staged_orders: Orders, text: str) -> None:
    tail = '[tables.transactions.dates]\nordered_at = ["%d.%m.%Y"]'
    rows = staged_orders(f"No,Who,When,Net\n1,a,{text},1\n2,b,01.02.2024,1\n", tail=tail)
    assert pd.isna(rows["ordered_at"][0])
    assert rows["_reason"][0] == "is not a date of 1900 to 2199 written as %d.%m.%Y"
    assert rows["_value"][0] == text


def test_dates_without_a_declared_format_are_iso(staged_orders: Orders) -> None:
    rows = staged_orders("No,Who,When,Net\n1,a,2024-03-04T05:06:07,1\n2,b,03/04/2024,1\n")
    assert rows["ordered_at"][0] == pd.Timestamp("2024-03-04 05:06:07")
    assert "ISO 8601" in rows["_reason"][1]


def test_statuses_are_mapped_in_any_case(staged_orders: Orders) -> None:
    rows = staged_orders(
        "No,Who,When,Net,State\n1,a,2024-01-01,1,PAID\n2,a,2024-01-01,1,Back\n3,a,2024-01-01,1,?\n",
        columns='status = "State"',
        tail='[tables.transactions.statuses]\ncompleted = ["paid"]\nreturned = ["back"]',
    )
    assert rows["status"].tolist()[:2] == ["completed", "returned"]
    assert rows["_reason"][2] == "is not among the words that statuses maps"


def test_ids_keep_their_leading_zeros(staged_orders: Orders) -> None:
    rows = staged_orders("No,Who,When,Net\n001,0042,2024-01-01,1\n")
    assert rows[["transaction_id", "customer_id"]].values.tolist() == [["001", "0042"]]


def test_words_for_no_value_are_those_declared(staged_orders: Orders) -> None:
    rows = staged_orders("No,Who,When,Net\n1,n/a,2024-01-01,1\n", options='missing = ["n/a"]')
    assert pd.isna(rows["customer_id"][0])


def test_a_constant_fills_a_column(staged_orders: Orders) -> None:
    rows = staged_orders(
        "No,Who,When,Net\n1,a,2024-01-01,1\n",
        tail='[tables.transactions.constants]\nsales_channel = "Online"',
    )
    assert rows["sales_channel"].tolist() == ["Online"]
