"""How much of net revenue comes from how few customers."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from analytics.results import CustomerBase

STEPS = 100


def concentration(revenue: pd.Series, *, minimum_cell: int) -> pd.DataFrame:
    """Return the cumulated net revenue of customers, those with most first.

    Parameters
    ----------
    revenue : Series
        Net revenue of each customer.
    minimum_cell : int
        Fewest customers between two points that are told, so that no customer's own net
        revenue follows.
    """
    columns = [column.name for column in CustomerBase.FRAMES["concentration"]]
    largest = np.sort(revenue.to_numpy(dtype=np.float64))[::-1]
    number, total = len(largest), float(largest.sum())
    if number < 2 * max(minimum_cell, 1) or total <= 0:
        return pd.DataFrame({name: [] for name in columns})
    places: list[int] = []
    for step in range(1, STEPS + 1):
        place = math.ceil(number * step / STEPS)
        before = places[-1] if places else 0
        if place - before >= minimum_cell and (number - place >= minimum_cell or place == number):
            places.append(place)
    if places[-1] != number:
        places.append(number)
    cumulated = np.cumsum(largest)[np.array(places) - 1]
    return pd.DataFrame(
        {
            "customers_rate": np.array(places) / number,
            "customers": places,
            "net_revenue_amount": cumulated.round(2),
            "net_revenue_rate": cumulated / total,
        }
    )[columns]


def share_of_top(table: pd.DataFrame, rate: float) -> float:
    """Return the share of net revenue of the top `rate` of customers; null where not told."""
    near = table[(table["customers_rate"] - rate).abs() < 0.5 / STEPS]
    if near.empty:
        return float("nan")
    best = (near["customers_rate"] - rate).abs().to_numpy().argmin()
    return float(near["net_revenue_rate"].iloc[int(best)])


def customers_of_half(table: pd.DataFrame) -> float:
    """Return the least told share of customers that half of net revenue came from."""
    half = table[table["net_revenue_rate"] >= 0.5]
    return float(half["customers_rate"].iloc[0]) if len(half) else float("nan")
