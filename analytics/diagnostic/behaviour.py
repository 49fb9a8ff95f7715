"""Customers as points: what they do, on scales on which distances mean something."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics.stats.behaviour_scales import SCALES, scaled_behaviour

Floats: TypeAlias = NDArray[np.float64]
_EDGES = 0.01, 0.99


@dataclass(frozen=True, slots=True, kw_only=True)
class Behaviour:
    """Customers' features, plain and standardised.

    Attributes
    ----------
    plain, points : ndarray, shape (customers, features)
    covariance : ndarray, shape (features, features)
        Of the points.
    told : DataFrame
        feature, scale, least, most, centre, spread: how a point is made of a feature.
    """

    plain: Floats
    points: Floats
    covariance: Floats
    told: pd.DataFrame


def behaviour(features: pd.DataFrame) -> Behaviour | None:
    """Return the points; None where fewer than two features differ between customers.

    Parameters
    ----------
    features : DataFrame
        As the mart `customer_features`. Used are orders a year (over at least 90 days), order
        value and days since the last order, in logarithms, and the share of discount. What lies
        beyond the first or last percentile enters as that, so that no group is one of
        outliers; the percentiles are rounded, since each is a customer's value.
    """
    plain, points, told = [], [], []
    for name, scale in SCALES.items():
        filled, scaled, known = scaled_behaviour(features, name)
        if known < 0.5:
            continue
        digits = 1 if scale == "log" else 2
        least, most = (round(float(edge), digits) for edge in np.quantile(scaled, _EDGES))
        held = np.clip(scaled, least, most)
        centre, spread = float(held.mean()), float(held.std())
        if spread <= 1e-9:
            continue
        plain.append(filled)
        points.append((held - centre) / spread)
        told.append(
            {
                "feature": name, "scale": scale, "least": least, "most": most,
                "centre": centre, "spread": spread,
            }
        )  # fmt: skip
    if len(points) < 2:
        return None
    cloud = np.column_stack(points)
    return Behaviour(
        plain=np.column_stack(plain),
        points=cloud,
        covariance=np.atleast_2d(np.cov(cloud, rowvar=False)),
        told=pd.DataFrame(told),
    )
