"""What the dashboard carries: sums stay whole, sizes stay bounded, and what is left out is said."""

from __future__ import annotations

from itertools import product
from typing import Any

import altair as alt
import builders
import numpy as np
import pandas as pd
import pytest

from analytics.charts.filterable import filterable_months, filterable_parts
from analytics.presentation import kpi_cells
from analytics.presentation.kpi_cells import dashboard_cells
from analytics.results import Kpis, MonthlyCube


def wide_cube(categories: int, months: pd.DatetimeIndex) -> MonthlyCube:
    random = np.random.default_rng(2)
    rows = pd.DataFrame(
        list(product(months, ("North", "South"), ("Basic",),
                     [f"k{at:03d}" for at in range(categories)], ("Web", "Store"))),
        columns=["month", "region", "segment", "category", "sales_channel"],
    )  # fmt: skip
    rows["net_revenue_amount"] = random.uniform(1, 900, len(rows)).round(2)
    rows["contribution_margin_amount"] = (rows["net_revenue_amount"] * 0.4).round(2)
    rows["orders"] = random.integers(1, 9, len(rows))
    return MonthlyCube(dimensions=tuple(builders.PARTS), minimum_cell=5, merged_cells=0, cells=rows)


def kpis_of(cube: MonthlyCube) -> Kpis:
    """Return the totals, and those by one part, of a cube."""
    tables = []
    for kpi, column in (("net_revenue", "net_revenue_amount"), ("orders", "orders")):
        for dimension in ("all", *builders.PARTS):
            cells = cube.cells.assign(all="all")
            sums = cells.groupby(["month", dimension])[column].sum().round(2).reset_index()
            sums.columns = ["month", "part", "value"]
            tables.append(sums.assign(kpi=kpi, dimension=dimension))
    values = pd.concat(tables).assign(complete=True, low=np.nan, high=np.nan, sample=9)
    own = builders.kpis()
    return Kpis(
        latest_month=max(cube.cells["month"]).date(),
        definitions=own.definitions[own.definitions["kpi"].isin(("net_revenue", "orders"))],
        values=values[[column.name for column in Kpis.FRAMES["values"]]],
    )


def revenue_of(data: dict[str, Any]) -> list[int]:
    """Return the cents of the cells, from what is told of them, as the script does."""
    parts = [each["parts"] for each in data["dimensions"]]
    names = [each["name"] for each in data["dimensions"]]
    cells = data["cells"]
    found, place = [], 0
    for at, step in enumerate(cells["at"]):
        place += step
        rest, codes = place, {}
        for name, own in reversed(list(zip(names, parts, strict=True))):
            rest, codes[name] = divmod(rest, len(own))
        rate = cells["net_revenue_rates"][codes["segment"]]
        found.append(cells["net_revenue"][at] + cells["orders"][at] * rate)
    return found


def test_cells_and_totals_add_up_to_the_cent() -> None:
    cube = wide_cube(6, builders.months())
    data = dashboard_cells(kpis_of(cube), cube, None, currency="USD")
    cents = round(cube.cells["net_revenue_amount"].sum() * 100)
    assert sum(revenue_of(data)) == cents
    assert sum(data["totals"]["net_revenue"]) == cents
    for parts in data["byPart"]["net_revenue"].values():
        assert sum(value for row in parts for value in row if value) == cents
    assert data["leftOut"] == []


def test_a_cube_of_many_cells_is_summed_over_its_largest_dimension_and_says_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(kpi_cells, "MOST_CELLS", 1000)
    cube = wide_cube(60, builders.months())
    data = dashboard_cells(kpis_of(cube), cube, None, currency="USD")
    assert [each["name"] for each in data["dimensions"]] == ["region", "segment", "sales_channel"]
    assert len(data["cells"]["at"]) == 24 * 4
    assert sum(data["cells"]["orders"]) == cube.cells["orders"].sum()
    assert data["leftOut"] == ["category, which has too many parts for a page"]


def test_early_months_are_left_out_of_a_long_history_and_said(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(kpi_cells, "MOST_CELLS", 500)
    cube = wide_cube(6, builders.months())
    data = dashboard_cells(kpis_of(cube), cube, None, currency="USD")
    assert len(data["cells"]["at"]) <= 500
    assert len(data["months"]) == 20
    assert data["months"][-1] == "2024-06"
    assert data["leftOut"] == ["the months before November 2022, which are too many for a page"]


@pytest.mark.parametrize("width", [320, 640])
def test_charts_that_are_filtered_are_valid(width: int) -> None:
    rows = pd.DataFrame(
        {"part": ["North", "South"], "value": [2.0, 1.0], "base": [1.0, np.nan],
         "chosen": [True, False], "complete": [True, False], "month": builders.months()[:2],
         "shown": ["2", "1"], "base_shown": ["1", "–"]}
    )  # fmt: skip
    for chart in (filterable_months, filterable_parts):
        alt.LayerChart.from_dict(chart(rows, width, title="Net revenue, USD"))
