"""Spend by week and marketing channel."""

from __future__ import annotations

import ibis.expr.types as ir


def marketing(spend: ir.Table) -> ir.Table:
    """Return the spend of each week and marketing channel, summed over regions."""
    monday = spend.week.truncate("W").cast("date")
    rows = spend.mutate(week=monday)
    return rows.group_by(["week", "marketing_channel"]).aggregate(spend_amount=rows.spend.sum())
