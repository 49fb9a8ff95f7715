"""Results as they were known at the end of a period: all that its report may read.

A report reads nothing else, so it stays as it is while later data leave these rows alone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any, TypeVar, cast

import pandas as pd

from analytics.calendar import Period, parsed_period, period_of
from analytics.results import Alerts, Kpis, MonthlyReports, PeriodReports, Result, SourceFacts

R = TypeVar("R", bound=Result)
# Periods that a card's course shows, its own included.
COURSE = {"day": 28, "month": 13, "quarter": 8}


def known_until(result: R, label: str) -> R:
    """Return what a report's period needs of a result; the whole of other results.

    Parameters
    ----------
    result : Result
        As it is stored.
    label : str
        ``2024-03``, ``2024-Q1`` or ``2024-03-15``.
    """
    cut = _CUTS.get(type(result))
    return cast("R", cut(result, parsed_period(label))) if cut else result


def _source(facts: SourceFacts, period: Period) -> SourceFacts:
    """Without what was observed after the period and its month, and without totals."""
    last = max(period.end, period_of(period.start, "month").end) - timedelta(days=1)
    end = min(facts.observation_end, last)
    return replace(facts, observation_end=end, customers=0, orders=0)


def _kpis(kpis: Kpis, period: Period) -> Kpis:
    """The definitions, and one value of a part where net revenue is known by any."""
    values = kpis.values
    parts = values[(values["kpi"] == "net_revenue") & (values["dimension"] != "all")]
    return replace(kpis, latest_month=None, values=parts.head(1))


def _months(reports: MonthlyReports, period: Period) -> MonthlyReports:
    own = period.kind == "month"
    figures, movers = reports.figures, reports.movers
    return replace(
        reports,
        months=_beside(reports.months, period, "month"),
        figures=_course(figures, "month", period) if own else figures.head(0),
        movers=_of(movers, "month", period) if own else movers.head(0),
    )


def _periods(reports: PeriodReports, period: Period) -> PeriodReports:
    figures = reports.figures[reports.figures["kind"] == period.kind]
    movers = reports.movers[reports.movers["kind"] == period.kind]
    return replace(
        reports,
        days=_beside(reports.days, period, "day"),
        quarters=_beside(reports.quarters, period, "quarter"),
        figures=_course(figures, "start", period),
        movers=_of(movers, "start", period),
    )


def _alerts(alerts: Alerts, period: Period) -> Alerts:
    """What fired in the months of the period, by rules without their state of today."""
    first = pd.Timestamp(period_of(period.start, "month").start)
    history = alerts.history
    months = (history["month"] >= first) & (history["month"] < pd.Timestamp(period.end))
    rules = alerts.rules.copy()
    rules[["threshold", "value", "expected", "gap_rate"]] = float("nan")
    rules[["state", "since", "slice"]] = ""
    rules[["slices", "fired_slices"]] = 0
    return replace(
        alerts,
        rules=rules,
        history=history[months & history["fired"]],
    )


def _beside(labels: tuple[str, ...], period: Period, kind: str) -> tuple[str, ...]:
    """Return the labels of a kind that a report links to: neighbours, and what it is part of."""
    if kind == period.kind and period.label in labels:
        at = labels.index(period.label)
        return labels[max(0, at - 1) : at + 2]
    if kind == period.kind:
        return labels
    wider = period_of(period.start, cast("Any", kind)).label
    return (wider,) if wider in labels else ()


def _course(figures: pd.DataFrame, column: str, period: Period) -> pd.DataFrame:
    before = figures[figures[column] <= pd.Timestamp(period.start)]
    last = before.sort_values(column, kind="stable").groupby("kpi").tail(COURSE[period.kind])
    return last.sort_index()


def _of(rows: pd.DataFrame, column: str, period: Period) -> pd.DataFrame:
    return rows[rows[column] == pd.Timestamp(period.start)]


_CUTS: Mapping[type[Result], Callable[[Any, Period], Result]] = {
    SourceFacts: _source,
    Kpis: _kpis,
    MonthlyReports: _months,
    PeriodReports: _periods,
    Alerts: _alerts,
}
