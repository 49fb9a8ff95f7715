"""Whom to call first: customers by expected margin at risk, with reasons and an action."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

import numpy as np
import pandas as pd

from analytics.prescriptive.backtest import (
    FEATURES,
    WINDOW_DAYS,
    Edition,
    backtest,
    churn_model,
    edition_rows,
)
from analytics.prescriptive.cross_sell import offered_actions
from analytics.prescriptive.drift import drift_table
from analytics.prescriptive.levers import (
    CROSS_SELL,
    RETENTION,
    SERVICE,
    WIN_BACK,
    Effect,
)
from analytics.prescriptive.list_changes import ENTERED, LEFT, MonthBefore, changes_table
from analytics.results import EarlyWarning
from analytics.settings import StrategySettings

_ACTIONS = {
    RETENTION: "Make the retention offer",
    SERVICE: "Call, and solve the open problem",
    WIN_BACK: "Send the win-back message",
    CROSS_SELL: "Offer a category that is new to them",
    "": "Watch: no lever is worth its cost",
}
_OTHER = "Other"
_QUIET_GAPS = 2.0
_ATTRIBUTES = ("region ", "segment ", "acquired via ", "acquisition channel ")


def warning_list(
    levers: pd.DataFrame,
    customers: pd.DataFrame,
    features: pd.DataFrame,
    *,
    size: int,
    offers: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Return the customers with the highest margin at risk, real ids included.

    `offers` are those of `category_offers`, for whom cross-selling is the lever.

    Returns
    -------
    DataFrame
        place, customer_id, segment, risk_amount, churn_probability, clv12_amount, reasons, action,
        expected_gain_amount.
    """
    rows = _at_risk(levers)
    rows = rows[rows["risk_amount"] > 0]
    rows = rows.sort_values(["risk_amount", "customer_id"], ascending=[False, True]).head(size)
    told = customers.set_index("customer_id").reindex(rows["customer_id"])
    known = features.set_index("customer_id").reindex(rows["customer_id"])
    given = told["churn_reasons"] if "churn_reasons" in told else pd.Series("", index=told.index)
    reasons = [
        _reasons(str(text) if isinstance(text, str) else "", person)
        for text, (_, person) in zip(given, known.iterrows(), strict=True)
    ]
    return pd.DataFrame(
        {
            "place": np.arange(1, len(rows) + 1),
            "customer_id": rows["customer_id"].to_numpy(),
            "segment": rows["segment"].to_numpy(),
            "risk_amount": rows["risk_amount"].to_numpy(),
            "churn_probability": rows["churn_probability"].to_numpy(),
            "clv12_amount": rows["clv12_amount"].to_numpy(),
            "reasons": reasons,
            "action": _actions(rows, offers),
            "expected_gain_amount": rows["gain_amount"].to_numpy(),
        }
    )


def early_warning(
    listed: pd.DataFrame,
    levers: pd.DataFrame,
    features: pd.DataFrame,
    editions: Sequence[Edition],
    *,
    before: MonthBefore | None,
    cutoff: date,
    effect: Effect,
    settings: StrategySettings,
    pseudonyms: Callable[[pd.Series], pd.Series] | None,
    minimum_cell: int,
    offers: pd.DataFrame | None = None,
) -> EarlyWarning:
    """Return the list under pseudonyms, how past lists did, and drift.

    Parameters
    ----------
    listed : DataFrame
        `warning_list`.
    levers : DataFrame
        `customer_levers`.
    features : DataFrame
        `Marts.customer_features` at the cut-off.
    editions : sequence of Edition
        Past days, the earliest first.
    before : MonthBefore or None
        The list of a month earlier; None where there can be none.
    cutoff : date
        First day that is not known.
    effect : Effect
        Of the retention offer.
    settings : StrategySettings
        Size of the list and cost of an offer.
    pseudonyms : callable or None
        Names that customers are published under; None where no customer is published.
    minimum_cell : int
        Fewest customers that a row of totals may stand for.
    offers : DataFrame, optional
        `category_offers`.
    """
    ranked = _at_risk(levers)
    frame = listed.head(0) if pseudonyms is None else listed
    names = frame["customer_id"] if pseudonyms is None else pseudonyms(frame["customer_id"])
    common = ranked["segment"].value_counts()
    told = set(common[common >= minimum_cell].index)
    order_value = float(features["mean_order_amount"].mean()) if len(features) else 0.0
    reference = editions[-1] if editions else None
    moved = None
    if before is not None:
        moved = changes_table(listed, levers, features, before, cutoff=cutoff)
    return EarlyWarning(
        cutoff=cutoff,
        window_days=WINDOW_DAYS,
        ranked=len(ranked),
        listed=len(listed),
        published=pseudonyms is not None,
        risk_amount=float(ranked["risk_amount"].sum()),
        listed_risk_amount=float(listed["risk_amount"].sum()),
        effect_rate=effect.rate,
        reference_cutoff=reference.day if reference else cutoff,
        before_cutoff=None if before is None else before.cutoff,
        entered=_count(moved, ENTERED, 0 if pseudonyms else minimum_cell),
        left=_count(moved, LEFT, 0 if pseudonyms else minimum_cell),
        changes=_told_changes(moved, told, pseudonyms),
        customers=pd.DataFrame(
            {
                "place": frame["place"],
                "customer": names.to_numpy(),
                "segment": [name if name in told else _OTHER for name in frame["segment"]],
                **{
                    name: frame[name]
                    for name in ("risk_amount", "churn_probability", "clv12_amount", "reasons",
                                 "action")
                },
            }
        ),
        everyone=pd.DataFrame(
            {
                "customer_id": levers["customer_id"],
                "margin_at_risk_amount": levers["risk_amount"].where(
                    levers["customer_id"].isin(ranked["customer_id"])
                ),
                "recommended_action": _actions(levers, offers),
            }
        ),
        segments=_segments(ranked, listed, told, minimum_cell),
        editions=backtest(
            editions,
            effect=effect,
            cost_amount=settings.retention_cost * order_value,
            listed_share=min(1.0, len(listed) / max(len(ranked), 1)),
            minimum_cell=minimum_cell,
        ),
        drift=drift_table(_pairs(reference, features)),
    )  # fmt: skip


def _actions(levers: pd.DataFrame, offers: pd.DataFrame | None) -> list[str]:
    plain = [_ACTIONS[lever] for lever in levers["lever"]]
    return plain if offers is None else offered_actions(levers, plain, offers)


def _count(moved: pd.DataFrame | None, change: str, least: int) -> int | None:
    """Return how many entered or left; null for few where no customer is published."""
    number = 0 if moved is None else int((moved["change"] == change).sum())
    return number if number == 0 or number >= least else None


def _told_changes(
    moved: pd.DataFrame | None,
    told: set[str],
    pseudonyms: Callable[[pd.Series], pd.Series] | None,
) -> pd.DataFrame:
    columns = [column.name for column in EarlyWarning.FRAMES["changes"]]
    if moved is None or pseudonyms is None or moved.empty:
        return pd.DataFrame(columns=columns)
    return moved.assign(
        customer=pseudonyms(moved["customer_id"]).to_numpy(),
        segment=[name if name in told else _OTHER for name in moved["segment"]],
    )[columns]


def _at_risk(levers: pd.DataFrame) -> pd.DataFrame:
    """Return who can still be kept: a probability is known, and the own window is not over."""
    kept: pd.DataFrame = levers[np.isfinite(levers["churn_probability"]) & ~levers["lapsed"]]
    return kept


def _reasons(given: str, person: pd.Series) -> str:
    """Return the model's reasons, and what rules add that it did not say."""
    # Where someone lives and what group they are in is nothing to act on, and tells who they are.
    said = [part for part in given.split("; ") if part and not part.startswith(_ATTRIBUTES)]
    lower = "; ".join(said).lower()
    unresolved = _number(person.get("unresolved_tickets"))
    if unresolved > 0 and "ticket" not in lower:
        said.append("1 ticket unresolved" if unresolved == 1 else f"{unresolved:.0f} tickets open")
    score = _number(person.get("last_satisfaction"))
    if 0 < score <= 2 and "satisf" not in lower:
        said.append(f"last satisfaction {score:.0f} of 5")
    silence, gap = (_number(person.get(n)) for n in ("days_since_last_order", "mean_gap_days"))
    known = any(word in lower for word in ("since", "silent", "ago", "no order"))
    if gap > 0 and silence > _QUIET_GAPS * gap and not known:
        said.append(f"{silence:.0f} days since the last order, usually {gap:.0f}")
    return "; ".join(said) if said else "value is high, risk is usual"


def _number(value: object) -> float:
    number = float(value) if isinstance(value, (int, float, np.number)) else float("nan")
    return number if np.isfinite(number) else 0.0


def _segments(
    ranked: pd.DataFrame, listed: pd.DataFrame, told: set[str], minimum_cell: int
) -> pd.DataFrame:
    rows = []
    own = set(listed["customer_id"])
    names = ranked["segment"].where(ranked["segment"].isin(told), _OTHER)
    groups = [("all", ranked), *ranked.groupby(names, sort=True)]
    for name, group in groups:
        if len(group) < minimum_cell:
            continue
        total = float(group["risk_amount"].sum())
        inside = float(group.loc[group["customer_id"].isin(own), "risk_amount"].sum())
        rows.append((str(name), len(group), total, inside / total if total > 0 else np.nan))
    return pd.DataFrame(rows, columns=[c.name for c in EarlyWarning.FRAMES["segments"]])


def _pairs(
    reference: Edition | None, features: pd.DataFrame
) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    if reference is None or features.empty:
        return {}
    then, churned = edition_rows(reference)
    now = features[features["days_since_last_order"] <= WINDOW_DAYS]
    pairs = {
        name: (then[name].to_numpy(dtype=float), now[name].to_numpy(dtype=float))
        for name in FEATURES
    }
    if min(churned.sum(), (~churned).sum()) >= 10 and len(now):
        model = churn_model(then, churned)
        pairs["churn score"] = (model(then), model(now))
    return pairs
