"""Which categories each completed order has, of all customers or of a sample."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir


def baskets(orders: ir.Table, items: ir.Table, *, every: int) -> ir.Table:
    """Return a row for each category of each completed order of every so many customers.

    Parameters
    ----------
    orders : ibis.Table
        The orders mart.
    items : ibis.Table
        The clean order lines; those without a category are left out.
    every : int
        1 for all customers, 10 for each tenth in the order of their ids: the same ones as of
        `completed_orders`.

    Returns
    -------
    ibis.Table
        customer_id, transaction_id, day, category, lines (how many of the order's).
    """
    done = orders.filter(orders.completed).select("customer_id", "transaction_id", "day")
    if every > 1:
        customers = done.select("customer_id").distinct()
        place = ibis.row_number().over(ibis.window(order_by=customers.customer_id))
        customers = customers.mutate(place=place.cast("int64"))
        chosen = customers.filter(customers.place % every == 0).select("customer_id")
        done = done.semi_join(chosen, "customer_id")
    known = items.filter(items.category.notnull())
    lines = known.group_by(["transaction_id", "category"]).aggregate(lines=known.count())
    found = done.inner_join(lines, "transaction_id")
    return found.select("customer_id", "transaction_id", "day", "category", "lines")
