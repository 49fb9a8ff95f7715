"""The data layer: sums, what was made dirty, the season and the regions."""

from __future__ import annotations

import pandas as pd
from cause import Cause, Finding, found
from shop import TRANSACTIONS, AnalysedShop


def _reconciles(shop: AnalysedShop) -> Finding:
    quality = shop.quality
    removed = quality.removals.loc[quality.removals["table"] == "transactions", "amount"].sum()
    gap = round(quality.raw_total_amount - removed - quality.clean_total_amount, 2)
    return found(gap == 0 and len(shop.orders) == TRANSACTIONS, planted=0, estimate=gap)


def _season(shop: AnalysedShop) -> Finding:
    months = shop.months.assign(year=lambda f: (f["period"].dt.year * 12 + f["period"].dt.month - 7) // 12)  # fmt: skip # noqa: E501
    revenue = months.set_index("period").groupby("year")["net_revenue_amount"]
    planted = shop.truth["season"]
    peaks = revenue.idxmax().dt.month == planted["peak_month"]
    lows = revenue.idxmin().dt.month == planted["low_month"]
    return found(peaks.all() and lows.all())


def _regions(shop: AnalysedShop) -> Finding:
    done = shop.orders[shop.orders["status"] == "completed"]
    costs = done["cost_of_goods"] + done["shipping_cost"] + done["payment_cost"]
    margin = (done["net"] - costs).groupby(done["region"]).sum()
    first = done["ordered_at"] < pd.Timestamp(2023, 7, 1)
    years = done.groupby(["region", first])["net"].sum().unstack()
    growth = years[False] / years[True]
    return found(margin.idxmax() == "North" and growth.idxmax() == "South")


CAUSES = (
    Cause(
        name="amounts reconcile to the cent and every order is there", promise=1.0, find=_reconciles
    ),
    Cause(
        name="revenue peaks in March and is lowest in September, both years",
        promise=0.95,
        find=_season,
    ),
    Cause(name="North has the highest margin, South grows most", promise=0.95, find=_regions),
)
