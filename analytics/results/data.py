"""What came in, what was taken out, and what the source is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import ClassVar

import pandas as pd

from analytics.results.base import Columns, Result
from analytics.results.declaration import amount, count, text


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceFacts(Result):
    """The analysed source, as every page needs to know it.

    ``tables`` names the canonical tables and the columns (``transactions.status``) that
    it has. ``observation_end`` is the last day that the data cover, included.
    """

    KIND: ClassVar[str] = "data.source"
    name: str
    title: str
    currency: str
    time_zone: str
    synthetic: bool
    public: bool
    observation_start: date
    observation_end: date
    customers: int
    orders: int
    tables: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DataQuality(Result):
    """The cleaning report and the reconciliation of transactions.net.

    raw_total_amount - sum(removals.amount of transactions) = clean_total_amount, to the cent.
    """

    KIND: ClassVar[str] = "data.quality"
    FRAMES: ClassVar[Mapping[str, Columns]] = {
        "tables": (
            text("table", "Canonical table."),
            text("file", "Raw file that it came from."),
            count("raw_rows", "Rows read.", "rows"),
            count("removed_rows", "Rows removed with a reason.", "rows"),
            count("quarantined_rows", "Rows set aside, not understood.", "rows"),
            count("clean_rows", "Rows kept.", "rows"),
        ),
        "removals": (
            text("table", "Canonical table."),
            text("outcome", "removed or quarantined."),
            text("reason", "Why."),
            count("rows", "Rows.", "rows"),
            amount("amount", "Their total of transactions.net; null for other tables."),
        ),
    }
    UNITS: ClassVar[Mapping[str, str]] = {
        "raw_total_amount": "currency",
        "clean_total_amount": "currency",
    }
    raw_total_amount: float
    clean_total_amount: float
    tables: pd.DataFrame
    removals: pd.DataFrame
