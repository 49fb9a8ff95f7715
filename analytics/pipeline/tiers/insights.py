"""Gathers what insights may be about, from marts and from what the tiers found."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
import pandas as pd

from analytics.calendar import same_day_months_later
from analytics.pipeline.tiers.facts import observation_cutoff, source_facts
from analytics.pipeline.workshop import Workshop
from analytics.results import (
    Budget,
    ChurnPatterns,
    EarlyWarning,
    Experiments,
    Forecast,
    Insights,
    Missing,
    Result,
    RevenueDecline,
    SourceFacts,
    Strategies,
)
from analytics.settings import Layout
from analytics.store import read_result

if TYPE_CHECKING:
    from analytics.marts import Marts
    from analytics.prescriptive.candidates import Candidate
    from analytics.prescriptive.recomputed import Directions

R = TypeVar("R", bound=Result)
_YEAR = 12
# Unresolved tickets of this many days go with leaving, as the diagnostic tier finds.
_TICKET_DAYS = 91


def found_insights(
    workshop: Workshop,
    layout: Layout,
    *,
    tests: Experiments | Missing,
    budget: Budget | Missing,
    margin_rate: float,
) -> Insights:
    """Return what stands out in the last twelve complete months of a source's results.

    Parameters
    ----------
    workshop, layout : Workshop, Layout
        The marts, and where the results of the other tiers lie.
    tests, budget : Experiments, Budget
        What this tier has found; Missing where the source has none.
    margin_rate : float
        Contribution margin of a unit of net revenue where the source has no costs.
    """
    warning = _read(layout, EarlyWarning, EarlyWarning.KIND)
    return insights_of(
        workshop.marts,
        source_facts(layout),
        tests=tests,
        budget=budget,
        decline=_read(layout, RevenueDecline, RevenueDecline.KIND),
        patterns=_read(layout, ChurnPatterns, ChurnPatterns.KIND),
        forecast=_read(layout, Forecast, Forecast.KIND),
        strategies=_read(layout, Strategies, Strategies.KIND),
        at_risk=0.0 if isinstance(warning, Missing) else warning.risk_amount,
        margin_rate=margin_rate,
    )


def insights_of(
    marts: Marts,
    facts: SourceFacts,
    *,
    tests: Experiments | Missing,
    budget: Budget | Missing,
    decline: RevenueDecline | Missing,
    patterns: ChurnPatterns | Missing,
    forecast: Forecast | Missing,
    strategies: Strategies | Missing,
    at_risk: float,
    margin_rate: float,
) -> Insights:
    """Return what stands out, of the marts and of what the tiers found; see `found_insights`.

    `at_risk` is the margin at risk in a year.
    """
    from analytics.prescriptive import candidates as own
    from analytics.prescriptive import found_elsewhere as others
    from analytics.prescriptive import insights as told

    start, end = complete_months(facts.observation_start, observation_cutoff(facts))
    months = (end.year - start.year) * 12 + end.month - start.month
    middle = same_day_months_later(end, -min(_YEAR, months)) if months > 0 else start
    two_years = months >= 2 * _YEAR
    first = same_day_months_later(middle, -_YEAR) if two_years else middle
    has_costs = marts.has("costs")
    found: list[Candidate] = []
    recomputed: Directions = {}
    yearly, order_value, monthly_value = 0.0, 0.0, 0.0
    whole_rows = marts.moments(None, first, middle, end) if months > 0 else pd.DataFrame()
    if len(whole_rows):
        whole: dict[str, Any] = {str(name): value for name, value in whole_rows.iloc[0].items()}
        if has_costs and whole["r1"] > 0:
            margin_rate = float(whole["m1"]) / float(whole["r1"])
        customers = max(float(whole["c1"]), 1.0)
        yearly = float(whole["r1"]) * margin_rate / customers
        order_value = float(whole["r1"]) / max(float(whole["o1"]), 1.0)
        monthly_value = float(whole["r1"]) / customers / _YEAR
        if two_years:
            found += own.total_candidates(whole, margin_rate=margin_rate)
        for dimension in marts.dimensions:
            found += own.slice_candidates(
                dimension,
                marts.moments(dimension, first, middle, end),
                whole,
                has_costs=has_costs,
                two_years=two_years,
                margin_rate=margin_rate,
            )
        worth = {"return_rate": float(whole["r1"]) * margin_rate, **_points(patterns, at_risk)}
        found += _over_time(marts, first, middle, end, worth, margin_rate)
        recomputed = _recomputed(marts, first, middle, end)
    found += others.cause_candidates(decline, margin_rate=margin_rate)
    shares = {}
    if not isinstance(patterns, Missing):
        shares = others.exposed_shares(
            marts.customer_features(observation_cutoff(facts)),
            marts.tickets() if marts.has("support_tickets") else None,
            observation_cutoff(facts),
            window_days=_TICKET_DAYS,
        )
    found += others.driver_candidates(patterns, at_risk, shares)
    found += others.experiment_candidates(tests, yearly)
    found += others.opportunity_candidates(budget, strategies)
    found += others.forecast_candidates(
        forecast, margin_rate=margin_rate, order_value=order_value, customer_value=monthly_value
    )
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
        recomputed=recomputed,
    )


def complete_months(start: date, end: date) -> tuple[date, date]:
    """Return the first day of the first complete month, and the day after the last's last."""
    first = start if start.day == 1 else same_day_months_later(start.replace(day=1), 1)
    return first, max(first, end.replace(day=1))


def _points(patterns: ChurnPatterns | Missing, at_risk: float) -> dict[str, float]:
    """Return what a point of satisfaction is worth: the margin at risk that goes with it."""
    if isinstance(patterns, Missing):
        return {}
    rows = patterns.drivers[patterns.drivers["driver"] == "satisfaction"]
    if rows.empty:
        return {}
    return {"satisfaction_score": at_risk * abs(float(rows["log_hazard"].iloc[0]))}


def _over_time(
    marts: Marts, first: date, middle: date, end: date, worth: dict[str, float], margin_rate: float
) -> list[Candidate]:
    from analytics.prescriptive import candidates_over_time as own

    monthly = marts.monthly().rename(columns={"month": "start"})
    total = monthly[(monthly["dimension"] == "all")].sort_values("start")
    inside = total[
        (total["start"] >= pd.Timestamp(first)) & (total["start"] < pd.Timestamp(end))
    ].reset_index(drop=True)
    found: list[Candidate] = []
    if first < middle:
        season = own.season_candidate(inside, margin_rate=margin_rate)
        found += [] if season is None else [season]
        found += own.outlier_candidates(inside, margin_rate=margin_rate)
    series = {}
    if marts.has("status"):
        series["return_rate"] = inside["returned_orders"] / inside["all_orders"]
    stamps = pd.DatetimeIndex(inside["start"])
    if marts.has("satisfaction"):
        score = marts.monthly_satisfaction()
        score = score[score["dimension"] == "all"].set_index("month")
        series["satisfaction_score"] = (score["score_sum"] / score["answers"]).reindex(stamps)
    if marts.has("support_tickets"):
        tickets = marts.monthly_tickets()
        tickets = tickets[tickets["dimension"] == "all"].set_index("month")
        orders = inside.set_index("start")["all_orders"]
        series["tickets_per_1000_orders"] = tickets["tickets"].reindex(stamps) / orders * 1000
    found += own.trend_candidates(series, worth)
    return found


def _recomputed(marts: Marts, first: date, middle: date, end: date) -> Directions:
    """Return the directions that findings must have, from marts that they were not made of."""
    from analytics.prescriptive import recomputed as anew

    two_years = first < middle
    monthly = marts.monthly().rename(columns={"month": "start"})
    found = anew.monthly_directions(monthly, first, middle, end)
    found |= anew.customer_directions(
        marts.customer_features(end),
        marts.customer_features(middle) if two_years else None,
        margin=marts.has("costs"),
    )
    if two_years:
        found |= anew.daily_directions(marts.daily(), middle, end)
    rows: dict[str, tuple[pd.Series, pd.Series]] = {}
    if marts.has("satisfaction"):
        answers = marts.satisfaction()
        rows["satisfaction_score"] = (pd.to_datetime(answers["surveyed_on"]), answers["score"])
    if marts.has("support_tickets"):
        opened = pd.to_datetime(marts.tickets()["opened_at"])
        rows["tickets_per_1000_orders"] = (opened, pd.Series(1.0, index=opened.index))
    daily = marts.daily()
    days = daily.set_index(pd.to_datetime(daily["day"]))["orders"]
    days = days[(days.index >= pd.Timestamp(first)) & (days.index < pd.Timestamp(end))]
    found |= anew.trend_directions(rows, days)
    # Returns are added up over the parts of a dimension, the trend is that of the total.
    for dimension in marts.dimensions[:1] if marts.has("status") else ():
        parts = monthly[monthly["dimension"] == dimension].groupby("start")
        sums = parts[["returned_orders", "all_orders"]].sum()
        rate = (sums["returned_orders"] / sums["all_orders"]).dropna()
        rate = rate[(rate.index >= pd.Timestamp(first)) & (rate.index < pd.Timestamp(end))]
        if len(rate) > 1:
            place = np.arange(len(rate)) - (len(rate) - 1) / 2
            sign = 1 if float((place * rate.to_numpy(dtype=float)).sum()) >= 0 else -1
            found[("trend", "return_rate", "all", "all")] = sign
    return found


def _read(layout: Layout, kind: type[R], name: str) -> R | Missing:
    if not (layout.results / name).exists():
        return Missing(of=name, needs=(), because="It is not part of this build.")
    return read_result(layout.results, kind)
