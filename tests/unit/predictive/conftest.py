from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import pytest

HISTORY, AHEAD = 365, 365


@dataclass(frozen=True)
class Customers:
    """Customer features at two cut-offs, and the margin of the year between them."""

    train: pd.DataFrame
    target: pd.DataFrame
    score: pd.DataFrame


def made_features(
    who: pd.DataFrame, orders: pd.DataFrame, cutoff: int, start: pd.Timestamp
) -> pd.DataFrame:
    """Return customer features counted from orders (customer, day, net, margin)."""
    rows = []
    for customer, mine in orders[orders["day"] < cutoff].groupby("customer"):
        days, person = mine["day"], who.loc[customer]
        last_90, last_365 = (mine[days >= cutoff - n] for n in (90, 365))
        rows.append(
            {
                "customer_id": f"{customer:06d}",
                "segment": person["segment"],
                "region": person["region"],
                "acquisition_channel": "Search",
                "first_order_on": start + pd.Timedelta(days=int(days.min())),
                "signed_up_on": pd.NaT,
                "age_days": cutoff - days.min(),
                "recency_days": days.max() - days.min(),
                "frequency": days.nunique() - 1,
                "orders": len(mine),
                "net_revenue_amount": mine["net"].sum(),
                "contribution_margin_amount": mine["margin"].sum(),
                "mean_order_amount": mine["net"].mean(),
                "orders_last_90_days": len(last_90),
                "net_revenue_last_90_days_amount": last_90["net"].sum(),
                "orders_last_365_days": len(last_365),
                "net_revenue_last_365_days_amount": last_365["net"].sum(),
                "contribution_margin_last_365_days_amount": last_365["margin"].sum(),
                "days_since_last_order": cutoff - days.max(),
                "discount_rate": 0.05,
                "return_rate": 0.0,
                "categories": 1,
                "sales_channels": 1,
                "mean_gap_days": np.nan,
                "satisfaction": person["satisfaction"],
                "last_satisfaction": person["satisfaction"],
                "tickets": int(person["tickets"]),
                "unresolved_tickets": 0,
            }
        )
    features = pd.DataFrame(rows)
    features["signed_up_on"] = features["signed_up_on"].astype("datetime64[us]")
    return features


def made_customers(count: int, seed: int) -> Customers:
    """Return customers with lasting differences who buy at random and sometimes leave."""
    random = np.random.default_rng(seed)
    premium = random.random(count) < 0.3
    who = pd.DataFrame(
        {
            "segment": np.where(premium, "Premium", "Basic"),
            "region": random.choice(["North", "South"], count),
            "satisfaction": np.where(
                random.random(count) < 0.6, random.integers(1, 6, count), np.nan
            ),
            "tickets": random.poisson(1.0, count),
        }
    )
    daily = random.gamma(2.0, 0.02, count) * np.where(premium, 1.5, 1.0)
    value = random.lognormal(4, 0.5, count) * np.where(premium, 2, 1)
    left = random.exponential(2000, count)
    orders = []
    for customer in range(count):
        span = int(min(HISTORY + AHEAD, left[customer]))
        days = np.flatnonzero(random.random(span) < daily[customer])
        net = value[customer] * random.lognormal(0, 0.3, len(days))
        orders.append(
            pd.DataFrame({"customer": customer, "day": days, "net": net, "margin": net * 0.4})
        )
    table = pd.concat(orders, ignore_index=True)
    start = pd.Timestamp("2022-07-01")
    later = table[(table["day"] >= HISTORY)]
    discount = 1.1 ** (-(later["day"] - HISTORY) / 365)
    margin = (later["margin"] * discount).groupby(later["customer"]).sum()
    return Customers(
        train=made_features(who, table, HISTORY, start),
        target=pd.DataFrame(
            {
                "customer_id": [f"{customer:06d}" for customer in margin.index],
                "margin_amount": margin.to_numpy(),
            }
        ),
        score=made_features(who, table, HISTORY + AHEAD, start),
    )


@pytest.fixture(scope="session")
def customers() -> Customers:
    return made_customers(600, seed=1)


@pytest.fixture(scope="session")
def features_of():
    return made_features
