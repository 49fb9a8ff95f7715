"""Scores of predictions against what came, with bootstrap intervals."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Score = Callable[[Floats, Floats], Floats]
_BLOCK = 50  # draws at a time: bounds the memory of large samples


def r2_score(actual: Floats, predicted: Floats) -> Floats:
    """Return 1 - sum of squared errors / sum of squares about the mean, along the last axis.

    At most 1; null where the actual values do not vary.
    """
    total = ((actual - actual.mean(axis=-1, keepdims=True)) ** 2).sum(axis=-1)
    return 1 - _ratio(((actual - predicted) ** 2).sum(axis=-1), total)


def mean_absolute_error(actual: Floats, predicted: Floats) -> Floats:
    """Return the mean of the absolute errors along the last axis, in the values' unit."""
    error: Floats = np.abs(actual - predicted).mean(axis=-1)
    return error


def spearman_correlation(actual: Floats, predicted: Floats) -> Floats:
    """Return the correlation of the ranks (ties: mean rank) along the last axis, -1 to 1.

    Null where either side does not vary.
    """
    from scipy.stats import rankdata

    a = rankdata(actual, axis=-1)
    p = rankdata(predicted, axis=-1)
    a -= a.mean(axis=-1, keepdims=True)
    p -= p.mean(axis=-1, keepdims=True)
    return _ratio((a * p).sum(axis=-1), np.sqrt((a**2).sum(axis=-1) * (p**2).sum(axis=-1)))


def decile_lift(actual: Floats, predicted: Floats) -> Floats:
    """Return the mean of the tenth predicted highest over the mean of all, 0 to 10."""
    return _ratio(_top_tenth(actual, predicted).mean(axis=-1), actual.mean(axis=-1))


def top_decile_capture(actual: Floats, predicted: Floats) -> Floats:
    """Return the share of the truly highest tenth that the predictions put there, 0 to 1."""
    count = _tenth(actual.shape[-1])
    top = np.argsort(-predicted, axis=-1, kind="stable")[..., :count]
    truth = np.argsort(-actual, axis=-1, kind="stable")[..., :count]
    found = np.zeros(actual.shape, dtype=bool)
    np.put_along_axis(found, truth, True, axis=-1)
    share: Floats = np.take_along_axis(found, top, axis=-1).mean(axis=-1)
    return share


def calibration_slope(actual: Floats, predicted: Floats) -> Floats:
    """Return the least-squares slope of what came on what was predicted; 1 is calibrated.

    Null where the predictions do not vary.
    """
    centred = predicted - predicted.mean(axis=-1, keepdims=True)
    # A constant's distance from its mean is rounding error, not nought.
    varies = np.ptp(predicted, axis=-1) > 0
    return _ratio((centred * actual).sum(axis=-1), (centred**2).sum(axis=-1) * varies)


REGRESSION_SCORES: Mapping[str, Score] = {
    "r2": r2_score,
    "mae": mean_absolute_error,
    "spearman": spearman_correlation,
    "decile_lift": decile_lift,
    "top_decile_capture": top_decile_capture,
    "calibration_slope": calibration_slope,
}


def score_intervals(
    actual: Floats,
    predicted: Floats,
    scores: Mapping[str, Score],
    *,
    draws: int,
    level: float,
    seed: int,
) -> dict[str, tuple[float, float, float]]:
    """Return each score with a percentile bootstrap interval over the observations.

    Parameters
    ----------
    actual, predicted : array, shape (observations,)
        What came, and what was predicted.
    scores : mapping
        Functions that score along the last axis.
    draws : int
        Resamples.
    level : float
        Coverage of the interval, such as .95.
    seed : int
        Equal seeds draw equal observations, so that models stay paired.

    Returns
    -------
    dict
        Name to (value, low, high).
    """
    random = np.random.default_rng(seed)
    drawn: dict[str, list[Floats]] = {name: [] for name in scores}
    for first in range(0, draws, _BLOCK):
        rows = random.integers(0, len(actual), (min(_BLOCK, draws - first), len(actual)))
        for name, score in scores.items():
            drawn[name].append(np.atleast_1d(score(actual[rows], predicted[rows])))
    edges = [(1 - level) / 2, (1 + level) / 2]
    intervals = {}
    for name, score in scores.items():
        values = np.concatenate(drawn[name]) if draws else np.array([])
        values = values[np.isfinite(values)]
        low, high = np.quantile(values, edges) if len(values) else (np.nan, np.nan)
        intervals[name] = (float(score(actual, predicted)), float(low), float(high))
    return intervals


def _tenth(count: int) -> int:
    return max(1, round(count / 10))


def _top_tenth(actual: Floats, predicted: Floats) -> Floats:
    top = np.argsort(-predicted, axis=-1, kind="stable")[..., : _tenth(actual.shape[-1])]
    values: Floats = np.take_along_axis(actual, top, axis=-1)
    return values


def _ratio(numerator: Floats, denominator: Floats) -> Floats:
    defined = denominator > 0
    ratio: Floats = np.where(defined, numerator, np.nan) / np.where(defined, denominator, 1)
    return ratio
