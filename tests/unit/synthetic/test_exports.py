"""The raw exports: their formats, and that they say what the tables say."""

from __future__ import annotations

import hashlib
import json
import os
import time
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest

from analytics.synthetic import (
    RAW_EXPORTS,
    ShopTables,
    exports,
    generated_shop,
    write_raw_exports,
)


@pytest.fixture(scope="module")
def folder(small_shop: ShopTables, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("raw") / "synthetic"
    write_raw_exports(small_shop, folder)
    return folder


def _digests(folder: Path) -> dict[str, str]:
    return {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in folder.iterdir()}


def test_the_folder_holds_every_export_and_nothing_else(folder: Path) -> None:
    assert {file.name for file in folder.iterdir()} == set(RAW_EXPORTS)
    assert [entry.name for entry in folder.parent.iterdir()] == ["synthetic"]


def test_equal_parameters_give_equal_bytes(
    small_shop: ShopTables, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(os.environ, "TZ", "Asia/Kathmandu")
    time.tzset()
    try:
        write_raw_exports(generated_shop(small_shop.parameters), tmp_path / "again")
    finally:
        monkeypatch.undo()
        time.tzset()
    assert _digests(tmp_path / "again") == _digests(folder)


def test_exports_take_the_place_of_what_the_folder_held(
    small_shop: ShopTables, folder: Path, tmp_path: Path
) -> None:
    (tmp_path / "raw").mkdir()
    (tmp_path / "raw" / "old.csv").write_text("old")
    write_raw_exports(small_shop, tmp_path / "raw")
    assert _digests(tmp_path / "raw") == _digests(folder)


def test_a_failure_leaves_the_folder_as_it_was(
    small_shop: ShopTables, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(truth: object, file: Path) -> None:
        raise OSError("no space left on device")

    (tmp_path / "raw").mkdir()
    (tmp_path / "raw" / "old.csv").write_text("old")
    monkeypatch.setattr(exports, "_write_truth", fail)
    with pytest.raises(OSError, match="no space"):
        write_raw_exports(small_shop, tmp_path / "raw")
    assert [str(path.relative_to(tmp_path)) for path in sorted(tmp_path.rglob("*"))] == [
        "raw",
        "raw/old.csv",
    ]


def test_orders_are_semicolon_separated_with_decimal_commas(
    small_shop: ShopTables, folder: Path
) -> None:
    lines = (folder / "orders.csv").read_text(encoding="utf-8").splitlines()
    assert lines[0] == (
        "OrderNo;CustomerNo;OrderDate;SalesChannel;Payment;Status;"
        "Gross;Discount;Net;COGS;ShippingCost;PaymentCost;Reverses"
    )
    first, order = lines[1].split(";"), small_shop.transactions.iloc[0]
    assert first[:2] == [order["transaction_id"], order["customer_id"]]
    assert first[2] == f"{order['ordered_at']:%d.%m.%Y %H:%M:%S}"
    assert first[6:-1] == [
        f"{order[name]:.2f}".replace(".", ",")
        for name in (
            "gross",
            "discount",
            "net",
            "cost_of_goods",
            "shipping_cost",
            "payment_cost",
        )
    ]
    assert len(lines) == 901


def test_orders_read_back_are_the_transactions(small_shop: ShopTables, folder: Path) -> None:
    read = pd.read_csv(folder / "orders.csv", sep=";", decimal=",", dtype={"CustomerNo": "str"})
    assert read.pop("Reverses").isna().all()
    read["OrderDate"] = pd.to_datetime(read["OrderDate"], format="%d.%m.%Y %H:%M:%S")
    expected = small_shop.transactions.set_axis(read.columns, axis=1)
    pd.testing.assert_frame_equal(read, expected, check_exact=True, check_dtype=False)


def test_customers_keep_leading_zeros_and_every_script(
    small_shop: ShopTables, folder: Path
) -> None:
    read = pd.read_csv(folder / "customers.csv", dtype={"CustomerNo": "str"}, encoding="utf-8")
    assert read.columns.tolist() == [
        "CustomerNo",
        "SignupDate",
        "Region",
        "City",
        "Tier",
        "AcquiredVia",
        "BirthYear",
        "FullName",
        "Email",
        "Phone",
    ]
    assert read["CustomerNo"].tolist() == small_shop.customers["customer_id"].tolist()
    assert read["FullName"].tolist() == small_shop.customers["name"].tolist()
    assert read["SignupDate"].str.fullmatch(r"\d{4}-\d\d-\d\d").all()


def test_items_are_parquet_with_exact_decimals(small_shop: ShopTables, folder: Path) -> None:
    table = pq.read_table(folder / "order_items.parquet")
    assert table.column_names == [
        "order_no",
        "sku",
        "category",
        "qty",
        "unit_price",
        "discount",
        "net",
        "cogs",
    ]
    assert str(table.schema.field("net").type) == "decimal128(18, 2)"
    nets = [f"{net}" for net in table["net"].to_pylist()]
    assert nets == [f"{net:.2f}" for net in small_shop.transaction_items["net"]]


def test_marketing_is_a_workbook_whose_weeks_are_dates(
    small_shop: ShopTables, folder: Path
) -> None:
    read = pd.read_excel(folder / "marketing.xlsx", engine="openpyxl")
    assert read.columns.tolist() == [
        "Week",
        "Channel",
        "Region",
        "Spend",
        "Impressions",
        "Clicks",
        "AttributedOrders",
    ]
    expected = small_shop.marketing_spend.set_axis(read.columns, axis=1)
    pd.testing.assert_frame_equal(read, expected, check_exact=True, check_dtype=False)


def test_tickets_are_latin_1_and_empty_where_open(small_shop: ShopTables, folder: Path) -> None:
    raw = (folder / "tickets.csv").read_bytes()
    tickets = small_shop.support_tickets
    assert raw.count("Québec".encode("latin-1")) == (tickets["topic"] == "Customs Québec").sum()
    read = pd.read_csv(folder / "tickets.csv", encoding="latin-1", dtype="str")
    assert read.columns.tolist() == [
        "TicketNo",
        "CustomerNo",
        "Opened",
        "Closed",
        "Topic",
        "Severity",
    ]
    assert read["Closed"].isna().tolist() == tickets["closed_at"].isna().tolist()
    opened = pd.to_datetime(read["Opened"], format="%d/%m/%Y %H:%M")
    assert (opened == tickets["opened_at"]).all()


def test_surveys_are_json_lines(small_shop: ShopTables, folder: Path) -> None:
    lines = (folder / "surveys.jsonl").read_text(encoding="utf-8").splitlines()
    first = small_shop.satisfaction.iloc[0]
    assert json.loads(lines[0]) == {
        "customer": first["customer_id"],
        "date": f"{first['surveyed_on']:%Y-%m-%d}",
        "score": int(first["score"]),
    }
    assert len(lines) == len(small_shop.satisfaction)


def test_experiments_and_truth_are_written(small_shop: ShopTables, folder: Path) -> None:
    read = pd.read_csv(folder / "experiments.csv", dtype="str")
    assert read.columns.tolist() == ["Experiment", "CustomerNo", "Variant", "AssignedAt"]
    assert len(read) == len(small_shop.experiments)
    written = json.loads((folder / "truth.json").read_text(encoding="utf-8"))
    assert written == {**small_shop.truth, "messiness": {"rows": {}, "cells": {}}}
    truth = pq.read_table(folder / "truth_customers.parquet")
    assert truth.num_rows == len(small_shop.customers)
