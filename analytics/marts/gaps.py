"""Gaps between a customer's days of purchase, and those that no purchase has closed yet."""

from __future__ import annotations

from datetime import date

import ibis
import ibis.expr.types as ir

WEEK = 7


def purchase_gaps(orders: ir.Table, last: date) -> ir.Table:
    """Return a row a gap: customer_id, gap_days, week (gap_days // 7) and closed.

    Parameters
    ----------
    orders : ibis.Table
        The orders mart.
    last : date
        Last day observed: an open gap ends there, not closed.
    """
    done = orders.filter(orders.completed)
    days = done.select(done.customer_id, done.day).distinct()
    ordered = ibis.window(group_by=days.customer_id, order_by=days.day)
    rows = days.mutate(next_day=days.day.lead(1).over(ordered))
    end = ibis.literal(last)
    gap = rows.next_day.fill_null(end).delta(rows.day, unit="day").cast("int64")
    rows = rows.select(rows.customer_id, closed=rows.next_day.notnull(), gap_days=gap)
    return rows.mutate(week=(rows.gap_days // WEEK).cast("int64"))


def gap_counts(gaps: ir.Table) -> ir.Table:
    """Return gaps by length and whether they are closed."""
    return gaps.group_by(["gap_days", "closed"]).aggregate(gaps=gaps.count())


def customers_by_week(gaps: ir.Table) -> ir.Table:
    """Return the customers with a closed gap of so many weeks, each counted once a week."""
    closed = gaps.filter(gaps.closed)
    return closed.group_by("week").aggregate(customers=closed.customer_id.nunique())
