"""Messy exports, read with the standard library alone: what was planted, and that it undoes."""

from __future__ import annotations

import csv
import json
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pyarrow.parquet as pq
import pytest

from analytics.synthetic import ShopTables, SyntheticShop, generated_shop, write_exports
from analytics.synthetic.hostile import FORMS, LINE_BREAKS

SHOP = SyntheticShop(customers=2_500, transactions=15_000, months=12, seed=5, messy=True)
Rows = list[dict[str, str]]


@pytest.fixture(scope="module")
def shop() -> ShopTables:
    return generated_shop(SHOP)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("messy") / "raw"
    write_exports(SHOP, folder)
    return folder


@pytest.fixture(scope="module")
def planted(folder: Path) -> dict[str, Any]:
    truth: dict[str, Any] = json.loads((folder / "truth.json").read_text("utf-8"))["messiness"]
    return truth


def _csv(file: Path, delimiter: str = ",", encoding: str = "utf-8") -> Rows:
    with file.open(encoding=encoding, newline="") as lines:
        return list(csv.DictReader(lines, delimiter=delimiter))


def _moment(text: str, formats: Iterable[str]) -> datetime | None:
    """Return the moment as exactly one of the formats reads it; None where none does."""
    found = []
    for form in formats:
        try:
            found.append(datetime.strptime(text, form))
        except ValueError:
            continue
    assert len(found) <= 1
    return found[0] if found else None


def _amount(text: str) -> Decimal | None:
    bare = text.replace("$", "").replace("USD", "").strip()
    return Decimal(bare.replace(".", "").replace(",", ".")) if bare else None


def _rows(planted: dict[str, Any], table: str) -> dict[str, int]:
    return {kind: counted["rows"] for kind, counted in planted["rows"][table].items()}


def _words(rows: Rows, column: str) -> dict[str, str]:
    """Return by its spelling the most frequent spelling that differs in case and blanks alone."""
    spellings: dict[str, Counter[str]] = defaultdict(Counter)
    for row in rows:
        word = " ".join(row[column].split())
        spellings[word.casefold()][word] += 1
    return {
        row[column]: spellings[" ".join(row[column].split()).casefold()].most_common(1)[0][0]
        for row in rows
    }


@pytest.fixture(scope="module")
def orders(folder: Path) -> Rows:
    return _csv(folder / "orders.csv", ";")


@pytest.fixture(scope="module")
def sorted_out(orders: Rows) -> tuple[dict[str, dict[str, Any]], dict[str, list[Decimal]]]:
    """The orders cleaned row by row: those that stay, by id, and the amounts set aside by kind."""
    aside: dict[str, list[Decimal]] = defaultdict(list)
    sound: list[dict[str, Any]] = []
    for raw in orders:
        row: dict[str, Any] = {name: text.strip() for name, text in raw.items()}
        row["Net"] = _amount(row["Net"])
        row["OrderDate"] = _moment(row["OrderDate"], ("%d.%m.%Y %H:%M:%S", "%Y-%m-%d %H:%M:%S"))
        net = row["Net"] if row["Net"] is not None else Decimal(0)
        kind = ""
        if row["OrderDate"] is None:
            kind = "undeclared_date"
        elif not row["CustomerNo"]:
            kind = "missing_customer"
        elif row["Net"] is None:
            kind = "missing_amount"
        elif net == 0:
            kind = "zero_amount"
        elif net < 0 and not row["OrderNo"].startswith("CR-"):
            kind = "negative_amount"
        if kind:
            aside[kind].append(net)
        else:
            sound.append(row)
    by_id: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in sound:
        by_id[row["OrderNo"]].append(row)
    kept: dict[str, dict[str, Any]] = {}
    for name, rows in by_id.items():
        versions = {tuple(sorted((k, str(v)) for k, v in row.items())) for row in rows}
        if len(versions) > 1:
            aside["conflicting_id"] += [row["Net"] for row in rows]
            continue
        kept[name] = rows[0]
        aside["exact_duplicate"] += [row["Net"] for row in rows[1:]]
    for row in [row for name, row in kept.items() if name.startswith("CR-")]:
        del kept[row["OrderNo"]]
        taken = kept.get(row["Reverses"])
        if not row["Reverses"]:
            earlier = [
                other
                for other in kept.values()
                if other["CustomerNo"] == row["CustomerNo"]
                and other["Net"] == -row["Net"]
                and other["OrderDate"] < row["OrderDate"]
            ]
            taken = max(earlier, key=lambda other: other["OrderDate"])
        aside["reversal" if taken else "reversal_of_earlier_order"].append(row["Net"])
        if taken:
            assert taken["OrderDate"] < row["OrderDate"] < datetime(2023, 7, 1)
            assert taken["CustomerNo"] == row["CustomerNo"]
            assert taken["Net"] == -row["Net"]
            assert taken["Status"].lower() == "completed"
            taken["Status"] = "cancelled"
    return kept, aside


def test_cleaned_by_hand_the_orders_are_the_shops(
    shop: ShopTables, sorted_out: tuple[dict[str, dict[str, Any]], Any], orders: Rows
) -> None:
    kept, _ = sorted_out
    own = shop.transactions.set_index("transaction_id")
    assert sorted(kept) == own.index.tolist()
    channel, payment = _words(orders, "SalesChannel"), _words(orders, "Payment")
    by_raw = {" ".join(word.split()): meant for word, meant in (channel | payment).items()}
    for name, row in kept.items():
        order = own.loc[name]
        assert row["OrderDate"] == order["ordered_at"]
        assert row["CustomerNo"] == order["customer_id"]
        assert row["Status"].lower() == order["status"]
        assert row["Net"] == Decimal(f"{order['net']:.2f}")
        assert _amount(row["Gross"]) == Decimal(f"{order['gross']:.2f}")
        assert _amount(row["COGS"]) == Decimal(f"{order['cost_of_goods']:.2f}")
        assert by_raw[" ".join(row["SalesChannel"].split())] == order["sales_channel"]
        assert by_raw[" ".join(row["Payment"].split())] == order["payment_method"]


def test_what_was_set_aside_is_what_was_planted(
    planted: dict[str, Any], sorted_out: tuple[Any, dict[str, list[Decimal]]], orders: Rows
) -> None:
    kept, aside = sorted_out
    found = {kind: {"rows": len(nets), "amount": float(sum(nets))} for kind, nets in aside.items()}
    assert found == planted["rows"]["transactions"]
    assert len(orders) == len(kept) + sum(len(nets) for nets in aside.values())
    raw = sum(_amount(row["Net"]) or Decimal(0) for row in orders)
    removed = sum((sum(nets, Decimal(0)) for nets in aside.values()), Decimal(0))
    assert raw - removed == sum(row["Net"] for row in kept.values())


def test_every_kind_of_mess_is_there(planted: dict[str, Any]) -> None:
    kinds = {table: set(counted) for table, counted in planted["rows"].items()}
    assert kinds["transactions"] == {
        "conflicting_id",
        "exact_duplicate",
        "missing_amount",
        "missing_customer",
        "negative_amount",
        "reversal",
        "reversal_of_earlier_order",
        "undeclared_date",
        "zero_amount",
    }
    for table in planted["rows"].values():
        assert all(counted["rows"] > 0 for counted in table.values())
    duplicates = planted["rows"]["transactions"]["exact_duplicate"]["rows"]
    assert duplicates == pytest.approx(0.01 * SHOP.transactions, rel=0.05)


def test_some_reversals_name_their_order_and_some_do_not(orders: Rows) -> None:
    reversals = [row for row in orders if row["OrderNo"].startswith("CR-")]
    named = sum(bool(row["Reverses"]) for row in reversals)
    assert 0.7 < named / len(reversals) < 0.95
    assert not any(row["Reverses"] for row in orders if not row["OrderNo"].startswith("CR-"))


def test_numbers_come_with_signs_codes_and_thousands_marks(orders: Rows) -> None:
    nets = [row["Net"] for row in orders]
    assert any(net.startswith("$") for net in nets)
    assert any(net.endswith(" USD") for net in nets)
    assert any(net[0].isdigit() and "." in net and net.count(",") == 1 for net in nets)


def test_dates_are_in_two_declared_formats_and_few_in_none(
    folder: Path, planted: dict[str, Any]
) -> None:
    for name, column, formats, table in (
        ("customers.csv", "SignupDate", ("%Y-%m-%d", "%d.%m.%Y"), "customers"),
        ("experiments.csv", "AssignedAt", ("%Y-%m-%d", "%d.%m.%Y"), "experiments"),
    ):
        texts = [row[column] for row in _csv(folder / name)]
        wrong = sum(_moment(text, formats) is None for text in texts)
        assert wrong == _rows(planted, table).get("undeclared_date", 0)
        for form in formats:
            assert any(_moment(text, (form,)) for text in texts)


def test_customers_come_back_but_for_what_is_missing(
    shop: ShopTables, folder: Path, planted: dict[str, Any]
) -> None:
    rows = _csv(folder / "customers.csv")
    canonical = {row["customer_id"]: row for row in shop.customers.to_dict("records")}
    own = [row for row in rows if row["CustomerNo"] in canonical]
    words = {name: _words(rows, name) for name in ("Region", "Tier", "City", "AcquiredVia")}
    seen: dict[str, dict[str, str]] = {}
    missing: Counter[str] = Counter()
    for row in own:
        if row["CustomerNo"] in seen:
            assert row == seen[row["CustomerNo"]]
            continue
        seen[row["CustomerNo"]] = row
        customer = canonical[row["CustomerNo"]]
        signed = _moment(row["SignupDate"], ("%Y-%m-%d", "%d.%m.%Y"))
        assert signed == customer["signed_up_on"]
        for header, column in (
            ("Region", "region"),
            ("Tier", "segment"),
            ("City", "city"),
            ("AcquiredVia", "acquisition_channel"),
        ):
            if row[header]:
                assert words[header][row[header]] == customer[column]
            else:
                missing[column] += 1
        missing["birth_year"] += not row["BirthYear"]
        assert (row["FullName"], row["Email"], row["Phone"]) == (
            customer["name"],
            customer["email"],
            customer["phone"],
        )
    assert len(seen) == 2_500
    assert dict(missing) == {
        column: kinds["missing"]
        for column, kinds in planted["cells"]["customers"].items()
        if "missing" in kinds
    }
    counts = _rows(planted, "customers")
    assert len(own) - len(seen) == counts["exact_duplicate"]
    others = [row for row in rows if row["CustomerNo"] not in canonical]
    assert sum(not row["CustomerNo"] for row in others) == counts["missing_customer"]
    assert sum(bool(row["CustomerNo"]) for row in others) == counts["undeclared_date"]


def test_lines_come_back_without_what_is_no_product(
    shop: ShopTables, folder: Path, planted: dict[str, Any]
) -> None:
    raw = pq.read_table(folder / "order_items.parquet").to_pandas()
    counts = _rows(planted, "transaction_items")
    services = raw["sku"].str.fullmatch("POSTAGE|GIFTWRAP|VOUCHER-\\d+")
    assert services.sum() == counts["non_product"]
    assert set(raw["sku"][services]) == {"POSTAGE", "GIFTWRAP", "VOUCHER-10", "VOUCHER-25"}
    raw = raw[~services]
    negative = raw["qty"] < 0
    assert negative.sum() == counts["negative_quantity"]
    free = raw["unit_price"] == 0
    assert free.sum() == counts["zero_price"]
    raw = raw[~negative & ~free]
    own = raw["order_no"].isin(shop.transactions["transaction_id"])
    assert (~own).sum() == counts["line_without_order"]
    raw = raw[own]
    items = shop.transaction_items
    assert raw["order_no"].tolist() == items["transaction_id"].tolist()
    assert raw["sku"].tolist() == items["product_id"].tolist()
    assert [f"{net}" for net in raw["net"]] == [f"{net:.2f}" for net in items["net"]]
    assert raw["category"].str.strip().str.casefold().tolist() == [
        name.casefold() for name in items["category"]
    ]
    assert not raw["category"].isin(set(items["category"])).all()


def test_tickets_are_latin_1_whatever_was_put_into_them(
    shop: ShopTables, folder: Path, planted: dict[str, Any]
) -> None:
    rows = _csv(folder / "tickets.csv", encoding="latin-1")
    counts = _rows(planted, "support_tickets")
    own = [row for row in rows if row["TicketNo"].startswith("TK-")]
    assert len(rows) - len(own) == counts["missing_customer"] + counts["undeclared_date"]
    assert len(own) - len({row["TicketNo"] for row in own}) == counts["exact_duplicate"]
    words = _words(rows, "Topic")
    topics = shop.support_tickets.set_index("ticket_id")["topic"]
    assert all(words[row["Topic"]] == topics[row["TicketNo"]] for row in own)
    assert any("Québec" in row["Topic"] for row in own)


def test_surveys_have_scores_out_of_range_and_no_one_behind_some(
    shop: ShopTables, folder: Path, planted: dict[str, Any]
) -> None:
    lines = (folder / "surveys.jsonl").read_text(encoding="utf-8").splitlines()
    rows = [json.loads(line) for line in lines]
    counts = _rows(planted, "satisfaction")
    assert sum(row["score"] not in range(1, 6) for row in rows) == counts["score_out_of_range"]
    assert sum(not row["customer"] for row in rows) == counts["missing_customer"]
    sound = [
        (row["customer"], _moment(row["date"], ("%Y-%m-%d", "%d.%m.%Y")), float(row["score"]))
        for row in rows
        if row["customer"] and row["score"] in range(1, 6)
    ]
    undeclared = [row for row in sound if row[1] is None]
    assert len(undeclared) == counts["undeclared_date"]
    answers = shop.satisfaction
    expected = zip(answers["customer_id"], answers["surveyed_on"], answers["score"], strict=True)
    assert [row for row in sound if row[1]] == list(expected)


def test_the_workbook_comes_back(shop: ShopTables, folder: Path) -> None:
    sheet = openpyxl.load_workbook(folder / "marketing.xlsx").active
    assert sheet is not None
    _, *rows = list(sheet.iter_rows(values_only=True))
    spend = shop.marketing_spend
    assert len(rows) == len(spend)
    texts = 0
    for row, (_, cell) in zip(rows, spend.iterrows(), strict=True):
        assert row[0] == cell["week"]
        assert str(row[1]).strip().casefold() == cell["marketing_channel"].casefold()
        assert str(row[2]).strip().casefold() == cell["region"].casefold()
        texts += isinstance(row[3], str)
        amount = row[3]
        if isinstance(amount, str):
            amount = float(amount.lstrip("$").replace(",", ""))
        assert amount == cell["spend"]
        assert list(row[4:]) == cell.tolist()[4:]
    assert texts > 0


def test_names_and_cities_break_careless_readers(shop: ShopTables) -> None:
    names, cities = shop.customers["name"], shop.customers["city"]
    for mark in ("<script>", "=HYPERLINK(", '"the first"', "../../", "{{<", "${", "](javascript:"):
        assert names.str.contains(mark, regex=False).sum() == pytest.approx(1, abs=1)
    hostile = names.str.contains('[<="/{$*;\n]')
    assert 3 <= hostile.sum() <= 20
    for script in (r"[Ͱ-Ͽ]", r"[Ѐ-ӿ]", r"[֐-׿]", r"[؀-ۿ]", r"[ऀ-ॿ]", r"[一-鿿]", r"[À-ÿ]"):
        assert cities.str.contains(script).any()
    for text in (*names, *cities, *shop.support_tickets["topic"]):
        assert unicodedata.is_normalized("NFC", text)
        assert text == text.strip()


def test_each_form_holds_the_harmless_text_in_it() -> None:
    for form in (*FORMS, *LINE_BREAKS):
        assert "Novak" in form("Ana Novak")
        assert "Ana" in form("Ana Novak")
    assert any("\n" in form("Ana Novak") for form in LINE_BREAKS)


def test_clean_exports_have_nothing_planted(tmp_path: Path) -> None:
    shop = SyntheticShop(customers=200, transactions=2_000, months=3, messy=False)
    write_exports(shop, tmp_path / "raw")
    truth = json.loads((tmp_path / "raw" / "truth.json").read_text("utf-8"))
    assert truth["messiness"] == {"rows": {}, "cells": {}}


@pytest.mark.parametrize(("customers", "transactions"), [(1, 1), (3, 40), (60, 900)])
def test_small_messy_shops_of_any_shape_can_be_written(
    customers: int, transactions: int, tmp_path: Path
) -> None:
    shop = SyntheticShop(
        customers=customers,
        transactions=transactions,
        start=date(2023, 1, 1),
        months=2,
        messy=True,
    )
    write_exports(shop, tmp_path / "raw")
    raw = pd.read_csv(tmp_path / "raw" / "orders.csv", sep=";", dtype="str")
    assert len(raw) >= transactions
