"""Totals by day."""

from __future__ import annotations

import pandas as pd

from analytics.results import DailySeries


def daily_series(daily: pd.DataFrame) -> DailySeries:
    """Return the totals of every observed day.

    Parameters
    ----------
    daily : DataFrame
        day, net_revenue_amount, contribution_margin_amount, orders, active_customers, zeros
        filled.
    """
    columns = [column.name for column in DailySeries.FRAMES["days"]]
    return DailySeries(days=daily[columns].sort_values("day"))
