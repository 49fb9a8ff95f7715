"""Weeks of marketing spend, laid out over months by their days."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.descriptive.monthly_sums import monthly_spend


def week(day: str, spend: float, channel: str = "Search") -> dict[str, object]:
    return {"week": pd.Timestamp(day), "marketing_channel": channel, "spend_amount": spend}


def spend_of(*weeks: dict[str, object]) -> dict[tuple[str, str], tuple[float, int]]:
    rows = monthly_spend(pd.DataFrame(weeks).astype({"week": "datetime64[us]"}))
    return {
        (f"{row.month:%Y-%m}", row.part): (row.spend_amount, row.spend_weeks)
        for row in rows.itertuples()
    }


def test_a_week_within_a_month_counts_there_whole() -> None:
    assert spend_of(week("2023-05-08", 70.0)) == {
        ("2023-05", "all"): (70.0, 1),
        ("2023-05", "Search"): (70.0, 1),
    }


def test_a_week_that_ends_with_the_month_counts_there_whole() -> None:
    assert ("2023-05", "all") not in spend_of(week("2023-04-24", 70.0))


def test_a_week_across_two_months_counts_by_its_days() -> None:
    spend = spend_of(week("2023-01-30", 70.0))  # 30 and 31 January, then five days
    assert spend["2023-01", "all"] == (20.0, 1)
    assert spend["2023-02", "all"] == (50.0, 1)


def test_channels_sum_to_the_total() -> None:
    spend = spend_of(
        week("2023-01-30", 10.01), week("2023-01-30", 5.55, "Email"), week("2023-02-06", 1.0)
    )
    assert spend["2023-02", "all"][0] == pytest.approx(
        spend["2023-02", "Search"][0] + spend["2023-02", "Email"][0]
    )
    assert spend["2023-02", "all"][1] == 2


@given(
    st.lists(st.integers(0, 10_000_000), min_size=1, max_size=60),
    st.dates(
        min_value=pd.Timestamp("2000-01-01").date(), max_value=pd.Timestamp("2040-01-01").date()
    ),
)
def test_no_cent_is_lost_between_months(cents: list[int], start) -> None:
    monday = pd.Timestamp(start) - pd.Timedelta(days=start.weekday())
    weeks = [
        week(f"{monday + pd.Timedelta(days=7 * i):%Y-%m-%d}", cent / 100)
        for i, cent in enumerate(cents)
    ]
    spend = spend_of(*weeks)
    total = sum(amount for (_, part), (amount, _) in spend.items() if part == "all")
    assert round(100 * total) == sum(cents)


def test_days_are_counted_as_a_calendar_does() -> None:
    frame = pd.DataFrame(
        [
            week(f"{day:%Y-%m-%d}", 7.0)
            for day in pd.date_range("2023-01-02", "2023-12-25", freq="W-MON")
        ]
    )
    spend = monthly_spend(frame.astype({"week": "datetime64[us]"}))
    total = spend[spend["dimension"] == "all"].set_index("month")["spend_amount"]
    days = pd.Series(1.0, pd.date_range("2023-01-02", "2023-12-31")).resample("MS").sum()
    assert total.tolist() == pytest.approx(days.tolist())
