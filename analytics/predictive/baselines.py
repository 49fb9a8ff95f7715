"""What a prediction of CLV12 has to beat."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from analytics.predictive.bg_nbd import expected_purchases, fitted_purchase_model
from analytics.predictive.gamma_gamma import expected_value, fitted_value_model

Floats = npt.NDArray[np.float64]
RUN_RATE, MEAN, BUY_TILL_YOU_DIE = "Naive run rate", "Mean", "BG/NBD + Gamma-Gamma"
_YEAR = 365
_SHORTEST_AGE_DAYS = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Horizon:
    """What the baselines have to know of the target.

    Attributes
    ----------
    days : float
        Length of the horizon.
    discount_rate : float
        A year.
    margin_rate : float or None
        Share of net revenue that counts as margin; None where margins are known.
    """

    days: float
    discount_rate: float
    margin_rate: float | None

    @property
    def mean_discount(self) -> float:
        """Mean discount factor of purchases spread evenly over the horizon, at most 1."""
        force = math.log1p(self.discount_rate) * self.days / _YEAR
        return 1.0 if force == 0 else -math.expm1(-force) / force


def earned_amount(features: pd.DataFrame, horizon: Horizon, *, last_year: bool) -> Floats:
    """Return each customer's contribution margin to date, or of the last 365 days."""
    window = "_last_365_days" if last_year else ""
    if horizon.margin_rate is None:
        return features[f"contribution_margin{window}_amount"].to_numpy(dtype=float)
    revenue = features[f"net_revenue{window}_amount"].to_numpy(dtype=float)
    return revenue * horizon.margin_rate


def naive_run_rate(features: pd.DataFrame, horizon: Horizon) -> Floats:
    """Return the margin of the last 365 days, carried on at the same rate.

    Of a customer who has not been there for 365 days: the margin to date by the age, which
    counts as 30 days at least.
    """
    age = features["age_days"].to_numpy(dtype=float).clip(_SHORTEST_AGE_DAYS, _YEAR)
    a_day = earned_amount(features, horizon, last_year=True) / age
    return a_day * horizon.days * horizon.mean_discount


def buy_till_you_die(
    fitted_on: pd.DataFrame, features: pd.DataFrame, horizon: Horizon
) -> tuple[str, Floats]:
    """Return the name of the model that came out, and its prediction of each customer.

    BG/NBD (NBD where it diverges) of purchase days in weeks, times the Gamma-Gamma expectation
    of a purchase day's margin, times the mean discount. The season of the horizon is not in it.

    Parameters
    ----------
    fitted_on, features : DataFrame
        Customer features of the training customers, and of those to predict.
    """
    x, t_x, age, purchases, value = _summary(fitted_on, horizon)
    buying = fitted_purchase_model(x, t_x, age)
    spending = fitted_value_model(purchases, value)
    x, t_x, age, purchases, value = _summary(features, horizon)
    days = expected_purchases(buying, x, t_x, age, horizon.days / 7)
    predicted = days * expected_value(spending, purchases, value) * horizon.mean_discount
    return f"{buying.name} + Gamma-Gamma", predicted


def _summary(
    features: pd.DataFrame, horizon: Horizon
) -> tuple[Floats, Floats, Floats, Floats, Floats]:
    x = features["frequency"].to_numpy(dtype=float)
    t_x = features["recency_days"].to_numpy(dtype=float) / 7
    age = np.maximum(features["age_days"].to_numpy(dtype=float), 1) / 7
    purchases = x + 1
    return x, t_x, age, purchases, earned_amount(features, horizon, last_year=False) / purchases
