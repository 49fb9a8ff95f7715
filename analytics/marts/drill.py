"""Monthly tables at the levels that the cube does not have, for drilling down."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

import ibis
import ibis.expr.types as ir

from analytics.marts.dimensions import UNKNOWN
from analytics.marts.monthly import margin_sum
from analytics.marts.orders import MONEY

DRILLS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "geography": ("region", "city"),
        "product": ("category", "product_id"),
        "time": ("weekday", "hour"),
        "payment_method": ("payment_method",),
        "acquisition_channel": ("acquisition_channel",),
    }
)
_TABLE_OF = {
    "region": "customers",
    "city": "customers",
    "category": "transaction_items",
    "product_id": "transaction_items",
    "payment_method": "transactions",
    "acquisition_channel": "customers",
}


def source_drills(columns: Mapping[str, frozenset[str]]) -> dict[str, tuple[str, ...]]:
    """Return the names of the drill-downs that a source has data for, with their levels.

    Levels that the source has no column for are left out, and with the last of its levels the
    drill-down. Products need the net amount of the lines.
    """
    found = {}
    for name, levels in DRILLS.items():
        held = tuple(
            level
            for level in levels
            if level not in _TABLE_OF or level in columns.get(_TABLE_OF[level], frozenset())
        )
        if name == "product" and "net" not in columns.get("transaction_items", frozenset()):
            continue
        if held:
            found[name] = held
    return found


def drill(orders: ir.Table, levels: Sequence[str], *, has_costs: bool) -> ir.Table:
    """Return the completed orders by month and levels.

    Parameters
    ----------
    orders : ibis.Table
        The orders mart.
    levels : sequence of str
        Columns of it, or ``weekday`` (0 for Monday) and ``hour`` (0 to 23, local time).
    has_costs : bool
        Whether costs of goods are known.
    """
    done = orders.filter(orders.completed)
    rows = done.mutate(weekday=done.day.day_of_week.index().cast("int64"))
    return rows.group_by(["month", *levels]).aggregate(
        net_revenue_amount=rows.net.sum(),
        contribution_margin_amount=margin_sum(rows, has_costs=has_costs),
        orders=rows.count(),
        customers=rows.customer_id.nunique(),
    )


def product_drill(orders: ir.Table, items: ir.Table, levels: Sequence[str]) -> ir.Table:
    """Return the lines of completed orders by month and the levels of a product.

    Parameters
    ----------
    orders : ibis.Table
        The orders mart.
    items : ibis.Table
        The clean order lines, with their net amounts.
    levels : sequence of str
        Of ``category`` and ``product_id``; the category is the line's own.

    Returns
    -------
    ibis.Table
        ``net_revenue_amount`` is the sum of the lines' net: it reconciles with net revenue by
        what an order has beside its lines (a discount or a refund on the whole order; orders
        without lines), and equals it where every order's net is the sum of its lines.
        ``contribution_margin_amount`` is net less the lines' cost of goods: shipping and payment
        cost belong to no line, so that it exceeds the orders' margin by these; null where lines
        have no cost. ``orders`` and ``customers`` are distinct, and do not add up over parts.
    """
    done = orders.filter(orders.completed).select("transaction_id", "customer_id", "month")
    cost = items.cost_of_goods if "cost_of_goods" in items.columns else None
    margin = ibis.null().cast(MONEY) if cost is None else (items.net - cost).cast(MONEY)
    lines = items.select(
        "transaction_id",
        net=items.net,
        margin=margin,
        **{name: items[name].fill_null(UNKNOWN) for name in levels},
    )
    rows = lines.join(done, "transaction_id")
    total = rows.margin.sum()
    return rows.group_by(["month", *levels]).aggregate(
        net_revenue_amount=rows.net.sum().fill_null(0),
        contribution_margin_amount=total if cost is None else total.fill_null(0),
        orders=rows.transaction_id.nunique(),
        customers=rows.customer_id.nunique(),
    )
