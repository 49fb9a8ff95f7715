"""Churn risk and forecast of the small shop."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from analytics.results import Churn, Forecast, Result, Scenarios

ABSENT = (
    (Churn, ("transactions",), "The history is too short."),
    (Forecast, ("transactions",), "The history is too short."),
    (Scenarios, ("transactions",), "The history is too short."),
)

MODELS = {
    "Random forest": "model", "Logistic regression": "model", "XGBoost": "model",
    "Purchase history alone": "baseline", "No model": "baseline",
}  # fmt: skip
METRICS = {"auc": 0.76, "average_precision": 0.2, "brier": 0.06, "log_loss": 0.23, "ece": 0.018,
           "lift": 3.3}  # fmt: skip


def churn(*, beats: bool = True, ties: bool = True) -> Churn:
    skilled = [name for name in MODELS if name != "No model"]
    shares = np.linspace(0, 1, 11)
    curves = pd.concat(
        [
            pd.DataFrame(
                {
                    "model": name, "contacted_rate": shares, "false_positive_rate": shares,
                    "true_positive_rate": shares**0.5, "precision": 0.3 - 0.2 * shares,
                    "lift": 3.3 - 2.3 * shares, "profit_amount": 0.6 - shares**2,
                }
            )
            for name in skilled
        ],
        ignore_index=True,
    )  # fmt: skip
    bins = np.arange(1, 11)
    reliability = pd.concat(
        [
            pd.DataFrame(
                {
                    "model": name, "bin": bins, "predicted_rate": bins / 40,
                    "observed_rate": bins / 45, "low_rate": bins / 60, "high_rate": bins / 35,
                    "customers": 680,
                }
            )
            for name in skilled
        ],
        ignore_index=True,
    )  # fmt: skip
    features = ["silence_log_odds", "satisfaction", "segment"]
    return Churn(
        test_cutoff=date(2024, 1, 1),
        scoring_cutoff=date(2024, 7, 1),
        window_low_days=90,
        window_high_days=180,
        window_gaps=3.0,
        winner="Logistic regression",
        winner_beats_baseline=beats,
        forest_only_ties=ties,
        calibration="sigmoid",
        calibration_intercept=-0.1,
        calibration_slope=1.03,
        ece_floor=0.008,
        season_known=True,
        training_customers=5_600,
        training_rows=39_000,
        calibration_customers=1_900,
        test_customers=6_809,
        lapsed_customers=2_102,
        shap_unit="log odds",
        value_amount=200.0,
        offer_amount=10.0,
        contact_amount=1.0,
        accept_alpha=6.0,
        accept_beta=14.0,
        cut_offs=pd.DataFrame(
            {
                "cutoff": pd.to_datetime(["2023-06-01", "2023-07-01", "2024-01-01", "2024-07-01"]),
                "part": ["train", "train", "test", "score"],
                "customers": [6_900, 6_850, 6_809, 7_631],
                "churn_rate": [0.16, 0.17, 0.072, np.nan],
            }
        ),
        scores=pd.DataFrame(
            [
                (name, role, "test", metric, value, value * 0.95, value * 1.05)
                for name, role in MODELS.items()
                for metric, value in METRICS.items()
            ],
            columns=["model", "role", "part", "metric", "value", "low", "high"],
        ),
        curves=curves,
        reliability=reliability,
        profit=pd.DataFrame(
            {"model": list(MODELS), "profit_amount": [0.56, 0.63, 0.6, 0.47, 0.0],
             "contact_rate": [0.12, 0.11, 0.12, 0.11, 0.0]}
        ),
        tuning=pd.DataFrame(
            {"model": ["Random forest"], "parameter": ["max_features"], "chosen": ["0.2"],
             "candidates": ["0.2, 0.4"]}
        ),
        importance=pd.DataFrame(
            {
                "feature": features, "mean_absolute_shap": [0.5, 0.15, 0.1],
                "low": [0.3, 0.1, 0.05], "high": [0.6, 0.2, 0.2],
                "permutation_loss": [0.02, 0.002, -0.001], "best_rank": [1, 2, 2],
                "worst_rank": [1, 3, 3],
            }
        ),
        beeswarm=pd.DataFrame(
            {
                "feature": np.repeat(features, 4), "shap": np.tile([-0.5, -0.1, 0.1, 0.6], 3),
                "level_rate": [0.1, 0.4, 0.6, 0.9, 0.9, 0.6, 0.4, 0.1, *[np.nan] * 4],
                "customers": np.tile([20, 200, 180, 100], 3),
            }
        ),
        dependence=pd.DataFrame(
            {
                "feature": np.repeat(features[:2], 3), "level": [-4.0, -3, -2, 2, 3, 5],
                "shap": [-0.5, 0, 0.5, 0.3, 0, -0.3], "low": [-0.6, -0.1, 0.4, 0.2, -0.1, -0.4],
                "high": [-0.4, 0.1, 0.6, 0.4, 0.1, -0.2], "customers": 40,
            }
        ),
        waterfalls=pd.DataFrame(
            {
                "customer": ["52O2FSP7W4PK"] * 2, "feature": ["silence_log_odds", "all others"],
                "level": ["-0.2", ""], "shap": [0.7, 0.1], "base": -2.4, "prediction": -1.6,
            }
        ),
        segments=pd.DataFrame(
            {
                "segment": ["all", "Basic", "Standard", "Premium"],
                "customers": [7_631, 1_994, 3_961, 1_676], "mean_rate": [0.157, 0.214, 0.144, 0.11],
                "expected_churners": [1_200.0, 438.0, 568.0, 192.0],
                "margin_at_risk_amount": [2.0e6, 0.3e6, 0.9e6, 0.8e6],
            }
        ),
        distribution=pd.DataFrame(
            {"from_rate": [0.0, 0.1, 0.2, 0.3], "to_rate": [0.1, 0.2, 0.3, 1.0],
             "customers": [2_400, 3_100, 1_300, 831]}
        ),
    )  # fmt: skip


def forecast() -> Forecast:
    past = pd.date_range("2022-07-01", "2024-06-01", freq="MS")
    ahead = pd.date_range("2024-07-01", periods=6, freq="MS")
    parts = [("all", "all", 1.0), ("region", "North", 0.6), ("region", "South", 0.4),
             ("segment", "Basic", 0.5), ("segment", "Premium", 0.5)]  # fmt: skip
    levels = {"net_revenue_amount": 4.1e6, "orders": 7_700.0, "active_customers": 5_200.0}
    history, months, tests, scores = [], [], [], []
    for measure, level in levels.items():
        for dimension, part, share in parts:
            named = {"measure": measure, "dimension": dimension, "part": part}
            history.append(pd.DataFrame({**named, "month": past, "value": level * share}))
            value = level * share * np.array([1, 0.95, 0.9, 0.97, 1.02, 1.2])
            months.append(
                pd.DataFrame(
                    {
                        **named,
                        "month": ahead,
                        "value": value,
                        "low_80": value * 0.9,
                        "high_80": value * 1.1,
                        "low_95": value * 0.8,
                        "high_95": value * 1.25,
                    }
                )
            )
        tests += [
            pd.DataFrame(
                {"measure": measure, "model": model, "origin": pd.Timestamp("2024-01-01"),
                 "month": past[-6:], "forecast": level * 0.95, "actual": level}
            )
            for model in ("Combination", "Seasonal naive")
        ]  # fmt: skip
        for model, ratio in (
            ("Seasonal naive", 1.0),
            ("Combination", 0.7),
            ("Chosen at each origin", 0.75),
        ):
            scores += [
                (measure, model, metric, value)
                for metric, value in {
                    "mae": 0.05 * level * ratio,
                    "relative_mae": ratio,
                    "smape": 0.08 * ratio,
                    "pinball": 0.02 * level,
                    "bias_rate": -0.05,
                    "coverage_80": 0.83,
                    "coverage_95": 0.98,
                }.items()
            ]
    return Forecast(
        origin=date(2024, 7, 1),
        horizon_months=6,
        first_origin=date(2023, 7, 1),
        last_origin=date(2024, 1, 1),
        origins=7,
        training_months=24,
        season_weak=True,
        revenue_model="Combination",
        orders_model="Combination",
        customers_model="Combination",
        history=pd.concat(history, ignore_index=True),
        months=pd.concat(months, ignore_index=True),
        backtest=pd.concat(tests, ignore_index=True),
        scores=pd.DataFrame(scores, columns=["measure", "model", "metric", "value"]),
    )  # fmt: skip


def scenarios(*, spend: float = 4.8e6) -> Scenarios:
    ahead = pd.date_range("2024-07-01", periods=12, freq="MS")
    levels = {"conservative": 0.9, "moderate": 1.0, "aggressive": 1.1}
    revenue = np.array([55.7e6 * level for level in levels.values()])
    nodes = [0.5, 0.7, 1.0, 1.4, 2.0]
    grid = [(retention, frequency) for retention in nodes for frequency in nodes]
    return Scenarios(
        cutoff=date(2024, 7, 1),
        margin_rate=0.47,
        spend_amount=spend,
        last_year_revenue_amount=51.7e6,
        last_year_orders=92_475.0,
        joining_customers=1_558.0,
        backtest_error_rate=0.076,
        purchase_model="BG/NBD",
        season_known=True,
        level=0.8,
        least=0.5,
        most=2.0,
        scenarios=pd.DataFrame(
            {
                "scenario": list(levels), "acquisition": [0.8, 1.0, 1.25],
                "retention": [0.8, 1.0, 1.25], "order_value": [0.98, 1.0, 1.02],
                "frequency": [0.97, 1.0, 1.03], "margin": [0.98, 1.0, 1.0],
                "spend": [0.9, 1.0, 1.25], "orders": revenue / 550, "revenue_amount": revenue,
                "revenue_low_amount": revenue * 0.9, "revenue_high_amount": revenue * 1.1,
                "margin_amount": revenue * 0.47, "spend_amount": spend,
                "result_amount": revenue * 0.47 - spend,
                "result_low_amount": revenue * 0.42 - spend,
                "result_high_amount": revenue * 0.52 - spend,
            }
        ),
        months=pd.concat(
            [
                pd.DataFrame(
                    {"scenario": name, "month": ahead, "revenue_amount": 4.6e6 * level,
                     "low_amount": 4.2e6 * level, "high_amount": 5.0e6 * level}
                )
                for name, level in levels.items()
            ],
            ignore_index=True,
        ),
        surface=pd.DataFrame(
            {
                "retention": [one for one, _ in grid], "frequency": [other for _, other in grid],
                "orders": [90_000 * other for _, other in grid],
                "revenue_amount": [50e6 * other for _, other in grid],
                "new_orders": [9_000 * other for _, other in grid],
                "new_revenue_amount": [5e6 * other for _, other in grid],
            }
        ),
    )  # fmt: skip


def clv_more(models: tuple[tuple[str, str, float], ...]) -> dict[str, Any]:
    """Return the fields of `Clv` beside its comparison."""
    features = ["orders_last_365_days", "satisfaction"]
    return {
        "later_cutoff": date(2024, 1, 1),
        "later_months": 6,
        "later_customers": 8_959,
        "definitional": ("orders", "mean_order_amount"),
        "beeswarm": pd.DataFrame(
            {
                "feature": np.repeat(features, 2), "shap": [-500.0, 900.0, -80.0, 60.0],
                "level_rate": [0.2, 0.9, 0.1, 0.8], "customers": [300, 200, 250, 250],
            }
        ),
        "dependence": pd.DataFrame(
            {
                "feature": np.repeat(features, 2), "level": [5.0, 20.0, 2.0, 5.0],
                "shap": [-500.0, 900.0, -80.0, 60.0], "low": [-600.0, 700.0, -100.0, 40.0],
                "high": [-400.0, 1100.0, -60.0, 80.0], "customers": 40,
            }
        ),
        "waterfalls": pd.DataFrame(
            {
                "customer": ["52O2FSP7W4PK"] * 2, "feature": [features[0], "all others"],
                "level": ["31", ""], "shap": [4_000.0, 100.0], "base": 2_100.0,
                "prediction": 6_200.0,
            }
        ),
        "current_value": pd.DataFrame(
            {
                "model": [name for name, role, _ in models if role == "model"],
                "r2": [0.79, 0.88, 0.98, 0.96], "mae_amount": [1_685.0, 898.0, 309.0, 570.0],
                "spearman": [0.93, 0.97, 0.99, 0.98], "quoted_r2": [0.96, 0.93, 0.95, 0.94],
            }
        ),
        "later": pd.DataFrame(
            [
                (name, role, metric, value, value * 0.95, value * 1.05)
                for name, role, level in models
                for metric, value in (("r2", level * 0.9), ("mae", 680.0), ("spearman", level))
            ],
            columns=["model", "role", "metric", "value", "low", "high"],
        ),
    }  # fmt: skip


def results() -> dict[str, Result]:
    """Return every result of this file by the name of its builder."""
    return {"churn": churn(), "forecast": forecast(), "scenarios": scenarios()}
