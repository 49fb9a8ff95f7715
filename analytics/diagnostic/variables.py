"""Which customer features are correlated, and which of them are computed from each other."""

from __future__ import annotations

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

# One of the two is computed from the other, is a part of it, or bounds it.
DEFINITIONAL_PAIRS: tuple[tuple[str, str], ...] = (
    ("age_days", "days_since_last_order"),
    ("age_days", "mean_gap_days"),
    ("age_days", "orders"),
    ("orders", "mean_gap_days"),
    ("orders", "net_revenue_amount"),
    ("orders", "contribution_margin_amount"),
    ("orders", "categories"),
    ("orders", "sales_channels"),
    ("net_revenue_amount", "contribution_margin_amount"),
    ("net_revenue_amount", "mean_order_amount"),
    ("net_revenue_amount", "discount_rate"),
    ("contribution_margin_amount", "mean_order_amount"),
    ("mean_order_amount", "discount_rate"),
    ("tickets", "unresolved_tickets"),
)


def is_definitional(left: str, right: str) -> bool:
    """Return whether the pair, in either order, holds by definition."""
    return (left, right) in DEFINITIONAL_PAIRS or (right, left) in DEFINITIONAL_PAIRS
