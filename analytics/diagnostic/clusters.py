"""Groups of customers by behaviour: how many there are, and whether the segments are these."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics.diagnostic.behaviour import Behaviour, behaviour
from analytics.diagnostic.told import merged_groups
from analytics.results import Clusters, Columns, Missing
from analytics.stats.bootstrap import percentile_interval

Floats: TypeAlias = NDArray[np.float64]
Codes: TypeAlias = NDArray[np.int64]
LEAST_CUSTOMERS = 100
MOST_CLUSTERS = 6
SAMPLE = 1_000  # customers of a half-sample at most
HALF_SAMPLES = 40
LEAST_STABILITY = 0.8
LEAST_SHARE = 0.02  # of the customers, for a group to be one
_LEVEL = 0.05
_UNKNOWN = "Unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Split:
    """A k-means split: where its centres are."""

    centres: Floats

    def labels(self, points: Floats) -> Codes:
        from sklearn.metrics import pairwise_distances_argmin

        return np.asarray(pairwise_distances_argmin(points, self.centres), dtype=np.int64)


def clusters(
    features: pd.DataFrame,
    *,
    cutoff: date,
    seed: int = 0,
    minimum_cell: int = 1,
    half_samples: int = HALF_SAMPLES,
) -> Clusters | Missing:
    """Return how many groups the behaviour of customers shows, against the given segments.

    Parameters
    ----------
    features : DataFrame
        One row a customer, columns as in the mart `customer_features`.
    cutoff : date
        That the features are at.
    seed : int
        Of half-samples and starting points.
    minimum_cell : int
        Fewest customers that a told number stands for.
    half_samples : int
        At least 20: the fewest that can tell one cloud at 5 %.

    Returns
    -------
    Clusters or Missing
        Missing below 100 customers, or where fewer than two features differ between them.

    Notes
    -----
    A half-sample is drawn without replacement, at most `SAMPLE` customers: over half of all,
    a mean varies as it does over samples of all (jackknife); over fewer, more, so that intervals
    of large shops are wider than need be. One cloud is a normal distribution with the same
    covariance (Liu, Hayes, Nobel & Marron 2008, Journal of the American Statistical
    Association 103). Silhouettes are those of Rousseeuw (1987), Journal of Computational and
    Applied Mathematics 20. Agreement and stability are adjusted Rand indices (Hubert & Arabie 1985,
    Journal of Classification 2).
    """
    from sklearn.metrics import adjusted_rand_score
    from sklearn.metrics.pairwise import euclidean_distances

    held = behaviour(features) if len(features) >= LEAST_CUSTOMERS else None
    if held is None:
        return Missing(
            of=Clusters.KIND,
            needs=("transactions",),
            because=(
                f"Groups by behaviour need at least {LEAST_CUSTOMERS} customers who differ in two "
                f"ways; there are {len(features)} customers."
            ),
        )
    random = np.random.default_rng(seed)
    segment = features["segment"].to_numpy(dtype=object)
    names = sorted({str(name) for name in segment} - {_UNKNOWN})
    known = np.isin(segment, names) if len(names) > 1 else np.zeros(len(segment), dtype=bool)
    given = np.searchsorted(names, np.where(known, segment, names[0] if names else "").astype(str))
    ks = range(2, MOST_CLUSTERS + 1)
    half = min(SAMPLE, len(features) // 2)
    found: dict[int, dict[str, list[float]]] = {
        k: {"silhouette": [], "cloud": [], "agreement": [], "stability": []} for k in ks
    }
    before: dict[int, _Split] = {}
    best = []
    for _ in range(half_samples):
        rows = np.sort(random.choice(len(features), half, replace=False))
        points = held.points[rows]
        cloud = random.multivariate_normal(np.zeros(points.shape[1]), held.covariance, half)
        apart, cloud_apart = euclidean_distances(points), euclidean_distances(cloud)
        for k in ks:
            split = _fitted(points, k, random)
            labels, own = split.labels(points), found[k]
            own["silhouette"].append(_silhouette(apart, labels))
            own["cloud"].append(_silhouette(cloud_apart, _fitted(cloud, k, random).labels(cloud)))
            if known[rows].sum() > 1:
                own["agreement"].append(
                    adjusted_rand_score(labels[known[rows]], given[rows][known[rows]])
                )
            if k in before:
                own["stability"].append(adjusted_rand_score(labels, before[k].labels(points)))
            before[k] = split
        best.append(max(ks, key=lambda k: (found[k]["silhouette"][-1], -k)))
    choices = pd.DataFrame(_choice(k, found[k], best) for k in ks)
    splits = {k: _whole(held, k, seed) for k in ks}
    large = np.array([_is_large(splits[k].labels(held.points), minimum_cell) for k in ks])
    choices["distinct"] &= large
    distinct = choices[choices["distinct"]]
    usable = choices[large] if large.any() else choices.head(1)
    groups = 1 if distinct.empty else _clearest(distinct)
    chosen = groups if groups > 1 else _clearest(usable)
    labels = _by_revenue(splits[chosen].labels(held.points), features)
    return Clusters(
        customers=len(features),
        sample=half,
        half_samples=half_samples,
        groups=groups,
        chosen=chosen,
        least_stability=LEAST_STABILITY,
        cutoff=cutoff,
        segment_count=len(names) if known.any() else 0,
        choices=_frame("choices", choices),
        features=_frame("features", held.told),
        profiles=_frame(
            "profiles", _profiles(held, features, labels) if large[chosen - 2] else pd.DataFrame()
        ),
        segments=_frame(
            "segments",
            _segments(labels[known], segment[known], minimum_cell)
            if known.any() and large[chosen - 2]
            else pd.DataFrame(),
        ),
    )


def _silhouette(apart: Floats, labels: Codes) -> float:
    """Return the mean silhouette; 0 where all points are in one cluster."""
    from sklearn.metrics import silhouette_score

    if len(np.unique(labels)) < 2:
        return 0.0
    return float(silhouette_score(apart, labels, metric="precomputed"))


def _fitted(points: Floats, k: int, random: np.random.Generator) -> _Split:
    from sklearn.cluster import KMeans

    model = KMeans(n_clusters=k, n_init=1, random_state=int(random.integers(2**31 - 1)))
    return _Split(centres=np.asarray(model.fit(points).cluster_centers_, dtype=np.float64))


def _whole(held: Behaviour, k: int, seed: int) -> _Split:
    """Return the split of all customers; fitted on every so many of very many."""
    from sklearn.cluster import KMeans

    step = max(1, len(held.points) // 20_000)
    model = KMeans(n_clusters=k, n_init=5, random_state=seed).fit(held.points[::step])
    return _Split(centres=np.asarray(model.cluster_centers_, dtype=np.float64))


def _choice(k: int, found: dict[str, list[float]], best: list[int]) -> dict[str, object]:
    silhouette, cloud = np.array(found["silhouette"]), np.array(found["cloud"])
    low, high = percentile_interval(silhouette)
    cloud_low, cloud_high = percentile_interval(cloud)
    mean = float(silhouette.mean())
    p_value = (1 + int((cloud >= mean).sum())) / (1 + len(cloud))
    stability = float(np.mean(found["stability"]))
    agreement = found["agreement"]
    agreement_low, agreement_high = percentile_interval(agreement)
    return {
        "clusters": k,
        "silhouette": mean,
        "low": low,
        "high": high,
        "one_cloud_low": cloud_low,
        "one_cloud_high": cloud_high,
        "p_value": p_value,
        "stability": stability,
        "chosen_rate": best.count(k) / len(best),
        "distinct": p_value <= _LEVEL and stability >= LEAST_STABILITY,
        "agreement": float(np.mean(agreement)) if agreement else np.nan,
        "agreement_low": agreement_low,
        "agreement_high": agreement_high,
    }


def _clearest(choices: pd.DataFrame) -> int:
    silhouette = choices["silhouette"].to_numpy(dtype=np.float64)
    return int(choices["clusters"].to_numpy()[int(silhouette.argmax())])


def _is_large(labels: Codes, minimum: int) -> bool:
    sizes = np.unique(labels, return_counts=True)[1]
    return bool(sizes.min() >= max(minimum, LEAST_SHARE * len(labels)))


def _by_revenue(labels: Codes, features: pd.DataFrame) -> Codes:
    """Return the labels numbered from 1 for the cluster with most net revenue a customer."""
    means = features["net_revenue_amount"].groupby(labels).mean()
    order = means.sort_values(ascending=False, kind="stable").index
    number = {label: place for place, label in enumerate(order, 1)}
    return np.array([number[label] for label in labels], dtype=np.int64)


def _profiles(held: Behaviour, features: pd.DataFrame, labels: Codes) -> pd.DataFrame:
    rows: list[dict[str, object]] = []
    for cluster in np.unique(labels):
        own = labels == cluster
        for place, name in enumerate(held.told["feature"]):
            rows.append(
                {
                    "cluster": int(cluster),
                    "customers": int(own.sum()),
                    "share_rate": float(own.mean()),
                    "net_revenue_amount": float(features["net_revenue_amount"][own].mean()),
                    "feature": name,
                    "mean": float(held.plain[own, place].mean()),
                    "centre": float(held.points[own, place].mean()),
                }
            )
    return pd.DataFrame(rows)


def _segments(labels: Codes, segment: NDArray[np.object_], minimum: int) -> pd.DataFrame:
    """Return cluster by segment, nothing where a cell stands for some but few customers.

    Segments with a small cell are told together, with the next smallest until none is small.
    """
    names = pd.Series(segment).astype(str)
    while True:
        table = pd.crosstab(labels, names.to_numpy())
        small = ((table > 0) & (table < minimum)).any(axis=0)
        if not small.any():
            break
        if len(table.columns) < 3:
            return pd.DataFrame()
        sizes = {str(n): int(table[n].sum()) if not small[n] else 1 for n in table.columns}
        together = merged_groups(sizes, max(minimum, 2))
        together = {name: group for name, group in together.items() if name != group}
        if not together:
            return pd.DataFrame()
        names = names.replace(together)
    return pd.DataFrame(
        {
            "cluster": int(cluster),
            "segment": str(name),
            "customers": int(table.loc[cluster, name]),
            "of_cluster_rate": float(table.loc[cluster, name] / table.loc[cluster].sum()),
            "of_segment_rate": float(table.loc[cluster, name] / table[name].sum()),
        }
        for cluster in table.index
        for name in table.columns
    )


def _frame(name: str, rows: pd.DataFrame) -> pd.DataFrame:
    columns: Columns = Clusters.FRAMES[name]
    frame = rows.reindex(columns=[column.name for column in columns]).reset_index(drop=True)
    return frame.astype({column.name: column.pandas_dtype for column in columns})
