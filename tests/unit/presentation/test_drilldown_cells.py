"""What the drill-down's page carries of shops that are larger than a page."""

from __future__ import annotations

from datetime import date

import builders
import numpy as np
import pandas as pd
import pytest

from analytics.presentation import drilldown_cells
from analytics.presentation.drilldown_cells import drill_data
from analytics.results import DailySeries, DrillTables, Kpis, Missing

MONTHS = pd.date_range("1994-01-01", periods=360, freq="MS")
DAYS = pd.date_range("1994-01-01", "2023-12-31")


def kpis() -> Kpis:
    rows = [
        {"month": month, "complete": True, "kpi": kpi, "dimension": dimension, "part": part,
         "value": 100.0, "low": np.nan, "high": np.nan, "sample": 9}
        for month in MONTHS
        for kpi in ("net_revenue", "orders")
        for dimension, part in (("all", "all"), ("category", "Toys"), ("category", "Other"))
    ]  # fmt: skip
    return Kpis(
        latest_month=date(2023, 12, 1),
        definitions=builders.kpis().definitions,
        values=pd.DataFrame(rows),
    )


def tables() -> DrillTables:
    nested = pd.DataFrame(
        [("product", month, "Toys", f"P-{n}", 10.0 + n, np.nan)
         for month in MONTHS for n in range(60)],
        columns=[column.name for column in DrillTables.FRAMES["nested"]],
    )  # fmt: skip
    days = pd.DataFrame({"day": DAYS, "dimension": "category", "part": "Toys",
                         "net_revenue_amount": 3.25, "orders": 1.0})  # fmt: skip
    pairs = pd.DataFrame({column.name: [] for column in DrillTables.FRAMES["pairs"]})
    return DrillTables(
        minimum_cell=5, tables=("product", "day"), nested=nested,
        pairs=pairs.astype({"month": "datetime64[us]"}), days=days,
    )  # fmt: skip


@pytest.fixture(scope="module")
def data() -> dict:  # type: ignore[type-arg]
    daily = DailySeries(
        days=pd.DataFrame({"day": DAYS, "net_revenue_amount": 4.5,
                           "contribution_margin_amount": np.nan, "orders": 2.0,
                           "active_customers": 9.0})
    )  # fmt: skip
    absent = Missing(of="descriptive.cube", needs=(), because="There is none.")
    return drill_data(kpis(), absent, daily, tables(), builders.source_facts())


def test_thirty_years_fit_a_page_and_say_where_they_begin(data: dict) -> None:  # type: ignore[type-arg]
    assert len(data["months"]) == drilldown_cells.MOST_MONTHS
    product = data["nested"]["product"]
    assert len(product["at"]) == drilldown_cells.MOST_ROWS["product"]
    held = drilldown_cells.MOST_ROWS["product"] // 60
    assert product["from"] == len(data["months"]) - held
    assert "orders" not in product
    assert len(data["days"]["net"]) == drilldown_cells.MOST_DAYS
    assert data["daysBy"]["category"]["from"] == 0
    assert set(data["daysBy"]["category"]["net"][0]) == {325}


def test_places_lead_back_to_month_and_parts(data: dict) -> None:  # type: ignore[type-arg]
    product = data["nested"]["product"]
    place = np.cumsum(product["at"])
    names = np.array(data["parts"]["product"]["names"])
    assert names[0] == "P-59"
    month, part = np.divmod(place, len(names))
    assert set(month) == set(range(product["from"], len(data["months"])))
    told = {int(name.removeprefix("P-")) * 100 + 1000 for name in names[part]}
    assert told == set(product["net"])


def test_parts_that_are_merged_are_no_choice(data: dict) -> None:  # type: ignore[type-arg]
    assert data["parts"]["category"]["names"] == ["Toys"]
