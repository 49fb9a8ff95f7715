"""Completed orders one by one, of all customers or of a sample, for the tiers that count them."""

from __future__ import annotations

from collections.abc import Sequence

import ibis
import ibis.expr.types as ir


def completed_orders(orders: ir.Table, dimensions: Sequence[str], *, every: int) -> ir.Table:
    """Return a row for each completed order of every so many customers.

    Parameters
    ----------
    orders : ibis.Table
        The orders mart.
    dimensions : sequence of str
        Dimensions that the source has.
    every : int
        1 for all customers, 10 for each tenth in the order of their ids: a customer is taken
        with all orders or not at all, and the same ones on every engine.

    Returns
    -------
    ibis.Table
        transaction_id, customer_id, day, net_revenue_amount, discount_rate (0 to 1; null where
        gross or discount is not known), and the dimensions.
    """
    done = orders.filter(orders.completed)
    if every > 1:
        customers = done.select("customer_id").distinct()
        place = ibis.row_number().over(ibis.window(order_by=customers.customer_id))
        customers = customers.mutate(place=place.cast("int64"))
        chosen = customers.filter(customers.place % every == 0).select("customer_id")
        done = done.semi_join(chosen, "customer_id")
    rate = done.discount.cast("float64") / done.gross.cast("float64")
    return done.select(
        "transaction_id",
        "customer_id",
        "day",
        *dimensions,
        net_revenue_amount=done.net,
        discount_rate=ibis.cases((done.gross > 0, rate)),
    )


def order_count(orders: ir.Table) -> ir.Table:
    """Return the number of completed orders, a single row."""
    return orders.filter(orders.completed).aggregate(orders=ibis._.count())
