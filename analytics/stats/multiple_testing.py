"""p-values corrected for the number of tests, over whole arrays.

NaN marks a test that could not be made: it stays NaN and does not count as a test.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats: TypeAlias = NDArray[np.float64]


def bonferroni(p_values: ArrayLike) -> Floats:
    """Return p-values corrected by Bonferroni: they bound the chance of any false finding."""
    return _corrected(p_values, lambda p: np.minimum(p * p.size, 1))


def holm(p_values: ArrayLike) -> Floats:
    """Return p-values corrected by Holm's step-down: as Bonferroni's, and never larger.

    References
    ----------
    Holm (1979), Scandinavian Journal of Statistics 6.
    """
    return _corrected(
        p_values,
        lambda p: np.minimum(np.maximum.accumulate(p * np.arange(p.size, 0, -1)), 1),
    )


def benjamini_hochberg(p_values: ArrayLike) -> Floats:
    """Return q-values: calling those up to q findings keeps the false discovery rate at q.

    Holds for tests that are independent or positively dependent.

    Parameters
    ----------
    p_values : array_like
        p-values, 0 to 1, of any shape; NaN for a test that could not be made.

    Returns
    -------
    ndarray
        q-values in the same places, 0 to 1, at least as large as the p-values.

    References
    ----------
    Benjamini & Hochberg (1995), Journal of the Royal Statistical Society B 57.

    Examples
    --------
    >>> print(benjamini_hochberg([0.01, 0.04, 0.03]))
    [0.03 0.04 0.04]
    """
    return _corrected(p_values, _step_up)


def benjamini_yekutieli(p_values: ArrayLike) -> Floats:
    """Return q-values that hold whatever the dependence between the tests.

    References
    ----------
    Benjamini & Yekutieli (2001), Annals of Statistics 29, theorem 1.3.
    """
    return _corrected(
        p_values, lambda p: np.minimum(_step_up(p) * np.sum(1 / np.arange(1, p.size + 1)), 1)
    )


def _step_up(p: Floats) -> Floats:
    scaled = p * p.size / np.arange(1, p.size + 1)
    return np.minimum(np.minimum.accumulate(scaled[::-1])[::-1], 1)


def _corrected(p_values: ArrayLike, of_sorted: Callable[[Floats], Floats]) -> Floats:
    """Return what `of_sorted` makes of the ascending p-values, back in their places."""
    p = np.asarray(p_values, dtype=np.float64)
    corrected = np.full(p.shape, np.nan)
    made = ~np.isnan(p)
    tested = p[made]
    order = np.argsort(tested, kind="stable")
    values = np.empty_like(tested)
    values[order] = of_sorted(tested[order])
    corrected[made] = values
    return corrected
