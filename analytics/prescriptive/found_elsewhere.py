"""Candidates that other analyses tested already: causes, drivers, experiments, opportunities."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
from scipy import special

from analytics.prescriptive.candidates import Candidate, normal_p_value
from analytics.results import (
    Budget,
    ChurnPatterns,
    Experiments,
    Missing,
    RevenueDecline,
    Strategies,
)

_WEEKS = 52.0
_MEASURES = ("satisfaction", "ticket")


def cause_candidates(decline: RevenueDecline | Missing) -> Iterator[Candidate]:
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
            impact_amount=abs(float(row.revenue_shortfall_amount)),
            page="diagnostic/revenue-decline.html", because="",
        )  # fmt: skip


def period_of(decline: RevenueDecline, slice_: str) -> str:
    """Return the label of the quarter in which a slice declined."""
    rows = decline.declines[decline.declines["slice"] == slice_]
    return str(rows["period"].iloc[0])


def driver_candidates(patterns: ChurnPatterns | Missing, at_risk: float) -> Iterator[Candidate]:
    """Yield what goes with leaving; `at_risk` is the margin at stake in a year."""
    if isinstance(patterns, Missing):
        return
    for row in _rows(patterns.drivers):
        if bool(row.definitional):
            continue
        ratio = float(row.hazard_ratio)
        yield Candidate(
            pattern="association", kpi="churn", dimension=str(row.unit), part=str(row.driver),
            value=ratio, low=float(row.low), high=float(row.high), base=ratio, other=1.0,
            sample=float(patterns.customers), p_value=float(row.p_value),
            impact_amount=abs(float(np.log(ratio))) * at_risk * 0.1,
            page="diagnostic/churn-patterns.html",
            because=_not_told(str(row.driver), float(row.low), float(row.high)),
        )  # fmt: skip


def _not_told(driver: str, low: float, high: float) -> str:
    if low <= 1 <= high:
        return "its own interval includes no difference"
    if driver.split(" = ")[-1] in ("Other", "Unknown"):
        return "no group that can be acted on"
    if " = " in driver or any(word in driver for word in _MEASURES):
        return ""
    return "not something that can be told in a sentence"


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
                impact_amount=abs(value - 1) * float(row.current_amount) * 0.2 * _WEEKS,
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
