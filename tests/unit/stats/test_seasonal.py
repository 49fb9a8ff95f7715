"""What is expected of a period: exact where the past is, and a stated rate of false alarms."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from analytics.stats.seasonal import seasonal_expectation, share_expectation


def of_total(values: np.ndarray, **more) -> object:
    usable = more.pop("usable", np.ones(len(values), dtype=bool))
    return seasonal_expectation(
        values, usable=usable, **{"miss_rate": 0.01, "logarithmic": True, **more}
    )


def of_slices(values: np.ndarray, totals: np.ndarray, **more) -> object:
    slices = values.shape[1]
    given = {
        "groups": np.eye(slices),
        "usable": np.ones(values.shape, dtype=bool),
        "judged": np.ones(slices, dtype=bool),
        "miss_rate": 0.01,
    }
    return share_expectation(values, totals, **{**given, **more})


def test_the_expectation_of_a_total_is_that_of_a_year_before_and_the_mean_growth() -> None:
    random = np.random.default_rng(1)
    values = np.exp(random.normal(5, 0.3, 24))
    found = of_total(values)
    growths = [np.log(values[t] / values[t - 12]) for t in range(12, 23)]
    half = np.std(growths, ddof=1) * np.sqrt(1 + 1 / 11) * stats.t.ppf(0.99, 10)
    centre = np.log(values[11]) + np.mean(growths)
    assert found.value[0] == pytest.approx(np.exp(centre))
    assert found.low[0] == pytest.approx(np.exp(centre - half))
    assert found.high[0] == pytest.approx(np.exp(centre + half))
    assert found.score[0] == pytest.approx((np.log(values[23]) - centre) / half)


def test_nothing_is_expected_of_a_total_without_five_growths() -> None:
    values = np.linspace(10, 20, 24)
    assert np.isnan(of_total(values[:17]).value[0])
    assert np.isfinite(of_total(values[:18] ** 1.1).value[0])


def test_what_is_not_usable_says_nothing() -> None:
    values = np.exp(np.random.default_rng(2).normal(5, 0.1, 24))
    usable = np.ones(24, dtype=bool)
    usable[20] = False
    spoiled = values.copy()
    spoiled[20] = 1.0
    assert of_total(values, usable=usable).low[0] == of_total(spoiled, usable=usable).low[0]
    usable[11] = False
    assert np.isnan(of_total(values, usable=usable).value[0])


def test_rates_are_expected_by_differences() -> None:
    values = np.tile([0.5, 0.6], 12) + np.arange(24) * 0.001
    found = of_total(values, logarithmic=False)
    assert found.value[0] == pytest.approx(values[23])


def test_a_share_that_grows_evenly_is_expected_to_go_on() -> None:
    totals = np.linspace(2000, 4000, 14)
    share = 0.05 * 1.03 ** np.arange(14)
    values = np.column_stack([share * totals, (1 - share) * totals])
    assert of_slices(values, totals).value[0] == pytest.approx(values[13, 0], rel=1e-3)


def test_slices_that_are_not_judged_are_not_told() -> None:
    random = np.random.default_rng(3)
    values = random.poisson(100, (14, 3)).astype(float)
    found = of_slices(values, values.sum(axis=1), judged=np.array([True, False, True]))
    assert np.isnan(found.value[1])
    assert np.isfinite(found.value[[0, 2]]).all()


def test_slices_need_six_periods() -> None:
    values = np.random.default_rng(4).poisson(100, (14, 3)).astype(float)
    assert np.isnan(of_slices(values[:6], values[:6].sum(axis=1)).value).all()
    assert np.isfinite(of_slices(values[:7], values[:7].sum(axis=1)).value).all()


def test_counts_with_nothing_planted_fire_as_often_as_stated() -> None:
    random = np.random.default_rng(5)
    season = 1 + 0.4 * np.sin(np.arange(18))
    size = random.uniform(40, 300, 30)
    months, fired = 0, 0
    for _ in range(60):
        values = random.poisson(season[:, None] * size).astype(float)
        for at in range(7, 18):
            found = of_slices(values[: at + 1], values.sum(axis=1)[: at + 1], miss_rate=0.05)
            fired += bool((found.score < -1).any())
            months += 1
    # 660 months: within three standard errors of the stated rate
    assert abs(fired / months - 0.05) < 3 * np.sqrt(0.05 * 0.95 / months)


def test_a_slice_that_loses_a_third_lies_below() -> None:
    random = np.random.default_rng(6)
    values = random.poisson(np.full((14, 30), 300.0)).astype(float)
    values[13, 4] = 200
    found = of_slices(values, values.sum(axis=1))
    assert found.score[4] < -1
    assert found.low[4] > 200
    assert (np.delete(found.score, 4) > -1).all()
