"""Clusters of behaviour stand in for segments where a source has none."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from analytics.results import Clusters, Missing
from analytics.stats.behaviour_scales import scaled_behaviour


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
            (np.clip(scaled_behaviour(features, str(r.feature))[1], r.least, r.most) - r.centre)
            / r.spread
            for r in told
        ]
    )
    apart = ((points[:, None, :] - centres[names].to_numpy()[None, :, :]) ** 2).sum(axis=2)
    nearest = centres.index.to_numpy()[apart.argmin(axis=1)]
    return pd.Series([f"Cluster {number}" for number in nearest], index=features["customer_id"])
