"""Directions computed anew, against shops whose directions are known by construction."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd

from analytics.prescriptive.recomputed import (
    customer_directions,
    daily_directions,
    monthly_directions,
    trend_directions,
)

FIRST, MIDDLE, END = date(2022, 7, 1), date(2023, 7, 1), date(2024, 7, 1)


def monthly() -> pd.DataFrame:
    """Return a shop whose South doubles at half the margin rate while North stands still."""
    starts = pd.date_range(FIRST, periods=24, freq="MS")
    rows = []
    for at, start in enumerate(starts):
        south = 100.0 * (2 if at >= 12 else 1)
        rows += [(start, "region", "South", south, 0.2 * south, south / 10)]
        rows += [(start, "region", "North", 300.0, 120.0, 30.0)]
        rows += [(start, "all", "all", south + 300, 0.2 * south + 120, south / 10 + 30)]
    names = ["net_revenue_amount", "contribution_margin_amount", "orders"]
    return pd.DataFrame(rows, columns=["start", "dimension", "part", *names])


def test_growth_share_rank_and_change_have_the_signs_that_were_made():
    found = monthly_directions(monthly(), FIRST, MIDDLE, END)
    assert found[("growth", "net_revenue", "region", "South")] == 1
    assert found[("growth", "net_revenue", "region", "North")] == -1
    assert found[("share", "contribution_margin", "region", "South")] == 1
    assert found[("rank", "contribution_margin_rate", "region", "South")] == -1
    assert found[("change", "net_revenue", "all", "all")] == 1
    assert found[("change", "contribution_margin_rate", "all", "all")] == -1


def test_value_counts_those_who_ordered_in_the_year_alone():
    now = pd.DataFrame(
        {
            "segment": ["A", "A", "B", "B"],
            "orders_last_365_days": [2, 0, 1, 1],
            "contribution_margin_last_365_days_amount": [90.0, 0.0, 50.0, 50.0],
        }
    )
    found = customer_directions(now, now.head(1), margin=True)
    assert found[("value", "contribution_margin", "segment", "A")] == 1
    assert found[("value", "contribution_margin", "segment", "B")] == -1
    assert found[("change", "active_customers", "all", "all")] == 1


def test_a_season_is_confirmed_where_the_days_of_both_years_peak_and_bottom_there():
    days = pd.DataFrame({"day": pd.date_range("2022-07-01", "2024-06-30")})
    wave = 2 + np.cos(2 * np.pi * (days["day"].dt.day_of_year - 75) / 365.25)
    days["net_revenue_amount"] = wave
    assert daily_directions(days, MIDDLE, END)[("season", "net_revenue", "all", "3/9")] == 1
    last = days["day"] >= "2023-07-01"
    days.loc[last & (days["day"].dt.month == 11), "net_revenue_amount"] = 9.0
    found = daily_directions(days, MIDDLE, END)
    assert ("season", "net_revenue", "all", "3/9") not in found
    assert found[("outlier", "net_revenue", "month", "2023-11")] == 1


def test_trends_follow_single_answers_and_events_in_relation_to_orders():
    days = pd.date_range("2022-07-01", "2024-06-30")
    orders = pd.Series(np.linspace(10, 30, len(days)), index=days)
    steady = pd.Series(days)
    answers = pd.Series(np.linspace(3.0, 4.0, len(days)))
    found = trend_directions(
        {
            "satisfaction_score": (steady, answers),
            "tickets_per_1000_orders": (steady, pd.Series(1.0, index=steady.index)),
        },
        orders,
    )
    assert found[("trend", "satisfaction_score", "all", "all")] == 1
    # As many tickets each day, and more and more orders: fewer tickets an order.
    assert found[("trend", "tickets_per_1000_orders", "all", "all")] == -1
