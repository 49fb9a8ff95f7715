"""Net revenue of products below the category of their order, for drilling down."""

from __future__ import annotations

from collections.abc import Mapping

import ibis.expr.types as ir

from analytics.marts.dimensions import UNKNOWN


def has_products(columns: Mapping[str, frozenset[str]]) -> bool:
    """Return whether a source says which products were bought, and for how much."""
    return {"product_id", "net"} <= columns.get("transaction_items", frozenset())


def products(orders: ir.Table, items: ir.Table) -> ir.Table:
    """Return lines of completed orders by month, category of the order, and product.

    Parameters
    ----------
    orders : ibis.Table
        The orders mart.
    items : ibis.Table
        The clean order lines, with their products and net amounts.

    Returns
    -------
    ibis.Table
        month, category, product_id, net_revenue_amount, customers. The category is that of the
        order, so that products add up to the category's net revenue, but for what orders have
        beside their lines. Lines without an amount count nothing; ``customers`` are distinct.
    """
    done = orders.filter(orders.completed)
    done = done.select("transaction_id", "customer_id", "month", "category")
    lines = items.select(
        "transaction_id", net=items.net, product_id=items.product_id.fill_null(UNKNOWN)
    )
    rows = lines.join(done, "transaction_id")
    return rows.group_by(["month", "category", "product_id"]).aggregate(
        net_revenue_amount=rows.net.sum().fill_null(0), customers=rows.customer_id.nunique()
    )
