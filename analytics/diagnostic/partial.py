"""Rank correlation of two numbers among customers of the same groups."""

from __future__ import annotations

import math
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from analytics.diagnostic.association import UNDEFINED, Association
from analytics.stats.intervals import spearman_interval

Floats: TypeAlias = NDArray[np.float64]


def partial_spearman(left: Floats, right: Floats, groups: NDArray[np.int64]) -> Association:
    """Return Spearman's partial correlation given categories, -1 to 1.

    Parameters
    ----------
    left, right : ndarray, shape (n,)
        Midranks of both variables over the same customers.
    groups : ndarray of int, shape (n, categories)
        Each category coded from 0, such as segment and region.

    Returns
    -------
    Association
        Correlation of what is left of the ranks after a regression on the categories' parts.
        Interval and p-value are those of a plain one with as many observations fewer as parts
        were fitted; undefined where too few are left or one side does not vary.
    """
    design = np.column_stack(
        [np.ones(len(left))]
        + [codes == part for codes in groups.T for part in range(1, int(codes.max()) + 1)]
    ).astype(np.float64)
    fitted = int(np.linalg.matrix_rank(design)) - 1
    both = np.column_stack([left, right])
    residuals = both - design @ np.linalg.lstsq(design, both, rcond=None)[0]
    scale = math.sqrt(float(np.prod((residuals**2).sum(axis=0))))
    n = len(left) - fitted
    if n < 5 or scale <= 1e-9 * float(np.prod(both.std(axis=0) + 1)):
        return UNDEFINED
    rho = min(1.0, max(-1.0, float(residuals[:, 0] @ residuals[:, 1]) / scale))
    low, high = spearman_interval(rho, n)
    t = math.inf if abs(rho) == 1 else abs(rho) * math.sqrt((n - 2) / (1 - rho**2))
    p_value = float(2 * stats.t.sf(t, n - 2))
    return Association(coefficient=rho, low=float(low), high=float(high), p_value=p_value)
