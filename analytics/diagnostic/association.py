"""How strongly two variables go together: one measure for each pairing of their sorts.

All rest on ranks or counts, so that a few huge customers do not make or break a finding.
Arrays are free of nulls here; the caller pairs them.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from analytics.stats.bootstrap import percentile_interval, resampled_tables
from analytics.stats.intervals import eta_squared_interval, spearman_interval

Floats: TypeAlias = NDArray[np.float64]
Codes: TypeAlias = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Association:
    """A coefficient with its 95 % interval and the p-value of no association."""

    coefficient: float
    low: float
    high: float
    p_value: float


UNDEFINED = Association(coefficient=math.nan, low=math.nan, high=math.nan, p_value=math.nan)


def spearman(left_ranks: Floats, right_ranks: Floats) -> Association:
    """Return Spearman's rank correlation, -1 to 1.

    Parameters
    ----------
    left_ranks, right_ranks : ndarray, shape (n,), n >= 4
        Midranks of both variables over the same customers.

    Returns
    -------
    Association
        Interval by Fisher's transformation with Bonett and Wright's standard error; p-value
        from Student's t with n - 2 degrees of freedom. Undefined where one is constant.
    """
    n = left_ranks.size
    x, y = left_ranks - left_ranks.mean(), right_ranks - right_ranks.mean()
    scale = math.sqrt(float(x @ x) * float(y @ y))
    if scale == 0:
        return UNDEFINED
    rho = min(1.0, max(-1.0, float(x @ y) / scale))
    low, high = spearman_interval(rho, n)
    t = math.inf if abs(rho) == 1 else abs(rho) * math.sqrt((n - 2) / (1 - rho**2))
    return Association(
        coefficient=rho,
        low=float(low),
        high=float(high),
        p_value=float(2 * stats.t.sf(t, n - 2)),
    )


def cramers_v(left: Codes, right: Codes, *, draws: int, seed: int) -> Association:
    """Return Cramer's V with Bergsma's correction of its bias, 0 to 1.

    Parameters
    ----------
    left, right : ndarray of int, shape (n,)
        Categories, coded from 0, over the same customers.
    draws, seed : int
        Of the bootstrap behind the interval.

    Returns
    -------
    Association
        Percentile interval of the bootstrapped table, shifted by what resampling adds to the
        chi-square; p-value of Pearson's chi-square without continuity correction. Undefined
        where one has a single category.

    References
    ----------
    Bergsma (2013), Journal of the Korean Statistical Society 42.
    """
    table = np.zeros((int(left.max()) + 1, int(right.max()) + 1), dtype=np.int64)
    np.add.at(table, (left, right), 1)
    table = table[table.sum(axis=1) > 0][:, table.sum(axis=0) > 0]
    rows, columns = table.shape
    if rows < 2 or columns < 2:
        return UNDEFINED
    n = int(table.sum())
    phi = _phi_squared(table[None].astype(np.float64))
    freedom = (rows - 1) * (columns - 1)
    drawn = _phi_squared(resampled_tables(table, draws=draws, seed=seed).astype(np.float64))
    # resampling adds to phi^2 as much again as sampling did: taken off once here, once in V
    low, high = percentile_interval(drawn - freedom / (n - 1))
    return Association(
        coefficient=_corrected_v(float(phi[0]), rows, columns, n),
        low=_corrected_v(low, rows, columns, n),
        high=_corrected_v(high, rows, columns, n),
        p_value=float(stats.chi2.sf(n * phi[0], freedom)),
    )


def correlation_ratio(groups: Codes, ranks: Floats) -> Association:
    """Return the correlation ratio of a variable's ranks on a category, 0 to 1.

    The share of the ranks' variance that lies between the categories, less what chance would
    put there (Kelley's correction), under the root. Uncorrected it is Kruskal and Wallis's
    H / (n - 1), whose p-value goes with it.

    Parameters
    ----------
    groups : ndarray of int, shape (n,)
        Categories, coded from 0.
    ranks : ndarray, shape (n,)
        Midranks of the variable over the same customers.

    Returns
    -------
    Association
        Interval by inverting the noncentral F distribution. Undefined where the variable is
        constant, or the categories are one, or as many as the customers.

    References
    ----------
    Kelley (1935), Proceedings of the National Academy of Sciences 21; Kruskal & Wallis
    (1952), Journal of the American Statistical Association 47.
    """
    n = ranks.size
    sizes = np.bincount(groups)
    held = sizes > 0
    count = int(held.sum())
    deviations = ranks - ranks.mean()
    total = float(deviations @ deviations)
    if count < 2 or count >= n or total == 0:
        return UNDEFINED
    sums = np.bincount(groups, weights=deviations)
    between = float(np.sum(sums[held] ** 2 / sizes[held]))
    share = min(between / total, 1.0)
    low, high = eta_squared_interval(share, count, n)
    return Association(
        coefficient=math.sqrt(max(0.0, 1 - (1 - share) * (n - 1) / (n - count))),
        low=math.sqrt(low),
        high=math.sqrt(high),
        p_value=float(stats.chi2.sf((n - 1) * share, count - 1)),
    )


def _phi_squared(tables: Floats) -> Floats:
    """Return chi-square / n of each table, shape (draws, rows, columns)."""
    n = tables.sum(axis=(1, 2))
    margins = tables.sum(axis=2)[:, :, None] * tables.sum(axis=1)[:, None, :]
    shares = np.divide(tables**2, margins, out=np.zeros_like(tables), where=margins > 0)
    return np.asarray(np.where(n > 0, shares.sum(axis=(1, 2)) - 1, np.nan), dtype=np.float64)


def _corrected_v(phi_squared: float, rows: int, columns: int, n: int) -> float:
    corrected = max(0.0, phi_squared - (rows - 1) * (columns - 1) / (n - 1))
    r = rows - (rows - 1) ** 2 / (n - 1)
    c = columns - (columns - 1) ** 2 / (n - 1)
    return math.sqrt(min(1.0, corrected / (min(r, c) - 1)))
