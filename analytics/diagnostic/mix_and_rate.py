"""A change of an aggregate, split into volume, mix and rate, to the cent where it is money."""

from __future__ import annotations

import math
from collections.abc import Sequence

from analytics.diagnostic.decomposition import shapley_terms

Terms = tuple[float, ...]


def kitagawa_terms(
    base_shares: Sequence[float],
    base_rates: Sequence[float],
    current_shares: Sequence[float],
    current_rates: Sequence[float],
) -> tuple[Terms, Terms]:
    """Return each part's mix and rate effect on the change of sum(share x rate).

    The mix effect is the change of the share at the mean rate of both periods, the rate effect
    the change of the rate at the mean share. They sum to the change without a residual. A rate
    that is not defined in one period (NaN: a part that is new or gone) counts as unchanged.

    Parameters
    ----------
    base_shares, current_shares : sequence of float
        Shares of the parts, summing to 1.
    base_rates, current_rates : sequence of float
        Rates of the parts, such as net revenue an order; NaN where not defined.

    Returns
    -------
    tuple of tuples
        Mix effects and rate effects, in the unit of the rate.

    References
    ----------
    Kitagawa (1955), Journal of the American Statistical Association 50, equation 2.
    """
    pairs = [
        shapley_terms((w0, r0), (w1, r1))
        for w0, r0, w1, r1 in zip(
            base_shares, base_rates, current_shares, current_rates, strict=True
        )
    ]
    return tuple(mix for mix, _ in pairs), tuple(rate for _, rate in pairs)


def volume_mix_rate(
    base_counts: Sequence[float],
    base_amounts: Sequence[float],
    current_counts: Sequence[float],
    current_amounts: Sequence[float],
) -> list[Terms]:
    """Return each part's volume, mix and rate effect on the change of the total amount.

    A part's amount is all orders x its share of them x its amount an order; the three terms
    are Shapley's, so that a part's terms sum to its own change. Shares are those of counts.

    Parameters
    ----------
    base_counts, current_counts : sequence of float
        Orders of the parts, at least 0.
    base_amounts, current_amounts : sequence of float
        Their net revenue; 0 where a part has no orders.
    """
    before, after = math.fsum(base_counts), math.fsum(current_counts)
    return [
        shapley_terms(
            (before, _ratio(n0, before), _ratio(v0, n0)),
            (after, _ratio(n1, after), _ratio(v1, n1)),
        )
        for n0, v0, n1, v1 in zip(
            base_counts, base_amounts, current_counts, current_amounts, strict=True
        )
    ]


def to_the_cent(terms: Sequence[float], total: float) -> Terms:
    """Return the terms in whole cents that sum to the total, itself rounded to the cent.

    Each is rounded down or up; those with the largest remainder are rounded up.

    Raises
    ------
    ValueError
        Where the terms miss the total by more than rounding can mend.

    Examples
    --------
    >>> to_the_cent([1.005, 1.005, -0.5], 1.51)
    (1.01, 1.0, -0.5)
    """
    cents = [term * 100 for term in terms]
    floors = [math.floor(cent) for cent in cents]
    missing = round(total * 100) - sum(floors)
    if not 0 <= missing <= len(floors):
        # a sum that rounding put on the other side of a whole cent
        if not -1 <= missing <= len(floors) + 1 or not floors:
            raise ValueError(f"terms sum to {math.fsum(terms)}, not to {total}")
        largest = max(range(len(cents)), key=lambda i: abs(cents[i]))
        step = 1 if missing > 0 else -1
        floors[largest] += step
        missing -= step
    order = sorted(range(len(cents)), key=lambda i: (floors[i] - cents[i], i))
    for i in order[:missing]:
        floors[i] += 1
    return tuple(cent / 100 for cent in floors)


def _ratio(part: float, whole: float) -> float:
    return part / whole if whole else math.nan
