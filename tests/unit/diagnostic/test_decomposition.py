"""Splits of a product: values by hand, the limits at zero, and what is refused."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.diagnostic import lmdi_terms, shapley_terms

NAN = float("nan")
POSITIVE = st.lists(st.floats(0.01, 1e5), min_size=3, max_size=3)


@given(POSITIVE, POSITIVE)
def test_lmdi_terms_follow_the_logarithmic_mean(base, current) -> None:
    before, after = math.prod(base), math.prod(current)
    if abs(math.log(after / before)) < 1e-3:  # where the textbook formula loses its digits
        return
    mean = (after - before) / (math.log(after) - math.log(before))
    expected = [mean * math.log(b / a) for a, b in zip(base, current, strict=True)]
    assert lmdi_terms(base, current) == pytest.approx(expected, rel=1e-8, abs=1e-8)


def test_lmdi_terms_of_one_factor_are_the_change() -> None:
    assert lmdi_terms([100, 2, 5], [130, 2, 5]) == pytest.approx((300, 0, 0))


def test_lmdi_terms_of_a_product_that_stays_cancel() -> None:
    terms = lmdi_terms([100, 2, 5], [200, 1, 5])
    assert terms == pytest.approx((1000 * math.log(2), -1000 * math.log(2), 0))


def test_customers_from_none_take_the_whole_change() -> None:
    assert lmdi_terms([0, NAN, NAN], [10, 2, 5]) == (100, 0, 0)


def test_customers_to_none_take_the_whole_change() -> None:
    assert lmdi_terms([10, 2, 5], [0, NAN, NAN]) == (-100, 0, 0)


def test_orders_without_value_make_the_value_take_the_whole_change() -> None:
    assert lmdi_terms([10, 2, 0], [12, 2, 5]) == (0, 0, 120)


def test_factors_that_come_from_zero_together_share_the_change() -> None:
    assert lmdi_terms([0, 0, 5], [4, 3, 5]) == (30, 30, 0)


@pytest.mark.parametrize("epsilon", [1e-60, 1e-120])
def test_the_limits_are_what_small_values_tend_to(epsilon: float) -> None:
    near = lmdi_terms([epsilon, 3, 5], [4, 2, 6])
    limit = lmdi_terms([0, 3, 5], [4, 2, 6])
    assert near == pytest.approx(limit, abs=48 / -math.log(epsilon) * 2)


def test_nothing_in_both_periods_leaves_nothing() -> None:
    assert lmdi_terms([0, NAN, NAN], [0, NAN, NAN]) == (0, 0, 0)
    assert shapley_terms([0, NAN, NAN], [0, NAN, NAN]) == (0, 0, 0)


def test_lmdi_refuses_a_negative_factor() -> None:
    with pytest.raises(ValueError, match="negative"):
        lmdi_terms([1, -2], [1, 2])


def test_lmdi_refuses_an_undefined_factor_beside_none_that_is_zero() -> None:
    with pytest.raises(ValueError, match="not defined"):
        lmdi_terms([1, NAN], [1, 2])


def test_shapley_terms_of_two_factors_split_the_interaction_in_halves() -> None:
    # 2 x 3 to 4 x 7: 2 x (3 + 7) / 2 and 4 x (2 + 4) / 2
    assert shapley_terms([2, 3], [4, 7]) == pytest.approx((10, 12))


def test_shapley_terms_take_an_undefined_factor_as_unchanged() -> None:
    assert shapley_terms([0, NAN, NAN], [10, 2, 5]) == pytest.approx((100, 0, 0))


@given(POSITIVE, st.floats(0.99, 1.01), st.floats(0.99, 1.01))
def test_both_splits_agree_on_small_changes(base, up: float, down: float) -> None:
    current = [base[0] * up, base[1] * down, base[2]]
    size = math.prod(base)
    assert lmdi_terms(base, current) == pytest.approx(shapley_terms(base, current), abs=1e-5 * size)
