"""A decline and churn of a small shop, as the tier computes them from made orders."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pandas as pd

from analytics.descriptive import daily_series
from analytics.diagnostic import (
    anomalies,
    association_rules,
    churn_patterns,
    clusters,
    revenue_decline,
)
from analytics.results import (
    Anomalies,
    AssociationRules,
    ChurnPatterns,
    Clusters,
    Missing,
    RevenueDecline,
    SourceFacts,
)


def orders() -> pd.DataFrame:
    """Return two years of orders; Basic customers leave sooner, one slice falls by 60 %."""
    random = np.random.default_rng(5)
    rows = []
    for customer in range(900):
        segment = "Basic" if customer % 2 else "Premium"
        leaving = random.exponential(500 if segment == "Basic" else 1600)
        times = np.cumsum(random.exponential(20, 60))
        region = random.choice(["North", "South"])
        rows += [(f"{customer:04d}", t, segment, region) for t in times if t < min(leaving, 729)]
    frame = pd.DataFrame(rows, columns=["customer_id", "day", "segment", "region"])
    days = pd.to_timedelta(np.floor(frame["day"]), unit="D")
    frame["day"] = (pd.Timestamp("2022-07-01") + days).astype("datetime64[us]")
    frame["category"] = random.choice(["Toys", "Books"], len(frame))
    frame["sales_channel"] = random.choice(["Online", "Store"], len(frame))
    frame["net_revenue_amount"] = np.round(random.lognormal(4, 0.5, len(frame)), 2)
    hit = (frame["region"] == "North") & (frame["category"] == "Toys")
    hit &= frame["day"].between("2023-10-01", "2023-12-31")
    return frame[~hit | (random.random(len(frame)) >= 0.6)].reset_index(drop=True)


@lru_cache(maxsize=1)
def results(facts: SourceFacts) -> tuple[RevenueDecline | Missing, ChurnPatterns | Missing]:
    """Return the decline and the churn patterns of these orders."""
    made = orders()
    return (
        revenue_decline(made, facts=facts, minimum_cell=5),
        churn_patterns(made, None, None, facts=facts, minimum_cell=5),
    )


@lru_cache(maxsize=1)
def patterns() -> tuple[Anomalies | Missing, AssociationRules | Missing, Clusters | Missing]:
    """Return the patterns of a shop with one day of no service, two groups, a pair of toys."""
    random = np.random.default_rng(6)
    days = pd.date_range("2023-07-01", "2024-06-30").as_unit("us")
    counts = random.poisson(40, len(days)).astype(float)
    counts[100] = 4
    daily = pd.DataFrame(
        {
            "day": days,
            "net_revenue_amount": counts * random.lognormal(4, 0.02, len(days)),
            "contribution_margin_amount": np.nan,
            "orders": counts,
            "active_customers": counts,
        }
    )
    size = 2_000
    lines = pd.DataFrame(
        {
            "customer_id": [f"{customer:04d}" for customer in random.integers(600, size=size)],
            "transaction_id": [f"t{number:05d}" for number in range(size)],
            "day": days[random.integers(len(days), size=size)],
            "category": random.choice(["Toys", "Books", "Garden", "Games"], size),
            "lines": 1,
        }
    )
    both = lines[(lines["category"] == "Toys") & (random.random(size) < 0.3)]
    lines = pd.concat([lines, both.assign(category="Games")]).drop_duplicates(
        ["transaction_id", "category"]
    )
    group = random.random(500) < 0.4
    features = pd.DataFrame(
        {
            "segment": random.choice(["Premium", "Basic", "Standard"], 500),
            "age_days": 700,
            "orders": np.where(group, 2, 30) + random.integers(0, 3, 500),
            "mean_order_amount": random.lognormal(4, 0.3, 500),
            "days_since_last_order": np.where(group, 300, 10) + random.integers(0, 9, 500),
            "discount_rate": random.uniform(0, 0.1, 500),
        }
    )
    features["net_revenue_amount"] = features["orders"] * features["mean_order_amount"]
    cutoff = pd.Timestamp("2024-07-01").date()
    return (
        anomalies(daily_series(daily)),
        association_rules(lines, minimum_cell=5),
        clusters(features, cutoff=cutoff, minimum_cell=5),
    )


# What stands in their place in a source with orders alone.
ABSENT = (
    (Anomalies, ("transactions",), "There are too few orders a day."),
    (AssociationRules, ("transaction_items.category",), "There are no categories."),
    (Clusters, ("transactions",), "There are too few customers."),
)
