"""What will happen: customer lifetime value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import ClassVar

import pandas as pd

from analytics.results.base import Columns, Result
from analytics.results.declaration import amount, count, day, number, rate, text


@dataclass(frozen=True, slots=True, kw_only=True)
class Clv(Result):
    """CLV12: four models and the baselines, compared on held-out customers.

    Trained with features up to ``training_cutoff`` and the discounted contribution margin of
    the ``horizon_months`` after it. The winner is chosen on the validation part, reported on
    the test part, refitted on all customers and applied at ``scoring_cutoff``.
    """

    KIND: ClassVar[str] = "predictive.clv"
    FRAMES: ClassVar[Mapping[str, Columns]] = {
        "scores": (
            text("model", "Model or baseline."),
            text("role", "model or baseline."),
            text("part", "validation or test."),
            text("metric", "r2, mae, spearman, decile_lift, calibration_slope, …"),
            number("value", "Score."),
            number("low", "Lower end of the 95 % bootstrap interval."),
            number("high", "Upper end of the 95 % bootstrap interval."),
        ),
        "calibration": (
            text("model", "Model or baseline."),
            count("decile", "1 (lowest predictions) to 10, on the test part."),
            amount("predicted_amount", "Mean prediction."),
            amount("actual_amount", "Mean of what came."),
            count("customers", "Customers in the decile.", "customers"),
        ),
        "tuning": (
            text("model", "Model."),
            text("parameter", "Parameter that was tuned."),
            text("chosen", "Value that the cross-validation chose."),
            text("candidates", "Values that were tried."),
        ),
        "importance": (
            text("feature", "Feature of the winner."),
            amount("mean_absolute_shap_amount", "Mean absolute SHAP value."),
            amount("low", "Least over bootstrap refits."),
            amount("high", "Most over bootstrap refits."),
            amount("permutation_loss", "Mean absolute error added by shuffling the feature."),
            count("best_rank", "Best rank over bootstrap refits."),
            count("worst_rank", "Worst rank over bootstrap refits."),
        ),
        "beeswarm": (
            text("feature", "Feature of the winner."),
            amount("shap", "Middle of a class of SHAP values."),
            rate("level_rate", "Mean rank of the feature's values in it, 0 low to 1 high."),
            count("customers", "Customers in the class.", "customers"),
        ),
        "dependence": (
            text("feature", "Feature of the winner."),
            number("level", "Mean value of the feature in a class of customers."),
            amount("shap", "Median SHAP value."),
            amount("low", "Tenth percentile."),
            amount("high", "Ninetieth percentile."),
            count("customers", "Customers in the class.", "customers"),
        ),
        "waterfalls": (
            text("customer", "Pseudonym of a customer."),
            text("feature", "Feature."),
            text("level", "Its value for this customer."),
            amount("shap", "By how much it moves the prediction."),
            amount("base", "Prediction without any feature."),
            amount("prediction", "Prediction with all of them."),
        ),
        "current_value": (
            text("model", "Model."),
            number("r2", "R2 on customers left out: how well behaviour explains value to date."),
            amount("mae_amount", "Mean absolute error."),
            number("spearman", "Rank correlation."),
            number("quoted_r2", "R2 that is often quoted for it."),
        ),
        "later": (
            text("model", "Model or baseline."),
            text("role", "model or baseline."),
            text("metric", "r2, mae, spearman, decile_lift, calibration_slope, …"),
            number("value", "Score at the later cut-off."),
            number("low", "Lower end of the 95 % bootstrap interval."),
            number("high", "Upper end of the 95 % bootstrap interval."),
        ),
        "segments": (
            text("segment", "Segment; all for everyone."),
            count("customers", "Customers scored.", "customers"),
            amount("mean_amount", "Mean CLV12."),
            amount("low_amount", "Lower end of the 95 % interval of the mean."),
            amount("high_amount", "Upper end of the 95 % interval of the mean."),
            amount("total_amount", "Sum of CLV12."),
        ),
        "distribution": (
            amount("from_amount", "Lower end of the class."),
            amount("to_amount", "Upper end of the class."),
            count("customers", "Customers scored in it.", "customers"),
        ),
    }
    training_cutoff: date
    scoring_cutoff: date
    horizon_months: int
    discount_rate: float
    margin: str
    winner: str
    winner_beats_baseline: bool
    in_use: str
    later_cutoff: date | None
    later_months: int
    later_customers: int
    definitional: tuple[str, ...]
    training_customers: int
    validation_customers: int
    test_customers: int
    interval_coverage: float
    scores: pd.DataFrame
    calibration: pd.DataFrame
    tuning: pd.DataFrame
    importance: pd.DataFrame
    beeswarm: pd.DataFrame
    dependence: pd.DataFrame
    waterfalls: pd.DataFrame
    current_value: pd.DataFrame
    later: pd.DataFrame
    segments: pd.DataFrame
    distribution: pd.DataFrame


def _nobody() -> pd.DataFrame:
    return pd.DataFrame({"customer_id": [], "clv12_amount": [], "churn_probability": []})


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerScores(Result):
    """One row a customer: the analysed data set, before pseudonyms are put in.

    ``before`` is what the same models say of the customers of a month earlier, from what was known
    then; it is not published row by row.
    """

    KIND: ClassVar[str] = "predictive.customers"
    FRAMES: ClassVar[Mapping[str, Columns]] = {
        "customers": (
            text("customer_id", "The customer; published as a pseudonym only."),
            text("segment", "Segment; Unknown where missing."),
            text("region", "Region; Unknown where missing."),
            text("signup_quarter", "Quarter of sign-up or first order, such as 2023-Q1."),
            text("acquisition_channel", "Acquisition channel; Unknown where missing."),
            count("orders", "Completed orders to date.", "orders"),
            amount("net_revenue_amount", "Net revenue to date."),
            amount("contribution_margin_amount", "Contribution margin to date."),
            number("days_since_last_order", "Days since the last completed order.", "days"),
            count("r_score", "Recency score, 1 to 5 (5 is the most recent)."),
            count("f_score", "Frequency score, 1 to 5."),
            count("m_score", "Monetary score, 1 to 5."),
            number("satisfaction", "Mean satisfaction to date; null without an answer."),
            count("tickets", "Tickets to date.", "tickets"),
            amount("clv12_amount", "Predicted CLV12."),
            amount("clv12_low_amount", "Lower end of its 80 % interval."),
            amount("clv12_high_amount", "Upper end of its 80 % interval."),
            rate("churn_probability", "Probability of ordering nothing in the own window."),
            text("churn_reasons", "What raises it most; empty where nothing does."),
        ),
        "before": (
            text("customer_id", "The customer."),
            amount("clv12_amount", "CLV12 by the same model a month earlier."),
            rate("churn_probability", "Probability of churn by the same model a month earlier."),
        ),
    }
    cutoff: date
    before_cutoff: date | None = None
    customers: pd.DataFrame
    before: pd.DataFrame = field(default_factory=_nobody)


@dataclass(frozen=True, slots=True, kw_only=True)
class Churn(Result):
    """Churn risk: three models and baselines, compared at a later cut-off than trained on.

    A customer at risk has not been silent for longer than the own window (three usual gaps, 90
    to 180 days) at the cut-off; churned is who orders nothing in that window after it.
    """

    KIND: ClassVar[str] = "predictive.churn"
    FRAMES: ClassVar[Mapping[str, Columns]] = {
        "cut_offs": (
            day("cutoff", "First day that is not known yet."),
            text("part", "train, test or score."),
            count("customers", "Customers at risk.", "customers"),
            rate("churn_rate", "Share that churned; null where it is not known yet."),
        ),
        "scores": (
            text("model", "Model or baseline."),
            text("role", "model or baseline."),
            text("part", "calibration or test."),
            text("metric", "auc, average_precision, brier, log_loss, ece, lift, …"),
            number("value", "Score."),
            number("low", "Lower end of the 95 % bootstrap interval."),
            number("high", "Upper end of the 95 % bootstrap interval."),
        ),
        "curves": (
            text("model", "Model or baseline."),
            rate("contacted_rate", "Share of customers taken, highest probability first."),
            rate("false_positive_rate", "Share of those who stayed that is among them."),
            rate("true_positive_rate", "Share of those who churned that is among them."),
            rate("precision", "Share of them that churned."),
            number("lift", "That share over the share of all."),
            amount("profit_amount", "Expected profit of contacting them, a customer at risk."),
        ),
        "reliability": (
            text("model", "Model or baseline."),
            count("bin", "1 (lowest probabilities) upwards, of equal size."),
            rate("predicted_rate", "Mean probability."),
            rate("observed_rate", "Share that churned."),
            rate("low_rate", "Lower end of its 95 % interval."),
            rate("high_rate", "Upper end of its 95 % interval."),
            count("customers", "Customers in it.", "customers"),
        ),
        "profit": (
            text("model", "Model or baseline."),
            amount("profit_amount", "Expected maximum profit, a customer at risk."),
            rate("contact_rate", "Share of customers to contact for it."),
        ),
        "tuning": (
            text("model", "Model."),
            text("parameter", "Parameter that was tuned."),
            text("chosen", "Value that the cross-validation chose."),
            text("candidates", "Values that were tried."),
        ),
        "importance": (
            text("feature", "Feature of the chosen model."),
            number("mean_absolute_shap", "Mean absolute SHAP value."),
            number("low", "Least over bootstrap refits."),
            number("high", "Most over bootstrap refits."),
            number("permutation_loss", "Log loss added by shuffling the feature."),
            count("best_rank", "Best rank over bootstrap refits."),
            count("worst_rank", "Worst rank over bootstrap refits."),
        ),
        "beeswarm": (
            text("feature", "Feature of the chosen model."),
            number("shap", "Middle of a class of SHAP values."),
            rate("level_rate", "Mean rank of the feature's values in it, 0 low to 1 high."),
            count("customers", "Customers in the class.", "customers"),
        ),
        "dependence": (
            text("feature", "Feature of the chosen model."),
            number("level", "Mean value of the feature in a class of customers."),
            number("shap", "Median SHAP value."),
            number("low", "Tenth percentile."),
            number("high", "Ninetieth percentile."),
            count("customers", "Customers in the class.", "customers"),
        ),
        "waterfalls": (
            text("customer", "Pseudonym of a customer."),
            text("feature", "Feature."),
            text("level", "Its value for this customer."),
            number("shap", "By how much it moves the prediction."),
            number("base", "Prediction without any feature."),
            number("prediction", "Prediction with all of them."),
        ),
        "segments": (
            text("segment", "Segment; all for everyone at risk."),
            count("customers", "Customers at risk.", "customers"),
            rate("mean_rate", "Mean probability."),
            number("expected_churners", "Sum of the probabilities.", "customers"),
            amount("margin_at_risk_amount", "Sum of probability times CLV12."),
        ),
        "distribution": (
            rate("from_rate", "Lower end of the class of probabilities."),
            rate("to_rate", "Upper end of the class."),
            count("customers", "Customers at risk in it.", "customers"),
        ),
    }
    test_cutoff: date
    scoring_cutoff: date
    window_low_days: int
    window_high_days: int
    window_gaps: float
    winner: str
    winner_beats_baseline: bool
    forest_only_ties: bool
    calibration: str
    calibration_intercept: float
    calibration_slope: float
    ece_floor: float
    season_known: bool
    training_customers: int
    training_rows: int
    calibration_customers: int
    test_customers: int
    lapsed_customers: int
    shap_unit: str
    value_amount: float
    offer_amount: float
    contact_amount: float
    accept_alpha: float
    accept_beta: float
    cut_offs: pd.DataFrame
    scores: pd.DataFrame
    curves: pd.DataFrame
    reliability: pd.DataFrame
    profit: pd.DataFrame
    tuning: pd.DataFrame
    importance: pd.DataFrame
    beeswarm: pd.DataFrame
    dependence: pd.DataFrame
    waterfalls: pd.DataFrame
    segments: pd.DataFrame
    distribution: pd.DataFrame


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
