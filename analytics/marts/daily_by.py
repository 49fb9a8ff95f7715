"""Completed orders by day and the parts of one dimension."""

from __future__ import annotations

import ibis.expr.types as ir

from analytics.marts.monthly import margin_sum


def daily_by(orders: ir.Table, dimension: str, *, has_costs: bool) -> ir.Table:
    """Return day, part and the figures; days without an order of the part have no row.

    Parameters
    ----------
    orders : ibis.Table
        The orders mart.
    dimension : str
        A column of it.
    has_costs : bool
        Whether costs of goods are known.
    """
    done = orders.filter(orders.completed)
    rows = done.mutate(part=done[dimension])
    return rows.group_by(["day", "part"]).aggregate(
        net_revenue_amount=rows.net.sum(),
        contribution_margin_amount=margin_sum(rows, has_costs=has_costs),
        orders=rows.count(),
        active_customers=rows.customer_id.nunique(),
    )
