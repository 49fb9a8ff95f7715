"""Intervals against scipy's own, against simulation and at their edges."""

import math

import numpy as np
import pytest
from scipy import stats

from analytics.stats.intervals import (
    eta_squared_interval,
    mean_interval,
    poisson_interval,
    spearman_interval,
    wilson_interval,
)


@pytest.mark.parametrize(("successes", "trials"), [(0, 7), (7, 7), (1, 1), (9, 10), (512, 9871)])
def test_wilson_interval_is_that_of_scipy(successes: int, trials: int) -> None:
    low, high = wilson_interval(successes, trials)
    expected = stats.binomtest(successes, trials).proportion_ci(method="wilson")
    assert (float(low), float(high)) == pytest.approx((expected.low, expected.high), abs=1e-12)


def test_wilson_interval_at_another_level_is_that_of_scipy() -> None:
    low, high = wilson_interval(3, 40, level=0.8)
    expected = stats.binomtest(3, 40).proportion_ci(confidence_level=0.8, method="wilson")
    assert (float(low), float(high)) == pytest.approx((expected.low, expected.high), abs=1e-12)


def test_wilson_interval_without_trials_is_undefined() -> None:
    low, high = wilson_interval([0, 1], [0, 2])
    assert np.isnan([low[0], high[0]]).all()
    assert not np.isnan([low[1], high[1]]).any()


def test_wilson_interval_contains_the_share_and_stays_within_0_and_1() -> None:
    trials = np.repeat(np.arange(1, 40), 40)
    successes = np.minimum(np.tile(np.arange(40), 39), trials)
    low, high = wilson_interval(successes, trials)
    assert (low >= 0).all()
    assert (high <= 1).all()
    assert (low <= successes / trials).all()
    assert (high >= successes / trials).all()


@pytest.mark.parametrize("events", [0, 1, 10, 250])
def test_poisson_interval_leaves_a_fortieth_in_either_tail(events: int) -> None:
    low, high = poisson_interval(events, 2.0)
    assert stats.poisson.cdf(events, float(high) * 2) == pytest.approx(0.025)
    if events:
        assert stats.poisson.sf(events - 1, float(low) * 2) == pytest.approx(0.025)
    else:
        assert float(low) == 0


def test_poisson_interval_without_exposure_is_undefined() -> None:
    assert np.isnan(poisson_interval(0, 0)).all()


def test_mean_interval_is_the_normal_one_of_the_observations() -> None:
    scores = np.array([1.0, 5.0, 4.0, 4.0, 2.0, 3.0])
    low, high = mean_interval(scores.size, scores.sum(), (scores**2).sum())
    expected = stats.norm.interval(0.95, loc=scores.mean(), scale=stats.sem(scores))
    assert (float(low), float(high)) == pytest.approx(expected)


def test_mean_interval_of_equal_observations_is_a_point() -> None:
    low, high = mean_interval(3, 0.3, 0.03)  # the variance cancels to a hair below zero
    assert (float(low), float(high)) == pytest.approx((0.1, 0.1))


@pytest.mark.parametrize("count", [0, 1])
def test_mean_interval_of_fewer_than_two_is_undefined(count: int) -> None:
    assert np.isnan(mean_interval(count, count * 4.0, count * 16.0)).all()


def test_spearman_interval_holds_its_level_for_correlated_normals() -> None:
    random = np.random.default_rng(11)
    rho, n, shops = 0.5, 60, 1500
    true = 6 / math.pi * math.asin(rho / 2)  # Pearson (1907): rank correlation of normals
    pairs = random.multivariate_normal([0, 0], [[1, rho], [rho, 1]], size=(shops, n))
    ranks = pairs.argsort(axis=1).argsort(axis=1).astype(float)
    found = np.array([np.corrcoef(one.T)[0, 1] for one in ranks])
    low, high = spearman_interval(found, n)
    assert np.mean((low <= true) & (true <= high)) == pytest.approx(0.95, abs=0.02)


def test_spearman_interval_of_a_perfect_order_is_a_point() -> None:
    low, high = spearman_interval([1.0, -1.0], [10, 10])
    assert low.tolist() == high.tolist() == [1.0, -1.0]


def test_spearman_interval_of_three_pairs_is_undefined() -> None:
    assert np.isnan(spearman_interval(0.5, 3)).all()


def test_eta_squared_interval_holds_its_level() -> None:
    random = np.random.default_rng(12)
    n, means, shops = 90, np.array([0.0, 0.4, 0.8]), 400
    true = means.var() / (means.var() + 1)
    hits = 0
    for _ in range(shops):
        y = random.normal(size=(3, n // 3)) + means[:, None]
        between = (n // 3) * ((y.mean(axis=1) - y.mean()) ** 2).sum()
        low, high = eta_squared_interval(between / ((y - y.mean()) ** 2).sum(), 3, n)
        hits += low <= true <= high
    assert hits / shops == pytest.approx(0.95, abs=0.03)


def test_eta_squared_interval_reproduces_the_tails_of_the_noncentral_f() -> None:
    low, high = eta_squared_interval(0.3, 4, 10_000)
    f = 0.3 / 3 / (0.7 / 9_996)
    for share, tail in ((low, 0.975), (high, 0.025)):
        noncentrality = 10_000 * share / (1 - share)
        assert stats.ncf.cdf(f, 3, 9_996, noncentrality) == pytest.approx(tail, abs=1e-6)


def test_eta_squared_interval_of_nothing_starts_at_zero() -> None:
    low, high = eta_squared_interval(0.0, 4, 100)
    assert low == high == 0.0
    assert eta_squared_interval(0.01, 4, 100)[0] == 0.0


def test_eta_squared_interval_of_a_full_explanation_is_one() -> None:
    assert eta_squared_interval(1.0, 4, 100) == (1.0, 1.0)
