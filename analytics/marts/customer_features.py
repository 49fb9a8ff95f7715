"""What is known of each customer at a cut-off; nothing at or after it enters."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

import ibis
import ibis.expr.datatypes as dt
import ibis.expr.types as ir

from analytics.marts.dimensions import CUSTOMER_DIMENSIONS, with_attributes
from analytics.marts.monthly import completed_sum, margin_sum

_EXACT = dt.Decimal(18, 6)
_MONEY = dt.Decimal(38, 2)
FEATURES = (
    "customer_id",
    "segment",
    "region",
    "acquisition_channel",
    "first_order_on",
    "signed_up_on",
    "age_days",
    "recency_days",
    "frequency",
    "orders",
    "net_revenue_amount",
    "contribution_margin_amount",
    "mean_order_amount",
    "orders_last_90_days",
    "net_revenue_last_90_days_amount",
    "orders_last_365_days",
    "net_revenue_last_365_days_amount",
    "contribution_margin_last_365_days_amount",
    "days_since_last_order",
    "discount_rate",
    "return_rate",
    "categories",
    "sales_channels",
    "mean_gap_days",
    "satisfaction",
    "last_satisfaction",
    "tickets",
    "unresolved_tickets",
)


def _ratio(part: ir.Value, whole: ir.Value) -> ir.Value:
    return ibis.cases((whole != 0, part.cast("float64") / whole.cast("float64")))


def _days(later: ir.Value, earlier: ir.Value) -> ir.Value:
    return later.delta(earlier, unit="day").cast("int64")


def _order_features(orders: ir.Table, cutoff: date, *, has_costs: bool) -> ir.Table:
    rows = orders.filter(orders.day < ibis.literal(cutoff))
    done = rows.completed

    def recent(days: int) -> ir.BooleanValue:
        return done & (rows.day >= ibis.literal(cutoff - timedelta(days=days)))

    def margin_of(days: int) -> ir.Value:
        if not has_costs:
            return ibis.null().cast(_MONEY)
        return rows.margin.sum(where=recent(days)).fill_null(0)

    found = rows.group_by("customer_id").aggregate(
        first_order_on=rows.day.min(where=done),
        last_order_on=rows.day.max(where=done),
        order_days=rows.day.nunique(where=done),
        orders=done.cast("int64").sum(),
        all_orders=rows.count(),
        returned=rows.returned.cast("int64").sum(),
        net_revenue_amount=completed_sum(rows, "net"),
        contribution_margin_amount=margin_sum(rows, has_costs=has_costs),
        gross=completed_sum(rows, "gross"),
        discount=completed_sum(rows, "discount"),
        orders_last_90_days=recent(90).cast("int64").sum(),
        net_revenue_last_90_days_amount=rows.net.sum(where=recent(90)).fill_null(0),
        orders_last_365_days=recent(365).cast("int64").sum(),
        net_revenue_last_365_days_amount=rows.net.sum(where=recent(365)).fill_null(0),
        contribution_margin_last_365_days_amount=margin_of(365),
        categories=rows.known_category.nunique(where=done),
        sales_channels=rows.known_sales_channel.nunique(where=done),
    )
    found = found.filter(found.orders > 0)
    recency = _days(found.last_order_on, found.first_order_on)
    frequency = found.order_days - 1
    end = ibis.literal(cutoff)
    return found.mutate(
        age_days=_days(end, found.first_order_on),
        recency_days=recency,
        frequency=frequency,
        mean_order_amount=_ratio(found.net_revenue_amount, found.orders),
        days_since_last_order=_days(end, found.last_order_on),
        discount_rate=_ratio(found.discount, found.gross),
        return_rate=_ratio(found.returned, found.all_orders),
        mean_gap_days=_ratio(recency, frequency),
    )


def _satisfaction(tables: Mapping[str, ir.Table], cutoff: date) -> ir.Table:
    answers = tables["satisfaction"]
    answers = answers.filter(answers.surveyed_on < ibis.literal(cutoff))
    latest = ibis.window(
        group_by=answers.customer_id, order_by=[answers.surveyed_on.desc(), answers.score]
    )
    rows = answers.mutate(place=ibis.row_number().over(latest), exact=answers.score.cast(_EXACT))
    return rows.group_by("customer_id").aggregate(
        satisfaction=rows.exact.sum().cast("float64") / rows.count().cast("float64"),
        # The lowest of several answers on the last day.
        last_satisfaction=rows.score.max(where=rows.place == 0),
    )


def _tickets(tables: Mapping[str, ir.Table], cutoff: date) -> ir.Table:
    tickets = tables["support_tickets"]
    end = ibis.literal(cutoff)
    rows = tickets.filter(tickets.opened_at.date() < end)
    if "closed_at" in tickets.columns:
        still_open = rows.closed_at.isnull() | (rows.closed_at.date() >= end)
    else:
        still_open = ibis.literal(True)
    rows = rows.mutate(still_open=still_open.cast("int64"))
    return rows.group_by("customer_id").aggregate(
        tickets=rows.count(), unresolved_tickets=rows.still_open.sum()
    )


def _joined(rows: ir.Table, other: ir.Table) -> ir.Table:
    joined = rows.left_join(other, "customer_id")
    return joined.drop([name for name in joined.columns if name.endswith("_right")])


def _signed_up_before(tables: Mapping[str, ir.Table], cutoff: date) -> Mapping[str, ir.Table]:
    customers = tables.get("customers")
    if customers is None or "signed_up_on" not in customers.columns:
        return tables
    signed_up = customers.signed_up_on
    before = customers.filter(signed_up.isnull() | (signed_up < ibis.literal(cutoff)))
    return {**tables, "customers": before}


def customer_features(
    orders: ir.Table, tables: Mapping[str, ir.Table], cutoff: date, *, has_costs: bool
) -> ir.Table:
    """Return a row for each customer with a completed order before the cut-off.

    Parameters
    ----------
    orders : ibis.Table
        The orders mart.
    tables : mapping
        The clean tables.
    cutoff : date
        The first day that is not known yet.
    has_costs : bool
        Whether costs of goods are known.

    Returns
    -------
    ibis.Table
        `FEATURES`. ``frequency`` counts the days with a completed order less one,
        ``mean_gap_days`` is recency by frequency, ``return_rate`` the returned orders among all
        orders, ``discount_rate`` the discount among the gross of completed orders.

    Notes
    -----
    Nothing dated at or after the cut-off enters: no order, answer, ticket or closing of a
    ticket, and no customer record of a later sign-up (a guest who ordered before has unknown
    attributes then). What the export gives no date for is as the export has it: the status of
    an order (a return after the cut-off of an order before it counts as returned) and the
    attributes of a customer may have been set after the cut-off.
    """
    rows = _order_features(orders, cutoff, has_costs=has_costs)
    known = _signed_up_before(tables, cutoff)
    rows = with_attributes(rows, known, CUSTOMER_DIMENSIONS)
    customers = known.get("customers")
    if customers is not None and "signed_up_on" in customers.columns:
        rows = _joined(rows, customers.select("customer_id", "signed_up_on"))
    else:
        rows = rows.mutate(signed_up_on=ibis.null().cast("date"))
    if "satisfaction" in tables:
        rows = _joined(rows, _satisfaction(tables, cutoff))
    else:
        none = ibis.null().cast("float64")
        rows = rows.mutate(satisfaction=none, last_satisfaction=none)
    if "support_tickets" in tables:
        rows = _joined(rows, _tickets(tables, cutoff))
        rows = rows.mutate(
            tickets=rows.tickets.fill_null(0),
            unresolved_tickets=rows.unresolved_tickets.fill_null(0),
        )
    else:
        zero = ibis.literal(0).cast("int64")
        rows = rows.mutate(tickets=zero, unresolved_tickets=zero)
    return rows.select(*FEATURES)
