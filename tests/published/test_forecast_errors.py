"""sMAPE as in the M-competitions: Makridakis & Hibon (2000), absolute values in the denominator."""

from __future__ import annotations

import numpy as np
import pytest

from analytics.stats.forecast_errors import symmetric_percentage_error


def test_smape_has_absolute_values_in_the_denominator():
    # 2 |f - y| / (|y| + |f|): 2 x 4 / 4 = 2, where plain values would divide by 0.
    assert float(symmetric_percentage_error(np.array([2.0]), np.array([-2.0]))) == 2
    assert float(symmetric_percentage_error(np.array([-100.0]), np.array([-110.0]))) == (
        pytest.approx(20 / 210)
    )


def test_smape_counts_equal_errors_on_both_sides_by_their_mean_size():
    assert float(symmetric_percentage_error(np.array([100.0]), np.array([110.0]))) == (
        pytest.approx(20 / 210)
    )
    assert float(symmetric_percentage_error(np.array([100.0]), np.array([90.0]))) == (
        pytest.approx(20 / 190)
    )


def test_smape_of_nothing_forecast_as_nothing_is_nothing():
    assert float(symmetric_percentage_error(np.zeros(3), np.zeros(3))) == 0
