"""Figures of every month, in total and by each single dimension."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir
import pandas as pd

from analytics.engine import Engine
from analytics.marts.active_months import ActiveMonths, period_counts
from analytics.marts.dimensions import ALL, CUSTOMER_DIMENSIONS
from analytics.marts.orders import MONEY


def completed_sum(orders: ir.Table, name: str) -> ir.DecimalScalar:
    """Return the sum of an amount over completed orders, zero where there are none."""
    return orders[name].sum(where=orders.completed).fill_null(0)


def margin_sum(orders: ir.Table, *, has_costs: bool) -> ir.Value:
    """Return the contribution margin of completed orders; null where no cost is known."""
    return completed_sum(orders, "margin") if has_costs else ibis.null().cast(MONEY)


def monthly_sums(orders: ir.Table, dimension: str, *, has_costs: bool) -> ir.Table:
    """Return month (since year 0), dimension, part and what adds up over orders.

    Parameters
    ----------
    orders : ibis.Table
        The orders mart.
    dimension : str
        One that the source has, or `ALL`.
    has_costs : bool
        Whether costs of goods are known.
    """
    rows = orders.mutate(part=ibis.literal(ALL) if dimension == ALL else orders[dimension])
    return rows.group_by(["month", "part"]).aggregate(
        dimension=ibis.literal(dimension),
        net_revenue_amount=completed_sum(rows, "net"),
        contribution_margin_amount=margin_sum(rows, has_costs=has_costs),
        orders=rows.completed.cast("int64").sum(),
        all_orders=rows.count(),
        returned_orders=rows.returned.cast("int64").sum(),
        new_customers=(rows.number == 1).cast("int64").sum().fill_null(0),
    )


def monthly(
    orders: ir.Table,
    months: ActiveMonths,
    dimensions: tuple[str, ...],
    engine: Engine,
    *,
    has_costs: bool,
) -> pd.DataFrame:
    """Return the figures of every month and part that has an order.

    Parameters
    ----------
    orders : ibis.Table
        The orders mart.
    months : ActiveMonths
        Of these orders.
    dimensions : tuple of str
        Those that the source has.
    engine : Engine
        Computes it, one dimension after the other.
    has_costs : bool
        Whether costs of goods are known.

    Returns
    -------
    DataFrame
        month (months since year 0), part, dimension and the figures. Customers are counted
        where they are active in the part; new are those whose first completed order is in it.
    """
    frames = []
    for dimension in (ALL, *dimensions):
        sums = engine.frame(monthly_sums(orders, dimension, has_costs=has_costs))
        of_customer = dimension == ALL or dimension in CUSTOMER_DIMENSIONS
        own = () if dimension == ALL else (dimension,)
        patterns = (
            months.patterns((), own, again=True)
            if of_customer
            else months.patterns(own, (), again=True)
        )
        counts = period_counts(patterns, own, months=1, origin=months.origin)
        counts = counts.rename(columns={"period": "month", dimension: "part"})
        keys = ["month", "part"] if own else ["month"]
        frames.append(sums.merge(counts, "left", keys))
    frame = pd.concat(frames, ignore_index=True)
    counted = ["active_customers", "retained_customers", "repeat_customers"]
    return frame.assign(**{name: frame[name].fillna(0).astype("int64") for name in counted})
