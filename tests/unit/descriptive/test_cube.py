"""The monthly cube: totals hold, small cells are merged, absent dimensions stay whole."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from analytics.descriptive import monthly_cube

DIMENSIONS = ("region", "segment", "category", "sales_channel")


def cube_of(orders: list[dict], **fixed: str) -> pd.DataFrame:
    frame = pd.DataFrame([one for one in orders if one["status"] == "completed"])
    frame["month"] = frame["day"].dt.to_period("M").dt.to_timestamp().astype("datetime64[us]")
    frame = frame.assign(segment="All", sales_channel="All", **fixed)
    cells = frame.groupby(["month", *DIMENSIONS]).agg(
        net_revenue_amount=("revenue", "sum"),
        contribution_margin_amount=("margin", "sum"),
        orders=("revenue", "size"),
        customers=("customer", "nunique"),
    )
    return cells.reset_index()


@pytest.fixture(scope="module")
def cells(random_orders) -> pd.DataFrame:
    return cube_of(random_orders)


def test_totals_of_every_month_hold(cells) -> None:
    result = monthly_cube(cells, dimensions=("region", "category"), minimum_cell=5)
    for name in ("net_revenue_amount", "contribution_margin_amount", "orders"):
        before = cells.groupby("month")[name].sum()
        after = result.cells.groupby("month")[name].sum()
        assert after.tolist() == pytest.approx(before.tolist(), abs=0.005)


def test_no_cell_of_few_customers_is_left_as_it_was(cells) -> None:
    result = monthly_cube(cells, dimensions=("region", "category"), minimum_cell=5)
    few = cells[cells["customers"] < 5].set_index(["month", "region", "category"]).index
    left = result.cells.set_index(["month", "region", "category"]).index
    assert len(few) > 0
    assert few.intersection(left).empty
    assert result.merged_cells >= len(few)
    assert len(cells) - result.merged_cells + int((left.get_level_values(1) == "Other").sum()) == (
        len(result.cells)
    )


def test_nothing_is_merged_where_one_customer_is_enough(cells) -> None:
    result = monthly_cube(cells, dimensions=("region", "category"), minimum_cell=1)
    assert result.merged_cells == 0
    assert len(result.cells) == len(cells)


def test_only_dimensions_of_the_cube_are_named(cells) -> None:
    result = monthly_cube(
        cells, dimensions=("payment_method", "category", "region"), minimum_cell=1
    )
    assert result.dimensions == ("region", "category")
    assert set(result.cells["segment"]) == {"All"}


def test_a_source_without_dimensions_has_a_cell_a_month(random_orders) -> None:
    cells = cube_of(random_orders, region="All", category="All")
    result = monthly_cube(cells, dimensions=(), minimum_cell=5)
    assert result.dimensions == ()
    assert result.cells["month"].is_unique
    assert result.cells["net_revenue_amount"].sum() == pytest.approx(
        cells["net_revenue_amount"].sum()
    )


def test_a_source_without_costs_has_no_margin_in_any_cell(cells) -> None:
    bare = cells.assign(contribution_margin_amount=np.nan)
    result = monthly_cube(bare, dimensions=("region", "category"), minimum_cell=5)
    assert result.cells["contribution_margin_amount"].isna().all()
