"""Spend by week and marketing channel, and by region where both sides know it."""

from __future__ import annotations

from collections.abc import Sequence

import ibis.expr.types as ir

from analytics.marts.monthly import margin_sum


def marketing(spend: ir.Table, *, by: Sequence[str] = ()) -> ir.Table:
    """Return the spend of each week and marketing channel, summed over regions unless `by` them."""
    monday = spend.week.truncate("W").cast("date")
    rows = spend.mutate(week=monday)
    keys = ["week", "marketing_channel", *by]
    return rows.group_by(keys).aggregate(spend_amount=rows.spend.sum())


def regional_margin(orders: ir.Table) -> ir.Table:
    """Return the contribution margin of each week (its Monday) and the customers' region."""
    done = orders.filter(orders.completed)
    rows = done.mutate(week=done.day.truncate("W").cast("date"))
    return rows.group_by(["week", "region"]).aggregate(
        contribution_margin_amount=margin_sum(rows, has_costs=True)
    )
