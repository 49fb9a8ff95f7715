"""Gathers what insights may be about, from marts and from what the tiers found."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, TypeVar

import pandas as pd

from analytics.calendar import same_day_months_later
from analytics.pipeline.tiers.facts import observation_cutoff, source_facts
from analytics.pipeline.workshop import Workshop
from analytics.results import (
    Budget,
    ChurnPatterns,
    EarlyWarning,
    Experiments,
    Insights,
    Missing,
    Result,
    RevenueDecline,
    Strategies,
)
from analytics.settings import Layout
from analytics.store import read_result

if TYPE_CHECKING:
    from analytics.prescriptive.candidates import Candidate

R = TypeVar("R", bound=Result)
_YEAR = 12


def found_insights(
    workshop: Workshop,
    layout: Layout,
    *,
    tests: Experiments | Missing,
    budget: Budget | Missing,
) -> Insights:
    """Return what stands out in the last twelve complete months."""
    from analytics.prescriptive import candidates as own
    from analytics.prescriptive import found_elsewhere as others
    from analytics.prescriptive import insights as told
    from analytics.prescriptive.recomputed import monthly_directions

    marts, facts = workshop.marts, source_facts(layout)
    start, end = complete_months(facts.observation_start, observation_cutoff(facts))
    months = (end.year - start.year) * 12 + end.month - start.month
    middle = same_day_months_later(end, -min(_YEAR, months)) if months > 0 else start
    two_years = months >= 2 * _YEAR
    first = same_day_months_later(middle, -_YEAR) if two_years else middle
    has_costs = marts.has("costs")
    found: list[own.Candidate] = []
    yearly = 0.0
    monthly = marts.monthly().rename(columns={"month": "start"})
    if months > 0:
        whole_rows = marts.moments(None, first, middle, end)
        if len(whole_rows):
            whole: dict[str, Any] = {str(name): value for name, value in whole_rows.iloc[0].items()}
            yearly = float(whole["m1" if has_costs else "r1"]) / max(float(whole["c1"]), 1.0)
            if two_years:
                found += own.total_candidates(whole)
            for dimension in marts.dimensions:
                found += own.slice_candidates(
                    dimension,
                    marts.moments(dimension, first, middle, end),
                    whole,
                    has_costs=has_costs,
                    two_years=two_years,
                )
            found += _over_time(workshop, monthly, first, middle, end, float(whole["r1"]))
    decline = _read(layout, RevenueDecline, "diagnostic.decline")
    strategies = _read(layout, Strategies, Strategies.KIND)
    warning = _read(layout, EarlyWarning, EarlyWarning.KIND)
    at_risk = 0.0 if isinstance(warning, Missing) else warning.risk_amount
    found += others.cause_candidates(decline)
    found += others.driver_candidates(_read(layout, ChurnPatterns, "diagnostic.churn"), at_risk)
    found += others.experiment_candidates(tests, yearly)
    found += others.opportunity_candidates(budget, strategies)
    periods = (
        {}
        if isinstance(decline, Missing)
        else {str(name): others.period_of(decline, str(name)) for name in decline.declines["slice"]}
    )
    return told(
        found,
        currency=facts.currency,
        first_label=f"{middle:%B %Y}",
        last_label=f"{same_day_months_later(end, -1):%B %Y}" if months > 0 else f"{middle:%B %Y}",
        periods=periods,
        recomputed=monthly_directions(monthly, first, middle, end),
    )


def complete_months(start: date, end: date) -> tuple[date, date]:
    """Return the first day of the first complete month, and the day after the last's last."""
    first = start if start.day == 1 else same_day_months_later(start.replace(day=1), 1)
    return first, max(first, end.replace(day=1))


def _over_time(
    workshop: Workshop, monthly: pd.DataFrame, first: date, middle: date, end: date, revenue: float
) -> list[Candidate]:
    from analytics.prescriptive import candidates as own

    marts = workshop.marts
    total = monthly[(monthly["dimension"] == "all")].sort_values("start")
    inside = total[
        (total["start"] >= pd.Timestamp(first)) & (total["start"] < pd.Timestamp(end))
    ].reset_index(drop=True)
    found: list[Candidate] = []
    season = own.season_candidate(inside) if first < middle else None
    if season is not None:
        found.append(season)
    found += own.outlier_candidates(inside) if first < middle else []
    series = {}
    if marts.has("status"):
        series["return_rate"] = inside["returned_orders"] / inside["all_orders"]
    stamps = pd.DatetimeIndex(inside["start"])
    if marts.has("satisfaction"):
        score = marts.monthly_satisfaction()
        score = score[score["dimension"] == "all"].set_index(_month_name(score))
        series["satisfaction_score"] = (score["score_sum"] / score["answers"]).reindex(stamps)
    if marts.has("support_tickets"):
        tickets = marts.monthly_tickets()
        tickets = tickets[tickets["dimension"] == "all"].set_index(_month_name(tickets))
        orders = inside.set_index("start")["all_orders"]
        series["tickets_per_1000_orders"] = tickets["tickets"].reindex(stamps) / orders * 1000
    found += own.trend_candidates(series, revenue)
    return found


def _month_name(frame: pd.DataFrame) -> str:
    return "start" if "start" in frame else "month"


def _read(layout: Layout, kind: type[R], name: str) -> R | Missing:
    if not (layout.results / name).exists():
        return Missing(of=name, needs=(), because="It is not part of this build.")
    return read_result(layout.results, kind)
