"""Where the level of a series changes, by penalised least squares."""

from __future__ import annotations

import math
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.float64]
PENALTY = 3.0
LEAST_LENGTH = 4


def change_points(
    values: Floats, *, penalty: float = PENALTY, least_length: int = LEAST_LENGTH
) -> tuple[int, ...]:
    """Return the places at which a new level begins.

    PELT finds the segmentation that minimises the squared errors about each segment's mean
    plus a penalty a change. The errors are in units of their long-run variance, so that a
    change has to beat what a sum of correlated noise does.

    Parameters
    ----------
    values : ndarray, shape (n,)
        Without season; equally spaced.
    penalty : float
        In units of log(n). A change adds two parameters, its place and a level: 2 log(n) is
        the Bayesian information criterion's price for them (Yao 1988), which finds changes in
        one noise series of about ten at the lengths of a shop's history; 3 log(n) makes that
        about one in fifty.
    least_length : int
        Of a segment.

    Returns
    -------
    tuple of int
        In order; empty where the series is constant or shorter than two segments.

    References
    ----------
    Killick, Fearnhead & Eckley (2012), Journal of the American Statistical Association 107;
    Yao (1988), Statistics & Probability Letters 6, for the penalty.
    """
    n = len(values)
    if n < 2 * least_length:
        return ()
    variance = long_run_variance(values)
    if variance <= 0:
        return ()
    import ruptures  # type: ignore[import-untyped, unused-ignore]

    scaled = (values - values.mean()) / math.sqrt(variance)
    model = ruptures.Pelt(model="l2", min_size=least_length, jump=1).fit(scaled[:, None])
    return tuple(int(end) for end in model.predict(pen=penalty * math.log(n))[:-1])


def long_run_variance(values: Floats) -> float:
    """Return the variance of the noise times (1 + r) / (1 - r), r its lag-one correlation.

    Both come from differences, which level changes hardly touch: with first and second
    differences d1, d2 of noise with autocorrelation r^k, var(d1) = 2 s2 (1 - r) and
    var(d2) = 2 s2 (1 - r^2), whence r. r is kept between 0 and .6: a series that looks like a
    random walk has no levels.
    """
    if len(values) < 4:
        return 0.0
    one, two = (_spread(values[lag:] - values[:-lag]) ** 2 for lag in (1, 2))
    if one == 0:
        return float(values.var())
    correlation = min(max(two / one - 1, 0.0), 0.6)
    return one / (2 * (1 - correlation)) * (1 + correlation) / (1 - correlation)


def _spread(differences: Floats) -> float:
    centred = np.abs(differences - np.median(differences))
    return float(np.median(centred)) / 0.6745
