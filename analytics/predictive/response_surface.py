"""The year to come over retention and frequency, for sliders that need no model."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from analytics.predictive.year_ahead import YearAhead, revenue_path
from analytics.settings import Scenario

Floats = npt.NDArray[np.float64]
LIMITS = (0.5, 2.0)
NODES = 7


def response_surface(ahead: YearAhead) -> pd.DataFrame:
    """Return the year of customers who are there and of new ones, over retention and frequency.

    At Chebyshev nodes of the logarithms, between which a polynomial is exact to well under 1 %;
    acquisition, order value, margin and spend are factors and need no grid.

    Returns
    -------
    DataFrame
        retention, frequency, orders, revenue_amount, new_orders, new_revenue_amount.
    """
    rows = []
    for retention in nodes():
        for frequency in nodes():
            path = revenue_path(
                ahead, replace(Scenario(), retention=float(retention), frequency=float(frequency))
            )
            orders, revenue = float(path.orders.sum()), float(path.revenue.sum())
            new, earned = float(path.new_orders.sum()), float(path.new_revenue.sum())
            rows.append((retention, frequency, orders - new, revenue - earned, new, earned))
    names = ["retention", "frequency", "orders", "revenue_amount", "new_orders",
             "new_revenue_amount"]  # fmt: skip
    return pd.DataFrame(rows, columns=names)


def nodes() -> Floats:
    """Return the Chebyshev nodes of the logarithm between `LIMITS`, as factors, ascending."""
    middle, half = np.log(LIMITS).mean(), np.ptp(np.log(LIMITS)) / 2
    at = -np.cos((2 * np.arange(NODES) + 1) * np.pi / (2 * NODES))
    factors: Floats = np.exp(middle + half * at)
    return factors


def interpolated(surface: pd.DataFrame, retention: float, frequency: float) -> Mapping[str, float]:
    """Return the surface between its nodes, as the page's sliders do."""
    one, other = _weights(retention), _weights(frequency)
    names = ["orders", "revenue_amount", "new_orders", "new_revenue_amount"]
    return {
        name: float(one @ surface[name].to_numpy().reshape(NODES, NODES) @ other) for name in names
    }


def _weights(factor: float) -> Floats:
    """Return the Lagrange weights of a factor among the nodes."""
    at, places = np.log(factor), np.log(nodes())
    weights = np.ones(NODES)
    for one in range(NODES):
        for other in range(NODES):
            if one != other:
                weights[one] *= (at - places[other]) / (places[one] - places[other])
    return weights
