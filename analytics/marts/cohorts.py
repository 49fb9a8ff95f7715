"""Cohorts by the month of the first completed order, month after month."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import ibis.expr.types as ir
import pandas as pd

from analytics.marts.monthly import margin_sum


def cohorts(orders: ir.Table, *, has_costs: bool) -> ir.Table:
    """Return what customers of each cohort did in each month in which one of them was active.

    Parameters
    ----------
    orders : ibis.Table
        The orders mart.
    has_costs : bool
        Whether costs of goods are known.

    Returns
    -------
    ibis.Table
        cohort and month (months since year 0), active_customers, orders and amounts. In the
        first month of a cohort all of its customers are active: that is its size.
    """
    done = orders.filter(orders.completed)
    first = done.filter(done.number == 1).select(done.customer_id, cohort=done.month)
    # Customers by month before the join: fewer rows, and a distinct count becomes a count.
    months = done.group_by(["customer_id", "month"]).aggregate(
        net=done.net.sum(),
        margin=margin_sum(done, has_costs=has_costs),
        orders=done.count(),
    )
    rows = months.join(first, "customer_id")
    return rows.group_by(["cohort", "month"]).aggregate(
        active_customers=rows.count(),
        orders=rows.orders.sum(),
        net_revenue_amount=rows.net.sum(),
        contribution_margin_amount=rows.margin.sum(),
    )


def cohort_calendar(
    frame: pd.DataFrame, months: Sequence[date], *, zeros: Sequence[str]
) -> pd.DataFrame:
    """Return a row for each cohort and each month from its first, zeros where nobody came back.

    Parameters
    ----------
    frame : DataFrame
        What `cohorts` computes, with cohort and month as days.
    months : sequence of date
        The first days of the months observed.
    zeros : sequence of str
        Columns that are zero, not unknown, in a month without an order.
    """
    size = frame.loc[frame["month"] == frame["cohort"], ["cohort", "active_customers"]]
    size = size.rename(columns={"active_customers": "customers"})
    observed = pd.DataFrame({"month": pd.to_datetime(list(months)).as_unit("us")})
    grid = size.merge(observed, how="cross")
    grid = grid[grid["month"] >= grid["cohort"]]
    dtypes = frame.dtypes
    rows = grid.merge(frame, how="left", on=["cohort", "month"])
    for name in zeros:
        rows[name] = rows[name].fillna(0).astype(dtypes[name])
    month, cohort = rows["month"].dt, rows["cohort"].dt
    since = (month.year - cohort.year) * 12 + month.month - cohort.month
    rows["months_since"] = since.astype("int64")
    columns = [
        "cohort",
        "month",
        "months_since",
        "customers",
        "active_customers",
        "orders",
        "net_revenue_amount",
        "contribution_margin_amount",
    ]
    return rows.sort_values(["cohort", "month"], ignore_index=True)[columns]
