"""Who was assigned to what, and what they ordered in the weeks around it."""

from __future__ import annotations

import ibis.expr.types as ir


def assignments(experiments: ir.Table) -> ir.Table:
    """Return one row an experiment and customer: first assignment, and number of variants.

    Parameters
    ----------
    experiments : ibis.Table
        The clean table.

    Returns
    -------
    ibis.Table
        experiment_id, customer_id, variant (the first in the alphabet where there are several),
        variants (how many) and assigned_on.
    """
    rows = experiments.filter(
        experiments.customer_id.notnull()
        & experiments.variant.notnull()
        & experiments.assigned_at.notnull()
    )
    return rows.group_by(["experiment_id", "customer_id"]).aggregate(
        variant=rows.variant.min(),
        variants=rows.variant.nunique().cast("int64"),
        assigned_on=rows.assigned_at.cast("date").min(),
    )


def experiment_weeks(orders: ir.Table, experiments: ir.Table, *, weeks: int) -> ir.Table:
    """Return what each assigned customer ordered, by week before and after the assignment.

    Parameters
    ----------
    orders : ibis.Table
        The orders mart.
    experiments : ibis.Table
        The clean table.
    weeks : int
        Weeks looked at on either side.

    Returns
    -------
    ibis.Table
        experiment_id, customer_id, week (0 is the one that starts with the assignment),
        orders, net_revenue_amount, contribution_margin_amount. Weeks without an order have no row.
    """
    assigned = assignments(experiments)
    joined = assigned.inner_join(orders, "customer_id")
    days = joined.day.delta(joined.assigned_on, unit="day").cast("int64")
    near = joined.mutate(days=days).filter(
        joined.completed & (days >= -7 * weeks) & (days < 7 * weeks)
    )
    # Shifted to be positive: division of negative numbers rounds differently from engine to engine.
    rows = near.mutate(week=((near.days + 7 * weeks) / 7).floor().cast("int64") - weeks)
    return rows.group_by(["experiment_id", "customer_id", "week"]).aggregate(
        orders=rows.count(),
        net_revenue_amount=rows.net.sum(),
        contribution_margin_amount=rows.margin.sum(),
    )
