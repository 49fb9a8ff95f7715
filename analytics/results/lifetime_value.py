"""What customers will bring, and one row for each of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import ClassVar

import pandas as pd

from analytics.results.base import Columns, Result
from analytics.results.declaration import amount, count, number, rate, text


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
