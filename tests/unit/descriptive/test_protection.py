"""Small parts in every table: merged so that totals hold, and not to be worked out."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analytics.descriptive import daily_series, kpis, monthly_cube, monthly_reports
from analytics.descriptive.protection import cube_table, protected_tables, sums_table
from analytics.descriptive.published_sums import orders_partition
from analytics.privacy import OTHER, PublishedTable, cell_bounds, is_protected

DIMENSIONS = ("region", "category")
ADDITIVE = ("net_revenue", "contribution_margin", "orders", "new_customers")


def cube_of(orders: list[dict]) -> pd.DataFrame:
    frame = pd.DataFrame([one for one in orders if one["status"] == "completed"])
    frame["month"] = frame["day"].dt.to_period("M").dt.to_timestamp().astype("datetime64[us]")
    frame = frame.assign(segment="All", sales_channel="All")
    cells = frame.groupby(["month", "region", "segment", "category", "sales_channel"]).agg(
        net_revenue_amount=("revenue", "sum"),
        contribution_margin_amount=("margin", "sum"),
        orders=("revenue", "size"),
        customers=("customer", "nunique"),
    )
    return cells.round(2).reset_index()


def people(order, number: int, day: str, revenue: float = 10.0, start: int = 0, **of) -> list:
    return [
        order(f"{of.get('region', 'North')}{start + i}", day, revenue, **of) for i in range(number)
    ]


@pytest.fixture
def small_west(order) -> list[dict]:
    """Return three months; West has three customers in the second, eight before and after."""
    orders = []
    for month, west in (("01", 8), ("02", 3), ("03", 8)):
        day = f"2023-{month}-10"
        orders += people(order, 20, day, region="North") + people(order, 9, day, region="East")
        orders += people(order, west, day, 7.0, region="West")
    return orders


def values_of(found, kpi: str, dimension: str = "region") -> pd.Series:
    rows = found.values[(found.values["kpi"] == kpi) & (found.values["dimension"] == dimension)]
    return rows.set_index(["month", "part"])["value"]


def test_a_small_part_is_told_with_the_next_smallest(small_west, monthly, facts) -> None:
    found = kpis(
        monthly(small_west), None, None, None,
        facts=facts("2023-01-01", "2023-03-31"), minimum_cell=5,
    )  # fmt: skip
    february = values_of(found, "net_revenue")[pd.Timestamp("2023-02-01")]
    assert february.to_dict() == {"North": 200.0, OTHER: 9 * 10.0 + 3 * 7.0}
    january = values_of(found, "net_revenue")[pd.Timestamp("2023-01-01")]
    assert january.to_dict() == {"North": 200.0, "East": 90.0, "West": 56.0}


def test_customers_of_a_merged_region_add_up(small_west, monthly, facts) -> None:
    found = kpis(
        monthly(small_west), None, None, None,
        facts=facts("2023-01-01", "2023-03-31"), minimum_cell=5,
    )  # fmt: skip
    assert values_of(found, "active_customers")[pd.Timestamp("2023-02-01")][OTHER] == 12


def test_what_needs_the_month_before_is_not_told_of_other_parts(small_west, monthly, facts) -> None:
    found = kpis(
        monthly(small_west), None, None, None,
        facts=facts("2023-01-01", "2023-03-31"), minimum_cell=5,
    )  # fmt: skip
    for kpi in ("retention_rate", "customer_growth_rate"):
        rates = values_of(found, kpi)
        # Of March, West's would tell how many it had in February.
        assert rates[pd.Timestamp("2023-03-01")][["East", "West"]].isna().all()
        assert np.isnan(rates[pd.Timestamp("2023-02-01")][OTHER])
        assert rates[pd.Timestamp("2023-03-01")]["North"] == (1 if kpi == "retention_rate" else 0)
    rows = found.values[found.values["kpi"].isin(["retention_rate", "customer_growth_rate"])]
    assert (rows.loc[rows["value"].isna(), "sample"] == 0).all()


def test_customers_of_merged_categories_are_not_told(order, monthly, facts) -> None:
    orders = people(order, 20, "2023-01-05", category="Toys")
    orders += people(order, 9, "2023-01-05", category="Books")
    orders += people(order, 2, "2023-01-06", category="Rare")
    found = kpis(
        monthly(orders), None, None, None, facts=facts("2023-01-01", "2023-01-31"), minimum_cell=5
    )
    assert values_of(found, "orders", "category").droplevel(0).to_dict() == {"Toys": 20, OTHER: 11}
    customers = values_of(found, "active_customers", "category").droplevel(0)
    assert np.isnan(customers[OTHER])
    assert customers["Toys"] == 20


def test_a_ratio_of_merged_parts_is_that_of_their_sums(small_west, monthly, facts) -> None:
    found = kpis(
        monthly(small_west), None, None, None,
        facts=facts("2023-01-01", "2023-03-31"), minimum_cell=5,
    )  # fmt: skip
    value = values_of(found, "average_order_value")[pd.Timestamp("2023-02-01")][OTHER]
    assert value == pytest.approx((9 * 10.0 + 3 * 7.0) / 12)


def test_satisfaction_merges_by_its_own_answers(small_west, monthly, facts) -> None:
    rows = [
        ("all", "all", 20),
        ("region", "North", 12),
        ("region", "East", 2),
        ("region", "West", 6),
    ]
    answers = pd.DataFrame(
        [
            (pd.Timestamp("2023-01-01"), dimension, part, number, number * 4.0, number * 16.5)
            for dimension, part, number in rows
        ],
        columns=["month", "dimension", "part", "answers", "score_sum", "score_square_sum"],
    ).astype({"month": "datetime64[us]"})
    found = kpis(
        monthly(small_west), answers, None, None,
        facts=facts("2023-01-01", "2023-03-31"), minimum_cell=5,
    )  # fmt: skip
    told = found.values[found.values["kpi"] == "satisfaction_score"]
    told = told[(told["month"] == "2023-01-01") & (told["dimension"] == "region")]
    assert told.set_index("part")["sample"].to_dict() == {"North": 12, OTHER: 8}
    assert "West" in values_of(found, "orders")[pd.Timestamp("2023-01-01")]


def test_a_month_of_few_customers_is_not_told(order, monthly, facts) -> None:
    orders = people(order, 3, "2023-01-30") + people(order, 20, "2023-02-05")
    found = kpis(
        monthly(orders), None, None, None, facts=facts("2023-01-30", "2023-02-28"), minimum_cell=5
    )
    january = found.values[found.values["month"] == "2023-01-01"]
    assert january["value"].isna().all()
    assert (january["sample"] == 0).all()
    cube = protected_tables(
        monthly(orders), cube_of(orders), dimensions=DIMENSIONS, minimum_cell=5
    ).cube
    assert set(cube.cells["month"]) == {pd.Timestamp("2023-02-01")}


def test_movers_compare_the_same_parts_and_sum_to_the_change(small_west, monthly, facts) -> None:
    mart = monthly(small_west)
    parts = orders_partition(mart, minimum=5)
    found = kpis(
        mart, None, None, None, facts=facts("2023-01-01", "2023-03-31"), minimum_cell=5, parts=parts
    )
    movers = monthly_reports(found, mart, parts=parts).movers
    regions = movers[movers["dimension"] == "region"]
    assert set(regions["part"]) == {"North", OTHER}
    march = regions[regions["month"] == "2023-03-01"].set_index("part")
    assert march.loc[OTHER, "change_amount"] == 35.0
    assert march.loc[OTHER, "base_amount"] == 9 * 10.0 + 3 * 7.0


def test_days_of_few_customers_are_withheld_two_at_least_a_month() -> None:
    days = pd.DataFrame(
        {
            "day": pd.date_range("2023-01-01", periods=4),
            "net_revenue_amount": [90.0, 5.0, 0.0, 60.0],
            "contribution_margin_amount": [9.0, 0.5, 0.0, 6.0],
            "orders": [9, 1, 0, 6],
            "active_customers": [9, 1, 0, 6],
        }
    )
    told = daily_series(days, minimum_cell=5).days
    assert told["orders"].isna().tolist() == [False, True, False, True]
    assert told["net_revenue_amount"].isna().tolist() == [False, True, False, True]
    assert told["orders"][2] == 0


ORDER = st.fixed_dictionaries(
    {
        "customer": st.integers(0, 39),
        "day": st.sampled_from([pd.Timestamp("2023-01-10"), pd.Timestamp("2023-02-10")]),
        "revenue": st.integers(1, 50_000).map(lambda cents: cents / 100),
        "category": st.sampled_from(["Toys", "Toys", "Toys", "Books", "Books", "Rare"]),
    }
)


def of_shop(drawn: list[dict]) -> list[dict]:
    regions = ("North", "North", "East", "South")
    return [
        {**one, "customer": str(one["customer"]), "region": regions[one["customer"] % 4],
         "margin": round(one["revenue"] / 2, 2), "status": "completed"}
        for one in drawn
    ]  # fmt: skip


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(drawn=st.lists(ORDER, min_size=1, max_size=120))
def test_no_small_cell_of_any_shop_follows_from_the_published_tables(drawn, monthly, facts) -> None:
    orders = of_shop(drawn)
    mart, cube = monthly(orders), cube_of(orders)
    protection = protected_tables(mart, cube, dimensions=DIMENSIONS, minimum_cell=5)
    found = kpis(
        mart, None, None, None,
        facts=facts("2023-01-01", "2023-02-28"), minimum_cell=5, parts=protection.parts,
    )  # fmt: skip
    sums = found.values[found.values["kpi"].isin(["orders", "net_revenue"])].dropna(
        subset=["value"]
    )
    wide = sums.pivot(index=["month", "dimension", "part"], columns="kpi", values="value")
    wide = wide.rename(columns={"net_revenue": "net_revenue_amount"}).reset_index()
    told = cube[cube["month"].isin(protection.cube.cells["month"])]
    if wide.empty:
        assert told.empty
        return
    bounds = cell_bounds(told, [cube_table(protection.cube), sums_table(wide)], minimum=5)
    assert is_protected(bounds, minimum=5).all()


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(drawn=st.lists(ORDER, min_size=1, max_size=120))
def test_merged_parts_of_any_shop_hold_the_totals(drawn, monthly, facts) -> None:
    orders = of_shop(drawn)
    mart, cube = monthly(orders), cube_of(orders)
    protection = protected_tables(mart, cube, dimensions=DIMENSIONS, minimum_cell=5)
    found = kpis(
        mart, None, None, None,
        facts=facts("2023-01-01", "2023-02-28"), minimum_cell=5, parts=protection.parts,
    )  # fmt: skip
    rows = found.values[found.values["kpi"].isin(ADDITIVE)].dropna(subset=["value"])
    sums = rows.groupby(["kpi", "month", "dimension"])["value"].sum()
    for (kpi, month, _), value in sums.items():
        assert value == pytest.approx(sums[kpi, month, "all"], abs=0.005)
    cells = protection.cube.cells.groupby("month")["net_revenue_amount"].sum()
    for month, value in cells.items():
        assert value == pytest.approx(sums["net_revenue", month, "all"], abs=0.005)
    small = found.values[found.values["kpi"] == "active_customers"]
    assert (small["value"].dropna().pipe(lambda v: v[v > 0]) >= 5).all()


def test_the_same_shop_naively_published_is_cracked(order, monthly) -> None:
    orders = people(order, 20, "2023-01-05", category="Toys")
    orders += people(order, 12, "2023-01-05", category="Books", region="East")
    orders += people(order, 9, "2023-01-07", category="Toys", region="East")
    orders += people(order, 2, "2023-01-06", 33.0, category="Books", start=40)
    mart, cube = monthly(orders), cube_of(orders)
    naive = monthly_cube(cube, dimensions=DIMENSIONS, minimum_cell=5)
    bounds = cell_bounds(cube, [cube_table(naive), sums_table(mart)], minimum=5)
    assert (bounds["orders_low"] == bounds["orders_high"]).all()
    safe = protected_tables(mart, cube, dimensions=DIMENSIONS, minimum_cell=5)
    again = cell_bounds(cube, [cube_table(safe.cube), sums_table(mart)], minimum=5)
    assert is_protected(again, minimum=5).all()


def test_what_an_earlier_version_told_is_hidden_by_merging_more(order, monthly) -> None:
    orders = people(order, 20, "2023-01-05", category="Toys")
    orders += people(order, 12, "2023-01-05", category="Books")
    orders += people(order, 15, "2023-01-05", category="Games")
    orders += people(order, 2, "2023-01-06", 33.0, category="Rare", start=40)
    mart, cube = monthly(orders), cube_of(orders).assign(region="All")
    mart = mart[mart["dimension"] == "all"]
    alone = protected_tables(mart, cube, dimensions=("category",), minimum_cell=5).cube
    assert set(alone.cells["category"]) == {"Toys", "Games", OTHER}
    earlier = PublishedTable(name="earlier", sums=cube[cube["category"] == "Books"])
    both = [sums_table(mart), earlier]
    bounds = cell_bounds(cube, [cube_table(alone), *both], minimum=5)
    assert not is_protected(bounds, minimum=5).any()
    again = protected_tables(
        mart, cube, dimensions=("category",), minimum_cell=5, earlier=[earlier]
    ).cube
    bounds = cell_bounds(cube, [cube_table(again), *both], minimum=5)
    assert is_protected(bounds, minimum=5).all()
