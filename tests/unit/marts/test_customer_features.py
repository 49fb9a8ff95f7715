from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pytest

from analytics.marts import Marts

CUTOFF = date(2024, 3, 1)


def expected_features(shop: Any, customer: str, cutoff: date) -> dict[str, Any]:
    """Compute one customer's features from the frames, one at a time."""
    end = pd.Timestamp(cutoff)
    orders = shop.orders
    orders = orders[(orders["customer_id"] == customer) & (orders["day"] < end)]
    done = orders[orders["status"] == "completed"]
    days = sorted(done["day"].unique())
    late = {n: done[done["day"] >= end - pd.Timedelta(days=n)] for n in (90, 365)}
    people = shop.frames["customers"].set_index("customer_id")
    person = people.loc[customer] if customer in people.index else {}
    answers = shop.frames["satisfaction"]
    answers = answers[(answers["customer_id"] == customer) & (answers["surveyed_on"] < end)]
    last = answers[answers["surveyed_on"] == answers["surveyed_on"].max()]["score"]
    tickets = shop.frames["support_tickets"]
    tickets = tickets[(tickets["customer_id"] == customer) & (tickets["opened_at"] < end)]
    still_open = tickets["closed_at"].isna() | (tickets["closed_at"] >= end)
    recency = (days[-1] - days[0]).days
    net, margin = done["net"].sum(), done["margin"].sum()

    def attribute(name: str) -> str:
        value = person.get(name)
        return value if isinstance(value, str) else "Unknown"

    known_channel = done.merge(shop.frames["transactions"], on="transaction_id")
    known = shop.frames["transaction_items"]["transaction_id"]
    return {
        "segment": attribute("segment"),
        "region": attribute("region"),
        "acquisition_channel": attribute("acquisition_channel"),
        "first_order_on": days[0],
        "signed_up_on": person.get("signed_up_on", pd.NaT),
        "age_days": (end - days[0]).days,
        "recency_days": recency,
        "frequency": len(days) - 1,
        "orders": len(done),
        "net_revenue_amount": net,
        "contribution_margin_amount": margin,
        "mean_order_amount": net / len(done),
        "orders_last_90_days": len(late[90]),
        "net_revenue_last_90_days_amount": late[90]["net"].sum(),
        "orders_last_365_days": len(late[365]),
        "net_revenue_last_365_days_amount": late[365]["net"].sum(),
        "contribution_margin_last_365_days_amount": late[365]["margin"].sum(),
        "days_since_last_order": (end - days[-1]).days,
        "discount_rate": done["discount"].sum() / done["gross"].sum(),
        "return_rate": (orders["status"] == "returned").mean(),
        "categories": done[done["transaction_id"].isin(known)]["category"].nunique(),
        "sales_channels": known_channel["sales_channel_y"].nunique(),
        "mean_gap_days": recency / (len(days) - 1) if len(days) > 1 else np.nan,
        "satisfaction": answers["score"].mean(),
        "last_satisfaction": last.min(),
        "tickets": len(tickets),
        "unresolved_tickets": int(still_open.sum()),
    }


def test_every_feature_is_that_of_a_computation_by_hand(shop: Any) -> None:
    frame = shop.marts.customer_features(CUTOFF)
    done = shop.done
    before = done[done["day"] < pd.Timestamp(CUTOFF)]
    assert frame["customer_id"].tolist() == sorted(before["customer_id"].unique())
    for row in frame.to_dict("records"):
        expected = expected_features(shop, row["customer_id"], CUTOFF)
        assert list(row) == ["customer_id", *expected]
        for name, value in expected.items():
            if isinstance(value, float | np.floating):
                assert row[name] == pytest.approx(value, rel=1e-9, abs=1e-6, nan_ok=True), name
            elif value is pd.NaT:
                assert row[name] is pd.NaT, name
            else:
                assert row[name] == value, (name, row["customer_id"])


def test_nothing_at_or_after_the_cutoff_enters(
    shop: Any, shop_of: Callable[[dict[str, pd.DataFrame]], Any]
) -> None:
    end = pd.Timestamp(CUTOFF)
    frames = {name: frame.copy() for name, frame in shop.frames.items()}
    for name, moment in (
        ("transactions", "ordered_at"),
        ("satisfaction", "surveyed_on"),
        ("support_tickets", "opened_at"),
    ):
        frames[name] = frames[name][frames[name][moment] < end]
    items = frames["transaction_items"]
    known = items["transaction_id"].isin(frames["transactions"]["transaction_id"])
    frames["transaction_items"] = items[known]
    tickets = frames["support_tickets"]
    tickets["closed_at"] = tickets["closed_at"].where(tickets["closed_at"] < end)
    past = shop_of(frames).marts.customer_features(CUTOFF)
    pd.testing.assert_frame_equal(shop.marts.customer_features(CUTOFF), past)


def test_a_cutoff_before_every_order_has_no_customers(shop: Any) -> None:
    assert shop.marts.customer_features(date(2023, 1, 1)).empty


def test_a_bare_source_has_orders_and_no_more(bare_shop: Any) -> None:
    frame = bare_shop.marts.customer_features(CUTOFF)
    assert set(frame["segment"]) == {"Unknown"}
    unknown = ["contribution_margin_amount", "discount_rate", "satisfaction", "signed_up_on"]
    assert frame[unknown].isna().all().all()
    assert (frame[["tickets", "categories", "sales_channels"]] == 0).all().all()
    assert frame["orders"].sum() == (bare_shop.done["day"] < pd.Timestamp(CUTOFF)).sum()


def test_two_orders_on_one_day_are_one_day_for_the_frequency(
    order_shop: Callable[..., Marts],
) -> None:
    marts = order_shop("a 2024-01-01 5", "a 2024-01-01 7", "a 2024-01-11 8")
    (row,) = marts.customer_features(date(2024, 1, 21)).to_dict("records")
    assert (row["orders"], row["frequency"], row["recency_days"]) == (3, 1, 10)
    assert (row["mean_gap_days"], row["age_days"]) == (10.0, 20)


def test_an_order_on_the_cutoff_does_not_count(order_shop: Callable[..., Marts]) -> None:
    marts = order_shop("a 2024-01-01 5", "a 2024-01-11 8", "b 2024-01-11 8")
    frame = marts.customer_features(date(2024, 1, 11))
    assert frame[["customer_id", "orders"]].values.tolist() == [["a", 1]]
    assert frame["mean_gap_days"].isna().all()


def test_margins_are_discounted_by_the_day(shop: Any) -> None:
    start, end = date(2023, 12, 1), date(2024, 3, 1)
    frame = shop.marts.customer_margin(start, end, discount_rate=0.1, margin_rate=0.3)
    done = shop.done
    days = (done["day"] - pd.Timestamp(start)).dt.days
    done = done[(days >= 0) & (done["day"] < pd.Timestamp(end))]
    expected = (done["margin"] * 1.1 ** (-days[done.index] / 365)).groupby(done["customer_id"])
    assert frame["customer_id"].tolist() == sorted(expected.groups)
    assert frame["margin_amount"].tolist() == pytest.approx(expected.sum().tolist(), abs=1e-4)


def test_without_costs_the_margin_is_a_share_of_revenue(order_shop: Callable[..., Marts]) -> None:
    marts = order_shop("a 2024-01-01 100", "a 2025-01-01 100", "a 2024-02-01 9 returned")
    frame = marts.customer_margin(
        date(2024, 1, 1), date(2025, 1, 2), discount_rate=0.1, margin_rate=0.3
    )
    expected = 30 + 30 * 1.1 ** (-366 / 365)
    assert frame.values.tolist() == [["a", pytest.approx(expected, abs=1e-6)]]
