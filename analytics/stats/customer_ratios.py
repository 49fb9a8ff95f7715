"""Ratios of sums over customers, with customers as the units of variance.

For a function g of the sums S of n independent customers' measures, the delta method gives
var g = grad' (P - S S' / n) grad, with P the sums of products.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import special

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """A value, its standard error and the two-sided p-value that it is 0."""

    value: float
    error: float
    p_value: float

    def interval(self, level: float = 0.95) -> tuple[float, float]:
        """Return its normal interval."""
        half = float(special.ndtri((1 + level) / 2)) * self.error
        return self.value - half, self.value + half


def estimate(
    function: Callable[[Floats], float], sums: Floats, products: Floats, customers: float
) -> Estimate:
    """Return g(S) with its standard error; nulls where it is not defined.

    Parameters
    ----------
    function : callable
        g, of an array of sums.
    sums : array, shape (k,)
        S.
    products : array, shape (k, k)
        P.
    customers : float
        n, those without any order in the part included.
    """
    with np.errstate(all="ignore"):
        value = float(function(sums))
        gradient = np.empty(len(sums))
        for at in range(len(sums)):
            step = max(abs(sums[at]), 1.0) * 1e-6
            up, down = sums.copy(), sums.copy()
            up[at] += step
            down[at] -= step
            gradient[at] = (function(up) - function(down)) / (2 * step)
        spread = products - np.outer(sums, sums) / max(customers, 1.0)
        variance = float(gradient @ spread @ gradient)
    if not (np.isfinite(value) and np.isfinite(variance)) or variance <= 0:
        return Estimate(value=value, error=float("nan"), p_value=float("nan"))
    error = float(np.sqrt(variance))
    return Estimate(value=value, error=error, p_value=float(2 * special.ndtr(-abs(value) / error)))


def moment_arrays(
    part: Mapping[str, float], whole: Mapping[str, float], names: tuple[str, ...]
) -> tuple[Floats, Floats]:
    """Return sums and products of a part's measures followed by those of the whole.

    Parameters
    ----------
    part, whole : mapping
        A row of `Marts.moments`, and the row of all parts together.
    names : tuple of str
        The measures.
    """
    k = len(names)
    sums = np.array([*(part[n] for n in names), *(whole[n] for n in names)], dtype=float)
    products = np.empty((2 * k, 2 * k))
    for i, a in enumerate(names):
        for j, b in enumerate(names):
            own = part[f"{a}x{b}"] if i <= j else part[f"{b}x{a}"]
            all_ = whole[f"{a}x{b}"] if i <= j else whole[f"{b}x{a}"]
            products[i, j], products[k + i, k + j] = own, all_
            products[i, k + j] = products[k + j, i] = part[f"{a}xt_{b}"]
    return sums, products
