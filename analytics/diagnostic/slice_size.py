"""How much a slice fell, with a bootstrap interval over customers, and what fell in proportion."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from analytics.diagnostic.expectation import (
    fitted_poisson,
    growth_design,
    interaction_design,
)
from analytics.diagnostic.slices import OrderTable, Slice, cell_parts, cells, cube, members
from analytics.stats.bootstrap import percentile_interval

Floats: TypeAlias = NDArray[np.float64]
DRAWS = 1000
_BLOCK = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """A relative change against the expectation, with its 95 % interval."""

    change_rate: float
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Proportion:
    """Whether the parts of a dimension moved in proportion within a slice.

    Attributes
    ----------
    parts : tuple of str
    share_changes : ndarray
        Each part's share of the slice's orders in its period less that in the neighbours.
    p_value : float
        Of unchanged shares; orders of one customer are not taken as independent.
    """

    parts: tuple[str, ...]
    share_changes: Floats
    p_value: float


def slice_size(
    table: OrderTable, slice_: Slice, values: Floats, *, draws: int = DRAWS, seed: int
) -> Size:
    """Return the slice's change against its expectation.

    A slice of several dimensions is compared with what each of its parts did elsewhere in the
    same period; a slice of one dimension with the other parts and its own growth. The model
    gives the slice's period an effect of its own, so that it has no say in its expectation.

    Parameters
    ----------
    table : OrderTable
        At least two periods.
    slice_ : Slice
        With at least one order in another period.
    values : ndarray, shape (orders,)
        1 for orders, net revenue for revenue, times what other slices are made up for.
    draws, seed : int
        Of the bootstrap, which draws customers with Poisson weights and takes one Newton step.
    """
    parts = cell_parts(table, slice_.dimensions)
    values = np.maximum(values, 0.0)
    sums = cube(table, slice_.dimensions, values)
    held = sums.sum(axis=1) > 0
    periods = len(table.periods)
    wanted = [
        table.parts[name].index(part)
        for name, part in zip(slice_.dimensions, slice_.parts, strict=True)
    ]
    recoded = np.column_stack([np.unique(codes, return_inverse=True)[1] for codes in parts[held].T])
    build = growth_design if len(slice_.dimensions) == 1 else interaction_design
    own = np.zeros((int(held.sum()), periods))
    own[(parts[held] == wanted).all(axis=1), slice_.period] = 1
    design = np.column_stack([build(recoded, periods), own.ravel()])
    unit = sums[held].mean()
    y = sums[held].ravel() / unit
    beta, mean, inverse = fitted_poisson(y, design)
    influence = np.zeros(len(parts) * periods)
    rows = np.repeat(held, periods)
    influence[rows] = design @ inverse[-1]
    cell, _ = cells(table, slice_.dimensions)
    by_order = influence[cell * periods + table.period] * values / unit
    sums_of = np.bincount(table.customer, by_order, table.customers)
    by_customer = np.asarray(sums_of, dtype=np.float64)
    drawn = float(beta[-1]) + _resampled_sums(by_customer, draws=draws, seed=seed)
    # the step's own mean: the fit balances it to 0 but for rounding
    drawn -= float(influence[rows] @ (y - mean))
    low, high = percentile_interval(np.expm1(drawn))
    return Size(change_rate=float(np.expm1(beta[-1])), low=low, high=high)


def proportion(table: OrderTable, slice_: Slice, dimension: str) -> Proportion:
    """Return whether the parts of a dimension kept their shares while the slice fell.

    Shares in the slice's period are compared with those in the periods beside it, within the
    slice, by a Wald test with a covariance that is clustered by customer.
    """
    inside = members(table, slice_)
    then = inside & (table.period == slice_.period)
    beside = inside & (np.abs(table.period - slice_.period) == 1)
    codes, names = table.codes[dimension], table.parts[dimension]
    seen = np.unique(codes[then | beside])
    shares, scores = [], []
    for chosen in (then, beside):
        count = max(int(chosen.sum()), 1)
        share = np.bincount(codes[chosen], minlength=len(names))[seen] / count
        by_customer = np.zeros((table.customers, len(seen)))
        np.add.at(by_customer, (table.customer[chosen], np.searchsorted(seen, codes[chosen])), 1)
        total = by_customer.sum(axis=1, keepdims=True)
        shares.append(share)
        scores.append((by_customer - total * share) / count)
    moved = shares[0] - shares[1]
    p_value = np.nan
    if len(seen) > 1 and then.any() and beside.any():
        score = (scores[0] - scores[1])[:, :-1]
        distance = float(moved[:-1] @ np.linalg.pinv(score.T @ score) @ moved[:-1])
        p_value = float(stats.chi2.sf(distance, len(seen) - 1))
    return Proportion(
        parts=tuple(names[code] for code in seen), share_changes=moved, p_value=p_value
    )


def _resampled_sums(by_customer: Floats, *, draws: int, seed: int) -> Floats:
    random = np.random.default_rng(seed)
    sums = [
        (random.poisson(1.0, (min(_BLOCK, draws - first), len(by_customer))) - 1) @ by_customer
        for first in range(0, draws, _BLOCK)
    ]
    return np.concatenate(sums)
