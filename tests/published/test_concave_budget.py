"""Maximise 3 sqrt(x) + 2 sqrt(y) + sqrt(z) over amounts that add up to 14.

Equal slopes 3/(2 sqrt(x)) = 2/(2 sqrt(y)) = 1/(2 sqrt(z)) give amounts in the ratio 9 : 4 : 1.
"""

from __future__ import annotations

import numpy as np
import pytest

from analytics.prescriptive.allocation import greedy_allocation, optimal_allocation

CURVES = [lambda s, weight=weight: weight * np.sqrt(s) for weight in (3.0, 2.0, 1.0)]
NONE, ALL = np.zeros(3), np.full(3, 14.0)


@pytest.fixture(scope="module")
def plan():
    return optimal_allocation(CURVES, NONE, ALL, total=14.0, pieces=200)


def test_amounts_are_9_4_1_to_a_piece(plan):
    assert plan.amounts == pytest.approx([9, 4, 1], abs=14 / 200)
    assert plan.amounts.sum() == pytest.approx(14)


def test_value_is_14(plan):
    assert plan.value == pytest.approx(14, abs=1e-3)


def test_value_of_the_200_piece_linear_program_is_13_9999(plan):
    assert plan.piecewise_value == pytest.approx(13.9999, abs=5e-5)


def test_shadow_price_is_a_half(plan):
    assert plan.shadow_price == pytest.approx(0.5, abs=0.005)


def test_filling_the_steepest_steps_first_gives_the_same(plan):
    greedy = greedy_allocation(CURVES, NONE, ALL, total=14.0, pieces=200)
    assert greedy.piecewise_value == pytest.approx(plan.piecewise_value, abs=1e-7)
    assert greedy.shadow_price == pytest.approx(plan.shadow_price, abs=1e-6)
