"""The shop's raw exports: a file a table, each as another system would hand it over.

Equal shops give equal bytes: no file carries the time of writing.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from analytics.synthetic.shop import ShopTables

CUSTOMERS = {
    "customer_id": "CustomerNo",
    "signed_up_on": "SignupDate",
    "region": "Region",
    "city": "City",
    "segment": "Tier",
    "acquisition_channel": "AcquiredVia",
    "birth_year": "BirthYear",
    "name": "FullName",
    "email": "Email",
    "phone": "Phone",
}
ORDERS = {
    "transaction_id": "OrderNo",
    "customer_id": "CustomerNo",
    "ordered_at": "OrderDate",
    "sales_channel": "SalesChannel",
    "payment_method": "Payment",
    "status": "Status",
    "gross": "Gross",
    "discount": "Discount",
    "net": "Net",
    "cost_of_goods": "COGS",
    "shipping_cost": "ShippingCost",
    "payment_cost": "PaymentCost",
}
ITEMS = {
    "transaction_id": "order_no",
    "product_id": "sku",
    "category": "category",
    "quantity": "qty",
    "unit_price": "unit_price",
    "discount": "discount",
    "net": "net",
    "cost_of_goods": "cogs",
}
MARKETING = {
    "week": "Week",
    "marketing_channel": "Channel",
    "region": "Region",
    "spend": "Spend",
    "impressions": "Impressions",
    "clicks": "Clicks",
    "attributed_orders": "AttributedOrders",
}
SURVEYS = {"customer_id": "customer", "surveyed_on": "date", "score": "score"}
TICKETS = {
    "ticket_id": "TicketNo",
    "customer_id": "CustomerNo",
    "opened_at": "Opened",
    "closed_at": "Closed",
    "topic": "Topic",
    "severity": "Severity",
}
EXPERIMENTS = {
    "experiment_id": "Experiment",
    "customer_id": "CustomerNo",
    "variant": "Variant",
    "assigned_at": "AssignedAt",
}
_MONEY = pa.decimal128(18, 2)


def _renamed(table: pd.DataFrame, names: dict[str, str]) -> pd.DataFrame:
    return table[list(names)].rename(columns=names)


def _write_customers(shop: ShopTables, file: Path) -> None:
    _renamed(shop.customers, CUSTOMERS).to_csv(
        file, index=False, date_format="%Y-%m-%d", lineterminator="\n"
    )


def _write_orders(shop: ShopTables, file: Path) -> None:
    _renamed(shop.transactions, ORDERS).to_csv(
        file,
        index=False,
        sep=";",
        decimal=",",
        float_format="%.2f",
        date_format="%d.%m.%Y %H:%M:%S",
        lineterminator="\n",
    )


def _decimals(amounts: pd.Series) -> pa.Array:
    cents = pa.array((amounts * 100).round().astype("int64"))
    whole = cents.cast(pa.decimal128(19, 0))
    return pc.multiply(whole, pa.scalar(Decimal("0.01"))).cast(_MONEY)


def _write_items(shop: ShopTables, file: Path) -> None:
    items = shop.transaction_items
    columns = {
        ITEMS[name]: _decimals(items[name])
        if items[name].dtype == "float64"
        else pa.array(items[name].to_numpy(), pa.int64() if name == "quantity" else pa.string())
        for name in ITEMS
    }
    pq.write_table(pa.table(columns), file, compression="zstd")


def _write_marketing(shop: ShopTables, file: Path) -> None:
    import xlsxwriter  # type: ignore[import-untyped]

    table = _renamed(shop.marketing_spend, MARKETING)
    # In memory, since the parts would else pass through the system's folder of temporary files.
    with xlsxwriter.Workbook(file, {"in_memory": True}) as workbook:
        workbook.set_properties({"created": datetime(2000, 1, 1)})
        sheet = workbook.add_worksheet("Marketing")
        day = workbook.add_format({"num_format": "yyyy-mm-dd"})
        sheet.write_row(0, 0, list(table.columns))
        for row, values in enumerate(table.itertuples(index=False), start=1):
            sheet.write_datetime(row, 0, values[0].to_pydatetime(), day)
            sheet.write_row(row, 1, values[1:])


def _write_surveys(shop: ShopTables, file: Path) -> None:
    table = _renamed(shop.satisfaction, SURVEYS)
    dates = table["date"].dt.strftime("%Y-%m-%d")
    rows = zip(table["customer"], dates, table["score"].astype(int), strict=True)
    with file.open("w", encoding="utf-8", newline="\n") as lines:
        for customer, day, score in rows:
            lines.write(json.dumps({"customer": customer, "date": day, "score": score}) + "\n")


def _write_tickets(shop: ShopTables, file: Path) -> None:
    _renamed(shop.support_tickets, TICKETS).to_csv(
        file,
        index=False,
        encoding="latin-1",
        date_format="%d/%m/%Y %H:%M",
        lineterminator="\n",
    )


def _write_experiments(shop: ShopTables, file: Path) -> None:
    _renamed(shop.experiments, EXPERIMENTS).to_csv(
        file, index=False, date_format="%Y-%m-%d", lineterminator="\n"
    )


def _write_truth(shop: ShopTables, file: Path) -> None:
    text = json.dumps(shop.truth, indent=2, ensure_ascii=False, allow_nan=False)
    file.write_text(text + "\n", encoding="utf-8", newline="\n")


def _write_truth_customers(shop: ShopTables, file: Path) -> None:
    table = pa.Table.from_pandas(shop.truth_customers, preserve_index=False)
    pq.write_table(table.replace_schema_metadata(None), file, compression="zstd")


RAW_EXPORTS: dict[str, Callable[[ShopTables, Path], None]] = {
    "customers.csv": _write_customers,
    "orders.csv": _write_orders,
    "order_items.parquet": _write_items,
    "marketing.xlsx": _write_marketing,
    "surveys.jsonl": _write_surveys,
    "tickets.csv": _write_tickets,
    "experiments.csv": _write_experiments,
    "truth.json": _write_truth,
    "truth_customers.parquet": _write_truth_customers,
}


def write_raw_exports(shop: ShopTables, folder: Path) -> None:
    """Write a shop's raw exports, `RAW_EXPORTS`, in place of what the folder held.

    The files are written beside the folder and renamed into place together, so that the folder
    never holds a part of them.

    Parameters
    ----------
    shop : ShopTables
        What `generated_shop` returned.
    folder : Path
        Made where it does not exist; replaced where it does.
    """
    folder = Path(folder)
    folder.parent.mkdir(parents=True, exist_ok=True)
    aside = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        fresh = aside / "new"
        fresh.mkdir()
        for name, write in RAW_EXPORTS.items():
            write(shop, fresh / name)
        if folder.exists():
            folder.rename(aside / "old")
        fresh.rename(folder)
    finally:
        shutil.rmtree(aside, ignore_errors=True)
