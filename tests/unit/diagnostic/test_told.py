"""What is told of slices and curves gives no small cell away."""

from __future__ import annotations

from itertools import pairwise, product
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from analytics.calendar import complete_periods
from analytics.descriptive import monthly_cube
from analytics.diagnostic.churn_patterns import told_times
from analytics.diagnostic.decline_frames import decoy_rows
from analytics.diagnostic.slices import Slice, dimension_sets, order_table
from analytics.diagnostic.told import CUBE_DIMENSIONS, merged_groups, told_members, told_orders
from analytics.results import Kpis, MonthlyCube


def table_of(hidden: int, customers: int):
    """Return eight quarters of 40 customers in North and some in South; a few are hidden."""
    periods = tuple(
        complete_periods(
            pd.Timestamp("2022-01-01").date(), pd.Timestamp("2023-12-31").date(), "quarter"
        )
    )
    rows = []
    for at, period in enumerate(periods):
        rows += [
            (f"n{customer}", period.start, "North", at == 5 and customer < hidden)
            for customer in range(40)
        ]
        rows += [(f"s{customer}", period.start, "South", False) for customer in range(customers)]
    frame = pd.DataFrame(rows, columns=["customer_id", "day", "region", "in_merged_cell"])
    frame["day"] = pd.to_datetime(frame["day"])
    return order_table(frame.assign(net_revenue_amount=10.0), periods)


NORTH = Slice(dimensions=("region",), parts=("North",), period=5)


def test_a_slice_of_fewer_customers_than_the_minimum_is_not_told():
    south = Slice(dimensions=("region",), parts=("South",), period=5)
    assert told_members(table_of(0, 4), south, minimum=5) is None
    assert told_members(table_of(0, 5), south, minimum=5) is not None


def test_orders_in_merged_cells_are_left_out_of_what_is_told():
    for hidden in (3, 8):
        table = table_of(hidden, 10)
        told = told_members(table, NORTH, minimum=5)
        assert int((told & (table.period == 5)).sum()) == 40 - hidden
        assert int((told & (table.period == 1)).sum()) == 40


def small_shop() -> tuple[pd.DataFrame, MonthlyCube, Kpis]:
    """Return orders of a shop small enough for merged cells, with what is published of it."""
    random = np.random.default_rng(12)
    n = 6000
    days = pd.date_range("2022-01-01", "2023-12-31").as_unit("us")
    segment = random.choice(["Basic", "Premium", "Rare"], 400, p=[0.6, 0.38, 0.02])
    customer = random.integers(400, size=n)
    frame = pd.DataFrame(
        {
            "customer_id": [f"{i:04d}" for i in customer],
            "day": days[random.integers(len(days), size=n)],
            "region": np.where(customer % 3 == 0, "North", "South"),
            "segment": segment[customer],
            "category": random.choice(["Toys", "Books"], n),
            "sales_channel": random.choice(["Web", "Shop"], n, p=[0.8, 0.2]),
            "payment_method": random.choice(["Card", "Cash"], n, p=[0.97, 0.03]),
            "net_revenue_amount": np.round(random.lognormal(4, 0.5, n), 2),
        }
    )
    month = frame["day"].dt.to_period("M").dt.to_timestamp().astype("datetime64[us]")
    keys = ["month", *CUBE_DIMENSIONS]
    marts = frame.assign(month=month, contribution_margin_amount=0.0, orders=1)
    cube = marts.groupby(keys, as_index=False).agg(
        net_revenue_amount=("net_revenue_amount", "sum"),
        contribution_margin_amount=("contribution_margin_amount", "sum"),
        orders=("orders", "sum"),
        customers=("customer_id", "nunique"),
    )
    held = monthly_cube(cube, dimensions=CUBE_DIMENSIONS, minimum_cell=5)
    every = [*CUBE_DIMENSIONS, "payment_method"]
    parts = [
        frame.assign(month=month, dimension=name, part=frame[name]).drop_duplicates(
            ["month", "part"]
        )
        for name in every
    ]
    values = pd.concat(parts)[["month", "dimension", "part"]].assign(kpi="net_revenue")
    return frame, held, SimpleNamespace(values=values)


def test_what_is_told_of_slices_is_sums_of_published_cells_and_gives_no_merged_one_away():
    """Each told sum lies in the span of the cube's own cells, so that it says nothing new."""
    orders, cube, kpis = small_shop()
    assert cube.merged_cells > 0
    told = told_orders(orders, kpis, cube, dimensions=(*CUBE_DIMENSIONS, "payment_method"))
    assert told["in_merged_cell"].any()
    quarters = tuple(
        complete_periods(orders["day"].min().date(), orders["day"].max().date(), "quarter")
    )
    table = order_table(told, quarters)
    published = cube.cells[(cube.cells[list(CUBE_DIMENSIONS)] != "Other").all(axis=1)]
    quarter = published["month"].dt.to_period("Q").astype(str).str.replace("Q", "-Q")
    checked = 0
    for dimensions in dimension_sets(CUBE_DIMENSIONS):
        for parts in product(*(table.parts[name] for name in dimensions)):
            for period in (4, 6):
                slice_ = Slice(dimensions=dimensions, parts=parts, period=period)
                flags = told_members(table, slice_, minimum=5)
                if flags is None:
                    continue
                own = quarter == table.periods[period].label
                for name, part in zip(dimensions, parts, strict=True):
                    own &= published[name] == part
                now = flags & (table.period == period)
                assert int(now.sum()) == published.loc[own, "orders"].sum()
                assert table.revenue[now].sum() == pytest.approx(
                    published.loc[own, "net_revenue_amount"].sum()
                )
                checked += 1
    assert checked > 40


def test_a_payment_method_few_use_in_a_region_hides_the_others_there():
    orders, *_ = small_shop()
    quarters = tuple(
        complete_periods(orders["day"].min().date(), orders["day"].max().date(), "quarter")
    )
    table = order_table(orders[["customer_id", "day", "region", "sales_channel", "payment_method",
                                "net_revenue_amount"]], quarters)  # fmt: skip
    card = Slice(
        dimensions=("region", "sales_channel", "payment_method"),
        parts=("South", "Web", "Card"),
        period=5,
    )
    few = orders[(orders["payment_method"] == "Cash") & (orders["region"] == "North")]
    few = few[(few["sales_channel"] == "Shop") & (few["day"] >= "2023-04-01")]
    assert 0 < few[few["day"] < "2023-07-01"]["customer_id"].nunique() < 5
    assert told_members(table, card, minimum=5) is None
    assert told_members(table, card, minimum=1) is not None


def test_small_parts_are_told_together_and_never_alone():
    groups = merged_groups({"a": 2, "b": 9, "c": 40, "d": 0}, 5)
    assert groups == {"a": "Other", "b": "Other", "c": "c", "d": "d"}
    assert merged_groups({"a": 3, "b": 3, "c": 40}, 5)["c"] == "c"


def test_between_told_times_of_a_curve_nobody_or_enough_left():
    random = np.random.default_rng(3)
    duration = random.integers(1, 30, 300) * 14.0
    left = random.random(300) < 0.3
    times = np.unique(duration[left])
    shown = times[told_times(times, duration, left, minimum=5)]
    assert 2 < len(shown) < len(times)
    edges = [0.0, *shown]
    for low, high in pairwise(edges):
        events = int((left & (duration > low) & (duration <= high)).sum())
        over = int((~left & (duration >= low) & (duration < high)).sum())
        assert events == 0 or events >= 5
        assert over == 0 or over >= 5


def decoys_of(unknown: int) -> list[dict[str, object]]:
    """Return what is told of segments in North, where so many customers have none."""
    periods = tuple(
        complete_periods(
            pd.Timestamp("2022-01-01").date(), pd.Timestamp("2023-12-31").date(), "quarter"
        )
    )
    rows = [
        (f"{segment}{customer}", period.start, region, segment)
        for period in periods
        for region in ("North", "South")
        for segment, size in (("Basic", 30), ("Premium", 12), ("Unknown", unknown))
        for customer in range(size)
    ]
    frame = pd.DataFrame(rows, columns=["customer_id", "day", "region", "segment"])
    frame["day"] = pd.to_datetime(frame["day"])
    table = order_table(frame.assign(net_revenue_amount=10.0), periods)
    return decoy_rows(table, NORTH, -0.2, 1, minimum=5)


def test_a_few_customers_of_no_segment_take_no_named_part_with_them():
    assert [row["part"] for row in decoys_of(3)] == ["Basic", "Premium"]
    assert [row["part"] for row in decoys_of(8)] == ["Basic", "Premium", "Unknown"]


def test_nothing_told_of_segments_depends_on_the_few_who_have_none():
    """Whoever knows all that is told of any such shop cannot tell how many they are."""
    one, *others = (decoys_of(unknown) for unknown in (1, 2, 3, 4))
    assert all(other == one for other in others)
