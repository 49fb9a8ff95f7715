"""What came in, what was taken out, and what the source is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import ClassVar

import pandas as pd

from analytics.results.base import Columns, Result
from analytics.results.declaration import amount, count, rate, text


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

    raw_total_amount - sum(removals.amount) = clean_total_amount, to the cent: amounts are those
    of transactions, or of the order lines that these are made from.
    """

    KIND: ClassVar[str] = "data.quality"
    VERSION: ClassVar[int] = 2
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
            amount(
                "amount",
                "Their total of net; null for other tables than transactions and order lines. "
                "Zero rows: a part of rows that were kept.",
            ),
        ),
        "changes": (
            text("table", "Table of the source."),
            text("column", "Canonical column; any where it is not known which."),
            text("change", "What was changed in rows that were kept."),
            count("rows", "Rows; cells where the column is any.", "rows"),
            amount("amount", "What it adds to the total of net; null where it adds nothing."),
        ),
        "missing_values": (
            text("table", "Canonical table."),
            text("column", "Canonical column that the source has."),
            count("rows", "Rows in which its value is missing.", "rows"),
            rate("rate", "Share of the rows kept; of the rows read where they are removed."),
            text("rule", "What is done about it; no value is ever made up."),
        ),
        "derived": (
            text("table", "Canonical table."),
            text("made_from", "Table of the source that its rows are made from."),
            count("rows", "Rows made.", "rows"),
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
    changes: pd.DataFrame = field(default_factory=lambda: _none("changes"))
    missing_values: pd.DataFrame = field(default_factory=lambda: _none("missing_values"))
    derived: pd.DataFrame = field(default_factory=lambda: _none("derived"))


def _none(name: str) -> pd.DataFrame:
    return pd.DataFrame(columns=[column.name for column in DataQuality.FRAMES[name]])
