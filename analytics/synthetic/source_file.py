"""The source file that maps the raw exports to the canonical tables."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Literal

from analytics.synthetic.parameters import SyntheticShop
from analytics.synthetic.raw_items import ITEMS, NON_PRODUCTS
from analytics.synthetic.raw_orders import MOMENTS, ORDERS, REVERSES
from analytics.synthetic.raw_tables import (
    CUSTOMERS,
    DAYS,
    EXPERIMENTS,
    MARKETING,
    SURVEYS,
    TICKET_MOMENTS,
    TICKETS,
)

Form = Literal["text", "parquet"]
FILES: dict[Form, dict[str, str]] = {
    "text": {
        "customers": "customers.csv",
        "transactions": "orders.csv",
        "transaction_items": "order_items.parquet",
        "marketing_spend": "marketing.xlsx",
        "satisfaction": "surveys.jsonl",
        "support_tickets": "tickets.csv",
        "experiments": "experiments.csv",
    },
    "parquet": {
        "customers": "customers.parquet",
        "transactions": "orders.parquet",
        "transaction_items": "order_items.parquet",
        "marketing_spend": "marketing.parquet",
        "satisfaction": "surveys.parquet",
        "support_tickets": "tickets.parquet",
        "experiments": "experiments.parquet",
    },
}
_FORMATS = {"csv": "csv", "parquet": "parquet", "xlsx": "excel", "jsonl": "jsonl"}
# What only a text file has.
_TEXT: dict[str, dict[str, Any]] = {
    "transactions": {"delimiter": ";"},
    "support_tickets": {"encoding": "latin-1"},
}
_MARKS: dict[str, dict[str, Any]] = {
    "transactions": {"decimal_mark": ",", "thousands_mark": "."},
    "transaction_items": {"non_products": [code for code, _, _ in NON_PRODUCTS]},
    "marketing_spend": {"thousands_mark": ","},
}
_COLUMNS = {
    "customers": CUSTOMERS,
    "transactions": ORDERS,
    "transaction_items": ITEMS,
    "marketing_spend": MARKETING,
    "satisfaction": SURVEYS,
    "support_tickets": TICKETS,
    "experiments": EXPERIMENTS,
}
_DATES: dict[str, dict[str, list[str]]] = {
    "customers": {"signed_up_on": list(DAYS)},
    "transactions": {"ordered_at": list(MOMENTS)},
    "satisfaction": {"surveyed_on": list(DAYS)},
    "support_tickets": {"opened_at": list(TICKET_MOMENTS), "closed_at": list(TICKET_MOMENTS)},
    "experiments": {"assigned_at": list(DAYS)},
}
_STATUSES = {name: [name] for name in ("completed", "returned", "cancelled")}
# A row with such an id takes an order back: one with a negative amount alone is a fault.
_REVERSALS = {"status": "cancelled", "marker": "^CR-", "reference": REVERSES}


def table_mappings(form: Form) -> dict[str, dict[str, Any]]:
    """Return how the files of a form are read, by canonical table, as a source file says it."""
    mappings = {}
    for table, file in FILES[form].items():
        mapping: dict[str, Any] = {"file": file, "format": _FORMATS[file.rsplit(".", 1)[1]]}
        mapping |= _TEXT.get(table, {}) if form == "text" else {}
        mapping |= _MARKS.get(table, {})
        mapping["columns"] = _COLUMNS[table]
        if table in _DATES:
            mapping["dates"] = _DATES[table]
        if table == "transactions":
            mapping |= {"statuses": _STATUSES, "reversals": _REVERSALS}
        mappings[table] = mapping
    return mappings


def source_file(shop: SyntheticShop, form: Form) -> str:
    """Return the source file of a folder of exports, which lies in the folder itself.

    Parameters
    ----------
    shop : SyntheticShop
        For the days that the data cover.
    form : str
        text or parquet.
    """
    last = shop.end - timedelta(days=1)
    lines = [
        "# A synthetic shop's exports, mapped to the canonical tables.",
        'title = "Synthetic shop"',
        'currency = "USD"',
        'time_zone = "UTC"',
        'folder = "."',
        f"observation_start = {shop.start.isoformat()}",
        f"observation_end = {last.isoformat()}",
    ]
    for table, mapping in table_mappings(form).items():
        lines += ["", *_section(f"tables.{table}", mapping)]
    return "\n".join(lines) + "\n"


def _section(name: str, values: Mapping[str, Any]) -> list[str]:
    lines = [f"[{name}]"]
    parts = []
    for key, value in values.items():
        if isinstance(value, Mapping):
            parts += _section(f"{name}.{key}", value)
        else:
            # Strings and lists of strings are written in JSON as in TOML.
            lines.append(f"{key} = {json.dumps(value)}")
    return lines + parts
