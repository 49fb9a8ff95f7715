"""Customers under every filter against sets of customers, filled order by order."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from itertools import product
from typing import Any

import pandas as pd
import pytest

from analytics.marts import Marts

CUBE = ("region", "segment", "category", "sales_channel")
CODES = {"month": "M", "quarter": "Q", "year": "Y"}
COUNTS = ["active_customers", "new_customers", "retained_customers", "previous_customers"]
Key = tuple[pd.Period | None, tuple[str, ...]]


def choices(row: Any, dimensions: tuple[str, ...]) -> list[tuple[str, ...]]:
    """Return the filters of the dashboard that an order passes."""
    parts = [("all", getattr(row, name)) if name in dimensions else ("all",) for name in CUBE]
    return list(product(*parts))


def expected_counts(
    shop: Any, kind: str, dimensions: tuple[str, ...]
) -> dict[Key, tuple[int, int, int, int]]:
    """Count the customers of each period and filter, from sets."""
    active: dict[Key, set[str]] = defaultdict(set)
    new: dict[Key, set[str]] = defaultdict(set)
    ordered: set[str] = set()
    for row in shop.done.itertuples():
        period = pd.Period(row.day, CODES[kind]) if kind in CODES else None
        for choice in choices(row, dimensions):
            active[period, choice].add(row.customer_id)
            if row.customer_id not in ordered:
                new[period, choice].add(row.customer_id)
        ordered.add(row.customer_id)
    keys = set(active)
    if kind in CODES:
        last = pd.Period(shop.orders["day"].max(), CODES[kind])
        keys |= {(period + 1, choice) for period, choice in active if period < last}
    found = {}
    for period, choice in keys:
        now = active.get((period, choice), set())
        before = active.get((period - 1, choice), set()) if period is not None else set()
        found[period, choice] = (
            len(now),
            len(new.get((period, choice), set())),
            len(now & before),
            len(before),
        )
    return found


def found_counts(frame: pd.DataFrame, kind: str) -> dict[Key, tuple[int, ...]]:
    rows = frame[frame["kind"] == kind]
    assert not rows.duplicated(["start", *CUBE]).any()
    return {
        (pd.Period(row.start, CODES[kind]) if kind in CODES else None, (*row[3:7],)): (*row[7:],)
        for row in rows.itertuples()
    }


@pytest.mark.parametrize("kind", ["month", "quarter", "year", "window"])
def test_counts_are_those_of_sets_of_customers(shop: Any, kind: str) -> None:
    found = found_counts(shop.counts, kind)
    assert found == expected_counts(shop, kind, CUBE)


@pytest.mark.parametrize("kind", ["month", "quarter", "year", "window"])
def test_dimensions_that_the_source_lacks_are_all_throughout(partial_shop: Any, kind: str) -> None:
    found = found_counts(partial_shop.counts, kind)
    assert found == expected_counts(partial_shop, kind, ("region", "category"))


@pytest.mark.parametrize("kind", ["month", "quarter", "year", "window"])
def test_a_shop_of_orders_alone_is_counted_in_total(bare_shop: Any, kind: str) -> None:
    assert found_counts(bare_shop.counts, kind) == expected_counts(bare_shop, kind, ())


def test_periods_begin_on_their_first_day_and_the_window_where_it_is_observed(shop: Any) -> None:
    frame = shop.counts
    for kind, code in CODES.items():
        starts = frame.loc[frame["kind"] == kind, "start"]
        assert (starts == starts.dt.to_period(code).dt.start_time).all()
    window = frame.loc[frame["kind"] == "window", "start"]
    assert window.unique().tolist() == [shop.orders["day"].min()]


def test_counts_in_total_are_those_of_the_monthly_mart(shop: Any) -> None:
    frame = shop.counts
    total = frame[(frame["kind"] == "month") & (frame[list(CUBE)] == "all").all(axis=1)]
    total = total.rename(columns={"start": "month"}).set_index("month")[COUNTS]
    monthly = shop.marts.monthly()
    monthly = monthly[monthly["dimension"] == "all"].set_index("month")[COUNTS]
    monthly = monthly[(monthly != 0).any(axis=1)]
    pd.testing.assert_frame_equal(total, monthly)


def test_a_period_of_returns_alone_keeps_the_customers_of_the_period_before(
    order_shop: Callable[..., Marts],
) -> None:
    frame = order_shop("a 2024-01-31 5", "a 2024-02-10 7 returned").distinct_counts()
    months = frame[frame["kind"] == "month"]
    assert months[COUNTS].values.tolist() == [[1, 1, 0, 0], [0, 0, 0, 1]]


def test_no_period_after_the_observation_has_a_row(order_shop: Callable[..., Marts]) -> None:
    frame = order_shop("a 2024-01-31 5").distinct_counts()
    assert frame["kind"].tolist() == ["month", "quarter", "window", "year"]
    assert frame["start"].dt.strftime("%m-%d").tolist() == ["01-01", "01-01", "01-31", "01-01"]


def test_without_completed_orders_nobody_is_counted(order_shop: Callable[..., Marts]) -> None:
    frame = order_shop("a 2024-01-31 5 returned").distinct_counts()
    assert frame.empty
    assert list(frame.columns) == ["kind", "start", *CUBE, *COUNTS]


def test_customers_are_followed_over_more_years_than_one_number_holds(
    order_shop: Callable[..., Marts],
) -> None:
    days = ("2014-12-31", "2018-12-31", "2019-01-01", "2024-01-01", "2029-01-01")
    marts = order_shop(
        *(f"a {day} 5" for day in days), "b 2019-01-05 1", "b 2019-01-06 1", "c 2023-12-31 1"
    )
    frame = marts.distinct_counts().set_index(["kind", "start"])[COUNTS]
    for kind, previous in (
        ("month", "2019-02-01"),
        ("quarter", "2019-04-01"),
        ("year", "2020-01-01"),
    ):
        assert frame.loc[(kind, "2019-01-01")].tolist() == [2, 1, 1, 1]
        assert frame.loc[(kind, previous)].tolist() == [0, 0, 0, 2]
        assert frame.loc[(kind, "2024-01-01")].tolist() == [1, 0, 0, 1]
    assert frame.loc["window"].to_numpy().tolist() == [[3, 3, 0, 0]]
    monthly = marts.monthly().query("dimension == 'all'").set_index("month")
    counts = monthly[["active_customers", "retained_customers", "repeat_customers"]]
    assert counts.loc["2019-01-01"].tolist() == [2, 1, 2]
    assert counts.loc["2014-12-01"].tolist() == [1, 0, 0]
    assert counts.loc["2024-01-01"].tolist() == [1, 0, 1]
