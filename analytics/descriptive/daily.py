"""Totals by day."""

from __future__ import annotations

import pandas as pd

from analytics.privacy import partition
from analytics.results import DailySeries


def daily_series(daily: pd.DataFrame, *, minimum_cell: int = 1) -> DailySeries:
    """Return the totals of every observed day.

    Parameters
    ----------
    daily : DataFrame
        day, net_revenue_amount, contribution_margin_amount, orders, active_customers, zeros
        filled.
    minimum_cell : int
        Fewest customers that a published day may stand for. The figures of days with fewer
        are null, and, per month, those of the next smallest days, until the withheld days of a
        month are two or more and stand for enough. A day on which nobody ordered tells zero.
    """
    days = daily.sort_values("day", ignore_index=True)
    figures = [column.name for column in DailySeries.FRAMES["days"] if column.name != "day"]
    withheld = pd.Series(False, index=days.index)
    if minimum_cell > 1:
        served = days[days["active_customers"] > 0]
        cells = pd.DataFrame(
            {
                "month": served["day"].dt.to_period("M").dt.to_timestamp(),
                "dimension": "day",
                "part": served["day"].astype("str"),
                "active_customers": served["active_customers"],
            }
        )
        found = partition(cells, customers="active_customers", minimum=minimum_cell, exclusive=())
        withheld = days["day"].astype("str").isin(found.merged["part"])
    days[figures] = days[figures].astype("float64").mask(withheld)
    return DailySeries(days=days[["day", *figures]])
