from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from analytics.stats.scores import (
    REGRESSION_SCORES,
    calibration_slope,
    decile_lift,
    mean_absolute_error,
    r2_score,
    score_intervals,
    spearman_correlation,
    top_decile_capture,
)


@pytest.fixture
def pair() -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(1)
    actual = np.round(random.lognormal(0, 1, 200), 1)
    return actual, np.round(actual * random.lognormal(0, 0.5, 200), 1)


def test_r2_is_one_less_the_unexplained_share(pair):
    actual, predicted = pair
    unexplained = sum((a - p) ** 2 for a, p in zip(actual, predicted, strict=True))
    total = sum((a - actual.mean()) ** 2 for a in actual)
    assert r2_score(actual, predicted) == pytest.approx(1 - unexplained / total)


def test_r2_of_the_mean_is_nought():
    actual = np.array([1.0, 2.0, 6.0])
    assert r2_score(actual, np.full(3, 3.0)) == pytest.approx(0)


def test_absolute_error_is_the_mean_distance():
    assert mean_absolute_error(np.array([1.0, 5.0]), np.array([2.0, 2.0])) == 2.0


def test_spearman_agrees_with_scipy_with_ties(pair):
    expected = stats.spearmanr(*pair).statistic
    assert spearman_correlation(*pair) == pytest.approx(expected)


def test_lift_is_the_top_tenth_over_all():
    actual = np.array([9.0, 1, 1, 1, 1, 1, 1, 1, 1, 3])
    assert decile_lift(actual, np.arange(10.0, 0, -1)) == pytest.approx(9 / 2)


def test_capture_is_the_share_of_the_truly_highest_tenth():
    actual, predicted = np.arange(20.0), np.arange(20.0)
    predicted[19] = -1
    assert top_decile_capture(actual, predicted) == 0.5


def test_calibration_slope_is_that_of_a_regression_line(pair):
    actual, predicted = pair
    assert calibration_slope(actual, predicted) == pytest.approx(
        np.polyfit(predicted, actual, 1)[0]
    )


def test_scores_of_a_constant_are_null_where_nothing_can_be_said():
    actual, constant = np.array([0.1, 0.2, 0.4]), np.full(3, 0.1 + 0.2)
    assert np.isnan(calibration_slope(actual, constant))
    assert np.isnan(spearman_correlation(actual, constant))
    assert np.isnan(r2_score(constant, actual))


def test_scores_go_along_the_last_axis(pair):
    actual, predicted = np.stack(pair), np.stack(pair[::-1])
    for score in REGRESSION_SCORES.values():
        rows = [float(score(a, p)) for a, p in zip(actual, predicted, strict=True)]
        assert score(actual, predicted) == pytest.approx(rows)


def test_the_interval_of_a_mean_error_has_the_width_of_its_standard_error():
    random = np.random.default_rng(2)
    actual = random.normal(size=2000)
    _, low, high = score_intervals(
        actual,
        np.zeros(2000),
        {"mae": mean_absolute_error},
        draws=2000,
        level=0.95,
        seed=1,
    )["mae"]
    expected = 2 * 1.96 * np.abs(actual).std() / np.sqrt(2000)
    assert high - low == pytest.approx(expected, rel=0.1)


def test_intervals_hold_their_score(pair):
    intervals = score_intervals(*pair, REGRESSION_SCORES, draws=120, level=0.95, seed=3)
    assert list(intervals) == list(REGRESSION_SCORES)
    for value, low, high in intervals.values():
        assert low <= value <= high
