"""Mappings of exports that many shops have, as templates of source files."""

from __future__ import annotations

import json
from collections.abc import Sequence
from importlib import resources

from analytics.errors import DataError
from analytics.ingest.declarations import CHOOSE
from analytics.ingest.exports import Export

PRESETS: dict[str, tuple[tuple[str, ...], ...]] = {
    "shopify": (("Name", "Email", "Financial Status", "Created at", "Lineitem quantity"),),
    "woocommerce": (("order_number", "billing_email", "order_date", "item_sku", "item_total"),),
    "online-retail": (
        ("InvoiceNo", "UnitPrice", "CustomerID", "StockCode", "InvoiceDate"),
        ("Invoice", "Price", "Customer ID", "StockCode", "InvoiceDate"),
    ),
    "cdnow": (("customer_id", "date", "dollar_value"),),
}
CURRENCIES = {"online-retail": "GBP", "cdnow": "USD"}
ZONES = {"online-retail": "Europe/London", "cdnow": "America/New_York"}


def preset_export(name: str, exports: Sequence[Export]) -> tuple[Export, tuple[str, ...]] | None:
    """Return the first export with the headers of a preset, and these; None where none has."""
    for export in exports:
        for headers in PRESETS[name]:
            if set(headers) <= set(export.headers):
                return export, headers
    return None


def preset_tables(name: str, exports: Sequence[Export], formats: Sequence[str]) -> str:
    """Return the tables of a source file by a preset.

    Parameters
    ----------
    name : str
        Of the preset.
    exports : sequence of Export
        Tables of the folder.
    formats : sequence of str
        Date formats that the values show; ISO 8601 where there are none.

    Raises
    ------
    DataError
        Where no file has the headers of the preset.
    """
    found = preset_export(name, exports)
    if found is None:
        known = " or ".join(", ".join(headers) for headers in PRESETS[name])
        raise DataError(
            f"no file of the folder has the columns of {name}", remedy=f"It needs {known}."
        )
    export, headers = found
    text = (resources.files(__package__) / f"{name}.toml").read_text("utf-8")
    read = export.read
    filled = {
        '"@FILE@"': json.dumps(read.file, ensure_ascii=False),
        "@HEADER@\n": f"header = {json.dumps(read.header)}\n" if read.header else "",
        "@FORMAT@": read.format,
        "@ENCODING@": read.encoding,
        "@InvoiceNo@": headers[0],
        "@UnitPrice@": headers[1],
        "@CustomerID@": headers[2 % len(headers)],
        "@DATES@": ", ".join(f'"{each}"' for each in formats or ("%Y-%m-%d %H:%M:%S",)),
    }
    for mark, value in filled.items():
        text = text.replace(mark, value)
    has = {header.lower() for header in export.headers}
    lines = []
    part = ""
    for line in text.splitlines():
        part = line if line.startswith("[") else part
        header = line.partition(' = "')[2].rpartition('"')[0]
        if line.startswith("format = ") and read.sheets:
            line += f"\nsheet = {json.dumps(read.sheet, ensure_ascii=False)}"
        if part.endswith(".columns]") and header and header.lower() not in has:
            line = f"# {line}  # the file has no such column"
        lines.append(line)
    return "\n".join(lines) + "\n"


def preset_currency(name: str) -> str:
    """Return the currency of a preset's data; to be chosen where shops differ."""
    return CURRENCIES.get(name, CHOOSE)
