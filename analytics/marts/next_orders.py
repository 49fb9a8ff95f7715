"""When each customer ordered next after a day."""

from __future__ import annotations

from datetime import date

import ibis
import ibis.expr.types as ir


def next_orders(orders: ir.Table, cutoff: date) -> ir.Table:
    """Return the first completed order at or after a cut-off, of every customer who has one.

    Parameters
    ----------
    orders : ibis.Table
        The orders mart.
    cutoff : date
        The first day that counts.

    Returns
    -------
    ibis.Table
        customer_id, days_to_next_order (0 on the day of the cut-off itself).
    """
    later = orders.filter(orders.completed & (orders.day >= ibis.literal(cutoff)))
    found = later.group_by("customer_id").aggregate(next_day=later.day.min())
    days = found.next_day.delta(ibis.literal(cutoff), unit="day").cast("int64")
    return found.select("customer_id", days_to_next_order=days)
