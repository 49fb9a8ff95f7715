"""What looking at a test several times costs, and the bounds that pay for it.

At look k of K equally spaced ones, z(k) = S(k) / sqrt(k) with S a random walk of standard normal
steps. The chance that any |z(k)| passes its bound is found by integrating the walk's density from
look to look.

References
----------
Armitage, McPherson & Rowe (1969); Pocock (1977); O'Brien & Fleming (1979).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from scipy import optimize, special, stats

_NODES = 101


def crossing_probability(bounds: Sequence[float]) -> float:
    """Return the chance that a test without any effect passes a bound at some look.

    Parameters
    ----------
    bounds : sequence of float
        Critical |z| at each look, all above 0.

    Returns
    -------
    float
        From 0 to 1.

    Examples
    --------
    >>> round(crossing_probability([1.959964] * 5), 3)
    0.142
    """
    points, weights = np.polynomial.legendre.leggauss(_NODES)
    limit = bounds[0]
    at = points * limit
    mass = stats.norm.pdf(at) * weights * limit
    inside = float(mass.sum())
    for look, bound in enumerate(bounds[1:], start=2):
        limit = bound * np.sqrt(look)
        steps = points * limit
        mass = (stats.norm.pdf(steps[:, None] - at[None, :]) @ mass) * weights * limit
        at, inside = steps, float(mass.sum())
    return 1 - inside


def pocock_bound(looks: int, *, level: float = 0.05) -> float:
    """Return the constant critical |z| that keeps the level over all looks."""
    return _solved(lambda bound: [bound] * looks, level)


def obrien_fleming_bound(looks: int, *, level: float = 0.05) -> float:
    """Return the critical |z| of the last look; look k's is this times sqrt(looks / k)."""
    return _solved(
        lambda bound: [bound * np.sqrt(looks / look) for look in range(1, looks + 1)], level
    )


def _solved(bounds: Callable[[float], list[float]], level: float) -> float:
    single = float(special.ndtri(1 - level / 2))
    return float(
        optimize.brentq(
            lambda bound: crossing_probability(bounds(bound)) - level, single - 1e-6, 6.0
        )
    )
