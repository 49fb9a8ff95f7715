"""The list to act on, with real ids and contacts: private, never part of the site."""

from __future__ import annotations

import os
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq

from analytics.settings import Layout

_CONTACTS = ("name", "email", "phone")
_RISKY = ("=", "+", "-", "@", "\t", "\r")


def private_list_file(layout: Layout) -> Path:
    """Return where the list lies."""
    return layout.root / "data" / "private" / layout.source / "early_warning.csv"


def write_private_list(listed: pd.DataFrame, layout: Layout) -> Path:
    """Write the list with each customer's contacts; only its owner can read it.

    Text that a spreadsheet would run as a formula gets an apostrophe in front.
    """
    file = private_list_file(layout)
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    table = listed.copy()
    contacts = _contacts(layout.clean)
    for name in contacts.columns:
        table.insert(2, name, table["customer_id"].map(contacts[name]))
    for name in table.select_dtypes(exclude="number").columns:
        table[name] = table[name].map(_harmless)
    partial = file.with_suffix(".part")
    partial.unlink(missing_ok=True)
    handle = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8", newline="") as target:
        table.to_csv(target, index=False, float_format="%.4f")
    partial.replace(file)
    return file


def _contacts(clean: Path) -> pd.DataFrame:
    file = clean / "customers.parquet"
    if not file.exists():
        return pd.DataFrame()
    known = [name for name in _CONTACTS if name in pq.read_schema(file).names]
    rows = pd.read_parquet(file, columns=["customer_id", *known])
    return rows.drop_duplicates("customer_id").set_index("customer_id")


def _harmless(value: object) -> object:
    return f"'{value}" if isinstance(value, str) and value.startswith(_RISKY) else value
