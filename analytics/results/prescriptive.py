"""What to do: the marketing budget."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import ClassVar

import pandas as pd

from analytics.results.base import Columns, Result
from analytics.results.declaration import amount, number, text


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
    fit_r2: float
    solver: str
    allocation: pd.DataFrame
    curves: pd.DataFrame
    frontier: pd.DataFrame
