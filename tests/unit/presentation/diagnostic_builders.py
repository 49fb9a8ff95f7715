"""A decline and churn of a small shop, as the tier computes them from made orders."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pandas as pd

from analytics.diagnostic import churn_patterns, revenue_decline
from analytics.results import ChurnPatterns, Missing, RevenueDecline, SourceFacts


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
