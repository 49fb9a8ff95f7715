"""How lists made in the past did: what was known then, and what came.

At each past edition a logistic regression is fitted on the cut-off one window earlier, whose
outcomes were known by then, and applied to the edition's customers. It stands in for the model that
scores today, which was not there; its features are fewer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt
import pandas as pd

from analytics.prescriptive.levers import Effect
from analytics.results import EarlyWarning
from analytics.stats.intervals import wilson_interval

Floats = npt.NDArray[np.float64]
WINDOW_DAYS = 180
FEATURES = (
    "days_since_last_order",
    "orders_last_90_days",
    "orders_last_365_days",
    "mean_order_amount",
    "satisfaction",
    "unresolved_tickets",
    "mean_gap_days",
    "discount_rate",
    "return_rate",
)
SEASONAL = ("orders_last_90_days", "days_since_last_order", "net_revenue_last_90_days_amount")


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """A past day: features before it, and when each customer ordered next."""

    day: date
    features: pd.DataFrame
    next_orders: pd.DataFrame


def edition_rows(edition: Edition) -> tuple[pd.DataFrame, npt.NDArray[np.bool_]]:
    """Return the customers who had ordered within the window before, and who then did not."""
    rows = edition.features
    rows = rows[rows["days_since_last_order"] <= WINDOW_DAYS].reset_index(drop=True)
    following = edition.next_orders.set_index("customer_id")["days_to_next_order"]
    days = rows["customer_id"].map(following).to_numpy(dtype=float)
    return rows, ~(days < WINDOW_DAYS)


def backtest(
    editions: Sequence[Edition],
    *,
    effect: Effect,
    cost_amount: float,
    listed_share: float,
    minimum_cell: int,
) -> pd.DataFrame:
    """Return precision, lift and saved margin of each edition that can be judged.

    Parameters
    ----------
    editions : sequence of Edition
        The earliest first; an edition is judged where one at least a window earlier is among
        them, and its own window is over.
    effect : Effect
        Share of the lost margin that contacting a customer keeps.
    cost_amount : float
        Cost of a contact.
    listed_share : float
        Share of the customers that is listed.
    minimum_cell : int
        Editions with fewer churned customers on the list, but some, are left out.
    """
    rows = []
    for edition in editions:
        earlier = [e for e in editions if (edition.day - e.day).days >= WINDOW_DAYS]
        if not earlier:
            continue
        trained, left = edition_rows(earlier[-1])
        ranked, churned = edition_rows(edition)
        if min(left.sum(), (~left).sum()) < 10 or len(ranked) < 50:
            continue
        probability = churn_model(trained, left)(ranked)
        value = _yearly(ranked)
        listed = max(1, round(listed_share * len(ranked)))
        order = np.lexsort((ranked["customer_id"].to_numpy(), -probability * value))[:listed]
        caught, lost = churned[order].sum(), churned.sum()
        if 0 < caught < minimum_cell or lost < minimum_cell:
            continue
        low, high = wilson_interval(caught, listed)
        margin = float(value[order][churned[order]].sum())
        whole = float(value[churned].sum())
        cost = cost_amount * listed
        rows.append(
            (
                pd.Timestamp(edition.day), len(ranked), listed, lost / len(ranked), caught / listed,
                float(low), float(high), (caught / listed) / (lost / len(ranked)),
                margin / whole if whole > 0 else np.nan,
                *(margin * rate - cost for rate in (effect.rate, effect.low, effect.high)),
            )
        )  # fmt: skip
    return pd.DataFrame(rows, columns=[c.name for c in EarlyWarning.FRAMES["editions"]])


class ChurnModel:
    """A logistic regression over `FEATURES`, with medians for what is missing."""

    def __init__(self, rows: pd.DataFrame, churned: npt.NDArray[np.bool_]) -> None:
        from sklearn.linear_model import LogisticRegression

        values = _raw(rows)
        self._middle = np.nan_to_num(np.nanmedian(np.where(np.isfinite(values), values, np.nan),
                                                  axis=0))  # fmt: skip
        filled = self._filled(values)
        self._mean, self._scale = filled.mean(axis=0), np.maximum(filled.std(axis=0), 1e-9)
        self._model = LogisticRegression(C=1.0, max_iter=500)
        self._model.fit((filled - self._mean) / self._scale, churned)

    def __call__(self, rows: pd.DataFrame) -> Floats:
        """Return the probability of each row."""
        filled = self._filled(_raw(rows))
        found: Floats = self._model.predict_proba((filled - self._mean) / self._scale)[:, 1]
        return found

    def _filled(self, values: Floats) -> Floats:
        return np.where(np.isfinite(values), values, self._middle)


def churn_model(rows: pd.DataFrame, churned: npt.NDArray[np.bool_]) -> ChurnModel:
    """Return the model fitted on the customers of an edition."""
    return ChurnModel(rows, churned)


def _raw(rows: pd.DataFrame) -> Floats:
    table = np.column_stack([rows[name].to_numpy(dtype=float) for name in FEATURES])
    gap = np.where(np.isfinite(table[:, 6]), table[:, 6], np.nan)
    silence = np.log1p(table[:, 0]) - np.log1p(np.where(np.isfinite(gap), gap, 60.0))
    empty = np.where(np.isfinite(table).any(axis=0), table, 0.0)
    values: Floats = np.column_stack([empty, silence, np.log1p(table[:, 2])])
    return values


def _yearly(rows: pd.DataFrame) -> Floats:
    """Return margin, else net revenue, of the year before: what is at stake."""
    margin = rows["contribution_margin_last_365_days_amount"].to_numpy(dtype=float)
    if not np.isfinite(margin).any():
        margin = rows["net_revenue_last_365_days_amount"].to_numpy(dtype=float)
    values: Floats = np.maximum(np.nan_to_num(margin), 0.0)
    return values
