"""Shifted beta-geometric retention: Fader & Hardie (2007), How to Project Customer Retention.

Journal of Interactive Marketing 21(1), table 1 and the appendix: customers out of 1,000 who were
still there after each of seven years, and the fit of the model.
"""

from __future__ import annotations

import numpy as np
import pytest

from analytics.predictive.retention import fitted_retention, survival

HIGH_END = [0.869, 0.743, 0.653, 0.593, 0.551, 0.517, 0.491]
REGULAR = [0.631, 0.468, 0.382, 0.326, 0.289, 0.262, 0.241]


@pytest.mark.parametrize(
    ("shares", "alpha", "beta", "log_likelihood"),
    [(HIGH_END, 0.668, 3.806, -1611.16), (REGULAR, 0.704, 1.182, -1680.27)],
    ids=["high end", "regular"],
)
def test_parameters_and_log_likelihood(shares, alpha, beta, log_likelihood):
    model = fitted_retention(np.round(1000 * np.array([1.0, *shares])))
    assert model.alpha == pytest.approx(alpha, abs=5e-4)
    assert model.beta == pytest.approx(beta, abs=5e-4)
    assert model.log_likelihood == pytest.approx(log_likelihood, abs=5e-3)


def test_survival_follows_the_recursion_of_the_paper():
    model = fitted_retention(np.round(1000 * np.array([1.0, *HIGH_END])))
    years = np.arange(1, 13)
    ratio = (model.beta + years - 1) / (model.alpha + model.beta + years - 1)
    assert survival(model, years) == pytest.approx(np.cumprod(ratio))
