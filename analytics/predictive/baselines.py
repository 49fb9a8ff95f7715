"""What a prediction of CLV12 has to beat."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from analytics.predictive.customer_base import (
    SHORTEST_AGE_DAYS,
    YEAR_DAYS,
    CustomerBase,
    Horizon,
    customer_expectations,
    earned_amount,
)

Floats = npt.NDArray[np.float64]
RUN_RATE, MEAN = "Naive run rate", "Mean"


def baseline_predictions(
    base: CustomerBase,
    features: pd.DataFrame,
    train: npt.NDArray[np.bool_],
    target: Floats,
    horizon: Horizon,
) -> dict[str, Floats]:
    """Return the predictions of each baseline by its name, shape (customers,).

    Parameters
    ----------
    base : CustomerBase
        Fitted on the training customers.
    features : DataFrame
        `Marts.customer_features` of all customers at the training cut-off.
    train : array of bool, shape (customers,)
        Which of them are training customers.
    target : array, shape (customers,)
        Only the training customers' is read.
    horizon : Horizon
        What is to be predicted.
    """
    expected = customer_expectations(base, features, horizon)["expected_margin_amount"]
    return {
        RUN_RATE: naive_run_rate(features, horizon),
        MEAN: np.full(len(features), target[train].mean()),
        base.name: expected.to_numpy(dtype=float) * horizon.mean_discount,
    }


def naive_run_rate(features: pd.DataFrame, horizon: Horizon) -> Floats:
    """Return the margin of the last 365 days, carried on at the same rate and discounted.

    Of a customer who has not been there for 365 days: the margin to date by the age, which
    counts as 30 days at least.
    """
    age = features["age_days"].to_numpy(dtype=float).clip(SHORTEST_AGE_DAYS, YEAR_DAYS)
    a_day: Floats = earned_amount(features, horizon, last_year=True) / age
    return a_day * horizon.days * horizon.mean_discount
