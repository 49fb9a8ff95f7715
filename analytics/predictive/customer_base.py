"""What purchase history alone lets expect of each customer: BG/NBD times Gamma-Gamma."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from analytics.predictive.bg_nbd import (
    PurchaseModel,
    alive_probability,
    expected_purchases,
    fitted_purchase_model,
)
from analytics.predictive.gamma_gamma import ValueModel, expected_value, fitted_value_model

Floats = npt.NDArray[np.float64]
YEAR_DAYS = 365
SHORTEST_AGE_DAYS = 30  # a first order yesterday is not 365 orders a year


@dataclass(frozen=True, slots=True, kw_only=True)
class Horizon:
    """What is to be predicted.

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
        force = math.log1p(self.discount_rate) * self.days / YEAR_DAYS
        return 1.0 if force == 0 else -math.expm1(-force) / force


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerBase:
    """Fitted models of how often customers buy, and of the margin of a purchase day."""

    buying: PurchaseModel
    spending: ValueModel

    @property
    def name(self) -> str:
        """Such as BG/NBD + Gamma-Gamma."""
        return f"{self.buying.name} + Gamma-Gamma"


def fitted_customer_base(features: pd.DataFrame, horizon: Horizon) -> CustomerBase:
    """Return both models, fitted on these customers' histories (time in weeks).

    Parameters
    ----------
    features : DataFrame
        `Marts.customer_features`.
    horizon : Horizon
        For the margin rate.
    """
    x, t_x, age, purchases, value = _summary(features, horizon)
    return CustomerBase(
        buying=fitted_purchase_model(x, t_x, age), spending=fitted_value_model(purchases, value)
    )


def customer_expectations(
    base: CustomerBase, features: pd.DataFrame, horizon: Horizon
) -> pd.DataFrame:
    """Return what each customer's history lets expect.

    Seasons are not in it, nor discounting.

    Parameters
    ----------
    base : CustomerBase
        Fitted on these or other customers.
    features : DataFrame
        `Marts.customer_features`.
    horizon : Horizon
        For its length.

    Returns
    -------
    DataFrame
        expected_purchases in the horizon, expected_purchase_amount (margin of one),
        expected_margin_amount (their product), alive_probability.
    """
    x, t_x, age, purchases, value = _summary(features, horizon)
    count = expected_purchases(base.buying, x, t_x, age, horizon.days / 7)
    amount = expected_value(base.spending, purchases, value)
    return pd.DataFrame(
        {
            "expected_margin_amount": count * amount,
            "expected_purchases": count,
            "expected_purchase_amount": amount,
            "alive_probability": alive_probability(base.buying, x, t_x, age),
        }
    )


def earned_amount(features: pd.DataFrame, horizon: Horizon, *, last_year: bool) -> Floats:
    """Return each customer's contribution margin to date, or of the last 365 days."""
    window = "_last_365_days" if last_year else ""
    if horizon.margin_rate is None:
        return features[f"contribution_margin{window}_amount"].to_numpy(dtype=float)
    revenue = features[f"net_revenue{window}_amount"].to_numpy(dtype=float)
    return revenue * horizon.margin_rate


def _summary(
    features: pd.DataFrame, horizon: Horizon
) -> tuple[Floats, Floats, Floats, Floats, Floats]:
    x = features["frequency"].to_numpy(dtype=float)
    t_x = features["recency_days"].to_numpy(dtype=float) / 7
    age = np.maximum(features["age_days"].to_numpy(dtype=float), 1) / 7
    purchases = x + 1
    return x, t_x, age, purchases, earned_amount(features, horizon, last_year=False) / purchases
