"""The cohort calendar against the customers of each cohort, month by month."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest

from analytics.marts import Marts

FIGURES = ["active_customers", "orders", "net_revenue_amount", "contribution_margin_amount"]


def expected_calendar(shop: Any) -> pd.DataFrame:
    """Return a row for each cohort and observed month from its first, one at a time."""
    done = shop.done
    months = pd.period_range(shop.orders["day"].min(), shop.orders["day"].max(), freq="M")
    cohorts: dict[pd.Period, list[str]] = {}
    for customer, rows in done.groupby("customer_id"):
        cohorts.setdefault(rows["day"].min().to_period("M"), []).append(str(customer))
    found = []
    for cohort in sorted(cohorts):
        of_cohort = done[done["customer_id"].isin(cohorts[cohort])]
        for number, month in enumerate(months[months >= cohort]):
            rows = of_cohort[of_cohort["day"].dt.to_period("M") == month]
            found.append(
                {
                    "cohort": cohort.start_time,
                    "month": month.start_time,
                    "months_since": number,
                    "customers": len(cohorts[cohort]),
                    "active_customers": rows["customer_id"].nunique(),
                    "orders": len(rows),
                    "net_revenue_amount": round(rows["net"].sum(), 2),
                    "contribution_margin_amount": (
                        round(rows["margin"].sum(), 2) if "margin" in rows else None
                    ),
                }
            )
    return pd.DataFrame(found)


def assert_calendar(shop: Any) -> None:
    expected = expected_calendar(shop).astype({"contribution_margin_amount": "float64"})
    pd.testing.assert_frame_equal(
        shop.marts.cohorts(), expected, check_dtype=False, rtol=1e-12, atol=1e-9
    )


def test_the_calendar_is_that_of_a_count_by_hand(shop: Any) -> None:
    assert_calendar(shop)


@pytest.mark.parametrize("name", ["partial_shop", "bare_shop"])
def test_the_calendar_of_a_shop_without_costs(name: str, request: pytest.FixtureRequest) -> None:
    shop = request.getfixturevalue(name)
    assert_calendar(shop)
    assert shop.marts.cohorts()["contribution_margin_amount"].isna().all()


def test_cohorts_sum_to_the_monthly_figures(shop: Any) -> None:
    found = shop.marts.cohorts().groupby("month")[FIGURES].sum()
    monthly = shop.marts.monthly()
    monthly = monthly[monthly["dimension"] == "all"].set_index("month")[FIGURES]
    pd.testing.assert_frame_equal(found, monthly.loc[found.index], rtol=1e-12, atol=1e-9)


def test_a_cohort_is_whole_in_its_first_month(shop: Any) -> None:
    frame = shop.marts.cohorts()
    first = frame[frame["months_since"] == 0]
    assert (first["active_customers"] == first["customers"]).all()
    assert first["customers"].sum() == shop.done["customer_id"].nunique()


def test_an_order_that_came_to_nothing_founds_no_cohort(
    order_shop: Callable[..., Marts],
) -> None:
    frame = order_shop("a 2024-01-02 5 cancelled", "a 2024-02-01 7", "b 2024-04-01 3").cohorts()
    rows = frame[["cohort", "months_since", "customers", "orders"]].astype({"cohort": "str"})
    assert rows.values.tolist() == [
        ["2024-02-01", 0, 1, 1],
        ["2024-02-01", 1, 1, 0],
        ["2024-02-01", 2, 1, 0],
        ["2024-04-01", 0, 1, 1],
    ]


def test_without_completed_orders_there_is_no_cohort(order_shop: Callable[..., Marts]) -> None:
    assert order_shop("a 2024-01-02 5 returned").cohorts().empty
