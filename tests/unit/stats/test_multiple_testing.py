"""Corrections against scipy, statsmodels and their own definitions."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy import stats
from statsmodels.stats.multitest import multipletests

from analytics.stats.multiple_testing import (
    benjamini_hochberg,
    benjamini_yekutieli,
    bonferroni,
    holm,
)

P_VALUES = hnp.arrays(np.float64, st.integers(1, 40), elements=st.floats(0, 1))


@given(P_VALUES)
def test_benjamini_hochberg_is_that_of_scipy(p: np.ndarray) -> None:
    expected = stats.false_discovery_control(p, method="bh")
    assert benjamini_hochberg(p) == pytest.approx(expected, rel=1e-12, abs=1e-300)


@given(P_VALUES)
def test_benjamini_yekutieli_is_that_of_scipy(p: np.ndarray) -> None:
    expected = stats.false_discovery_control(p, method="by")
    assert benjamini_yekutieli(p) == pytest.approx(expected, rel=1e-12, abs=1e-300)


@pytest.mark.parametrize(("function", "name"), [(bonferroni, "bonferroni"), (holm, "holm")])
def test_familywise_corrections_are_those_of_statsmodels(function, name: str) -> None:
    p = np.random.default_rng(4).uniform(size=30) ** 4
    assert function(p) == pytest.approx(multipletests(p, method=name)[1])


@given(P_VALUES)
def test_no_corrected_value_is_below_its_p_value_or_above_one(p: np.ndarray) -> None:
    for corrected in (benjamini_hochberg(p), benjamini_yekutieli(p), bonferroni(p), holm(p)):
        assert (corrected >= p * (1 - 1e-12)).all()
        assert (corrected <= 1).all()


@given(P_VALUES, st.randoms(use_true_random=False))
def test_the_order_of_the_tests_does_not_matter(p: np.ndarray, random) -> None:
    order = list(range(p.size))
    random.shuffle(order)
    assert benjamini_hochberg(p[order]).tolist() == benjamini_hochberg(p)[order].tolist()


def test_a_test_that_could_not_be_made_stays_nan_and_does_not_count() -> None:
    q = benjamini_hochberg([0.01, np.nan, 0.04])
    assert np.isnan(q[1])
    assert q[[0, 2]] == pytest.approx(benjamini_hochberg([0.01, 0.04]))


def test_no_tests_give_no_values() -> None:
    assert benjamini_hochberg([]).size == 0
    assert np.isnan(benjamini_yekutieli([np.nan])).all()


def test_false_discoveries_of_pure_noise_stay_at_the_rate() -> None:
    p = np.random.default_rng(5).uniform(size=(2000, 20))
    any_found = [bool((benjamini_hochberg(row) <= 0.05).any()) for row in p]
    assert np.mean(any_found) == pytest.approx(0.05, abs=0.015)
