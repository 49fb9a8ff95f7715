"""Candidates that other analyses tested already: causes, drivers, experiments, opportunities."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
from scipy import special

from analytics.prescriptive.candidates import CUSTOMER_DIMENSIONS, Candidate, normal_p_value
from analytics.results import (
    Budget,
    ChurnPatterns,
    Experiments,
    Forecast,
    Missing,
    RevenueDecline,
    Strategies,
)

_WEEKS = 52.0
_MEASURES = ("satisfaction", "ticket")
_ACTIVE_DAYS = 180


def cause_candidates(
    decline: RevenueDecline | Missing, *, margin_rate: float
) -> Iterator[Candidate]:
    """Yield the slices that orders are missing from; each was one of many that were scanned."""
    if isinstance(decline, Missing):
        return
    for row in _rows(decline.declines):
        p_value = min(1.0, decline.slices * 2 * float(special.ndtr(-abs(float(row.z)))))
        yield Candidate(
            pattern="cause", kpi="orders", dimension=str(row.dimensions), part=str(row.slice),
            value=float(row.change_rate), low=float(row.low), high=float(row.high),
            base=float(row.observed_orders), other=float(row.expected_orders),
            sample=float(row.observed_orders), p_value=p_value,
            impact_amount=abs(float(row.revenue_shortfall_amount)) * margin_rate,
            page="diagnostic/revenue-decline.html", because="",
        )  # fmt: skip


def period_of(decline: RevenueDecline, slice_: str) -> str:
    """Return the label of the quarter in which a slice declined."""
    rows = decline.declines[decline.declines["slice"] == slice_]
    return str(rows["period"].iloc[0])


def driver_candidates(
    patterns: ChurnPatterns | Missing, at_risk: float, shares: Mapping[str, float]
) -> Iterator[Candidate]:
    """Yield what goes with leaving.

    A driver amounts to the margin at risk times the fraction of leaving that goes with it
    (Miettinen 1974): for a share s exposed at a hazard ratio h, s (h - 1) / (1 + s (h - 1)). A
    measure amounts to what one unit more of it, for everyone, would change.

    Parameters
    ----------
    patterns : ChurnPatterns or Missing
        Drivers with their hazard ratios.
    at_risk : float
        Margin at risk in a year.
    shares : mapping
        Share of the customers by driver, as the drivers are called.
    """
    if isinstance(patterns, Missing):
        return
    drivers = patterns.drivers[~patterns.drivers["definitional"].astype(bool)]
    # Levels of one driver, such as one and several open tickets, amount to what both do.
    excess = {
        str(row.driver): shares[str(row.driver)] * (float(row.hazard_ratio) - 1)
        for row in _rows(drivers)
        if str(row.driver) in shares
    }
    levels = {name for name in excess if " = " not in name}
    together = sum(excess[name] for name in levels)
    for row in _rows(drivers):
        name, ratio = str(row.driver), float(row.hazard_ratio)
        if name in excess:
            fraction = _attributable(together if name in levels else excess[name])
        else:
            fraction = 1 - min(ratio, 1 / ratio)
        dimension, _, part = name.partition(" = ")
        category = bool(part)
        yield Candidate(
            pattern="rank" if category else "association", kpi="churn",
            dimension=dimension if category else str(row.unit), part=part or name,
            value=ratio, low=float(row.low), high=float(row.high), base=ratio, other=1.0,
            sample=float(patterns.customers), p_value=float(row.p_value),
            impact_amount=at_risk * abs(fraction), page="diagnostic/churn-patterns.html",
            because=_not_told(name, float(row.low), float(row.high)),
            against=str(row.unit).removeprefix("against ") if category else "",
        )  # fmt: skip


def exposed_shares(
    features: pd.DataFrame, tickets: pd.DataFrame | None, end: date, *, window_days: int
) -> dict[str, float]:
    """Return the share of the customers that each driver of churn is about.

    Parameters
    ----------
    features : DataFrame
        `Marts.customer_features` at the end.
    tickets : DataFrame or None
        `Marts.tickets`.
    end : date
        First day that is not known.
    window_days : int
        Days that an unresolved ticket counts for.
    """
    active = features[features["days_since_last_order"] <= _ACTIVE_DAYS]
    count = max(len(active), 1)
    shares = {
        f"{dimension} = {part}": float(number) / count
        for dimension in CUSTOMER_DIMENSIONS
        if dimension in active
        for part, number in active[dimension].value_counts().items()
    }
    if tickets is not None and len(tickets):
        opened = pd.to_datetime(tickets["opened_at"])
        until = pd.Timestamp(end)
        open_ = (opened >= until - pd.Timedelta(days=window_days)) & (opened < until)
        if "closed_at" in tickets:
            open_ &= ~(pd.to_datetime(tickets["closed_at"]) < until)
        each = tickets.loc[open_, "customer_id"].value_counts()
        each = each[each.index.isin(active["customer_id"])]
        shares["one unresolved ticket"] = float((each == 1).sum()) / count
        shares["two or more unresolved tickets"] = float((each >= 2).sum()) / count
    return shares


def _attributable(excess: float) -> float:
    return excess / (1 + excess) if excess > -1 else -1.0


def _not_told(driver: str, low: float, high: float) -> str:
    if low <= 1 <= high:
        return "its own interval includes no difference"
    if driver.split(" = ")[-1] in ("Other", "Unknown"):
        return "no group that can be acted on"
    if " = " in driver or any(word in driver for word in _MEASURES):
        return ""
    return "not something that can be told in a sentence"


def forecast_candidates(
    forecast: Forecast | Missing, *, margin_rate: float, order_value: float, customer_value: float
) -> Iterator[Candidate]:
    """Yield what the months ahead are forecast to bring against the same months a year before.

    The ends of the months' intervals are summed, as if their errors went together: the interval
    of the sum is at most that wide.

    Parameters
    ----------
    forecast : Forecast or Missing
        With the history that it was made from.
    margin_rate : float
        Contribution margin of a unit of net revenue.
    order_value, customer_value : float
        Net revenue of an order, and of an active customer in a month.
    """
    if isinstance(forecast, Missing):
        return
    worth = {"net_revenue_amount": 1.0, "orders": order_value, "active_customers": customer_value}
    for measure, each in worth.items():
        ahead, before = (
            frame[(frame["measure"] == measure) & (frame["dimension"] == "all")]
            for frame in (forecast.months, forecast.history)
        )
        known = before.set_index(pd.to_datetime(before["month"]))["value"]
        base = known.reindex(pd.to_datetime(ahead["month"]) - pd.DateOffset(years=1))
        then = float(base.sum())
        if ahead.empty or base.isna().any() or then <= 0 or (ahead["low_95"] <= 0).any():
            continue
        value, low, high = (
            float(np.log(ahead[name].sum() / then)) for name in ("value", "low_95", "high_95")
        )
        yield Candidate(
            pattern="forecast", kpi=measure.removesuffix("_amount"), dimension="all",
            part=f"{len(ahead)} months", value=value, low=low, high=high,
            base=float(ahead["value"].sum()), other=then, sample=float(forecast.training_months),
            p_value=normal_p_value(value, low, high, level=0.95),
            impact_amount=abs(float(ahead["value"].sum()) - then) * each * margin_rate,
            page="predictive/forecast.html",
        )  # fmt: skip


def experiment_candidates(tests: Experiments | Missing, value: float) -> Iterator[Candidate]:
    """Yield the lift of every sound experiment; `value` is a customer's yearly margin."""
    if isinstance(tests, Missing):
        return
    states = tests.experiments.set_index("experiment_id")
    for row in _rows(tests.lifts[tests.lifts["primary"]]):
        yield Candidate(
            pattern="experiment", kpi="orders", dimension=str(row.experiment_id),
            part=str(row.variant), value=float(row.lift_rate), low=float(row.lift_low_rate),
            high=float(row.lift_high_rate), base=float(row.variant_mean),
            other=float(row.control_mean),
            sample=float(states.loc[row.experiment_id, "customers"]),
            p_value=float(row.corrected_p_value),
            impact_amount=abs(float(row.lift_rate)) * value
            * float(states.loc[row.experiment_id, "customers"]),
            page="prescriptive/experiments.html",
        )  # fmt: skip


def opportunity_candidates(
    budget: Budget | Missing, strategies: Strategies | Missing
) -> Iterator[Candidate]:
    """Yield marketing channels whose next unit brings more than it costs, and the portfolio."""
    if not isinstance(budget, Missing):
        for row in _rows(budget.allocation):
            low, high = float(row.marginal_roi_low), float(row.marginal_roi_high)
            value = float(row.marginal_roi)
            yield Candidate(
                pattern="opportunity", kpi="marginal_roi", dimension="marketing_channel",
                part=str(row.marketing_channel), value=value, low=low, high=high, base=value,
                other=1.0, sample=float(budget.weeks),
                # Only more than 1 is ever told: a one-sided test.
                p_value=normal_p_value(value - 1, low, high, level=0.8) / 2 if value > 1 else 1.0,
                # Half of it: what more spend brings falls on the way to the most that is allowed.
                impact_amount=abs(value - 1) / 2 * _WEEKS
                * max(0.0, float(row.maximum_amount) - float(row.current_amount)),
                page="prescriptive/budget.html",
                because="" if value > 1 else "more spend would not pay",
            )  # fmt: skip
    if not isinstance(strategies, Missing) and strategies.chosen_customers:
        best = strategies.levers.iloc[0]
        measured = str(best["evidence"]).startswith("measured")
        yield Candidate(
            pattern="opportunity", kpi="contribution_margin", dimension="portfolio",
            part="portfolio", value=strategies.chosen_net_amount,
            low=strategies.chosen_net_low_amount, high=strategies.chosen_net_high_amount,
            base=float(strategies.chosen_customers), other=strategies.chosen_cost_amount,
            sample=float(strategies.chosen_customers),
            p_value=normal_p_value(
                strategies.chosen_net_amount, strategies.chosen_net_low_amount,
                strategies.chosen_net_high_amount, level=0.8,
            ),
            impact_amount=abs(strategies.chosen_net_amount), page="prescriptive/strategies.html",
            because="" if measured else "its effect is assumed, not measured",
        )  # fmt: skip


def _rows(frame: pd.DataFrame) -> list[Any]:
    """Return the rows with their columns as attributes."""
    return list(frame.itertuples(index=False))
