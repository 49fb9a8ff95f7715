"""Who may leave."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import ClassVar

import pandas as pd

from analytics.results.base import Columns, Result
from analytics.results.declaration import amount, count, day, number, rate, text


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
