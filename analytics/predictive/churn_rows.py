"""Customers at a cut-off: whether they are at risk, what is known of them, whether they left.

Nobody announces churn without a contract. A customer has churned who orders nothing in a window
after the cut-off: three times the usual gap between his orders, at least 90 and at most 180 days.
Who has already been silent for longer than that is lapsed, and no longer at risk of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt
import pandas as pd

from analytics.predictive.bg_nbd import PurchaseModel, alive_probability, fitted_purchase_model
from analytics.predictive.season import Season

Floats = npt.NDArray[np.float64]
GAPS, SHORTEST_DAYS, LONGEST_DAYS = 3.0, 90.0, 180.0
FITTED_CUSTOMERS = 2_500
_PRIOR_GAPS = 2.0
_YEAR = 365.0
CATEGORICAL = ("segment", "region", "acquisition_channel")
NUMERIC = (
    "silence_log_odds",
    "expected_orders",
    "window_days",
    "days_since_last_order",
    "overdue_ratio",
    "pace_ratio",
    "yearly_orders",
    "mean_order_amount",
    "age_days",
    "discount_rate",
    "return_rate",
    "satisfaction",
    "last_satisfaction",
    "yearly_tickets",
    "yearly_unresolved_tickets",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChurnRows:
    """Customers at one or more cut-offs, one row each.

    Attributes
    ----------
    cutoff, customer_id : Series
        Which customer, when.
    table : DataFrame
        `NUMERIC` as float, `CATEGORICAL` as object.
    at_risk : array of bool
        Not silent for longer than the window.
    churned : array
        1 where nothing was ordered in the window, 0 otherwise; null where it is not over.
    silence : array
        Probability of ordering nothing in the window, by purchase history and season alone.
    """

    cutoff: pd.Series
    customer_id: pd.Series
    table: pd.DataFrame
    at_risk: npt.NDArray[np.bool_]
    churned: Floats
    silence: Floats

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.customer_id)

    def where(self, flags: npt.NDArray[np.bool_]) -> ChurnRows:
        """Return the rows for which the flag is set."""
        return ChurnRows(
            cutoff=self.cutoff[flags].reset_index(drop=True),
            customer_id=self.customer_id[flags].reset_index(drop=True),
            table=self.table[flags].reset_index(drop=True),
            at_risk=self.at_risk[flags],
            churned=self.churned[flags],
            silence=self.silence[flags],
        )


def pooled(parts: list[ChurnRows]) -> ChurnRows:
    """Return the rows of all cut-offs below each other."""
    return ChurnRows(
        cutoff=pd.concat([part.cutoff for part in parts], ignore_index=True),
        customer_id=pd.concat([part.customer_id for part in parts], ignore_index=True),
        table=pd.concat([part.table for part in parts], ignore_index=True),
        at_risk=np.concatenate([part.at_risk for part in parts]),
        churned=np.concatenate([part.churned for part in parts]),
        silence=np.concatenate([part.silence for part in parts]),
    )


def usual_gap_days(features: pd.DataFrame) -> Floats:
    """Return each customer's usual days between orders.

    The customer's own mean gap, drawn towards that of all customers as if two gaps of that
    length had been seen besides.
    """
    recency = features["recency_days"].to_numpy(dtype=float)
    frequency = features["frequency"].to_numpy(dtype=float)
    total = float(frequency.sum())
    common = float(recency.sum()) / total if total > 0 else LONGEST_DAYS / GAPS
    gap: Floats = (recency + _PRIOR_GAPS * common) / (frequency + _PRIOR_GAPS)
    return gap


def window_days(features: pd.DataFrame) -> Floats:
    """Return the days of silence after which each customer counts as churned, 90 to 180."""
    window: Floats = np.rint(np.clip(GAPS * usual_gap_days(features), SHORTEST_DAYS, LONGEST_DAYS))
    return window


def churn_rows(
    features: pd.DataFrame,
    next_orders: pd.DataFrame | None,
    cutoff: date,
    season: Season,
    model: PurchaseModel | None = None,
) -> ChurnRows:
    """Return the customers at a cut-off.

    Parameters
    ----------
    features : DataFrame
        `Marts.customer_features` at the cut-off: nothing of it is later.
    next_orders : DataFrame or None
        `Marts.next_orders` at the cut-off, the label; None where the windows are not over.
    cutoff : date
        The first day that is not known yet.
    season : Season
        Demand by the time of the year.
    model : PurchaseModel, optional
        Fitted on these customers where left out.
    """
    features = features.sort_values("customer_id", ignore_index=True)
    gap, window = usual_gap_days(features), window_days(features)
    since = features["days_since_last_order"].to_numpy(dtype=float)
    x, t_x, age = seasonal_history(features, cutoff, season)
    # Every so many of the customers: four parameters do not need them all.
    step = max(1, len(features) // FITTED_CUSTOMERS)
    buying = model or fitted_purchase_model(x[::step], t_x[::step], age[::step])
    ahead = season.elapsed(_days(cutoff, season) + window) - season.elapsed(
        np.full(len(features), _days(cutoff, season))
    )
    alive = alive_probability(buying, x, t_x, age)
    rate = (buying.r + x) / (buying.alpha + age)
    quiet = ((buying.alpha + age) / (buying.alpha + age + ahead / 7)) ** (buying.r + x)
    silence = np.clip(1 - alive + alive * quiet, 1e-6, 1 - 1e-6)
    recent_days = np.minimum(features["age_days"].to_numpy(dtype=float), 90.0)
    end = np.full(len(features), _days(cutoff, season))
    recent = np.maximum(season.elapsed(end) - season.elapsed(end - recent_days), 1.0) / 7
    years = features["age_days"].astype(float).clip(lower=_YEAR).to_numpy() / _YEAR
    columns: Mapping[str, object] = {
        "silence_log_odds": np.log(silence) - np.log1p(-silence),
        "expected_orders": rate * ahead / 7,
        "window_days": window,
        "days_since_last_order": since,
        "overdue_ratio": since / gap,
        "pace_ratio": (features["orders_last_90_days"].to_numpy(dtype=float) + 1)
        / (rate * recent + 1),
        "yearly_orders": rate * _YEAR / 7,
        "mean_order_amount": features["mean_order_amount"],
        # The models have seen no longer ones at the earlier cut-offs.
        "age_days": features["age_days"].astype(float).clip(upper=_YEAR / 2),
        "discount_rate": features["discount_rate"],
        "return_rate": features["return_rate"],
        "satisfaction": features["satisfaction"],
        "last_satisfaction": features["last_satisfaction"],
        "yearly_tickets": features["tickets"].astype(float) / years,
        "yearly_unresolved_tickets": features["unresolved_tickets"].astype(float) / years,
    }
    table = pd.DataFrame(
        {name: pd.to_numeric(pd.Series(values)).astype("float64").to_numpy()
         for name, values in columns.items()}
    )  # fmt: skip
    for name in CATEGORICAL:
        table[name] = features[name].astype(object).to_numpy()
    churned = np.full(len(features), np.nan)
    if next_orders is not None:
        later = next_orders.set_index("customer_id")["days_to_next_order"]
        days = later.reindex(features["customer_id"]).to_numpy(dtype=float)
        churned = np.where(days < window, 0.0, 1.0)
    return ChurnRows(
        cutoff=pd.Series(pd.Timestamp(cutoff), index=features.index),
        customer_id=features["customer_id"],
        table=table,
        at_risk=since <= window,
        churned=churned,
        silence=silence,
    )


def seasonal_history(
    features: pd.DataFrame, cutoff: date, season: Season
) -> tuple[Floats, Floats, Floats]:
    """Return repeat purchases, recency and age in seasonal weeks, each of shape (customers,)."""
    age = np.maximum(features["age_days"].to_numpy(dtype=float), 1.0)
    end = np.full(len(features), _days(cutoff, season))
    first = season.elapsed(end - age)
    last = season.elapsed(end - age + features["recency_days"].to_numpy(dtype=float))
    now = season.elapsed(end)
    return (
        features["frequency"].to_numpy(dtype=float),
        (last - first) / 7,
        np.maximum((now - first) / 7, 1e-3),
    )


def _days(cutoff: date, season: Season) -> float:
    return float((cutoff - season.start).days)
