"""A source file that is proposed for a folder of exports can be checked as it is."""

from __future__ import annotations

import sqlite3
import subprocess
import tomllib
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from analytics.cleaning import clean
from analytics.cli.init import proposed_source
from analytics.engine import open_engine
from analytics.errors import DataError, SettingsError, UsageError
from analytics.ingest import ingest, read_source
from analytics.pipeline.exports import generate_exports
from analytics.settings import Layout, read_settings

ROOT = Path(__file__).parents[2]

SHOPIFY = (
    "Name,Email,Financial Status,Paid at,Currency,Discount Amount,Refunded Amount,Created at,"
    "Lineitem quantity,Lineitem name,Lineitem price,Lineitem sku,Lineitem discount,Billing Name,"
    "Billing City,Billing Country,Billing Phone,Payment Method,Source\n"
    "#1,A@x.com,paid,2024-03-09 14:06:00 -0500,USD,1.00,0.00,2024-03-09 14:05:33 -0500,2,Tea,"
    "5.00,T,0.00,Ann Ash,Oslo,NO,123,card,web\n"
    "#1,A@x.com,,,,,,2024-03-09 14:05:33 -0500,1,Mug,7.50,M,0.50,,,,,,\n"
    "#2,b@x.com,refunded,2024-03-10 10:00:00 -0500,USD,0.00,5.00,2024-03-10 10:00:00 -0500,1,Tea,"
    "5.00,T,0.00,Bo Bay,Rome,IT,456,card,web\n"
)
WOOCOMMERCE = (
    "order_number,order_date,status,order_currency,payment_method,billing_email,item_sku,"
    "item_quantity,item_total\n"
    "7,2024-03-09 14:05:33,completed,EUR,card,a@x.com,T,2,10.00\n"
    "7,2024-03-09 14:05:33,completed,EUR,card,a@x.com,M,1,7.5000\n"
)
RETAIL = (
    "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n"
    "1,85A,TEA,6,12/1/2010 8:26,2.50,17,United Kingdom\n"
    "1,85B,MUG,2,12/1/2010 8:26,1.00,17,United Kingdom\n"
    "1,POST,POSTAGE,1,12/1/2010 8:26,18.00,17,United Kingdom\n"
    "C2,85A,TEA,-6,12/14/2010 9:41,2.50,17,United Kingdom\n"
)
CDNOW = " customer_id  date number_of_cds  dollar_value\n 00001 19970101  1   11.77\n"


def proposal(folder: Path, name: str, content: str, encoding: str = "utf-8") -> Path:
    (folder / name).write_text(content, encoding=encoding)
    proposed_source(folder, name="shop", preset=None, out=None)
    return folder / "shop.toml"


def clean_tables(file: Path) -> dict[str, pd.DataFrame]:
    source = read_source(str(file), Layout(root=file.parent, source="shop"))
    with open_engine(temporary=file.parent / "spill") as engine:
        cleaned = clean(ingest(source, engine), source, engine, file.parent / f"clean-{file.stem}")
        return {name: engine.frame(table) for name, table in cleaned.tables.items()}


def clean_orders(file: Path) -> list[tuple[str, float]]:
    orders = clean_tables(file)["transactions"]
    return sorted(zip(orders.get("status", [""] * len(orders)), orders["net"], strict=True))


@pytest.mark.parametrize(
    ("content", "currency", "orders"),
    [
        (SHOPIFY, "USD", [("completed", 16.0), ("returned", 5.0)]),
        (WOOCOMMERCE, "EUR", [("completed", 17.5)]),
        (RETAIL, "GBP", [("completed", 2.0)]),
        (CDNOW, "USD", [("", 11.77)]),
        (CDNOW.partition("\n")[2], "USD", [("", 11.77)]),
        (" 00004 0001 19970101  2   29.33\n", "USD", [("", 29.33)]),
    ],
)
def test_a_known_layout_is_read_to_the_clean_orders(
    tmp_path: Path, content: str, currency: str, orders: list[tuple[str, float]]
) -> None:
    file = proposal(tmp_path, "export.csv", content)
    assert tomllib.loads(file.read_text())["currency"] == currency
    assert clean_orders(file) == orders


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_a_german_export_is_recognised_in_any_encoding(tmp_path: Path, encoding: str) -> None:
    text = "Bestellnummer;Kunde;Bestelldatum;Betrag;Status\n"
    text += "1;Bär;31.01.2024;1.234,56 €;bezahlt\n2;b;01.02.2024;2,50 €;storniert\n"
    file = proposal(tmp_path, "orders.csv", text, encoding)
    written = tomllib.loads(file.read_text())
    assert written["currency"] == "EUR"
    assert written["confirmed"] is False
    assert written["tables"]["transactions"]["dates"] == {"ordered_at": ["%d.%m.%Y"]}
    assert clean_orders(file) == [("cancelled", 2.5), ("completed", 1234.56)]


def test_days_that_can_be_read_two_ways_are_left_to_choose(tmp_path: Path) -> None:
    text = "Order ID,Customer,Order Date,Total\n1,a,03/04/2024,$5.00\n2,b,05/06/2024,$7.00\n"
    file = proposal(tmp_path, "orders.csv", text)
    assert '"%m/%d/%Y" or "%d/%m/%Y"' in file.read_text()
    with pytest.raises(SettingsError, match="left for you to choose"):
        read_source(str(file), Layout(root=tmp_path, source="shop"))


def test_a_currency_without_evidence_is_left_to_choose(tmp_path: Path) -> None:
    text = "Order ID,Customer,Order Date,Total\n1,a,2024-03-14,5.00\n2,b,2024-05-16,7.00\n"
    file = proposal(tmp_path, "orders.csv", text)
    with pytest.raises(SettingsError, match="currency is left for you to choose"):
        read_source(str(file), Layout(root=tmp_path, source="shop"))


def test_a_file_that_is_there_is_not_overwritten(tmp_path: Path) -> None:
    file = proposal(tmp_path, "export.csv", RETAIL)
    before = file.read_bytes()
    with pytest.raises(UsageError, match="is there already"):
        proposed_source(tmp_path, name="shop", preset=None, out=None)
    assert file.read_bytes() == before


def test_a_folder_without_orders_is_refused(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("a,b\n1,2\n")
    with pytest.raises(DataError, match="looks like orders"):
        proposed_source(tmp_path, name="shop", preset=None, out=None)


def test_a_build_asks_for_a_confirmed_mapping(tmp_path: Path) -> None:
    file = proposal(tmp_path, "export.csv", RETAIL)
    source = read_source(str(file), Layout(root=tmp_path, source="shop"))
    with pytest.raises(SettingsError, match="has not been confirmed"):
        source.require_confirmed()


def test_the_second_online_retail_is_read_from_a_workbook(tmp_path: Path) -> None:
    import xlsxwriter

    head = ["Invoice", "StockCode", "Description", "Quantity", "InvoiceDate", "Price"]
    book = xlsxwriter.Workbook(tmp_path / "online_retail_II.xlsx")
    day = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
    # Nine days of December 2010 are in both sheets of the real one.
    first, shared, last = (489434, 12, 1), (536365, 6, 2), (581587, 4, 3)
    for title, lines in (
        ("Year 2009-2010", [first, ("C489449", -5, 2), shared, shared]),
        ("Year 2010-2011", [shared, shared, last]),
    ):
        sheet = book.add_worksheet(title)
        sheet.write_row(0, 0, [*head, "Customer ID", "Country"])
        for row, (invoice, quantity, date) in enumerate(lines, start=1):
            sheet.write_row(row, 0, [invoice, "85048", "BALL", quantity])
            sheet.write_datetime(row, 4, datetime(2009, 12, date, 7, 45), day)
            sheet.write_row(row, 5, [6.95, 13085, "United Kingdom"])
    book.close()
    proposed_source(tmp_path, name="shop", preset="online-retail", out=None)
    assert clean_orders(tmp_path / "shop.toml") == [
        ("completed", pytest.approx(pieces * 6.95)) for pieces in (4, 7, 2 * 6)
    ]


def proposed(folder: Path) -> tuple[dict[str, Any], str, list[str]]:
    """Return the proposal for a folder as it is read, as it is written, and what is said."""
    said = proposed_source(folder, name="shop", preset=None, out=None)
    text = (folder / "shop.toml").read_text()
    return tomllib.loads(text), text, said


def test_a_customer_who_is_exported_twice_is_still_a_customer(tmp_path: Path) -> None:
    (tmp_path / "orders.csv").write_text(
        "Order ID,Customer,Order Date,Total\n1,a,2024-03-14,$5.00\n"
    )
    people = [f"c{n},2024-01-{n % 27 + 1:02},East" for n in range(40)]
    rows = "\n".join(["Customer No,Signup Date,Region", *people, people[0]])
    (tmp_path / "crm.csv").write_text(rows + "\n")
    written, _, _ = proposed(tmp_path)
    assert written["tables"]["customers"]["columns"]["customer_id"] == "Customer No"


def test_all_formats_that_the_dates_need_are_proposed_and_slips_are_told(tmp_path: Path) -> None:
    days = [f"{n % 28 + 1:02}.03.2024" for n in range(200)]
    days += [f"2024-04-{n % 28 + 1:02}" for n in range(30)] + ["05/21/2024", "soon"]
    rows = [f"{n},a,{day},$5.00" for n, day in enumerate(days)]
    (tmp_path / "orders.csv").write_text("\n".join(["Order ID,Customer,Order Date,Total", *rows]))
    written, text, _ = proposed(tmp_path)
    formats = written["tables"]["transactions"]["dates"]["ordered_at"]
    assert formats == ["%d.%m.%Y", "%Y-%m-%d"]
    assert "200 %d.%m.%Y, 30 %Y-%m-%d; in doubt 1; 1 in no known format" in text
    assert '1 value(s) of ordered_at may be "%m/%d/%Y"' in text


def test_reversals_and_lines_of_no_product_are_proposed_with_their_evidence(tmp_path: Path) -> None:
    (tmp_path / "orders.csv").write_text(
        "Order ID,Customer,Order Date,Total,Status,Reverses\n"
        "SO-1,a,2024-03-14,$5.00,paid,\nSO-2,b,2024-03-15,$7.00,paid,\n"
        "CR-3,a,2024-03-16,-$5.00,refunded,SO-1\n"
    )
    (tmp_path / "lines.csv").write_text(
        "Order ID,SKU,Qty,Price\nSO-1,A-1,1,$4.00\nSO-1,POSTAGE,1,$1.00\nSO-2,A-2,1,$7.00\n"
    )
    written, text, _ = proposed(tmp_path)
    back = written["tables"]["transactions"]["reversals"]
    assert back == {"status": "returned", "marker": "^CR-", "reference": "Reverses"}
    assert "1 of its 1 values are ids in 'Order ID'" in text
    assert written["tables"]["transaction_items"]["non_products"] == ["POSTAGE"]


def test_a_file_that_is_taken_for_nothing_is_named_with_the_reason(tmp_path: Path) -> None:
    (tmp_path / "orders.csv").write_text(
        "Order ID,Customer,Order Date,Total\n1,a,2024-03-14,$5.00\n"
    )
    (tmp_path / "stock.csv").write_text("Shelf,Fill\nA,1\nB,2\n")
    (tmp_path / "broken.csv").write_bytes(b"")
    _, text, said = proposed(tmp_path)
    for told in (text, "\n".join(said)):
        assert "stock.csv is not mapped: no column has a name that is known" in told
        assert "not read: broken.csv" in told


def test_files_of_one_kind_are_one_table(tmp_path: Path) -> None:
    head = "Order ID,Customer,Order Date,Total\n"
    (tmp_path / "orders-2023.csv").write_text(head + "1,a,2023-03-14,$5.00\n")
    (tmp_path / "orders-2024.csv").write_text(head + "2,a,2024-03-14,$7.00\n")
    written, text, _ = proposed(tmp_path)
    assert written["tables"]["transactions"]["file"] == "orders-*.csv"
    assert "2 files with the same columns: orders-2023.csv, orders-2024.csv" in text
    assert clean_orders(tmp_path / "shop.toml") == [("", 5.0), ("", 7.0)]


def test_a_german_shop_with_telling_values_is_mapped(tmp_path: Path) -> None:
    people = [f"{n:04};Müller {n};m{n}@x.de;Köln" for n in range(1, 31)]
    (tmp_path / "kunden.csv").write_text(
        "\n".join(["KdNr;Kundenname;E-Mail;Ort", *people]), encoding="cp1252"
    )
    orders = [
        f"B{n};{n % 30 + 1:04};{n % 28 + 1:02}.03.2024;{1000 + n}.50".replace(".50", ",50")
        for n in range(60)
    ]
    (tmp_path / "bestellungen.csv").write_text(
        "\n".join(["Bestellnr;Wer da;Datum;Betrag €", *orders]), encoding="cp1252"
    )
    written, text, _ = proposed(tmp_path)
    columns = written["tables"]["transactions"]["columns"]
    assert columns == {
        "transaction_id": "Bestellnr",
        "customer_id": "Wer da",
        "ordered_at": "Datum",
        "net": "Betrag €",
    }
    assert "30 different values, all found in kunden.csv 'KdNr'" in text
    assert written["tables"]["customers"]["columns"]["city"] == "Ort"
    assert written["tables"]["customers"]["encoding"] == "cp1252"


def test_a_french_shop_is_mapped(tmp_path: Path) -> None:
    (tmp_path / "commandes.csv").write_text(
        "N° commande;Code client;Date de commande;Montant HT;Statut\n"
        "1;a;31/01/2024;1 234,50 €;payée\n2;b;15/02/2024;7,00 €;annulée\n",
        encoding="utf-8",
    )
    written, _, _ = proposed(tmp_path)
    assert written["tables"]["transactions"]["thousands_mark"] == " "
    assert clean_orders(tmp_path / "shop.toml") == [("cancelled", 7.0), ("completed", 1234.5)]


def test_a_shop_in_one_sqlite_file_is_mapped_with_its_yearly_tables(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "shop.db")) as shop:
        for year in (2023, 2024):
            shop.execute(f"CREATE TABLE orders_{year} (order_id, customer_id, order_date, total)")
            shop.execute(f"INSERT INTO orders_{year} VALUES ({year}, 'a', '{year}-03-14', '5.00')")
        shop.commit()
    written, text, _ = proposed(tmp_path)
    assert "UNION ALL" in written["tables"]["transactions"]["query"]
    file = tmp_path / "shop.toml"
    file.write_text(text.replace('currency = "CHOOSE"', 'currency = "EUR"'))
    assert clean_orders(file) == [("", 5.0), ("", 5.0)]


def test_sheets_with_the_same_columns_are_read_together(tmp_path: Path) -> None:
    import xlsxwriter

    book = xlsxwriter.Workbook(tmp_path / "shop.xlsx")
    for year in (2023, 2024):
        sheet = book.add_worksheet(f"Year {year}")
        sheet.write_row(0, 0, ["Order ID", "Customer", "Order Date", "Total"])
        sheet.write_row(1, 0, [year, "a", f"{year}-03-14", 5.25])
    book.close()
    written, text, said = proposed(tmp_path)
    assert written["tables"]["transactions"]["sheet"] == ["Year 2023", "Year 2024"]
    for told in (text, "\n".join(said)):
        assert "2 sheets with the same columns: Year 2023, Year 2024" in told
    file = tmp_path / "shop.toml"
    file.write_text(text.replace('currency = "CHOOSE"', 'currency = "EUR"'))
    assert clean_orders(file) == [("", 5.25), ("", 5.25)]


def test_the_proposal_for_the_synthetic_shop_gives_its_own_clean_tables(tmp_path: Path) -> None:
    shop = replace(read_settings(ROOT / "analytics.toml").synthetic, customers=200)
    generate_exports(replace(shop, transactions=2_000, months=12), tmp_path)
    for name in ("truth.json", "truth_customers.parquet"):
        (tmp_path / name).unlink()
    written, _, said = proposed(tmp_path)
    own = (ROOT / "data" / "sources" / "synthetic.toml").read_text()
    file = tmp_path / "own.toml"
    file.write_text(own.replace('folder = "data/raw/synthetic"', 'folder = "."'))
    assert set(written["tables"]) == set(tomllib.loads(own)["tables"])
    assert not any("not mapped" in line or "CHOOSE" in line for line in said)
    by_proposal, by_own = clean_tables(tmp_path / "shop.toml"), clean_tables(file)
    assert set(by_proposal) == set(by_own)
    for name, table in by_own.items():
        pd.testing.assert_frame_equal(by_proposal[name], table)


def test_an_unconfirmed_build_and_a_second_init_end_with_2(
    new_project: Callable[..., Path],
    analytics: Callable[..., subprocess.CompletedProcess[str]],
) -> None:
    project = new_project()
    (project / "shop").mkdir()
    (project / "shop" / "export.csv").write_text(RETAIL)
    assert analytics(project, "init", "shop").returncode == 0
    again = analytics(project, "init", "shop")
    assert (again.returncode, "is there already" in again.stderr) == (2, True)
    build = analytics(project, "build", "--source", "shop/shop.toml", "--renderer", "embedded")
    assert (build.returncode, "has not been confirmed" in build.stderr) == (2, True)
    assert not (project / "public-shop").exists()
