"""A source file that is proposed for a folder of exports can be checked as it is."""

from __future__ import annotations

import tomllib
from datetime import datetime
from pathlib import Path

import pytest

from analytics.cleaning import clean
from analytics.cli.init import proposed_source
from analytics.engine import open_engine
from analytics.errors import DataError, SettingsError, UsageError
from analytics.ingest import ingest, read_source
from analytics.settings import Layout

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


def clean_orders(file: Path) -> list[tuple[str, float]]:
    source = read_source(str(file), Layout(root=file.parent, source="shop"))
    with open_engine(temporary=file.parent / "spill") as engine:
        cleaned = clean(ingest(source, engine), source, engine, file.parent / "clean")
        orders = engine.frame(cleaned.tables["transactions"])
        return sorted(zip(orders.get("status", [""]), orders["net"], strict=True))


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
    sheet = book.add_worksheet("Year 2009-2010")
    sheet.write_row(0, 0, [*head, "Customer ID", "Country"])
    day = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
    for row, invoice in enumerate((489434, "C489449"), start=1):
        sheet.write_row(row, 0, [invoice, "85048", "BALL", 12 if row == 1 else -5])
        sheet.write_datetime(row, 4, datetime(2009, 12, row, 7, 45), day)
        sheet.write_row(row, 5, [6.95, 13085, "United Kingdom"])
    book.close()
    proposed_source(tmp_path, name="shop", preset="online-retail", out=None)
    assert clean_orders(tmp_path / "shop.toml") == [("completed", pytest.approx(7 * 6.95))]
