"""What can be done for a customer, what it costs, and what it is expected to bring.

Of the levers that are worth their cost for a customer, the one with the highest expected gain is
the customer's own,

    gain = base x effect - cost,

where base is the margin that the lever works on: CLV12 times the probability of churn for offers
that keep customers, CLV12 times that of staying for offers that sell more, the margin of one order
for those who have left. Effects are measured by an experiment where there is one, else assumed.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from analytics.results import Experiments, Missing
from analytics.settings import StrategySettings

RETENTION, SERVICE, WIN_BACK, CROSS_SELL = (
    "retention offer",
    "service fix",
    "win-back",
    "cross-sell",
)
ACQUISITION = "acquisition mix"
CONTACT_LEVERS = (RETENTION, SERVICE, WIN_BACK, CROSS_SELL)
MEASURED, ASSUMED = "measured", "assumed"
_LOW_SATISFACTION = 2
_LONGEST_WINDOW, _SHORTEST_WINDOW, _GAPS = 180.0, 90.0, 3.0
# A normal distribution has 80 % within 1.2816 standard deviations.
Z80 = 1.2815515655446004


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """Share of its base that a lever brings, with an 80 % interval, and where that is from."""

    rate: float
    low: float
    high: float
    evidence: str


def lever_effects(tests: Experiments | Missing, settings: StrategySettings) -> dict[str, Effect]:
    """Return the effect of every contact lever: measured where its experiment shows one."""
    assumed = {
        RETENTION: settings.retention_effect,
        SERVICE: settings.service_effect,
        WIN_BACK: settings.win_back_effect,
        CROSS_SELL: settings.cross_sell_effect,
    }
    effects = {
        lever: Effect(rate=rate, low=rate / 2, high=min(1.0, rate * 2), evidence=ASSUMED)
        for lever, rate in assumed.items()
    }
    measured = _measured(tests, settings.retention_experiment)
    if measured is not None:
        effects[RETENTION] = measured
    return effects


def _measured(tests: Experiments | Missing, name: str) -> Effect | None:
    """Return which share of those who would have fallen silent the best variant kept."""
    if isinstance(tests, Missing) or not name:
        return None
    state = tests.experiments.loc[tests.experiments["experiment_id"] == name, "state"]
    rows = tests.lifts[
        (tests.lifts["experiment_id"] == name) & (tests.lifts["metric"] == "active_rate")
    ]
    if rows.empty or list(state) != ["better"]:
        return None
    rows = rows[rows["method"] == ("cuped" if (rows["method"] == "cuped").any() else "plain")]
    best = rows.sort_values(["difference", "variant"], ascending=[False, True]).iloc[0]
    silent = 1 - float(best["control_mean"])
    if silent <= 0:
        return None
    rate = float(best["difference"]) / silent
    spread = (float(best["high"]) - float(best["low"])) / (2 * 1.96) / silent
    low, rate, high = np.clip([rate - Z80 * spread, rate, rate + Z80 * spread], 0.0, 1.0)
    return Effect(
        rate=float(rate), low=float(low), high=float(high), evidence=f"{MEASURED}: {name}"
    )


def customer_levers(
    customers: pd.DataFrame,
    features: pd.DataFrame,
    effects: dict[str, Effect],
    settings: StrategySettings,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the own lever of each customer, and every lever that is worth its cost.

    Parameters
    ----------
    customers : DataFrame
        `CustomerScores.customers`.
    features : DataFrame
        `Marts.customer_features` at the same cut-off.
    effects : dict
        By lever.
    settings : StrategySettings
        Costs, as shares of the mean order value.

    Returns
    -------
    pair of DataFrame
        A row a customer: customer_id, segment, lapsed (silent for longer than the own window),
        churn_probability, clv12_amount, risk_amount (their product), and of the own lever: lever
        (empty where none is worth its cost), base_amount, base_spread_amount (standard deviation),
        cost_amount, gain_amount. Then the same for every lever that is worth its cost, in rows of
        their own. Sorted by customer.
    """
    known = features.set_index("customer_id").reindex(customers["customer_id"])
    risk = customers["churn_probability"].to_numpy(dtype=float)
    value = customers["clv12_amount"].fillna(0.0).clip(lower=0).to_numpy(dtype=float)
    width = (customers["clv12_high_amount"] - customers["clv12_low_amount"]).fillna(0.0)
    spread = np.maximum(width.to_numpy(dtype=float), 0) / (2 * Z80)
    lapsed = _lapsed(known)
    here = np.isfinite(risk) & ~lapsed
    chance = np.where(np.isfinite(risk), risk, 0.0)
    orders = np.maximum(customers["orders"].to_numpy(dtype=float), 1)
    margin = customers["contribution_margin_amount"].to_numpy(dtype=float)
    per_order = np.where(np.isfinite(margin), np.maximum(margin, 0), 0.0) / orders
    low_score = known["last_satisfaction"].to_numpy(dtype=float) <= _LOW_SATISFACTION
    unresolved = np.nan_to_num(known["unresolved_tickets"].to_numpy(dtype=float)) > 0
    bought = np.nan_to_num(known["categories"].to_numpy(dtype=float))
    narrow = (bought > 0) & (bought <= bought.max(initial=0.0) / 2)
    order_value = float(known["mean_order_amount"].mean()) if len(known) else 0.0
    none = per_order * 0.0
    rows = {
        RETENTION: (here, value * chance, spread * chance, settings.retention_cost),
        SERVICE: (
            here & (unresolved | low_score),
            value * chance,
            spread * chance,
            settings.service_cost,
        ),
        WIN_BACK: (lapsed, per_order, none, settings.win_back_cost),
        CROSS_SELL: (
            here & narrow & (orders >= 2),
            value * (1 - chance),
            spread * (1 - chance),
            settings.cross_sell_cost,
        ),
    }
    person = pd.DataFrame(
        {
            "customer_id": customers["customer_id"].to_numpy(),
            "segment": customers["segment"].to_numpy(),
            "lapsed": lapsed,
            "churn_probability": risk,
            "clv12_amount": value,
            "risk_amount": value * chance,
        }
    )
    parts = []
    for lever, (possible, base, wide, cost) in rows.items():
        gain = base * effects[lever].rate - cost * order_value
        own = person.assign(
            lever=lever,
            base_amount=base,
            base_spread_amount=wide,
            cost_amount=cost * order_value,
            gain_amount=gain,
        )
        parts.append(own[possible & (gain > 0)])
    every = pd.concat(parts).sort_values(
        ["customer_id", "gain_amount", "lever"], ascending=[True, False, True], ignore_index=True
    )
    best = every.drop_duplicates("customer_id").drop(columns=list(person.columns[1:]))
    own = person.merge(best, how="left", on="customer_id").sort_values("customer_id")
    amounts = ["base_amount", "base_spread_amount", "cost_amount", "gain_amount"]
    own[amounts] = own[amounts].fillna(0.0)
    own["lever"] = own["lever"].fillna("").astype("str")
    return own.reset_index(drop=True), every


def _lapsed(known: pd.DataFrame) -> npt.NDArray[np.bool_]:
    """Return who has been silent for longer than three usual gaps, 90 to 180 days."""
    gap = known["mean_gap_days"].to_numpy(dtype=float)
    window = np.clip(
        np.where(np.isfinite(gap), _GAPS * gap, _LONGEST_WINDOW), _SHORTEST_WINDOW, _LONGEST_WINDOW
    )
    silent: npt.NDArray[np.bool_] = known["days_since_last_order"].to_numpy(dtype=float) > window
    return silent
