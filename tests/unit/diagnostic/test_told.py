"""What is told of slices and curves gives no small cell away."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pandas as pd

from analytics.calendar import complete_periods
from analytics.diagnostic.churn_patterns import told_times
from analytics.diagnostic.decline_frames import decoy_rows
from analytics.diagnostic.slices import Slice, members, order_table
from analytics.diagnostic.told import merged_groups, told_members


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


def test_a_few_orders_in_merged_cells_are_left_out_of_what_is_told():
    table = table_of(3, 10)
    told = told_members(table, NORTH, minimum=5)
    assert int((told & (table.period == 5)).sum()) == 37
    assert int((told & (table.period == 1)).sum()) == 40


def test_enough_orders_in_merged_cells_stay():
    table = table_of(5, 10)
    told = told_members(table, NORTH, minimum=5)
    assert (told == members(table, NORTH)).all()


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
