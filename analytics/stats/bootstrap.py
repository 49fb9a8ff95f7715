"""Resampling with replacement, under an explicit seed, and intervals from its draws."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats: TypeAlias = NDArray[np.float64]


def resampled_rows(rows: int, *, draws: int, seed: int) -> NDArray[np.int64]:
    """Return row numbers drawn with replacement.

    Parameters
    ----------
    rows : int
        Rows of the sample, at least 1.
    draws : int
        Number of resamples.
    seed : int
        Seed of the draws.

    Returns
    -------
    ndarray, shape (draws, rows)
        Row numbers, 0 to rows - 1.
    """
    random = np.random.default_rng(seed)
    return random.integers(0, rows, size=(draws, rows), dtype=np.int64)


def resampled_tables(counts: ArrayLike, *, draws: int, seed: int) -> NDArray[np.int64]:
    """Return contingency tables of resampled observations.

    Drawing the observations behind a table with replacement and counting them again is one
    multinomial draw, so the cost does not grow with their number.

    Parameters
    ----------
    counts : array_like
        Table of counts, of any shape, with at least one observation.
    draws : int
        Number of resamples.
    seed : int
        Seed of the draws.

    Returns
    -------
    ndarray, shape (draws, *counts.shape)
        Resampled counts, each table of the same total.
    """
    table = np.asarray(counts, dtype=np.int64)
    total = int(table.sum())
    random = np.random.default_rng(seed)
    drawn = random.multinomial(total, table.ravel() / total, size=draws)
    return np.asarray(drawn, dtype=np.int64).reshape(draws, *table.shape)


def percentile_interval(draws: ArrayLike, *, level: float = 0.95) -> tuple[float, float]:
    """Return the interval between the percentiles of a statistic's bootstrap draws.

    Draws in which the statistic is not defined (NaN) are left out; (NaN, NaN) where it
    never is.

    References
    ----------
    Efron & Tibshirani (1993), An Introduction to the Bootstrap, chapter 13.
    """
    values = np.asarray(draws, dtype=np.float64)
    values = values[~np.isnan(values)]
    if values.size == 0:
        return float("nan"), float("nan")
    low, high = np.quantile(values, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)
