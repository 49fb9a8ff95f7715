"""Slices that fell below what a log-linear expectation says, and the one that explains most."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy import special

from analytics.diagnostic.expectation import expectation, growth_design
from analytics.diagnostic.slices import (
    REST,
    UNKNOWN,
    OrderTable,
    Slice,
    cell_parts,
    cube,
    dimension_sets,
)

Floats: TypeAlias = NDArray[np.float64]

LEAST_DISTANCE = 4.0
FAMILY_RATE = 0.03  # chance of any false alarm that the threshold is set for
LEAST_ORDERS = 30.0  # expected of a slice in a period
MOST_CELLS = 400
_SAME_RATE = 2.0  # standard errors within which two rates of change count as one


@dataclass(frozen=True, slots=True, kw_only=True)
class Deviation:
    """How far a slice is from its expectation.

    Attributes
    ----------
    slice : Slice
    observed, expected : float
        Orders, and those expected by the model that does not see the slice's period.
    log_change : float
        log(observed / expected); half an order stands for none.
    error : float
        Its standard error, with the dispersion of slices of the same dimensions.
    z : float
        Signed root of the deviance in units of its dispersion. Unlike log_change / error it is
        close to normal for small counts too, whose logarithm has a long lower tail.
    """

    slice: Slice
    observed: float
    expected: float
    log_change: float
    error: float
    z: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Scan:
    """All slices that are large enough, most negative first, and the threshold for them."""

    deviations: tuple[Deviation, ...]
    threshold: float


def scan(table: OrderTable, orders: Floats) -> Scan:
    """Return the distance of every slice of one to three dimensions from its expectation.

    Parameters
    ----------
    table : OrderTable
        At least four periods.
    orders : ndarray, shape (orders,)
        What each order counts: 1, or more where a slice that is explained is made up for.

    Returns
    -------
    Scan
        The threshold is a distance of 4, or more where so many slices are looked at that 4
        would be passed by chance in more than 3 % of shops.
    """
    found: list[Deviation] = []
    for dimensions in dimension_sets(table.dimensions):
        found += _deviations(table, dimensions, orders)
    tests = max(len(found), 1)
    threshold = max(LEAST_DISTANCE, float(-special.ndtri(FAMILY_RATE / tests)))
    ranked = sorted(found, key=lambda one: (one.z, one.slice.dimensions, one.slice.parts))
    return Scan(deviations=tuple(ranked), threshold=threshold)


def explaining_slice(result: Scan) -> Deviation | None:
    """Return the slice that fell and explains most; None where no slice passes the threshold.

    The farthest from its expectation is the one whose fall alone makes the counts likeliest.
    It is widened by a dimension as long as the other parts of that dimension fell at the same
    rate: the wider slice then says the same in fewer words.
    """
    if not result.deviations or result.deviations[0].z > -result.threshold:
        return None
    best = result.deviations[0]
    while (wider := _wider(best, result)) is not None:
        best = wider
    return best


def _wider(best: Deviation, result: Scan) -> Deviation | None:
    own = dict(zip(best.slice.dimensions, best.slice.parts, strict=True))
    candidates = []
    for dropped in best.slice.dimensions:
        kept = {name: part for name, part in own.items() if name != dropped}
        if not kept:
            continue
        parent = Slice(dimensions=tuple(kept), parts=tuple(kept.values()), period=best.slice.period)
        siblings = [
            one
            for one in result.deviations
            if one.slice.dimensions == best.slice.dimensions
            and parent.contains(one.slice)
            and one.slice != best.slice
        ]
        whole = next((one for one in result.deviations if one.slice == parent), None)
        if whole is None or not siblings or whole.z > -LEAST_DISTANCE:
            continue
        weights = np.array([one.error**-2 for one in siblings])
        mean = float(weights @ [one.log_change for one in siblings] / weights.sum())
        error = math.sqrt(1 / weights.sum())
        apart = abs(mean - best.log_change) / math.hypot(error, best.error)
        if mean / error <= -LEAST_DISTANCE / 2 and apart <= _SAME_RATE:
            candidates.append(whole)
    return min(candidates, key=lambda one: one.z, default=None)


def _deviations(table: OrderTable, dimensions: tuple[str, ...], orders: Floats) -> list[Deviation]:
    parts = cell_parts(table, dimensions)
    if len(parts) > MOST_CELLS:
        return []
    counts = cube(table, dimensions, orders)
    held = counts.sum(axis=1) >= LEAST_ORDERS
    if held.sum() < 2:
        return []
    counts, parts = counts[held], parts[held]
    recoded = np.column_stack([np.unique(codes, return_inverse=True)[1] for codes in parts.T])
    model = expectation(counts, growth_design(recoded, counts.shape[1]))
    log_change = np.log(np.maximum(counts, 0.5) / model.masked_mean)
    plain = _signed_root(counts, model.masked_mean, model.log_variance)
    named = np.array([_is_named(table, dimensions, codes) for codes in parts])
    large = (model.masked_mean >= LEAST_ORDERS) & named[:, None]
    if not large.any():
        return []
    # the median: a slice that did fall must not widen the measure of what is usual
    scale = max(1.0, float(np.median(np.abs(plain[large]))) / 0.6745)
    found = []
    for cell, period in zip(*np.nonzero(large), strict=True):
        names = tuple(
            table.parts[name][code] for name, code in zip(dimensions, parts[cell], strict=True)
        )
        found.append(
            Deviation(
                slice=Slice(dimensions=dimensions, parts=names, period=int(period)),
                observed=float(counts[cell, period]),
                expected=float(model.masked_mean[cell, period]),
                log_change=float(log_change[cell, period]),
                error=float(scale * math.sqrt(model.log_variance[cell, period])),
                z=float(plain[cell, period] / scale),
            )
        )
    return found


def _signed_root(counts: Floats, expected: Floats, log_variance: Floats) -> Floats:
    deviance = special.xlogy(counts, counts / expected) - (counts - expected)
    scaled = 2 * np.maximum(deviance, 0) / (expected * log_variance)
    return np.asarray(np.sign(counts - expected) * np.sqrt(scaled), dtype=np.float64)


def _is_named(table: OrderTable, dimensions: tuple[str, ...], codes: NDArray[np.int64]) -> bool:
    names = (table.parts[name][code] for name, code in zip(dimensions, codes, strict=True))
    return not any(name in (REST, UNKNOWN) for name in names)
