from __future__ import annotations

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.special import hyp2f1
from scipy.stats import beta, gamma

from analytics.predictive import bg_nbd
from analytics.predictive.bg_nbd import (
    PurchaseModel,
    alive_probability,
    bg_nbd_log_likelihoods,
    expected_purchases,
    fitted_purchase_model,
)

R, ALPHA, A, B = 0.8, 3.0, 0.9, 2.5
MODEL = PurchaseModel(r=R, alpha=ALPHA, a=A, b=B, log_likelihood=0.0)


def one(value: float) -> np.ndarray:
    return np.array([value], dtype=float)


def simulated(customers: int, leaves: bool, seed: int) -> tuple[np.ndarray, ...]:
    """Return x, t_x, T after 40 weeks and the purchases of the 40 weeks after them."""
    random = np.random.default_rng(seed)
    rate, p = random.gamma(2.0, 1 / 10, customers), random.beta(1, 3, customers) * leaves
    age = random.uniform(25, 40, customers)
    rows = []
    for number in range(customers):
        now, seen, last, later = 0.0, 0, 0.0, 0
        while True:
            now += random.exponential(1 / rate[number])
            if now > age[number] + 40:
                break
            if now <= age[number]:
                seen, last = seen + 1, now
            else:
                later += 1
            if random.random() < p[number]:
                break
        rows.append((seen, last, age[number], later))
    return tuple(np.array(rows).T)


@pytest.mark.parametrize(("x", "t_x", "T"), [(0, 0.0, 12.0), (1, 4.0, 12.0), (5, 11.0, 20.0)])
def test_the_likelihood_is_the_integral_over_rate_and_probability_of_leaving(x, t_x, T):
    # Rate and probability are independent, so that each term is a product of two integrals.
    def over_rate(age: float) -> float:
        return quad(
            lambda rate: rate**x * np.exp(-rate * age) * gamma.pdf(rate, R, scale=1 / ALPHA), 0, 20
        )[0]

    def over_p(given) -> float:
        return quad(lambda p: given(p) * beta.pdf(p, A, B), 0, 1)[0]

    expected = over_p(lambda p: (1 - p) ** x) * over_rate(T)
    if x > 0:
        expected += over_p(lambda p: p * (1 - p) ** (x - 1)) * over_rate(t_x)
    likelihood = bg_nbd_log_likelihoods(np.array([R, ALPHA, A, B]), one(x), one(t_x), one(T))
    assert np.exp(likelihood[0]) == pytest.approx(expected, rel=1e-4)


@pytest.mark.parametrize(("x", "t_x", "T", "t"), [(0, 0.0, 9.0, 20.0), (6, 8.0, 10.0, 35.0)])
def test_expected_purchases_are_equation_10_of_the_paper(x, t_x, T, t):
    odds = A / (B + x - 1) * ((ALPHA + T) / (ALPHA + t_x)) ** (R + x) if x > 0 else 0.0
    series = hyp2f1(R + x, B + x, A + B + x - 1, t / (ALPHA + T + t))
    shrunk = ((ALPHA + T) / (ALPHA + T + t)) ** (R + x) * series
    expected = (A + B + x - 1) / (A - 1) * (1 - shrunk) / (1 + odds)
    assert expected_purchases(MODEL, one(x), one(t_x), one(T), t) == pytest.approx(expected)


def test_expected_purchases_stay_finite_for_many_purchases_and_a_at_1():
    at, near = (
        PurchaseModel(r=2.0, alpha=5.0, a=a, b=300.0, log_likelihood=0.0) for a in (1.0, 1.001)
    )
    history = one(400), one(52), one(52)
    expected = expected_purchases(at, *history, 52.0)
    assert expected == pytest.approx(expected_purchases(near, *history, 52.0), rel=1e-3)
    # About 367 purchases; the probability of leaving after each is Beta(1, 700), by which
    # a customer is there after n of them with probability 700 / (700 + n).
    assert expected[0] == pytest.approx((700 / (700 + np.arange(367))).sum(), rel=0.01)


def test_the_longer_the_silence_the_less_likely_a_customer_is_there():
    last = np.array([40.0, 30.0, 20.0, 10.0])
    alive = alive_probability(MODEL, np.full(4, 5.0), last, np.full(4, 40.0))
    assert (np.diff(alive) < 0).all()
    assert 0 < alive[-1] < alive[0] < 1


def test_without_a_repeat_purchase_nobody_has_left():
    assert alive_probability(MODEL, one(0), one(0), one(40)).tolist() == [1.0]


def test_a_fit_forecasts_the_purchases_of_simulated_customers():
    x, t_x, age, later = simulated(4000, leaves=True, seed=1)
    model = fitted_purchase_model(x, t_x, age)
    assert model.name == "BG/NBD"
    assert expected_purchases(model, x, t_x, age, 40.0).sum() == pytest.approx(
        later.sum(), rel=0.05
    )


def test_where_nobody_leaves_the_fit_forecasts_as_well():
    x, t_x, age, later = simulated(3000, leaves=False, seed=2)
    model = fitted_purchase_model(x, t_x, age)
    assert expected_purchases(model, x, t_x, age, 40.0).sum() == pytest.approx(
        later.sum(), rel=0.05
    )


@pytest.mark.parametrize("x", [0.0, 30.0])
def test_where_all_customers_are_alike_the_fit_stays_finite_and_goes_on_alike(x):
    count = np.full(200, x)
    model = fitted_purchase_model(count, np.where(count > 0, 39.0, 0.0), np.full(200, 40.0))
    assert np.isfinite([model.r, model.alpha, model.a, model.b]).all()
    expected = expected_purchases(model, count, count * 1.3, np.full(200, 40.0), 40.0)
    assert expected == pytest.approx(np.full(200, x), abs=3)


def test_where_even_the_penalised_fit_diverges_the_nbd_takes_its_place(monkeypatch):
    found = bg_nbd._minimum
    monkeypatch.setattr(
        bg_nbd,
        "_minimum",
        lambda loss, start, penalty: found(loss, start, penalty) if len(start) == 2 else None,
    )
    x, t_x, age, later = simulated(3000, leaves=False, seed=2)
    model = fitted_purchase_model(x, t_x, age)
    assert model.name == "NBD"
    assert expected_purchases(model, x, t_x, age, 40.0).sum() == pytest.approx(
        later.sum(), rel=0.05
    )


def test_the_nbd_expects_the_posterior_mean_rate():
    model = PurchaseModel(r=2.0, alpha=10.0, a=0.0, b=1.0, log_likelihood=0.0)
    assert model.name == "NBD"
    assert expected_purchases(model, one(4), one(8), one(20), 15.0) == pytest.approx(15 * 6 / 30)
    assert alive_probability(model, one(4), one(8), one(20)).tolist() == [1.0]


def test_the_unit_of_time_scales_alpha_alone():
    x, t_x, age, _ = simulated(1500, leaves=True, seed=3)
    weeks, days = fitted_purchase_model(x, t_x, age), fitted_purchase_model(x, 7 * t_x, 7 * age)
    assert days.alpha == pytest.approx(7 * weeks.alpha, rel=2e-5)
    assert (days.r, days.a, days.b) == pytest.approx((weeks.r, weeks.a, weeks.b), rel=2e-5)
