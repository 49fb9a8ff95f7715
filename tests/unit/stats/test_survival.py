"""Survival statistics against independent computations."""

from __future__ import annotations

import numpy as np
import pytest
from statsmodels.duration.hazard_regression import PHReg
from statsmodels.duration.survfunc import SurvfuncRight, survdiff

from analytics.stats.survival import (
    cox_model,
    kaplan_meier,
    log_rank,
    proportionality,
    wald_p_value,
)


@pytest.fixture(scope="module")
def watched():
    random = np.random.default_rng(7)
    x = random.normal(size=(400, 3))
    start = random.integers(0, 5, 400) + 0.5  # never at the time of an event
    stop = start + 0.5 + np.floor(random.exponential(6 * np.exp(-0.6 * x[:, 0])))
    event = random.random(400) < 0.7
    return start, stop, event, x


def test_the_curve_equals_statsmodels(watched) -> None:
    _, stop, event, _ = watched
    curve, other = kaplan_meier(stop, event), SurvfuncRight(stop, event)
    assert curve.times == pytest.approx(other.surv_times[other.n_events > 0])
    assert curve.survival == pytest.approx(other.surv_prob[other.n_events > 0])
    inside = (curve.survival > 0) & (curve.survival < 1)
    assert (curve.low[inside] < curve.survival[inside]).all()
    assert (curve.high[inside] > curve.survival[inside]).all()


def test_log_rank_of_three_groups_equals_statsmodels(watched) -> None:
    _, stop, event, x = watched
    group = np.digitize(x[:, 0], [-0.5, 0.5])
    assert log_rank(stop, event, group) == pytest.approx(survdiff(stop, event, group))


def test_the_cox_model_with_entry_and_ties_equals_statsmodels(watched) -> None:
    start, stop, event, x = watched
    model = cox_model(start, stop, event, x)
    other = PHReg(stop, x, status=event, entry=start, ties="efron").fit()
    assert model.coefficients == pytest.approx(other.params, rel=1e-5)
    assert np.sqrt(np.diag(model.covariance)) == pytest.approx(other.bse, rel=1e-5)
    assert model.log_likelihood == pytest.approx(other.llf)


def test_rows_split_in_time_give_the_same_model(watched) -> None:
    start, stop, event, x = watched
    middle = start + 1.5
    late = stop > middle
    halves = cox_model(
        np.concatenate([start, middle[late]]),
        np.concatenate([np.minimum(stop, middle), stop[late]]),
        np.concatenate([event & ~late, event[late]]),
        np.concatenate([x, x[late]]),
    )
    assert halves.coefficients == pytest.approx(cox_model(start, stop, event, x).coefficients)


def test_residuals_sum_to_nothing_without_ties() -> None:
    random = np.random.default_rng(8)
    stop = random.exponential(size=80)
    model = cox_model(np.zeros(80), stop, np.ones(80, dtype=bool), random.normal(size=(80, 2)))
    assert model.residuals.sum(axis=0) == pytest.approx([0, 0], abs=1e-6)


def test_a_ratio_that_turns_is_not_proportional_and_a_constant_one_is() -> None:
    random = np.random.default_rng(9)
    x = (random.random((3000, 2)) < 0.5).astype(float)
    early = random.exponential(1 / np.exp(1.2 * x[:, 0] + 0.7 * x[:, 1]))
    late = 0.4 + random.exponential(1 / np.exp(-1.2 * x[:, 0] + 0.7 * x[:, 1]))
    stop = np.where(early < 0.4, early, late)
    model = cox_model(np.zeros(3000), stop, np.ones(3000, dtype=bool), x)
    each, together = proportionality(model)
    assert each[0] < 1e-6
    assert together < 1e-6
    assert each[1] > 0.01


def test_one_coefficient_is_tested_by_its_z(watched) -> None:
    model = cox_model(*watched)
    other = PHReg(watched[1], watched[3], status=watched[2], entry=watched[0], ties="efron").fit()
    assert wald_p_value(model, [2]) == pytest.approx(other.pvalues[2], rel=1e-4)
