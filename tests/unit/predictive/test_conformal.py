from __future__ import annotations

import numpy as np
import pytest

from analytics.predictive.conformal import conformal_interval, error_spread


def drawn(seed: int, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Predictions, and what came: skewed, with errors that grow with the prediction."""
    random = np.random.default_rng(seed)
    predicted = random.lognormal(5, 1, count)
    return predicted * random.lognormal(-0.2, 0.6, count) + random.normal(0, 5, count), predicted


def test_new_customers_are_covered_at_the_level():
    spread = error_spread(*drawn(1, 2000))
    covered = []
    for seed in range(40):
        interval = conformal_interval(*drawn(100 + seed, 300), spread, level=0.8)
        actual, predicted = drawn(500 + seed, 500)
        low, high = interval.ends(predicted)
        covered.append(((low <= actual) & (actual <= high)).mean())
    assert np.mean(covered) == pytest.approx(0.8, abs=0.015)


def test_intervals_widen_with_the_prediction():
    spread = error_spread(*drawn(1, 2000))
    interval = conformal_interval(*drawn(2, 500), spread, level=0.8)
    low, high = interval.ends(np.array([50.0, 500.0]))
    assert high[1] - low[1] > 3 * (high[0] - low[0])


def test_the_spread_is_the_line_that_errors_follow():
    predicted = np.linspace(0, 100, 50)
    assert error_spread(predicted + 2 + 0.3 * predicted, predicted) == pytest.approx((2, 0.3))


def test_ends_are_the_order_statistics_of_the_scaled_errors():
    actual = np.arange(1.0, 20.0)
    interval = conformal_interval(actual, np.zeros(19), (1.0, 0.0), level=0.8)
    assert (interval.low.tolist(), interval.high.tolist()) == ([2.0], [18.0])
