"""Bounds of counts, against every way in which customers could have been counted."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from analytics.privacy.count_bounds import CountSystem, count_bounds


def test_a_sum_with_one_unknown_gives_it_away() -> None:
    system = CountSystem(
        low=np.array([7.0, 0.0, 10.0]),
        high=np.array([7.0, 10.0, 10.0]),
        sums=((2, np.array([0, 1])),),
    )
    low, high = count_bounds(system, np.array([1]))
    assert (low[0], high[0]) == (3.0, 3.0)


def test_a_union_leaves_a_range() -> None:
    system = CountSystem(
        low=np.array([7.0, 0.0, 10.0]),
        high=np.array([7.0, 99.0, 10.0]),
        unions=((2, np.array([0, 1])),),
    )
    low, high = count_bounds(system, np.array([1]))
    assert (low[0], high[0]) == (3.0, 10.0)


@pytest.mark.parametrize("seed", range(6))
def test_bounds_are_those_of_all_tables_that_fit(seed: int) -> None:
    """A table of two regions and two categories with margins, all tables enumerated."""
    rng = np.random.default_rng(seed)
    cells = rng.integers(0, 5, (2, 2))
    by_category = cells.sum(axis=0)
    by_region = [int(rng.integers(row.max(), row.sum() + 1)) for row in cells]
    fits = [
        table
        for table in product(range(10), repeat=4)
        if table[0] + table[2] == by_category[0]
        and table[1] + table[3] == by_category[1]
        and all(
            max(pair) <= by_region[at] <= sum(pair)
            for at, pair in enumerate((table[:2], table[2:]))
        )
    ]
    known = np.array([*by_category, *by_region], dtype=float)
    system = CountSystem(
        low=np.concatenate([np.zeros(4), known]),
        high=np.concatenate([np.full(4, 99.0), known]),
        sums=((4, np.array([0, 2])), (5, np.array([1, 3]))),
        unions=((6, np.array([0, 1])), (7, np.array([2, 3]))),
    )
    low, high = count_bounds(system, np.arange(4))
    assert low.tolist() == [min(table[at] for table in fits) for at in range(4)]
    assert high.tolist() == [max(table[at] for table in fits) for at in range(4)]


def test_counts_that_cannot_be_are_an_error() -> None:
    system = CountSystem(
        low=np.array([7.0, 0.0, 3.0]),
        high=np.array([7.0, 9.0, 3.0]),
        sums=((2, np.array([0, 1])),),
    )
    with pytest.raises(ArithmeticError, match="contradict"):
        count_bounds(system, np.array([1]))
