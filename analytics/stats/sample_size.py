"""How many customers a test takes.

References
----------
Fleiss, Levin & Paik (2003), Statistical Methods for Rates and Proportions, chapter 4;
Cohen (1988), Statistical Power Analysis, chapters 2 and 6.
"""

from __future__ import annotations

import numpy as np
from scipy import optimize, special, stats


def proportion_sample_size(
    first: float, second: float, *, power: float = 0.8, level: float = 0.05
) -> float:
    """Return customers per variant to tell two shares apart, with the pooled variance.

    Examples
    --------
    >>> round(proportion_sample_size(0.5, 0.75, power=0.9), 1)
    76.7
    """
    mean = (first + second) / 2
    alpha, beta = special.ndtri(1 - level / 2), special.ndtri(power)
    under_none = alpha * np.sqrt(2 * mean * (1 - mean))
    under_effect = beta * np.sqrt(first * (1 - first) + second * (1 - second))
    return float((under_none + under_effect) ** 2 / (first - second) ** 2)


def arcsine_sample_size(
    first: float, second: float, *, power: float = 0.8, level: float = 0.05
) -> float:
    """Return customers per variant to tell two shares apart, by the arcsine transformation.

    Examples
    --------
    >>> round(arcsine_sample_size(0.5, 0.75, power=0.9), 3)
    76.653
    """
    effect = 2 * (np.arcsin(np.sqrt(first)) - np.arcsin(np.sqrt(second)))
    quantiles = special.ndtri(1 - level / 2) + special.ndtri(power)
    return float(2 * (quantiles / effect) ** 2)


def mean_test_power(effect: float, per_variant: float, *, level: float = 0.05) -> float:
    """Return the power of a two-sided t-test with equal variants.

    Parameters
    ----------
    effect : float
        Difference of the means in standard deviations (Cohen's d).
    per_variant : float
        Customers in each variant, above 1.
    level : float
        Chance of a false finding.
    """
    freedom = 2 * (per_variant - 1)
    critical = stats.t.ppf(1 - level / 2, freedom)
    shift = abs(effect) * np.sqrt(per_variant / 2)
    missed = stats.nct.cdf(critical, freedom, shift) - stats.nct.cdf(-critical, freedom, shift)
    # Far beyond the critical value the noncentral distribution has no digits left to give.
    return float(1 - missed) if np.isfinite(missed) else 1.0


def mean_sample_size(effect: float, *, power: float = 0.8, level: float = 0.05) -> float:
    """Return customers per variant for a two-sided t-test; infinite where there is no effect.

    Examples
    --------
    >>> round(mean_sample_size(1.0, power=0.9), 2)
    22.02
    """
    if effect == 0 or not np.isfinite(effect):
        return float("inf") if effect == 0 else float("nan")
    quantiles = float(special.ndtri(1 - level / 2) + special.ndtri(power))
    normal = 2 * (quantiles / effect) ** 2
    # Far from small samples t and normal differ by less than one customer.
    if normal > 500:
        return float(normal + special.ndtri(1 - level / 2) ** 2 / 4)
    if mean_test_power(effect, 1.01, level=level) >= power:
        return 1.01
    return float(
        optimize.brentq(
            lambda size: mean_test_power(effect, size, level=level) - power, 1.01, normal + 50
        )
    )
