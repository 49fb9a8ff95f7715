"""Sums and sums of products over customers: what ratios and their variances are made of.

A ratio of two years or of two parts is computed from sums; its variance, with customers as the
units, from the sums of products. Both are small tables whatever the number of customers.
"""

from __future__ import annotations

from datetime import date

import ibis
import ibis.expr.datatypes as dt
import ibis.expr.types as ir

# Of one customer: orders, net revenue and margin before and after, and whether there is an order.
MEASURES = ("o0", "o1", "r0", "r1", "m0", "m1", "c0", "c1")
_CUSTOMER = dt.Decimal(14, 2)
_PRODUCT = dt.Decimal(38, 4)


def pair_names() -> list[tuple[str, str, str]]:
    """Return name, first and second factor of every sum of products."""
    names = [*MEASURES, *(f"t_{name}" for name in MEASURES)]
    return [
        (f"{a}x{b}", a, b)
        for at, a in enumerate(names)
        for b in names[at:]
        if not (a.startswith("t_") and b.startswith("t_"))
    ]


def _sums(rows: ir.Table, middle: date) -> dict[str, ir.Value]:
    found: dict[str, ir.Value] = {}
    for at, where in enumerate((rows.day < ibis.literal(middle), rows.day >= ibis.literal(middle))):
        found[f"o{at}"] = rows.count(where=where).cast(_CUSTOMER)
        for name, column in (("r", rows.net), ("m", rows.margin)):
            found[f"{name}{at}"] = column.sum(where=where).fill_null(0).cast(_CUSTOMER)
        found[f"c{at}"] = where.any().cast("int64").cast(_CUSTOMER)
    return found


def moments(
    orders: ir.Table, dimension: str | None, start: date, middle: date, end: date
) -> ir.Table:
    """Return, by part of a dimension, sums over customers and sums of products.

    Parameters
    ----------
    orders : ibis.Table
        The orders mart.
    dimension : str or None
        A dimension of the orders; None for one part, all.
    start, middle, end : date
        Before is [start, middle), after is [middle, end).

    Returns
    -------
    ibis.Table
        part, customers, `MEASURES`, and `pair_names`: products of a customer's measures in the
        part with each other and with the same customer's totals (t_...).
    """
    done = orders.filter(
        orders.completed & (orders.day >= ibis.literal(start)) & (orders.day < ibis.literal(end))
    )
    done = done.mutate(part=ibis.literal("all") if dimension is None else done[dimension])
    total = done.group_by("customer_id").aggregate(**_sums(done, middle))
    total = total.rename({f"t_{name}": name for name in MEASURES})
    own = done.group_by(["customer_id", "part"]).aggregate(**_sums(done, middle))
    both = own.join(total, "customer_id")
    products = {
        name: (both[a] * both[b]).cast(_PRODUCT).sum().cast("float64")
        for name, a, b in pair_names()
    }
    return both.group_by("part").aggregate(
        customers=both.count(),
        **{name: both[name].sum().cast("float64") for name in MEASURES},
        **products,
    )
