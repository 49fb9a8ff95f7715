"""Scores of predicted probabilities against what happened, and curves of them."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise

import numpy as np
import pandas as pd

from analytics.stats.scores import Floats, Score, spearman_correlation

_CLIP = 1e-6


def area_under_roc(happened: Floats, probability: Floats) -> Floats:
    """Return the chance that one who did is ranked above one who did not, along the last axis.

    Ties count half. Null where all or none did.
    """
    from scipy.stats import rankdata

    ranks = rankdata(probability, axis=-1)
    did = happened.sum(axis=-1)
    did_not = happened.shape[-1] - did
    pairs = did * did_not
    above = (ranks * happened).sum(axis=-1) - did * (did + 1) / 2
    area: Floats = np.where(pairs > 0, above / np.maximum(pairs, 1), np.nan)
    return area


def average_precision(happened: Floats, probability: Floats) -> Floats:
    """Return the area under the precision-recall steps, along the last axis.

    Those of equal probability are taken in one step. Null where none did.
    """
    order = np.argsort(-probability, axis=-1, kind="stable")
    hits = np.take_along_axis(happened, order, axis=-1)
    values = np.take_along_axis(probability, order, axis=-1)
    found = np.cumsum(hits, axis=-1)
    seen = np.arange(1, hits.shape[-1] + 1)
    precision = found / seen
    # The last of equals stands for all of them.
    last = np.ones(values.shape, dtype=bool)
    last[..., :-1] = values[..., :-1] != values[..., 1:]
    place = np.where(last, np.arange(values.shape[-1]), values.shape[-1] - 1)
    place = np.minimum.accumulate(place[..., ::-1], axis=-1)[..., ::-1]
    total = found[..., -1]
    summed = (hits * np.take_along_axis(precision, place, axis=-1)).sum(axis=-1)
    area: Floats = np.where(total > 0, summed / np.maximum(total, 1), np.nan)
    return area


def brier_score(happened: Floats, probability: Floats) -> Floats:
    """Return the mean squared error of the probabilities along the last axis, 0 to 1."""
    score: Floats = ((probability - happened) ** 2).mean(axis=-1)
    return score


def log_loss(happened: Floats, probability: Floats) -> Floats:
    """Return the mean negative log likelihood along the last axis; 0 is perfect."""
    p = np.clip(probability, _CLIP, 1 - _CLIP)
    loss: Floats = -(happened * np.log(p) + (1 - happened) * np.log1p(-p)).mean(axis=-1)
    return loss


def expected_calibration_error(happened: Floats, probability: Floats, *, bins: int = 10) -> Floats:
    """Return the mean distance of observed from predicted rate over bins of equal mass."""
    order = np.argsort(probability, axis=-1, kind="stable")
    p = np.take_along_axis(probability, order, axis=-1)
    y = np.take_along_axis(happened, order, axis=-1)
    count = p.shape[-1]
    edges = np.linspace(0, count, min(bins, count) + 1).astype(int)
    distance = np.zeros(p.shape[:-1])
    for low, high in pairwise(edges):
        gap = p[..., low:high].mean(axis=-1) - y[..., low:high].mean(axis=-1)
        distance = distance + np.abs(gap) * (high - low) / count
    return np.asarray(distance, dtype=float)


def top_tenth_lift(happened: Floats, probability: Floats) -> Floats:
    """Return how many times the overall rate the tenth of highest probability has."""
    count = max(1, round(happened.shape[-1] / 10))
    top = np.argsort(-probability, axis=-1, kind="stable")[..., :count]
    rate = happened.mean(axis=-1)
    share = np.take_along_axis(happened, top, axis=-1).mean(axis=-1)
    lift: Floats = np.where(rate > 0, share / np.where(rate > 0, rate, 1), np.nan)
    return lift


CLASSIFICATION_SCORES: Mapping[str, Score] = {
    "auc": area_under_roc,
    "average_precision": average_precision,
    "brier": brier_score,
    "log_loss": log_loss,
    "ece": expected_calibration_error,
    "lift": top_tenth_lift,
    "spearman": spearman_correlation,
}


def logistic_calibration(happened: Floats, probability: Floats) -> tuple[float, float]:
    """Return intercept and slope of the outcome's log odds on the predicted log odds.

    (0, 1) is calibrated; nulls where the outcome or the prediction does not vary.

    References
    ----------
    Cox (1958), Two further applications of a model for binary regression, Biometrika 45.
    """
    if np.ptp(happened) == 0 or np.ptp(probability) == 0:
        return float("nan"), float("nan")
    p = np.clip(probability, _CLIP, 1 - _CLIP)
    design = np.column_stack([np.ones(len(p)), np.log(p) - np.log1p(-p)])
    beta = np.array([0.0, 1.0])
    for _ in range(50):
        mean = 1 / (1 + np.exp(-np.clip(design @ beta, -30, 30)))
        weight = np.maximum(mean * (1 - mean), 1e-12)
        step = np.linalg.solve((design.T * weight) @ design, design.T @ (happened - mean))
        beta = beta + np.clip(step, -2, 2)
        if np.abs(step).max() < 1e-10:
            break
    return float(beta[0]), float(beta[1])


def calibration_floor(probability: Floats, *, bins: int = 10, draws: int, seed: int) -> float:
    """Return the expected calibration error that a perfectly calibrated forecast shows here."""
    random = np.random.default_rng(seed)
    drawn = (random.random((draws, len(probability))) < probability).astype(float)
    shown = np.broadcast_to(probability, drawn.shape)
    return float(expected_calibration_error(drawn, shown, bins=bins).mean())


def curve_points(happened: Floats, probability: Floats, *, points: int = 60) -> pd.DataFrame:
    """Return the ROC, precision-recall and lift curves at some shares of customers.

    Returns
    -------
    DataFrame
        contacted_rate, false_positive_rate, true_positive_rate (recall), precision, lift; the
        highest probabilities are taken first.
    """
    order = np.argsort(-probability, kind="stable")
    hits = happened[order]
    count, did = len(hits), float(hits.sum())
    taken = np.unique(np.round(np.linspace(0, count, min(points, count) + 1)).astype(int))
    found = np.concatenate([[0.0], np.cumsum(hits)])[taken]
    precision = found / np.maximum(taken, 1)
    precision[0] = precision[1]
    return pd.DataFrame(
        {
            "contacted_rate": taken / count,
            "false_positive_rate": (taken - found) / max(count - did, 1),
            "true_positive_rate": found / max(did, 1),
            "precision": precision,
            "lift": precision / max(did / count, 1e-12),
        }
    )


def reliability_bins(happened: Floats, probability: Floats, *, bins: int = 10) -> pd.DataFrame:
    """Return predicted and observed rates over bins of equal mass, with Wilson intervals.

    Returns
    -------
    DataFrame
        bin (1 the lowest), predicted_rate, observed_rate, low_rate, high_rate (95 %),
        customers.
    """
    order = np.argsort(probability, kind="stable")
    parts = np.array_split(order, min(bins, len(order)))
    rows = []
    for number, part in enumerate(parts, start=1):
        n, z = len(part), 1.959963984540054
        rate = float(happened[part].mean())
        middle = (rate + z**2 / (2 * n)) / (1 + z**2 / n)
        half = z / (1 + z**2 / n) * np.sqrt(rate * (1 - rate) / n + z**2 / (4 * n**2))
        rows.append(
            (number, float(probability[part].mean()), rate, middle - half, middle + half, n)
        )
    names = ["bin", "predicted_rate", "observed_rate", "low_rate", "high_rate", "customers"]
    return pd.DataFrame(rows, columns=names)
