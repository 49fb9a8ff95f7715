"""A change of a product, split exactly among its factors.

Both splits leave no residual: the terms sum to the change whatever the data, zeros included.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import combinations


def lmdi_terms(base: Sequence[float], current: Sequence[float]) -> tuple[float, ...]:
    """Return each factor's part in the change of the product, by the logarithmic mean.

    With V the product, the part of factor x is L(V1, V0) ln(x1 / x0), where
    L(a, b) = (a - b) / (ln a - ln b) and L(a, a) = a.

    Zeros take the limit. A factor that goes from or to zero takes the whole change; several
    that do so together share it equally (the limit where they vanish at one rate). A factor
    that is not defined beside such a zero (NaN: orders per customer without customers) is
    taken as unchanged: its part is 0.

    Parameters
    ----------
    base, current : sequence of float
        The factors in both periods, at least 0, or NaN where not defined.

    Returns
    -------
    tuple of float
        Their parts, in the unit of the product.

    Raises
    ------
    ValueError
        For a negative factor, which has no logarithm (use `shapley_terms`), and for one that
        is not defined although no factor is zero.

    References
    ----------
    Ang (2005), Energy Policy 33, table 1 (additive LMDI I); Ang & Liu (2007), Energy Policy
    35, for the zeros.

    Examples
    --------
    >>> print([round(term, 4) for term in lmdi_terms([100, 2, 5], [110, 2, 4])])
    [89.4698, 0.0, -209.4698]
    """
    if any(factor < 0 for factor in (*base, *current)):
        raise ValueError("a factor is negative")
    before, after = _product(base), _product(current)
    if before == 0 or after == 0:
        return _limit_terms(base, current, after - before)
    if math.isnan(before) or math.isnan(after):
        raise ValueError("a factor is not defined although no other is zero")
    logs = [math.log(b / a) for a, b in zip(base, current, strict=True)]
    # the same mean as (after - before) / ln(after / before), which loses digits near equality
    half = math.fsum(logs) / 2
    mean = math.sqrt(before) * math.sqrt(after) * (math.sinh(half) / half if half else 1.0)
    return tuple(mean * log for log in logs)


def shapley_terms(base: Sequence[float], current: Sequence[float]) -> tuple[float, ...]:
    """Return each factor's part in the change of the product, averaged over all orders.

    The part of a factor is what changing it alone changes, averaged over all orders in which
    the factors may change one after the other. Negative factors and zeros need no limit. A
    factor that is NaN in one period is taken as unchanged.

    Parameters
    ----------
    base, current : sequence of float
        The factors in both periods.

    Returns
    -------
    tuple of float
        Their parts, in the unit of the product.

    References
    ----------
    Shapley (1953); Sun (1998), Energy Economics 20, for changes of a product.

    Examples
    --------
    >>> print([round(term, 4) for term in shapley_terms([100, 2, 5], [110, 2, 4])])
    [90.0, 0.0, -210.0]
    """
    pairs = [_filled(a, b) for a, b in zip(base, current, strict=True)]
    n = len(pairs)
    terms = []
    for i, (a, b) in enumerate(pairs):
        others = [pair for j, pair in enumerate(pairs) if j != i]
        effect = 0.0
        for size in range(n):
            weight = math.factorial(size) * math.factorial(n - size - 1) / math.factorial(n)
            for changed in combinations(range(n - 1), size):
                effect += weight * math.prod(
                    pair[1] if j in changed else pair[0] for j, pair in enumerate(others)
                )
        terms.append((b - a) * effect)
    return tuple(terms)


def _limit_terms(
    base: Sequence[float], current: Sequence[float], change: float
) -> tuple[float, ...]:
    vanishing = [a != b and (a == 0 or b == 0) for a, b in zip(base, current, strict=True)]
    share = change / sum(vanishing) if any(vanishing) else 0.0
    return tuple(share if vanishes else 0.0 for vanishes in vanishing)


def _filled(a: float, b: float) -> tuple[float, float]:
    """Return both values; one that is not defined becomes the other, both undefined 0."""
    if math.isnan(a) and math.isnan(b):
        return 0.0, 0.0
    return (b, b) if math.isnan(a) else (a, a) if math.isnan(b) else (a, b)


def _product(factors: Sequence[float]) -> float:
    """Return the product; a zero factor makes it zero whatever is not defined beside it."""
    return 0.0 if 0 in factors else math.prod(factors)
