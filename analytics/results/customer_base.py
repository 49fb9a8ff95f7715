"""Who the customers are: cohorts, RFM groups, gaps between purchases, concentration."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import pandas as pd

from analytics.results.base import Columns, Result
from analytics.results.declaration import amount, count, day, flag, number, rate, text


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerBase(Result):
    """Cohorts, RFM groups, purchase gaps and the concentration of net revenue.

    Figures that stand for fewer than `minimum_cell` customers are null or merged, and so is
    what would give one of them away.

    Attributes
    ----------
    customers : int
        Customers with a completed order.
    minimum_cell : int
        Fewest customers that a published figure stands for.
    observation_days : int
        Days that the data cover.
    median_gap_days : float
        Days within which half of all orders were followed by another, orders that none has
        followed yet included (Kaplan and Meier); null where half never were.
    followed_rate : float
        Share of orders that another followed within the longest gap told.
    top_tenth_rate, top_fifth_rate : float
        Share of net revenue from the tenth, and the fifth, of customers with most of it; null
        where that is fewer than `minimum_cell` customers.
    half_revenue_rate : float
        Least share of customers that half of net revenue came from, in the steps that are told.
    """

    KIND: ClassVar[str] = "descriptive.customers"
    FRAMES: ClassVar[Mapping[str, Columns]] = {
        "cohorts": (
            day("cohort", "Month of the first completed order."),
            day("month", "The month."),
            count("months_since", "Months since that of the first order.", "months"),
            flag("complete", "Whether the data cover both months whole."),
            number("customers", "Size of the cohort; null where withheld.", "customers"),
            number("active_customers", "Of them, those active in the month.", "customers"),
            rate("retention_rate", "active_customers / customers."),
            rate("low", "Lower end of the 95 % interval."),
            rate("high", "Upper end of the 95 % interval."),
        ),
        "curves": (
            text("series", "all, or the year of the cohorts."),
            count("months_since", "Months since that of the first order.", "months"),
            count("customers", "Customers of the cohorts that are observed so long."),
            count("active_customers", "Of them, those active in that month.", "customers"),
            rate("retention_rate", "active_customers / customers."),
            rate("low", "Lower end of the 95 % interval."),
            rate("high", "Upper end of the 95 % interval."),
        ),
        "rfm_groups": (
            text("group", "Name of the group; Other where small ones merge."),
            text("scores", "Which r_score and f_score it has."),
            count("customers", "Customers.", "customers"),
            rate("customers_rate", "Share of all customers."),
            amount("net_revenue_amount", "Net revenue to date."),
            rate("net_revenue_rate", "Share of all net revenue."),
            number("days_since_last_order", "Median days since the last order.", "days"),
            number("orders", "Mean orders to date.", "orders"),
        ),
        "rfm_grid": (
            count("r_score", "Recency, 1 to 5 (the latest fifth)."),
            count("f_score", "Orders to date, 1 to 5 (the most)."),
            text("group", "Group that the scores belong to."),
            number("customers", "Customers; null where withheld.", "customers"),
            amount("net_revenue_amount", "Net revenue to date; null where withheld."),
        ),
        "gaps": (
            count("days_from", "Shortest gap of the class.", "days"),
            count("days_to", "Days that its gaps are shorter than.", "days"),
            count("gaps", "Gaps between two days of purchase of a customer."),
            rate("gaps_rate", "Share of all gaps."),
            rate("followed_rate", "Share of orders followed by another within days_to."),
        ),
        "concentration": (
            rate("customers_rate", "Share of customers, those with most net revenue first."),
            count("customers", "Customers.", "customers"),
            amount("net_revenue_amount", "Their net revenue."),
            rate("net_revenue_rate", "Their share of all net revenue."),
        ),
    }
    UNITS: ClassVar[Mapping[str, str]] = {
        "customers": "customers",
        "minimum_cell": "customers",
        "observation_days": "days",
        "median_gap_days": "days",
        "followed_rate": "rate",
        "top_tenth_rate": "rate",
        "top_fifth_rate": "rate",
        "half_revenue_rate": "rate",
    }
    customers: int
    minimum_cell: int
    observation_days: int
    median_gap_days: float
    followed_rate: float
    top_tenth_rate: float
    top_fifth_rate: float
    half_revenue_rate: float
    cohorts: pd.DataFrame
    curves: pd.DataFrame
    rfm_groups: pd.DataFrame
    rfm_grid: pd.DataFrame
    gaps: pd.DataFrame
    concentration: pd.DataFrame
