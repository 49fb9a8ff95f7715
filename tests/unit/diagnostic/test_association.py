"""Each measure against another route to it, and the level of its interval."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats
from scipy.stats import contingency

from analytics.diagnostic.association import correlation_ratio, cramers_v, spearman


def drawn_codes(table: np.ndarray, n: int, random: np.random.Generator):
    cell = random.choice(table.size, size=n, p=(table / table.sum()).ravel())
    return np.unravel_index(cell, table.shape)


@pytest.mark.parametrize("rho", [-0.95, 0.0, 0.3])
def test_spearman_is_that_of_scipy_ties_included(rho: float) -> None:
    random = np.random.default_rng(41)
    pairs = random.multivariate_normal([0, 0], [[1, rho], [rho, 1]], size=300).round(1)
    found = spearman(stats.rankdata(pairs[:, 0]), stats.rankdata(pairs[:, 1]))
    expected = stats.spearmanr(pairs[:, 0], pairs[:, 1])
    assert found.coefficient == pytest.approx(expected.statistic)
    assert found.p_value == pytest.approx(expected.pvalue, rel=1e-6)
    assert found.low < found.coefficient < found.high


def test_spearman_of_the_same_order_is_one_without_doubt() -> None:
    ranks = np.arange(1.0, 41.0)
    found = spearman(ranks, ranks)
    assert (found.coefficient, found.low, found.high, found.p_value) == (1.0, 1.0, 1.0, 0.0)


def test_spearman_with_a_constant_is_undefined() -> None:
    assert math.isnan(spearman(np.arange(40.0), np.full(40, 20.5)).coefficient)


def test_cramers_v_tests_as_pearson_does_and_corrects_by_bergsma() -> None:
    random = np.random.default_rng(42)
    table = np.array([[5, 1, 2], [2, 6, 3]])
    left, right = drawn_codes(table, 400, random)
    found = cramers_v(left, right, draws=50, seed=0)
    counts = contingency.crosstab(left, right).count
    chi = stats.chi2_contingency(counts, correction=False)
    assert found.p_value == pytest.approx(chi.pvalue)
    # Bergsma (2013), equations 5 to 7
    n, r, c = 400, 2, 3
    phi = max(0, chi.statistic / n - (r - 1) * (c - 1) / (n - 1))
    rows, columns = r - (r - 1) ** 2 / (n - 1), c - (c - 1) ** 2 / (n - 1)
    assert found.coefficient == pytest.approx(math.sqrt(phi / min(rows - 1, columns - 1)))
    assert found.coefficient < contingency.association(counts, method="cramer")


def test_cramers_v_of_a_category_with_itself_is_one() -> None:
    codes = np.tile(np.arange(4), 25)
    found = cramers_v(codes, codes, draws=50, seed=0)
    assert found.coefficient == pytest.approx(1.0)
    assert found.p_value < 1e-50


def test_cramers_v_ignores_categories_that_nobody_is_in() -> None:
    left, right = np.tile([0, 2], 40), np.repeat([0, 5], 40)
    dense = cramers_v(left // 2, right // 5, draws=50, seed=0)
    assert cramers_v(left, right, draws=50, seed=0) == dense


def test_cramers_v_with_one_category_is_undefined() -> None:
    found = cramers_v(np.zeros(40, dtype=int), np.arange(40) % 3, draws=50, seed=0)
    assert math.isnan(found.coefficient)


def test_cramers_v_is_fixed_by_its_seed() -> None:
    codes = np.arange(60) % 3, np.arange(60) % 4 % 3
    assert cramers_v(*codes, draws=50, seed=1) == cramers_v(*codes, draws=50, seed=1)


@pytest.mark.parametrize(
    ("table", "n"),
    [
        (np.array([[1, 1, 1], [1, 1, 1], [1, 1, 1]]), 500),
        (np.array([[5, 3, 2], [2, 5, 3], [3, 2, 5]]), 500),
        (np.array([[9, 1, 1], [1, 9, 1], [1, 1, 9]]), 500),
        (np.ones((6, 5)) + 1.5 * np.eye(6, 5), 150),
    ],
    ids=["none", "weak", "strong", "many categories"],
)
def test_intervals_of_cramers_v_hold_their_level(table: np.ndarray, n: int) -> None:
    random = np.random.default_rng(43)
    shares = table / table.sum()
    expected = np.outer(shares.sum(axis=1), shares.sum(axis=0))
    true = math.sqrt(((shares - expected) ** 2 / expected).sum() / (min(table.shape) - 1))
    hits = 0
    for shop in range(400):
        found = cramers_v(*drawn_codes(table, n, random), draws=200, seed=shop)
        hits += found.low - 1e-9 <= true <= found.high + 1e-9
    assert hits / 400 >= 0.92


def test_correlation_ratio_tests_as_kruskal_and_wallis_do() -> None:
    random = np.random.default_rng(44)
    groups = random.integers(0, 4, 500)
    values = np.round(random.exponential(size=500) + 0.2 * groups, 1)
    found = correlation_ratio(groups, stats.rankdata(values))
    h = stats.kruskal(*(values[groups == g] for g in range(4)))
    assert found.p_value == pytest.approx(h.pvalue)
    # Kelley (1935): what chance puts between k of n is taken off
    epsilon = (h.statistic - 4 + 1) / (500 - 4)
    assert found.coefficient == pytest.approx(math.sqrt(epsilon))


def test_correlation_ratio_of_noise_is_about_zero() -> None:
    random = np.random.default_rng(45)
    groups = random.integers(0, 50, 200)
    found = correlation_ratio(groups, stats.rankdata(random.normal(size=200)))
    assert found.coefficient < 0.25  # uncorrected: .5
    assert found.p_value > 0.01


def test_correlation_ratio_of_separate_groups_is_near_one() -> None:
    groups = np.repeat([0, 1], 50)
    found = correlation_ratio(groups, stats.rankdata(groups))
    assert found.coefficient == found.low == found.high == 1.0


@pytest.mark.parametrize(
    ("groups", "ranks"),
    [
        (np.zeros(40, dtype=int), np.arange(40.0)),
        (np.arange(40), np.arange(40.0)),
        (np.arange(40) % 2, np.full(40, 20.5)),
    ],
    ids=["one group", "a group each", "constant"],
)
def test_correlation_ratio_without_groups_or_variance_is_undefined(groups, ranks) -> None:
    assert math.isnan(correlation_ratio(groups, ranks).coefficient)


@pytest.mark.parametrize("shift", [0.0, 0.3, 1.0])
def test_intervals_of_the_correlation_ratio_hold_their_level_on_skewed_values(
    shift: float,
) -> None:
    random = np.random.default_rng(46)

    def sample(n: int):
        groups = random.integers(0, 3, n)
        return groups, stats.rankdata(random.lognormal(shift * groups, 1.0))

    groups, ranks = sample(200_000)
    true = correlation_ratio(groups, ranks).coefficient if shift else 0.0
    found = [correlation_ratio(*sample(300)) for _ in range(400)]
    hits = sum(one.low - 1e-9 <= true <= one.high + 1e-9 for one in found)
    assert hits / 400 >= 0.92
