"""What customers say, by month: answers to surveys and support tickets."""

from __future__ import annotations

from collections.abc import Mapping
from functools import reduce

import ibis
import ibis.expr.datatypes as dt
import ibis.expr.types as ir

from analytics.marts.dimensions import ALL, with_attributes
from analytics.marts.orders import month_number

# Sums of decimals do not depend on the order of the rows; sums of floating numbers do.
_EXACT = dt.Decimal(18, 6)
_VOICE_DIMENSIONS = ("region", "segment")
_SECONDS_A_DAY = 86_400


def _split(
    rows: ir.Table, dimensions: tuple[str, ...], figures: Mapping[str, ir.Deferred]
) -> ir.Table:
    tables = []
    for dimension in (ALL, *(name for name in _VOICE_DIMENSIONS if name in dimensions)):
        part = ibis.literal(ALL) if dimension == ALL else rows[dimension]
        named = rows.mutate(dimension=ibis.literal(dimension), part=part)
        tables.append(named.group_by(["month", "dimension", "part"]).aggregate(**figures))
    return reduce(lambda one, other: one.union(other), tables)


def monthly_satisfaction(tables: Mapping[str, ir.Table], dimensions: tuple[str, ...]) -> ir.Table:
    """Return the number, sum and sum of squares of the month's scores, by part."""
    answers = with_attributes(tables["satisfaction"], tables, _VOICE_DIMENSIONS)
    score = answers.score.cast(_EXACT)
    rows = answers.mutate(
        month=month_number(answers.surveyed_on),
        exact=score,
        square=(answers.score * answers.score).cast(_EXACT),
    )
    figures = {
        "answers": ibis._.count(),
        "score_sum": ibis._.exact.sum(),
        "score_square_sum": ibis._.square.sum(),
    }
    return _split(rows, dimensions, figures)


def resolution_days(tickets: ir.Table) -> ir.Value:
    """Return the days, with fractions, from opening to closing; null while open."""
    seconds = tickets.closed_at.epoch_seconds() - tickets.opened_at.epoch_seconds()
    return seconds.cast("float64") / _SECONDS_A_DAY


def monthly_tickets(tables: Mapping[str, ir.Table], dimensions: tuple[str, ...]) -> ir.Table:
    """Return the tickets opened in the month and the days that the closed ones took."""
    tickets = tables["support_tickets"]
    if "closed_at" not in tickets.columns:
        tickets = tickets.mutate(closed_at=ibis.null().cast("timestamp"))
    tickets = with_attributes(tickets, tables, _VOICE_DIMENSIONS)
    days = resolution_days(tickets)
    rows = tickets.mutate(
        month=month_number(tickets.opened_at.date()),
        days=days.cast(_EXACT),
        square=(days * days).cast(_EXACT),
    )
    figures = {
        "tickets": ibis._.count(),
        "closed_tickets": ibis._.days.count(),
        "resolution_days_sum": ibis._.days.sum().fill_null(0),
        "resolution_days_square_sum": ibis._.square.sum().fill_null(0),
    }
    return _split(rows, dimensions, figures)
