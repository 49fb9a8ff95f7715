from __future__ import annotations

import numpy as np
import pytest
from sklearn import metrics
from sklearn.linear_model import LogisticRegression

from analytics.stats.classification import (
    area_under_roc,
    average_precision,
    brier_score,
    calibration_floor,
    curve_points,
    expected_calibration_error,
    log_loss,
    logistic_calibration,
    reliability_bins,
    top_tenth_lift,
)


@pytest.fixture(params=range(4))
def drawn(request) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(request.param)
    probability = np.round(random.beta(1, 6, 700), 2 if request.param % 2 else 6)
    return (random.random(700) < probability).astype(float), probability


def test_auc_average_precision_brier_and_log_loss_are_those_of_scikit_learn(drawn):
    y, p = drawn
    assert float(area_under_roc(y, p)) == pytest.approx(metrics.roc_auc_score(y, p))
    assert float(average_precision(y, p)) == pytest.approx(metrics.average_precision_score(y, p))
    assert float(brier_score(y, p)) == pytest.approx(metrics.brier_score_loss(y, p))
    clipped = np.clip(p, 1e-6, 1 - 1e-6)
    assert float(log_loss(y, p)) == pytest.approx(metrics.log_loss(y, clipped), rel=1e-6)


def test_scores_along_the_last_axis_are_those_of_each_row(drawn):
    y, p = drawn
    rows = np.random.default_rng(9).integers(0, len(y), (3, len(y)))
    for score in (area_under_roc, average_precision, expected_calibration_error, top_tenth_lift):
        together = score(y[rows], p[rows])
        apart = [float(score(y[row], p[row])) for row in rows]
        assert together == pytest.approx(apart)


def test_the_calibration_error_of_equal_bins_by_hand():
    p = np.repeat([0.1, 0.5], 10)
    y = np.array([0.0] * 8 + [1.0] * 2 + [1.0] * 5 + [0.0] * 5)
    assert float(expected_calibration_error(y, p, bins=2)) == pytest.approx(0.05)


def test_a_calibrated_forecast_shows_its_floor():
    random = np.random.default_rng(1)
    p = random.beta(1, 8, 2000)
    shown = [
        float(expected_calibration_error((random.random(2000) < p).astype(float), p))
        for _ in range(60)
    ]
    assert calibration_floor(p, draws=100, seed=2) == pytest.approx(np.mean(shown), rel=0.1)


def test_logistic_calibration_is_the_unpenalised_regression_on_log_odds(drawn):
    y, p = drawn
    odds = np.log(np.clip(p, 1e-6, 1 - 1e-6) / (1 - np.clip(p, 1e-6, 1 - 1e-6)))
    model = LogisticRegression(C=np.inf, tol=1e-10, max_iter=2000).fit(odds[:, None], y)
    intercept, slope = logistic_calibration(y, p)
    assert slope == pytest.approx(model.coef_[0, 0], rel=1e-3)
    assert intercept == pytest.approx(model.intercept_[0], abs=1e-3)


def test_curves_end_where_everyone_is_contacted(drawn):
    y, p = drawn
    last = curve_points(y, p).iloc[-1]
    assert last["true_positive_rate"] == last["false_positive_rate"] == 1
    assert last["lift"] == pytest.approx(1)
    assert last["precision"] == pytest.approx(y.mean())


def test_reliability_counts_every_customer_once(drawn):
    y, p = drawn
    bins = reliability_bins(y, p)
    assert bins["customers"].sum() == len(y)
    assert (bins["observed_rate"] * bins["customers"]).sum() == pytest.approx(y.sum())
    assert (np.diff(bins["predicted_rate"]) >= 0).all()


def test_scores_of_one_class_alone_are_null():
    assert np.isnan(area_under_roc(np.zeros(5), np.linspace(0, 1, 5)))
    assert np.isnan(average_precision(np.zeros(5), np.linspace(0, 1, 5)))
    assert np.isnan(logistic_calibration(np.ones(5), np.linspace(0.1, 0.9, 5))[1])
