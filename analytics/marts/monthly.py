"""Figures of every month, in total and by each single dimension."""

from __future__ import annotations

from functools import reduce

import ibis
import ibis.expr.types as ir

from analytics.marts.dimensions import ALL
from analytics.marts.orders import MONEY


def completed_sum(orders: ir.Table, name: str) -> ir.DecimalScalar:
    """Return the sum of an amount over completed orders, zero where there are none."""
    return orders[name].sum(where=orders.completed).fill_null(0)


def margin_sum(orders: ir.Table, *, has_costs: bool) -> ir.Value:
    """Return the contribution margin of completed orders; null where no cost is known."""
    return completed_sum(orders, "margin") if has_costs else ibis.null().cast(MONEY)


def _by_dimension(orders: ir.Table, dimension: str, *, has_costs: bool) -> ir.Table:
    part = ibis.literal(ALL) if dimension == ALL else orders[dimension]
    rows = orders.mutate(part=part)
    customers = rows.group_by(["month", "part", "customer_id"]).aggregate(
        net=completed_sum(rows, "net"),
        margin=margin_sum(rows, has_costs=has_costs),
        orders=rows.completed.cast("int64").sum(),
        all_orders=rows.count(),
        returned=rows.returned.cast("int64").sum(),
        new=(rows.number == 1).cast("int64").sum(),
        to_date=rows.to_date.max(),
    )
    active = customers.filter(customers.orders > 0)
    before = active.select(
        month=active.month + 1, part=active.part, customer_id=active.customer_id, before=True
    )
    joined = customers.left_join(before, ["month", "part", "customer_id"])
    joined = joined.drop([name for name in joined.columns if name.endswith("_right")])
    is_active = joined.orders > 0
    return joined.group_by(["month", "part"]).aggregate(
        dimension=ibis.literal(dimension),
        net_revenue_amount=joined.net.sum(),
        contribution_margin_amount=joined.margin.sum(),
        orders=joined.orders.sum(),
        all_orders=joined.all_orders.sum(),
        returned_orders=joined.returned.sum(),
        active_customers=is_active.cast("int64").sum(),
        new_customers=joined.new.sum().fill_null(0),
        retained_customers=(is_active & joined.before.notnull()).cast("int64").sum(),
        repeat_customers=(is_active & (joined.to_date >= 2)).cast("int64").sum(),
    )


def monthly(orders: ir.Table, dimensions: tuple[str, ...], *, has_costs: bool) -> ir.Table:
    """Return the figures of every month and part that has an order.

    Parameters
    ----------
    orders : ibis.Table
        The orders mart.
    dimensions : tuple of str
        Those that the source has.
    has_costs : bool
        Whether costs of goods are known.

    Returns
    -------
    ibis.Table
        month (months since year 0), part, dimension and the figures. Customers are counted
        where they are active in the part; new are those whose first completed order is in it.
    """
    parts = [_by_dimension(orders, name, has_costs=has_costs) for name in (ALL, *dimensions)]
    return reduce(lambda one, other: one.union(other), parts)
