"""What each customer ordered in two neighbouring stretches of time."""

from __future__ import annotations

from datetime import date

import ibis
import ibis.expr.types as ir


def customer_windows(orders: ir.Table, start: date, middle: date, end: date) -> ir.Table:
    """Return orders, net revenue and margin of each customer before and after a day.

    Parameters
    ----------
    orders : ibis.Table
        The orders mart.
    start, middle, end : date
        The stretches are [start, middle) and [middle, end).

    Returns
    -------
    ibis.Table
        customer_id, and orders, net_revenue_amount, contribution_margin_amount, each with the
        endings _before and _after. Customers without a completed order in either have no row.
    """
    done = orders.filter(
        orders.completed & (orders.day >= ibis.literal(start)) & (orders.day < ibis.literal(end))
    )
    before, after = done.day < ibis.literal(middle), done.day >= ibis.literal(middle)
    sums = {}
    for ending, where in (("before", before), ("after", after)):
        sums[f"orders_{ending}"] = done.count(where=where)
        sums[f"net_revenue_amount_{ending}"] = done.net.sum(where=where).fill_null(0)
        sums[f"contribution_margin_amount_{ending}"] = done.margin.sum(where=where).fill_null(0)
    return done.group_by("customer_id").aggregate(**sums)
