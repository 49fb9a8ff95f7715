"""Completed orders by day, week, month, quarter or year."""

from __future__ import annotations

from typing import Literal

import ibis.expr.types as ir

from analytics.marts.monthly import margin_sum

Step = Literal["day", "week", "month", "quarter", "year"]
_UNITS: dict[Step, Literal["D", "W", "M", "Q", "Y"]] = {
    "day": "D",
    "week": "W",
    "month": "M",
    "quarter": "Q",
    "year": "Y",
}


def series(orders: ir.Table, step: Step, *, has_costs: bool) -> ir.Table:
    """Return net revenue, contribution margin, orders and active customers by period.

    Parameters
    ----------
    orders : ibis.Table
        The orders mart.
    step : str
        Kind of the period; ``start`` is its first day (a week's is its Monday).
    has_costs : bool
        Whether costs of goods are known.
    """
    done = orders.filter(orders.completed)
    start = done.day if step == "day" else done.day.truncate(_UNITS[step]).cast("date")
    rows = done.mutate(start=start)
    return rows.group_by("start").aggregate(
        net_revenue_amount=rows.net.sum(),
        contribution_margin_amount=margin_sum(rows, has_costs=has_costs),
        orders=rows.count(),
        active_customers=rows.customer_id.nunique(),
    )
