"""Which customer features are correlated, and which of them are computed from each other."""

from __future__ import annotations

from itertools import combinations

CATEGORIES: tuple[str, ...] = ("segment", "region", "acquisition_channel")
NUMBERS: tuple[str, ...] = (
    "age_days",
    "days_since_last_order",
    "orders",
    "mean_gap_days",
    "net_revenue_amount",
    "contribution_margin_amount",
    "mean_order_amount",
    "discount_rate",
    "return_rate",
    "categories",
    "sales_channels",
    "satisfaction",
    "tickets",
    "unresolved_tickets",
)

# What partial correlations are given.
GIVEN: tuple[str, ...] = ("segment", "region")
# The outcomes that drivers are listed of, and the number that stands for each.
OUTCOMES: dict[str, str] = {"revenue": "net_revenue_amount", "churn": "days_since_last_order"}

# Sums and counts over the same orders: more orders make more of each.
_OF_THE_ORDERS: tuple[str, ...] = (
    "orders",
    "net_revenue_amount",
    "contribution_margin_amount",
    "categories",
    "sales_channels",
    "mean_gap_days",
)
# What adds up since the first order, or cannot be longer ago.
_SINCE_THE_FIRST_ORDER: tuple[str, ...] = (
    *_OF_THE_ORDERS,
    "days_since_last_order",
    "tickets",
    "unresolved_tickets",
)

# One of the two is computed from the other, is a part of it or bounds it, or both add up the
# same orders.
DEFINITIONAL_PAIRS: tuple[tuple[str, str], ...] = (
    *combinations(_OF_THE_ORDERS, 2),
    *(("age_days", name) for name in _SINCE_THE_FIRST_ORDER),
    ("net_revenue_amount", "mean_order_amount"),
    ("net_revenue_amount", "discount_rate"),
    ("contribution_margin_amount", "mean_order_amount"),
    ("contribution_margin_amount", "discount_rate"),
    ("mean_order_amount", "discount_rate"),
    ("tickets", "unresolved_tickets"),
)

# Stop adding up with the last order, or pace it: whoever left early has less of each. Ratios that
# allow for the time under watch are those of the churn patterns.
_BOUND_TO_THE_LAST_ORDER = frozenset({*_SINCE_THE_FIRST_ORDER, "age_days"})


def is_definitional_driver(outcome: str, driver: str) -> bool:
    """Return whether the driver holds against the outcome's number by definition."""
    if outcome == "churn" and driver in _BOUND_TO_THE_LAST_ORDER:
        return True
    return is_definitional(OUTCOMES[outcome], driver)


def is_definitional(left: str, right: str) -> bool:
    """Return whether the pair, in either order, holds by definition."""
    return (left, right) in DEFINITIONAL_PAIRS or (right, left) in DEFINITIONAL_PAIRS
