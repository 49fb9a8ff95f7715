"""The months ahead: forecast, and under assumptions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import ClassVar

import pandas as pd

from analytics.results.base import Columns, Result
from analytics.results.declaration import amount, day, number, text


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast(Result):
    """Net revenue, orders and active customers by month, with their backtest."""

    KIND: ClassVar[str] = "predictive.forecast"
    FRAMES: ClassVar[Mapping[str, Columns]] = {
        "history": (
            text("measure", "net_revenue_amount, orders or active_customers."),
            text("dimension", "all, region or segment."),
            text("part", "Part of the dimension; all for the total."),
            day("month", "First day of a whole month."),
            number("value", "What came."),
        ),
        "months": (
            text("measure", "net_revenue_amount, orders or active_customers."),
            text("dimension", "all, region or segment."),
            text("part", "Part of the dimension; all for the total."),
            day("month", "First day of the month."),
            number("value", "Forecast."),
            number("low_80", "Lower end of its 80 % interval."),
            number("high_80", "Upper end of its 80 % interval."),
            number("low_95", "Lower end of its 95 % interval."),
            number("high_95", "Upper end of its 95 % interval."),
        ),
        "backtest": (
            text("measure", "net_revenue_amount, orders or active_customers."),
            text("model", "The chosen model, and the seasonal naive one."),
            day("origin", "First day that was not known."),
            day("month", "First day of the month forecast."),
            number("forecast", "Forecast made at the origin."),
            number("actual", "What came."),
        ),
        "scores": (
            text("measure", "net_revenue_amount, orders or active_customers."),
            text("model", "Model, or what would have been chosen at each origin."),
            text("metric", "mae, relative_mae, smape, pinball, bias_rate, coverage_80, …"),
            number("value", "Score over all origins and months."),
        ),
    }
    origin: date
    horizon_months: int
    first_origin: date
    last_origin: date
    origins: int
    training_months: int
    season_weak: bool
    revenue_model: str
    orders_model: str
    customers_model: str
    history: pd.DataFrame
    months: pd.DataFrame
    backtest: pd.DataFrame
    scores: pd.DataFrame


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenarios(Result):
    """The year ahead under assumptions, through the model of the customer base."""

    KIND: ClassVar[str] = "predictive.scenarios"
    FRAMES: ClassVar[Mapping[str, Columns]] = {
        "scenarios": (
            text("scenario", "conservative, moderate or aggressive."),
            number("acquisition", "New customers, as a multiple of the last year's."),
            number("retention", "Expected stay, as a multiple."),
            number("order_value", "Net revenue of an order, as a multiple."),
            number("frequency", "Purchase rates, as a multiple."),
            number("margin", "Contribution margin rate, as a multiple."),
            number("spend", "Marketing spend, as a multiple."),
            number("orders", "Expected orders of the year.", "orders"),
            amount("revenue_amount", "Expected net revenue of the year."),
            amount("revenue_low_amount", "Lower end of its 80 % interval."),
            amount("revenue_high_amount", "Upper end of its 80 % interval."),
            amount("margin_amount", "Expected contribution margin."),
            amount("spend_amount", "Marketing spend."),
            amount("result_amount", "Contribution margin after marketing."),
            amount("result_low_amount", "Lower end of its 80 % interval."),
            amount("result_high_amount", "Upper end of its 80 % interval."),
        ),
        "months": (
            text("scenario", "conservative, moderate or aggressive."),
            day("month", "First day of the month of the year ahead."),
            amount("revenue_amount", "Expected net revenue."),
            amount("low_amount", "Lower end of its 80 % interval."),
            amount("high_amount", "Upper end of its 80 % interval."),
        ),
        "surface": (
            number("retention", "Node of the grid: expected stay as a multiple."),
            number("frequency", "Node of the grid: purchase rates as a multiple."),
            number("orders", "Orders of customers who are there.", "orders"),
            amount("revenue_amount", "Net revenue of customers who are there."),
            number("new_orders", "Orders of new customers.", "orders"),
            amount("new_revenue_amount", "Net revenue of new customers."),
        ),
    }
    cutoff: date
    margin_rate: float
    spend_amount: float
    last_year_revenue_amount: float
    last_year_orders: float
    joining_customers: float
    backtest_error_rate: float
    purchase_model: str
    season_known: bool
    level: float
    least: float
    most: float
    scenarios: pd.DataFrame
    months: pd.DataFrame
    surface: pd.DataFrame
