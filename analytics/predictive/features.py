"""What the models see of a customer.

Only features that mean the same at every cut-off: a customer's totals to date grow with the
length of the history, which is longer at the scoring cut-off than at the training one, so they
enter as rates, over windows of fixed length, through the customer-base model, or not at all.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from analytics.errors import DataError
from analytics.predictive.customer_base import (
    SHORTEST_AGE_DAYS,
    YEAR_DAYS,
    CustomerBase,
    Horizon,
    customer_expectations,
)

Floats = npt.NDArray[np.float64]
CATEGORICAL = ("segment", "region", "acquisition_channel")
LEAK_CORRELATION = 0.999
_LEAST_ANSWERS = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class FeatureSet:
    """Names of the features, fixed on the training customers.

    Attributes
    ----------
    numeric : tuple of str
    categorical : tuple of str
    categories : tuple of tuple of str
        Known categories of each categorical feature, sorted.
    longest_age_days : float
        Ages beyond it count as it: the models have seen none.
    base : CustomerBase
        Fitted on the same customers.
    horizon : Horizon
        What is to be predicted.
    """

    numeric: tuple[str, ...]
    categorical: tuple[str, ...]
    categories: tuple[tuple[str, ...], ...]
    longest_age_days: float
    base: CustomerBase
    horizon: Horizon

    @property
    def names(self) -> tuple[str, ...]:
        """All features: numeric, then categorical."""
        return self.numeric + self.categorical


def feature_set(features: pd.DataFrame, base: CustomerBase, horizon: Horizon) -> FeatureSet:
    """Return the features that vary among these customers and are known for enough of them.

    Parameters
    ----------
    features : DataFrame
        `Marts.customer_features` of the training customers.
    base : CustomerBase
        Fitted on them.
    horizon : Horizon
        What is to be predicted.
    """
    longest = float(min(features["age_days"].max(), YEAR_DAYS))
    derived = _derived(features, longest, base, horizon)
    numeric = tuple(
        str(name)
        for name in derived
        if derived[name].nunique() > 1 and derived[name].notna().sum() >= _LEAST_ANSWERS
    )
    categorical = tuple(name for name in CATEGORICAL if features[name].nunique() > 1)
    return FeatureSet(
        numeric=numeric,
        categorical=categorical,
        categories=tuple(tuple(sorted(features[name].unique())) for name in categorical),
        longest_age_days=longest,
        base=base,
        horizon=horizon,
    )


def feature_table(features: pd.DataFrame, chosen: FeatureSet) -> pd.DataFrame:
    """Return the models' table: numeric columns as float, then categorical ones as object.

    Parameters
    ----------
    features : DataFrame
        `Marts.customer_features` at a cut-off.
    chosen : FeatureSet
        Which features, as the training customers define them.
    """
    derived = _derived(features, chosen.longest_age_days, chosen.base, chosen.horizon)
    table = derived[list(chosen.numeric)].copy()
    for name in chosen.categorical:
        table[name] = features[name].astype(object).to_numpy()
    return table


def refuse_leaks(table: pd.DataFrame, target: Floats) -> None:
    """Raise DataError naming a numeric feature that gives the target away.

    Parameters
    ----------
    table : DataFrame
        `feature_table`.
    target : array, shape (customers,)
        What is to be predicted of the same customers.
    """
    for name in table.columns:
        if not pd.api.types.is_numeric_dtype(table[name]):
            continue
        known = table[name].notna().to_numpy()
        values, wanted = table[name].to_numpy(dtype=float)[known], target[known]
        if len(values) < _LEAST_ANSWERS or np.ptp(values) == 0 or np.ptp(wanted) == 0:
            continue
        correlation = float(np.corrcoef(values, wanted)[0, 1])
        if abs(correlation) > LEAK_CORRELATION:
            raise DataError(
                f"feature {name} correlates {correlation:.4f} with the value it is to predict: "
                "it holds what came after the cut-off",
                remedy="Remove what is observed after the cut-off from that feature.",
            )


def _derived(
    features: pd.DataFrame, longest_age_days: float, base: CustomerBase, horizon: Horizon
) -> pd.DataFrame:
    features = features.reset_index(drop=True)
    age = features["age_days"].astype(float)
    a_year = YEAR_DAYS / age.clip(lower=SHORTEST_AGE_DAYS, upper=YEAR_DAYS)
    years = age.clip(lower=YEAR_DAYS) / YEAR_DAYS
    earned = "contribution_margin" if horizon.margin_rate is None else "net_revenue"
    earned_last_year = features[f"{earned}_last_365_days_amount"]
    columns = {
        f"yearly_{earned}_amount": earned_last_year * a_year,
        "yearly_orders": features["orders_last_365_days"] * a_year,
        f"{earned}_last_365_days_amount": earned_last_year,
        "orders_last_365_days": features["orders_last_365_days"],
        "net_revenue_last_90_days_amount": features["net_revenue_last_90_days_amount"],
        "orders_last_90_days": features["orders_last_90_days"],
        "mean_order_amount": features["mean_order_amount"],
        "days_since_last_order": features["days_since_last_order"].clip(upper=longest_age_days),
        "age_days": age.clip(upper=longest_age_days),
        "discount_rate": features["discount_rate"],
        "return_rate": features["return_rate"],
        "satisfaction": features["satisfaction"],
        "last_satisfaction": features["last_satisfaction"],
        "yearly_tickets": features["tickets"] / years,
        "yearly_unresolved_tickets": features["unresolved_tickets"] / years,
        **customer_expectations(base, features, horizon),
    }
    return pd.DataFrame(
        {name: pd.to_numeric(values).astype("float64") for name, values in columns.items()}
    )
