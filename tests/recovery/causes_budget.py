"""The marketing budget: which channels pay, and what their margin is."""

from __future__ import annotations

from cause import Cause, Finding, found
from shop import AnalysedShop

BEST = {"Search", "Direct"}


def _best(shop: AnalysedShop) -> Finding:
    allocation = shop.budget.allocation.sort_values("marginal_roi", ascending=False)
    return found(set(allocation["marketing_channel"].head(2)) == BEST)


def _moves(shop: AnalysedShop) -> Finding:
    plan = shop.budget.allocation.set_index("marketing_channel")
    moved = plan["optimal_amount"] - plan["current_amount"]
    return found(
        all(moved[channel] > 0 for channel in BEST), estimate=float(moved[list(BEST)].min())
    )


def _gain(shop: AnalysedShop) -> Finding:
    budget = shop.budget
    return found(
        budget.gain_amount > 0,
        estimate=budget.gain_amount,
        low=budget.gain_low_amount,
        high=budget.gain_high_amount,
    )


CAUSES = (
    Cause(name="Search and Direct have the highest marginal ROI", promise=0.95, find=_best),
    Cause(name="the plan moves money to Search and Direct", promise=0.95, find=_moves),
    Cause(name="the plan promises a gain", promise=0.99, find=_gain),
)
