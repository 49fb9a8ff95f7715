"""Resampling: what is kept, what varies, and that a seed fixes it."""

import numpy as np
import pytest
from scipy import stats

from analytics.stats.bootstrap import percentile_interval, resampled_rows, resampled_tables


def test_resampled_rows_lie_within_the_sample() -> None:
    rows = resampled_rows(5, draws=200, seed=1)
    assert rows.shape == (200, 5)
    assert set(np.unique(rows)) == {0, 1, 2, 3, 4}


def test_resampled_rows_are_fixed_by_their_seed() -> None:
    first, again = resampled_rows(9, draws=4, seed=3), resampled_rows(9, draws=4, seed=3)
    assert (first == again).all()
    assert (first != resampled_rows(9, draws=4, seed=4)).any()


def test_resampled_tables_keep_the_number_of_observations() -> None:
    tables = resampled_tables([[3, 0], [5, 12]], draws=50, seed=2)
    assert tables.shape == (50, 2, 2)
    assert (tables.sum(axis=(1, 2)) == 20).all()
    assert (tables[:, 0, 1] == 0).all()


def test_resampled_tables_vary_as_resampled_observations_do() -> None:
    counts = np.array([30, 50, 20])
    observations = np.repeat(np.arange(3), counts)
    by_rows = np.array(
        [
            np.bincount(observations[rows], minlength=3)
            for rows in resampled_rows(100, draws=4000, seed=5)
        ]
    )
    tables = resampled_tables(counts, draws=4000, seed=6)
    assert tables.mean(axis=0) == pytest.approx(by_rows.mean(axis=0), abs=0.4)
    assert tables.std(axis=0) == pytest.approx(by_rows.std(axis=0), rel=0.06)


def test_percentile_interval_of_a_mean_is_that_of_scipy() -> None:
    sample = np.random.default_rng(7).exponential(size=80)
    ours = percentile_interval(sample[resampled_rows(80, draws=8000, seed=8)].mean(axis=1))
    theirs = stats.bootstrap(
        (sample,), np.mean, method="percentile", n_resamples=8000, rng=9
    ).confidence_interval
    assert ours == pytest.approx(tuple(theirs), abs=0.02)


def test_percentile_interval_leaves_out_undefined_draws() -> None:
    draws = [*range(101), float("nan"), float("nan")]
    assert percentile_interval(draws, level=0.9) == pytest.approx((5, 95))


def test_percentile_interval_of_undefined_draws_is_undefined() -> None:
    assert np.isnan(percentile_interval([float("nan")])).all()
