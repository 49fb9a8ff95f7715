"""The marketing budget: which channels pay, what the plan gains, and how sure that is."""

from __future__ import annotations

from functools import partial

import numpy as np
import pandas as pd
from cause import Cause, Finding, found, within
from shop import AnalysedShop

BEST = {"Search", "Direct"}
CHANNELS = ("Search", "Direct", "Social", "Email", "Display", "Affiliate")


def _planted(shop: AnalysedShop) -> pd.DataFrame:
    """Return ceiling and half-saturation of each channel, for an average week of the last year.

    Demand grows, and what marketing brings with it.
    """
    weekly = shop._marts.weekly()
    margin = weekly.loc[weekly["complete"], "contribution_margin_amount"]
    growth = float(margin.tail(52).mean() / margin.mean())
    rows = {}
    for name, truth in shop.truth["marketing"]["channels"].items():
        spend, half = truth["spend_per_week_amount"], truth["half_saturation_amount"]
        rows[name] = {"ceiling": truth["average_roi"] * (spend + half) * growth, "half": half}
    return pd.DataFrame(rows).T


def _best(shop: AnalysedShop) -> Finding:
    allocation = shop.budget.allocation.sort_values("marginal_roi", ascending=False)
    return found(set(allocation["marketing_channel"].head(2)) == BEST)


def _moves(shop: AnalysedShop) -> Finding:
    plan = shop.budget.allocation.set_index("marketing_channel")
    moved = plan["optimal_amount"] - plan["current_amount"]
    return found(
        all(moved[channel] > 0 for channel in BEST), estimate=float(moved[list(BEST)].min())
    )


def _true_gain(shop: AnalysedShop) -> float:
    curve = _planted(shop)
    plan = shop.budget.allocation.set_index("marketing_channel")

    def margin(spend: pd.Series) -> float:
        return float((curve["ceiling"] * spend / (spend + curve["half"])).sum())

    return margin(plan["optimal_amount"]) - margin(plan["current_amount"])


def _gain(shop: AnalysedShop) -> Finding:
    gain = _true_gain(shop)
    return found(gain > 0, planted=gain, estimate=shop.budget.gain_amount)


def _gain_interval(shop: AnalysedShop) -> Finding:
    budget = shop.budget
    return within(
        _true_gain(shop), budget.gain_amount, budget.gain_low_amount, budget.gain_high_amount
    )


def _marginal(shop: AnalysedShop, channel: str) -> Finding:
    curve = _planted(shop).loc[channel]
    row = shop.budget.allocation.set_index("marketing_channel").loc[channel]
    planted = float(
        curve["ceiling"] * curve["half"] / np.square(row["current_amount"] + curve["half"])
    )
    return within(planted, row["marginal_roi"], row["marginal_roi_low"], row["marginal_roi_high"])


CAUSES = (
    Cause(name="Search and Direct have the highest marginal ROI", promise=0.95, find=_best),
    Cause(name="the plan moves money to Search and Direct", promise=0.95, find=_moves),
    Cause(name="the plan truly gains", promise=0.95, find=_gain),
    Cause(name="true gain of the plan inside its 80 % interval", promise=0.80, find=_gain_interval),
    *(
        Cause(
            name=f"marginal ROI of {channel} inside its 80 % interval",
            promise=0.80,
            find=partial(_marginal, channel=channel),
        )
        for channel in CHANNELS
    ),
)
