"""How often customers order, week by week, once their first weeks are over."""

from __future__ import annotations

from functools import reduce

import ibis
import ibis.expr.types as ir

SETTLED_DAYS = 90


def order_rates(orders: ir.Table) -> ir.Table:
    """Return the completed orders of each week by customers whose first is long enough ago.

    Who comes to order for the first time does so whenever he is won; who has been there for
    `SETTLED_DAYS` shows the season.

    Parameters
    ----------
    orders : ibis.Table
        The orders mart.

    Returns
    -------
    ibis.Table
        week (its Monday), settled_orders (of customers whose first order was `SETTLED_DAYS`
        before the order or more), joining_customers (whose first order was in the week).
    """
    done = orders.filter(orders.completed)
    first = done.group_by("customer_id").aggregate(first_day=done.day.min())
    joined = done.left_join(first, "customer_id")
    age = joined.day.delta(joined.first_day, unit="day").cast("int64")
    week = joined.day.truncate("W").cast("date")
    settled = joined.select(week=week, settled=(age >= SETTLED_DAYS).cast("int64"))
    counted = settled.group_by("week").aggregate(settled_orders=settled.settled.sum())
    joins = first.select(week=first.first_day.truncate("W").cast("date"))
    joins = joins.group_by("week").aggregate(joining_customers=joins.count())
    parts = [
        counted.mutate(joining_customers=ibis.literal(0).cast("int64")),
        joins.select("week", settled_orders=ibis.literal(0).cast("int64"),
                     joining_customers="joining_customers"),
    ]  # fmt: skip
    both = reduce(lambda one, other: one.union(other), parts)
    return both.group_by("week").aggregate(
        settled_orders=both.settled_orders.sum(), joining_customers=both.joining_customers.sum()
    )
