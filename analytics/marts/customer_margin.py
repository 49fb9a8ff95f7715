"""The discounted contribution margin that each customer brought in a stretch of time."""

from __future__ import annotations

from datetime import date

import ibis
import ibis.expr.datatypes as dt
import ibis.expr.types as ir

# Sums of decimals do not depend on the order of the rows; six places keep the cents true.
_EXACT = dt.Decimal(18, 6)


def customer_margin(
    orders: ir.Table,
    start: date,
    end: date,
    *,
    discount_rate: float,
    margin_rate: float | None,
) -> ir.Table:
    """Return the margin of each customer's completed orders, discounted to `start`.

    Parameters
    ----------
    orders : ibis.Table
        The orders mart.
    start, end : date
        The stretch, `end` not included.
    discount_rate : float
        A year's; an order ``t`` days after `start` counts ``(1 + rate) ** (-t / 365)``.
    margin_rate : float or None
        Margin as a share of net revenue where no cost is known; None where costs are known.
    """
    done = orders.filter(
        orders.completed & (orders.day >= ibis.literal(start)) & (orders.day < ibis.literal(end))
    )
    days = done.day.delta(ibis.literal(start), unit="day").cast("float64")
    if margin_rate is None:
        margin = done.margin.cast("float64")
    else:
        margin = done.net.cast("float64") * margin_rate
    factor = ibis.literal(1.0 + discount_rate).pow(days / -365.0)
    rows = done.mutate(discounted=(margin * factor).cast(_EXACT))
    return rows.group_by("customer_id").aggregate(margin_amount=rows.discounted.sum().fill_null(0))
