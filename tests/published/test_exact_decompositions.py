"""LMDI and Shapley: the terms sum to the change with no residual, for any data.

Ang (2005), Energy Policy 33, table 1: additive LMDI is perfect in decomposition. Ang & Liu
(2007), Energy Policy 35: it stays so with zeros, taken to their limit. Shapley (1953):
efficiency, symmetry, null player.
"""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.diagnostic.decomposition import lmdi_terms, shapley_terms

FACTOR = st.one_of(st.just(0.0), st.floats(1e-3, 1e6))
PERIOD = st.lists(FACTOR, min_size=3, max_size=3)
ANY_SIGN = st.lists(st.floats(-1e4, 1e4), min_size=4, max_size=4)


def _close(terms, base, current) -> bool:
    before, after = math.prod(base), math.prod(current)
    scale = max(abs(before), abs(after), *map(abs, terms), 1e-12)
    return math.isclose(math.fsum(terms), after - before, abs_tol=1e-11 * scale)


@given(PERIOD, PERIOD)
def test_lmdi_terms_sum_to_the_change_zeros_included(base, current) -> None:
    assert _close(lmdi_terms(base, current), base, current)


@given(ANY_SIGN, ANY_SIGN)
def test_shapley_terms_sum_to_the_change_whatever_the_signs(base, current) -> None:
    terms = shapley_terms(base, current)
    # terms may cancel in part: what is rounded is as large as the largest product of factors
    scale = math.prod(max(abs(a), abs(b), 1.0) for a, b in zip(base, current, strict=True))
    change = math.prod(current) - math.prod(base)
    assert math.isclose(math.fsum(terms), change, abs_tol=1e-11 * scale)


@given(PERIOD, PERIOD)
def test_a_factor_that_does_not_change_has_no_part(base, current) -> None:
    current = [base[0], *current[1:]]
    assert lmdi_terms(base, current)[0] == 0
    assert shapley_terms(base, current)[0] == 0


@given(PERIOD, PERIOD)
def test_turning_time_around_turns_the_sign(base, current) -> None:
    back = [-term for term in lmdi_terms(current, base)]
    assert lmdi_terms(base, current) == pytest.approx(back, rel=1e-9, abs=1e-9)


@given(PERIOD, PERIOD)
def test_factors_that_change_places_change_parts(base, current) -> None:
    swapped = lmdi_terms(base[::-1], current[::-1])[::-1]
    assert lmdi_terms(base, current) == pytest.approx(swapped, rel=1e-9, abs=1e-9)
