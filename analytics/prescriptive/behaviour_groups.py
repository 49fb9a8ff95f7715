"""Clusters of behaviour stand in for segments where a source has none."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from analytics.results import Clusters, Missing

Floats = npt.NDArray[np.float64]
_LEAST_AGE_DAYS = 90.0


def behaviour_groups(features: pd.DataFrame, clusters: Clusters | Missing) -> pd.Series | None:
    """Return the name of each customer's cluster, indexed by customer; None where there are none.

    A customer belongs to the centre that is nearest on the scales that the clusters were made on.

    Parameters
    ----------
    features : DataFrame
        `Marts.customer_features`.
    clusters : Clusters or Missing
        How many groups the behaviour shows, and where their centres are.
    """
    if isinstance(clusters, Missing) or clusters.profiles.empty or features.empty:
        return None
    names = [str(name) for name in clusters.features["feature"]]
    centres = clusters.profiles.pivot_table(index="cluster", columns="feature", values="centre")
    if not set(names) <= set(centres.columns) or centres[names].isna().to_numpy().any():
        return None
    told: list[Any] = list(clusters.features.itertuples())
    points = np.column_stack(
        [
            (np.clip(_scaled(features, str(r.feature), str(r.scale)), r.least, r.most) - r.centre)
            / r.spread
            for r in told
        ]
    )
    apart = ((points[:, None, :] - centres[names].to_numpy()[None, :, :]) ** 2).sum(axis=2)
    nearest = centres.index.to_numpy()[apart.argmin(axis=1)]
    return pd.Series([f"Cluster {number}" for number in nearest], index=features["customer_id"])


def _scaled(features: pd.DataFrame, name: str, scale: str) -> Floats:
    if name == "orders_per_year":
        age = np.maximum(features["age_days"].to_numpy(dtype=float), _LEAST_AGE_DAYS)
        values = features["orders"].to_numpy(dtype=float) / age * 365
    else:
        values = features[name].to_numpy(dtype=float)
    if name == "days_since_last_order":
        values = np.maximum(values, 1.0)
    usable = np.isfinite(values) & ((values > 0) | (scale == "plain"))
    middle = float(np.median(values[usable])) if usable.any() else 1.0
    filled: Floats = np.where(usable, values, middle)
    scaled: Floats = np.log(filled) if scale == "log" else filled
    return scaled
