"""Why a customer's risk is raised, in words."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd

from analytics.predictive.churn_rows import usual_gap_days, window_days
from analytics.predictive.explanation import feature_shap_values
from analytics.predictive.learners import FeatureNames, TunedModel

Floats = npt.NDArray[np.float64]
EXPLAINED = 1_500  # customers, those at the highest risk
REASONS = 3
# Features that say the same thing share a reason.
_KINDS: Mapping[str, str] = {
    "silence_log_odds": "silent",
    "days_since_last_order": "silent",
    "overdue_ratio": "silent",
    "expected_orders": "rare",
    "yearly_orders": "rare",
    "window_days": "rare",
    "pace_ratio": "slower",
    "satisfaction": "satisfaction",
    "last_satisfaction": "last_satisfaction",
    "yearly_tickets": "tickets",
    "yearly_unresolved_tickets": "unresolved",
    "age_days": "new",
    "return_rate": "returns",
    "discount_rate": "discounts",
    "mean_order_amount": "value",
    "segment": "segment",
    "region": "region",
    "acquisition_channel": "acquisition",
}


def churn_reasons(
    model: TunedModel,
    features: pd.DataFrame,
    table: pd.DataFrame,
    at_risk: npt.NDArray[np.bool_],
    probability: Floats,
    chosen: FeatureNames,
) -> pd.Series:
    """Return up to three reasons of each customer, the strongest first.

    Features whose SHAP values raise the risk of the customers at the highest risk; for lapsed
    customers how long they have been silent; empty for the others.

    Parameters
    ----------
    model : TunedModel
        What the probabilities come from.
    features : DataFrame
        `Marts.customer_features`, in the order of `table`.
    table : DataFrame
        What the model sees.
    at_risk : array of bool
        Who is not lapsed.
    probability : array
        Of every customer.
    chosen : FeatureNames
        Features of the model.
    """
    words = np.full(len(table), "", dtype=object)
    windows = window_days(features)
    since = features["days_since_last_order"].to_numpy(dtype=float)
    for place in np.flatnonzero(~at_risk):
        words[place] = (
            f"silent for {since[place]:.0f} days, past the own window of {windows[place]:.0f}"
        )
    ranked = np.flatnonzero(at_risk)[np.argsort(-probability[at_risk], kind="stable")[:EXPLAINED]]
    if len(ranked) == 0:
        return pd.Series(words.astype(str), index=features["customer_id"])
    rows = table.iloc[ranked].reset_index(drop=True)
    values = feature_shap_values(model, rows, chosen, among=table[at_risk])
    kinds = sorted({_KINDS[str(name)] for name in values.columns})
    summed = pd.DataFrame(
        {
            kind: values[[name for name in values.columns if _KINDS[str(name)] == kind]].sum(axis=1)
            for kind in kinds
        }
    ).to_numpy()
    gaps = usual_gap_days(features)
    for number, place in enumerate(ranked):
        person = features.iloc[place]
        said: list[str] = []
        for at in np.argsort(-summed[number], kind="stable"):
            if summed[number, at] <= 0 or len(said) == REASONS:
                break
            phrase = _phrase(kinds[at], person, float(gaps[place]))
            if phrase:
                said.append(phrase)
        words[place] = "; ".join(said)
    return pd.Series(words.astype(str), index=features["customer_id"])


def _phrase(kind: str, person: pd.Series, gap: float) -> str:
    """Return the reason in words; empty where its figure is not known."""
    match kind:
        case "silent":
            return (
                f"no order for {person['days_since_last_order']:.0f} days, usually one in {gap:.0f}"
            )
        case "rare":
            return f"orders once in {gap:.0f} days"
        case "slower":
            return f"{person['orders_last_90_days']:.0f} orders in the last 90 days"
        case "satisfaction" if pd.notna(person["satisfaction"]):
            return f"satisfaction {person['satisfaction']:.1f}"
        case "last_satisfaction" if pd.notna(person["last_satisfaction"]):
            return f"last answer {person['last_satisfaction']:.0f}"
        case "tickets" if person["tickets"] > 0:
            return f"tickets: {person['tickets']:.0f}"
        case "unresolved" if person["unresolved_tickets"] > 0:
            return f"unresolved tickets: {person['unresolved_tickets']:.0f}"
        case "new":
            return f"first order {person['age_days']:.0f} days ago"
        case "returns" if person["return_rate"] > 0:
            return f"returns {person['return_rate'] * 100:.0f} % of orders"
        case "discounts" if pd.notna(person["discount_rate"]):
            return f"mean discount {person['discount_rate'] * 100:.0f} %"
        case "segment" | "region":
            return f"{kind} {person[kind]}"
        case "acquisition":
            return f"acquired via {person['acquisition_channel']}"
        case _:
            return ""
