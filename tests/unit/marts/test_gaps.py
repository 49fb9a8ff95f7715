"""Gaps between purchases against those of each customer, day by day."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from typing import Any

import pandas as pd


def expected_gaps(shop: Any) -> Counter[tuple[int, bool]]:
    """Return how often each gap occurs, customer by customer."""
    last = shop.orders["day"].max()
    found: Counter[tuple[int, bool]] = Counter()
    for _, rows in shop.done.groupby("customer_id"):
        days = sorted(set(rows["day"]))
        for day, following in pairwise(days):
            found[((following - day).days, True)] += 1
        found[((last - days[-1]).days, False)] += 1
    return found


def test_gaps_are_those_of_each_customer(shop: Any) -> None:
    told = shop.marts.purchase_gaps()
    rows = zip(told["gap_days"], told["closed"], told["gaps"], strict=True)
    assert {(int(gap), bool(closed)): int(count) for gap, closed, count in rows} == dict(
        expected_gaps(shop)
    )


def test_customers_of_a_week_of_gaps_are_counted_once(shop: Any) -> None:
    told = shop.marts.purchase_gaps()
    closed = told[told["closed"]]
    by_week: dict[int, set[str]] = {}
    for customer, rows in shop.done.groupby("customer_id"):
        days = pd.Series(sorted(set(rows["day"])))
        for gap in days.diff().dropna().dt.days:
            by_week.setdefault(int(gap) // 7, set()).add(str(customer))
    for gap, customers in zip(closed["gap_days"], closed["customers"], strict=True):
        assert customers == len(by_week[gap // 7])
    assert (told.loc[~told["closed"], "customers"] == 0).all()
