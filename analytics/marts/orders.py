"""Every order with what figures need: margin, dimensions, its number in the customer's history."""

from __future__ import annotations

from collections.abc import Mapping

import ibis
import ibis.expr.datatypes as dt
import ibis.expr.types as ir

from analytics.marts.dimensions import CUSTOMER_DIMENSIONS, UNKNOWN, with_attributes

MONEY = dt.Decimal(18, 2)


def month_number(day: ir.DateValue) -> ir.IntegerValue:
    """Return the months from year 0 to the month of a day: the next month is one more."""
    return (day.year() * 12 + day.month() - 1).cast("int64")


def order_categories(items: ir.Table) -> ir.Table:
    """Return the category of each order: that of its largest line by net, of ties the first.

    Parameters
    ----------
    items : ibis.Table
        The clean order lines; lines without a category count as `UNKNOWN`.
    """
    weight = items.net if "net" in items.columns else ibis.literal(1).cast(MONEY)
    lines = items.select(
        items.transaction_id, category=items.category.fill_null(UNKNOWN), weight=weight
    )
    found = lines.group_by("transaction_id").aggregate(
        category=lines.category.min(), _last=lines.category.max()
    )
    # Most orders are of one category, and need no comparison.
    mixed = found.filter(found.category != found._last).select("transaction_id")
    lines = lines.semi_join(mixed, "transaction_id")
    largest = lines.group_by("transaction_id").aggregate(largest=lines.weight.max())
    # Amounts of all lines may be missing: the order has its first category then.
    joined = lines.join(largest, "transaction_id")
    chosen = joined.filter(
        joined.weight.cast(MONEY).fill_null(0) == joined.largest.cast(MONEY).fill_null(0)
    )
    of_mixed = chosen.group_by("transaction_id").aggregate(category=chosen.category.min())
    plain = found.filter(found.category == found._last).select("transaction_id", "category")
    return plain.union(of_mixed)


def _margin(rows: ir.Table) -> ir.Value:
    if "cost_of_goods" not in rows.columns:
        return ibis.null().cast(MONEY)
    margin = rows.net - rows.cost_of_goods
    for name in ("shipping_cost", "payment_cost"):
        if name in rows.columns:
            margin = margin - rows[name].fill_null(0)
    return margin.cast(MONEY)


def orders(tables: Mapping[str, ir.Table]) -> ir.Table:
    """Return the orders.

    Parameters
    ----------
    tables : mapping
        The clean tables.

    Returns
    -------
    ibis.Table
        A row an order: transaction_id, customer_id, day, hour, month (months since year 0),
        completed, returned, net, gross, discount, margin (null where its cost is not known),
        the six dimensions and city (`UNKNOWN` where missing), known_category, known_sales_channel
        (null where missing), number (1 for the customer's first completed order; null for
        others) and repeat (whether the customer has two completed orders or more by the end of
        the month; null for an order that is not completed).
    """
    rows = tables["transactions"]
    day = rows.ordered_at.date()
    status = rows.status if "status" in rows.columns else ibis.literal("completed")
    none = ibis.null().cast(MONEY)
    text = ibis.null().cast("string")
    base = rows.select(
        rows.transaction_id,
        rows.customer_id,
        rows.ordered_at,
        day=day,
        hour=rows.ordered_at.hour().cast("int64"),
        month=month_number(day),
        completed=status == "completed",
        returned=status == "returned",
        net=rows.net,
        gross=rows.gross if "gross" in rows.columns else none,
        discount=rows.discount if "discount" in rows.columns else none,
        margin=_margin(rows),
        known_sales_channel=rows.sales_channel if "sales_channel" in rows.columns else text,
        payment_method=(rows.payment_method if "payment_method" in rows.columns else text),
    )
    items = tables.get("transaction_items")
    if items is not None and "category" in items.columns:
        categories = order_categories(items).rename(known_category="category")
        base = base.left_join(categories, "transaction_id")
        base = base.drop([name for name in base.columns if name.endswith("_right")])
    else:
        base = base.mutate(known_category=text)
    base = base.mutate(
        category=base.known_category.fill_null(UNKNOWN),
        sales_channel=base.known_sales_channel.fill_null(UNKNOWN),
        payment_method=base.payment_method.fill_null(UNKNOWN),
    )
    base = with_attributes(base, tables, (*CUSTOMER_DIMENSIONS, "city"))
    history = ibis.window(
        group_by=[base.customer_id, base.completed],
        order_by=[base.ordered_at, base.transaction_id],
    )
    base = base.mutate(
        number=(ibis.row_number().over(history) + 1).cast("int64"),
        _next=base.month.lead(1).over(history),
    )
    repeat = (base.number > 1) | (base._next == base.month).fill_null(False)
    return base.mutate(
        number=ibis.cases((base.completed, base.number)),
        repeat=ibis.cases((base.completed, repeat)),
    ).drop("ordered_at", "_next")
