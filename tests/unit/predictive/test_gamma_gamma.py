from __future__ import annotations

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.stats import gamma

from analytics.predictive.gamma_gamma import (
    ValueModel,
    expected_value,
    fitted_value_model,
    gamma_gamma_log_likelihoods,
)

P, Q, G = 4.0, 3.0, 20.0
MODEL = ValueModel(p=P, q=Q, gamma=G, log_likelihood=0.0)


def test_the_likelihood_is_the_integral_over_the_customers_scale():
    x, mean = 5.0, 33.0

    def given(scale: float) -> float:
        return gamma.pdf(mean, P * x, scale=1 / (scale * x)) * gamma.pdf(scale, Q, scale=1 / G)

    expected, _ = quad(given, 0, 3)
    likelihood = gamma_gamma_log_likelihoods(np.array([P, Q, G]), np.array([x]), np.array([mean]))
    assert np.exp(likelihood[0]) == pytest.approx(expected, rel=1e-6)


def test_a_fit_recovers_what_was_simulated():
    random = np.random.default_rng(1)
    scale = random.gamma(Q, 1 / G, 20_000)
    x = random.integers(1, 12, 20_000).astype(float)
    mean = random.gamma(P * x, 1 / (scale * x))
    model = fitted_value_model(x, mean)
    assert (model.p, model.q, model.gamma) == pytest.approx((P, Q, G), rel=0.06)
    assert model.mean == pytest.approx(P * G / (Q - 1), rel=0.03)


def test_without_purchases_a_customer_is_worth_what_everyone_is():
    assert expected_value(MODEL, np.zeros(1), np.zeros(1)) == pytest.approx(MODEL.mean)


def test_with_many_purchases_a_customer_is_worth_what_they_have_been():
    assert expected_value(MODEL, np.array([1e6]), np.array([77.0])) == pytest.approx(77, rel=1e-4)


def test_the_unit_of_value_scales_gamma_alone():
    random = np.random.default_rng(2)
    x = random.integers(1, 9, 2000).astype(float)
    mean = random.gamma(P * x, 1 / (random.gamma(Q, 1 / G, 2000) * x))
    small, large = fitted_value_model(x, mean), fitted_value_model(x, 1000 * mean)
    assert large.gamma == pytest.approx(1000 * small.gamma, rel=2e-5)
    assert (large.p, large.q) == pytest.approx((small.p, small.q), rel=2e-5)
