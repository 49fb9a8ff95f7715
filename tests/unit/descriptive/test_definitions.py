"""The registry of KPIs, and the daily totals."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analytics.descriptive import KPI_DEFINITIONS, KPI_NAMES, daily_series
from analytics.schema import TABLES


def test_names_are_unique() -> None:
    assert len(set(KPI_NAMES)) == len(KPI_NAMES) == 17


def test_needs_are_canonical_tables_or_columns() -> None:
    known = {table.name for table in TABLES} | {
        f"{table.name}.{column.name}" for table in TABLES for column in table.columns
    }
    assert {need for one in KPI_DEFINITIONS for need in one.needs} <= known


def test_what_is_counted_once_is_additive() -> None:
    # a first order has one category; active customers may order in two
    additive = {one.name for one in KPI_DEFINITIONS if one.additive}
    assert additive == {
        "net_revenue",
        "contribution_margin",
        "orders",
        "new_customers",
        "marketing_spend",
    }
    assert not any(one.denominator for one in KPI_DEFINITIONS if one.additive)


def test_every_interval_has_what_it_is_computed_from() -> None:
    for one in KPI_DEFINITIONS:
        assert bool(one.denominator) or one.interval == "none", one.name
        assert bool(one.squares) == (one.interval == "mean"), one.name


def test_daily_series_stands_in_the_order_of_the_days() -> None:
    days = pd.date_range("2023-01-01", periods=3).as_unit("us")
    mart = pd.DataFrame(
        {
            "day": days[::-1],
            "net_revenue_amount": [3.0, 0.0, 1.0],
            "contribution_margin_amount": np.nan,
            "orders": [2, 0, 1],
            "active_customers": [1, 0, 1],
        }
    )
    series = daily_series(mart).days
    assert series["day"].tolist() == days.tolist()
    assert series["net_revenue_amount"].tolist() == [1.0, 0.0, 3.0]
    assert series["contribution_margin_amount"].isna().all()
