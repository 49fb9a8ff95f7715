"""What to do: the marketing budget."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import ClassVar

import pandas as pd

from analytics.results.base import Columns, Result
from analytics.results.declaration import amount, day, flag, number, text


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget(Result):
    """Today's weekly marketing budget against the optimal one, by linear programming.

    Response curves are observational: not causal. Amounts are a week's.
    """

    KIND: ClassVar[str] = "prescriptive.budget"
    FRAMES: ClassVar[Mapping[str, Columns]] = {
        "allocation": (
            text("marketing_channel", "Marketing channel."),
            amount("current_amount", "Spend a week today."),
            amount("optimal_amount", "Spend a week in the optimal plan."),
            amount("minimum_amount", "Least that the plan may give."),
            amount("maximum_amount", "Most that the plan may give."),
            number("average_roi", "Contribution margin per unit of spend today."),
            number("marginal_roi", "Contribution margin of one more unit of spend today."),
            number("marginal_roi_low", "Lower end of its 80 % interval."),
            number("marginal_roi_high", "Upper end of its 80 % interval."),
            amount("floor_amount", "Spend a week that a contract obliges to."),
            amount("robust_amount", "Spend a week in the plan that guards the lower quartile."),
            amount("optimal_low_amount", "Tenth percentile of the best plans of the draws."),
            amount("optimal_high_amount", "Ninetieth percentile of them."),
            number("bound_price", "Margin of loosening the channel's bound by one unit."),
        ),
        "curves": (
            text("marketing_channel", "Marketing channel."),
            amount("spend_amount", "Spend a week."),
            amount("margin_amount", "Incremental contribution margin a week."),
            amount("low_amount", "Lower end of its 80 % interval."),
            amount("high_amount", "Upper end of its 80 % interval."),
        ),
        "frontier": (
            amount("total_amount", "Weekly budget."),
            amount("margin_amount", "Incremental contribution margin of the optimal plan."),
            number("shadow_price", "Margin of one more unit of budget."),
        ),
        "plans": (
            flag("minima", "Whether the channels' minima hold; floors always do."),
            flag("maxima", "Whether the channels' maxima hold."),
            amount("total_amount", "Weekly budget."),
            text("marketing_channel", "Marketing channel."),
            amount("spend_amount", "Spend a week in the best plan."),
            amount("margin_amount", "Incremental contribution margin of the whole plan."),
            number("shadow_price", "Margin of one more unit of budget."),
        ),
        "pacing": (
            day("week", "Monday."),
            text("marketing_channel", "Marketing channel."),
            amount("spend_amount", "Spend of the week."),
            number("season", "Demand of the week; 1 is an average week."),
        ),
    }
    first_week: date
    last_week: date
    weeks: int
    current_total_amount: float
    budget_amount: float
    current_margin_amount: float
    optimal_margin_amount: float
    gain_amount: float
    gain_low_amount: float
    gain_high_amount: float
    shadow_price: float
    robust_gain_amount: float
    robust_low_amount: float
    plan_low_amount: float
    target_margin_amount: float
    target_cost_amount: float | None
    experiment_weeks: float
    fit_r2: float
    solver: str
    allocation: pd.DataFrame
    curves: pd.DataFrame
    frontier: pd.DataFrame
    plans: pd.DataFrame
    pacing: pd.DataFrame
