"""What to do for each segment, what it is worth, and which of it to do first."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from analytics.prescriptive.cross_sell import no_offers, offers_table
from analytics.prescriptive.levers import (
    CONTACT_LEVERS,
    Z80,
    Effect,
)
from analytics.prescriptive.portfolio import PORTFOLIO_SOLVER, chosen_tranches, tranches
from analytics.results import Strategies
from analytics.settings import StrategySettings

Floats = npt.NDArray[np.float64]
_DRAWS = 1000
_FRONTIER = (0.25, 0.5, 0.75, 1.0, 1.5, 2.0)


def strategies(
    levers: pd.DataFrame,
    every: pd.DataFrame,
    customers: pd.DataFrame,
    effects: dict[str, Effect],
    *,
    settings: StrategySettings,
    seed: int,
    minimum_cell: int,
    offers: pd.DataFrame | None = None,
    grouped_by: str = "segment",
) -> Strategies:
    """Return every segment's levers with lists, cost and margin, and the best portfolio of them.

    Parameters
    ----------
    levers, every : DataFrame
        `customer_levers`: each customer's own lever, and all that are worth their cost.
    customers : DataFrame
        `CustomerScores.customers`.
    effects : dict
        By contact lever.
    settings : StrategySettings
        Budget, capacity and costs.
    seed : int
        Of the draws behind intervals.
    minimum_cell : int
        Lists of fewer customers are left out.
    offers : DataFrame, optional
        `category_offers`: what the cross-sell list is offered.
    grouped_by : str
        segment, cluster where clusters of behaviour stand in for segments, or all for one group.
    """
    # A list of few customers would tell about them.
    size = every.groupby(["segment", "lever"])["customer_id"].transform("size")
    told = every[size >= minimum_cell]
    own_size = levers.groupby(["segment", "lever"])["customer_id"].transform("size")
    kept = levers.assign(lever=levers["lever"].where(own_size >= minimum_cell, ""))
    parts = tranches(kept, minimum_cell=minimum_cell)
    budget = settings.budget_rate * float(levers["clv12_amount"].sum())
    contacts = float(np.floor(settings.contact_rate * len(levers)))
    chosen = parts[chosen_tranches(parts, budget=budget, contacts=contacts)]
    random = np.random.default_rng(seed)
    drawn = {
        lever: np.clip(
            random.normal(effects[lever].rate, _spread(effects[lever]), _DRAWS), 0.0, 1.0
        )
        for lever in CONTACT_LEVERS
    }
    rows, total = [], np.zeros(_DRAWS)
    for (segment, lever), group in told.groupby(["segment", "lever"]):
        effect = effects[str(lever)]
        base, cost = float(group["base_amount"].sum()), float(group["cost_amount"].sum())
        noise = float(np.sqrt((group["base_spread_amount"] ** 2).sum()))
        bases = np.maximum(random.normal(base, noise, _DRAWS), 0.0)
        margins = bases * drawn[str(lever)]
        own = chosen[(chosen["segment"] == segment) & (chosen["lever"] == lever)]
        share = float(own["base_amount"].sum()) / base if base > 0 else 0.0
        total += margins * share - float(own["cost_amount"].sum())
        low, high = np.quantile(margins, [0.1, 0.9])
        rows.append(
            {
                "segment": segment,
                "lever": lever,
                "evidence": effect.evidence,
                "customers": len(group),
                "cost_amount": cost,
                "base_amount": base,
                "effect_rate": effect.rate,
                "effect_low_rate": effect.low,
                "effect_high_rate": effect.high,
                "margin_amount": base * effect.rate,
                "margin_low_amount": float(low),
                "margin_high_amount": float(high),
                "net_amount": base * effect.rate - cost,
                "net_low_amount": float(low) - cost,
                "net_high_amount": float(high) - cost,
                "break_even_rate": cost / base if base > 0 else np.nan,
                "chosen_customers": int(own["customers"].sum()),
                "chosen_cost_amount": float(own["cost_amount"].sum()),
                "chosen_net_amount": float(own["gain_amount"].sum()),
            }
        )
    table = pd.DataFrame(rows, columns=[c.name for c in Strategies.FRAMES["levers"][:-1]])
    table = table.sort_values(
        ["chosen_net_amount", "net_amount", "segment", "lever"],
        ascending=[False, False, True, True],
        ignore_index=True,
    )
    table["priority"] = np.arange(1, len(table) + 1)
    low, high = np.quantile(total, [0.1, 0.9])
    return Strategies(
        customers=len(levers),
        budget_amount=budget,
        contacts=int(contacts),
        chosen_customers=int(chosen["customers"].sum()),
        chosen_cost_amount=float(chosen["cost_amount"].sum()),
        chosen_net_amount=float(chosen["gain_amount"].sum()),
        chosen_net_low_amount=float(low) if len(chosen) else 0.0,
        chosen_net_high_amount=float(high) if len(chosen) else 0.0,
        solver=PORTFOLIO_SOLVER,
        grouped_by=grouped_by,
        levers=table,
        offers=offers_table(
            every, no_offers() if offers is None else offers, minimum_cell=minimum_cell
        ),
        limits=_limits(parts, budget, contacts),
        acquisition=_acquisition(customers, random, minimum_cell),
    )


def _spread(effect: Effect) -> float:
    return (effect.high - effect.low) / (2 * Z80)


def _limits(parts: pd.DataFrame, budget: float, contacts: float) -> pd.DataFrame:
    """Return what other budgets and other numbers of contacts would bring."""
    rows = []
    for limit in ("budget", "contacts"):
        for factor in _FRONTIER:
            money = budget * (factor if limit == "budget" else 1.0)
            people = contacts * (factor if limit == "contacts" else 1.0)
            part = parts[chosen_tranches(parts, budget=money, contacts=people)]
            rows.append(
                (limit, factor, money, int(people), int(part["customers"].sum()),
                 float(part["cost_amount"].sum()), float(part["gain_amount"].sum()))
            )  # fmt: skip
    return pd.DataFrame(rows, columns=[c.name for c in Strategies.FRAMES["limits"]])


def _acquisition(
    customers: pd.DataFrame, random: np.random.Generator, minimum_cell: int
) -> pd.DataFrame:
    """Return mean CLV12 by segment and acquisition channel, against the segment's other ones."""
    rows = []
    known = customers.dropna(subset=["clv12_amount"])
    for segment, group in known.groupby("segment", sort=True):
        for channel, part in group.groupby("acquisition_channel", sort=True):
            rest = group.loc[group["acquisition_channel"] != channel, "clv12_amount"].to_numpy()
            own = part["clv12_amount"].to_numpy()
            if min(len(own), len(rest)) < max(minimum_cell, 2):
                continue
            difference = float(own.mean() - rest.mean())
            error = float(np.sqrt(own.var(ddof=1) / len(own) + rest.var(ddof=1) / len(rest)))
            rows.append((segment, channel, len(own), float(own.mean()), difference,
                         difference - 1.96 * error, difference + 1.96 * error))  # fmt: skip
    return pd.DataFrame(rows, columns=[c.name for c in Strategies.FRAMES["acquisition"]])
