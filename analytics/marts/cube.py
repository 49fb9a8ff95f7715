"""Completed orders by month, region, segment, category and sales channel."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from analytics.marts.monthly import margin_sum

CUBE_DIMENSIONS = ("region", "segment", "category", "sales_channel")
# A part like any other, of a dimension that the source lacks. `dimensions.ALL` is no part: it
# says that figures are over every part, and is what filters and published sums are named by.
ABSENT = "All"


def cube(orders: ir.Table, dimensions: tuple[str, ...], *, has_costs: bool) -> ir.Table:
    """Return the cells that have a completed order.

    Parameters
    ----------
    orders : ibis.Table
        The orders mart.
    dimensions : tuple of str
        Those that the source has; the others have the one part `ABSENT`.
    has_costs : bool
        Whether costs of goods are known.
    """
    done = orders.filter(orders.completed)
    cells = done.select(
        "month",
        "customer_id",
        "net",
        "margin",
        "completed",
        **{
            name: done[name] if name in dimensions else ibis.literal(ABSENT)
            for name in CUBE_DIMENSIONS
        },
    )
    return cells.group_by(["month", *CUBE_DIMENSIONS]).aggregate(
        net_revenue_amount=cells.net.sum(),
        contribution_margin_amount=margin_sum(cells, has_costs=has_costs),
        orders=cells.count(),
        customers=cells.customer_id.nunique(),
    )
