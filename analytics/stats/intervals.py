"""Confidence intervals in closed form, over whole arrays.

Every function returns the lower and the upper ends, NaN where the interval is not defined
(too few observations), and broadcasts its arguments.
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import optimize, special, stats

Floats: TypeAlias = NDArray[np.float64]
Interval: TypeAlias = tuple[Floats, Floats]


def wilson_interval(successes: ArrayLike, trials: ArrayLike, *, level: float = 0.95) -> Interval:
    """Return Wilson's score interval of a proportion.

    Parameters
    ----------
    successes, trials : array_like
        Counts, 0 <= successes <= trials.
    level : float
        Confidence level.

    Returns
    -------
    tuple of ndarray
        Lower and upper ends, 0 to 1; NaN without trials.

    References
    ----------
    Wilson (1927); Brown, Cai & DasGupta (2001), Statistical Science 16, section 3.1.1.

    Examples
    --------
    >>> low, high = wilson_interval(9, 10)
    >>> print(f"{low:.4f} {high:.4f}")
    0.5958 0.9821
    """
    x, n = _floats(successes), _floats(trials)
    n = np.where(n > 0, n, np.nan)
    z = _normal_quantile(level)
    p = x / n
    centre = (p + z**2 / (2 * n)) / (1 + z**2 / n)
    half = z / (1 + z**2 / n) * np.sqrt(p * (1 - p) / n + z**2 / (4 * n**2))
    # at 0 and n the ends are exactly 0 and 1; rounding would put them a hair outside
    low = np.where(x == 0, n * 0, centre - half)
    high = np.where(x == n, n * 0 + 1, centre + half)
    return low, high


def poisson_interval(events: ArrayLike, exposure: ArrayLike, *, level: float = 0.95) -> Interval:
    """Return the exact interval of a rate of events per unit of exposure.

    Parameters
    ----------
    events, exposure : array_like
        Counted events and what they are counted over.
    level : float
        Confidence level.

    Returns
    -------
    tuple of ndarray
        Lower and upper ends, at least 0; NaN without exposure.

    References
    ----------
    Garwood (1936), Biometrika 28.

    Examples
    --------
    >>> low, high = poisson_interval(10, 1)
    >>> print(f"{low:.3f} {high:.3f}")
    4.795 18.390
    """
    x, e = _floats(events), _floats(exposure)
    e = np.where(e > 0, e, np.nan)
    tail = (1 - level) / 2
    low = np.where(x > 0, special.gammaincinv(np.maximum(x, 1), tail), 0.0) / e
    high = special.gammaincinv(x + 1, 1 - tail) / e
    return low, high


def mean_interval(
    count: ArrayLike, total: ArrayLike, square_total: ArrayLike, *, level: float = 0.95
) -> Interval:
    """Return the normal interval of a mean, from the sums that it comes from.

    Parameters
    ----------
    count : array_like
        Number of observations.
    total, square_total : array_like
        Their sum and the sum of their squares.
    level : float
        Confidence level.

    Returns
    -------
    tuple of ndarray
        Lower and upper ends; NaN with fewer than two observations.
    """
    n, s, ss = _floats(count), _floats(total), _floats(square_total)
    n = np.where(n >= 2, n, np.nan)
    mean = s / n
    variance = np.maximum(ss - n * mean**2, 0) / (n - 1)
    half = _normal_quantile(level) * np.sqrt(variance / n)
    return mean - half, mean + half


def spearman_interval(rho: ArrayLike, count: ArrayLike, *, level: float = 0.95) -> Interval:
    """Return the interval of a rank correlation, by Fisher's transformation.

    Its standard error is Bonett and Wright's, sqrt((1 + rho^2 / 2) / (n - 3)), which keeps
    the level where Fisher's own 1 / sqrt(n - 3) does not.

    Parameters
    ----------
    rho : array_like
        Spearman's rank correlation, -1 to 1.
    count : array_like
        Number of pairs.
    level : float
        Confidence level.

    Returns
    -------
    tuple of ndarray
        Lower and upper ends, -1 to 1; NaN with fewer than four pairs.

    References
    ----------
    Bonett & Wright (2000), Psychometrika 65.
    """
    r, n = np.clip(_floats(rho), -1, 1), _floats(count)
    n = np.where(n > 3, n, np.nan)
    inside = np.abs(r) < 1
    z = np.arctanh(np.where(inside, r, 0.0))
    half = _normal_quantile(level) * np.sqrt((1 + r**2 / 2) / (n - 3))
    low = np.where(inside, np.tanh(z - half), r + n * 0)
    high = np.where(inside, np.tanh(z + half), r + n * 0)
    return low, high


def eta_squared_interval(
    eta_squared: float, groups: int, count: int, *, level: float = 0.95
) -> tuple[float, float]:
    """Return the interval of the share of variance that lies between groups.

    The noncentral F distributions that put the observed F at their upper and lower tails are
    found; their noncentrality over (noncentrality + n) is the share in the population.

    Parameters
    ----------
    eta_squared : float
        Sum of squares between the groups over the total, 0 to 1.
    groups, count : int
        Number of groups (at least 2) and of observations (more than groups).
    level : float
        Confidence level.

    Returns
    -------
    tuple of float
        Lower and upper ends, 0 to 1.

    References
    ----------
    Steiger (2004), Psychological Methods 9, equations 12 to 15.
    """
    if eta_squared >= 1:
        return 1.0, 1.0
    between, within = groups - 1, count - groups
    f = eta_squared / between / ((1 - eta_squared) / within)
    tail = (1 - level) / 2
    low = _noncentrality(f, between, within, 1 - tail)
    high = _noncentrality(f, between, within, tail)
    return low / (low + count), high / (high + count)


def _noncentrality(f: float, between: int, within: int, probability: float) -> float:
    """Return the noncentrality whose F has `probability` below `f`; 0 where none has."""

    def excess(noncentrality: float) -> float:
        return float(stats.ncf.cdf(f, between, within, noncentrality)) - probability

    if float(stats.f.cdf(f, between, within)) <= probability:
        return 0.0
    upper = max(2 * f * between, 10.0)
    while excess(upper) > 0:
        upper *= 2
    return float(optimize.brentq(excess, 1e-12, upper, xtol=1e-10, rtol=1e-10))


def _normal_quantile(level: float) -> float:
    return float(special.ndtri((1 + level) / 2))


def _floats(values: ArrayLike) -> Floats:
    return np.asarray(values, dtype=np.float64)
