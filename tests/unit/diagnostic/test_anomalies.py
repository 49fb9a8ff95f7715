"""Unusual days are found, at no more false alarms than are told."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from analytics.descriptive import daily_series
from analytics.diagnostic import anomalies
from analytics.diagnostic.anomalies import own_say, sum_course, tail_of, value_course
from analytics.results import Anomalies, Missing


def shop(seed: int, days: int, mean: float = 40.0) -> pd.DataFrame:
    """Return days of Poisson orders with a season and a weekday."""
    random = np.random.default_rng(seed)
    time = np.arange(days)
    expected = mean * np.exp(0.3 * np.cos(2 * np.pi * time / 365) + 0.3 * (time % 7 == 5))
    orders = random.poisson(expected).astype(float)
    revenue = np.array([random.lognormal(4, 0.5, int(n)).sum() for n in orders])
    return pd.DataFrame(
        {
            "day": pd.date_range("2023-01-01", periods=days).as_unit("us"),
            "net_revenue_amount": revenue,
            "contribution_margin_amount": np.nan,
            "orders": orders,
            "active_customers": orders,
        }
    )


def found(frame: pd.DataFrame, **settings: object) -> Anomalies:
    result = anomalies(daily_series(frame), **settings)
    assert isinstance(result, Anomalies)
    return result


def test_an_outage_and_a_rush_are_found_and_no_other_day():
    frame = shop(1, 400)
    frame.loc[100, ["orders", "net_revenue_amount"]] /= 8
    frame.loc[300, ["orders", "net_revenue_amount"]] *= 3
    result = found(frame)
    assert set(result.anomalies["day"]) == set(frame["day"][[100, 300]])
    rates = result.anomalies.set_index(["series", "day"])["change_rate"]
    assert rates["orders", frame["day"][100]] < -0.7 < 1 < rates["orders", frame["day"][300]]


def test_a_wrong_price_is_found_in_the_order_value():
    frame = shop(2, 200)
    frame.loc[60, "net_revenue_amount"] *= 2
    rows = found(frame).anomalies
    assert frame["day"][60] in set(rows.loc[rows["series"] == "average_order_value", "day"])


def test_quiet_shops_raise_false_alarms_at_no_more_than_the_stated_rate():
    alarms = 0
    for seed in range(60):
        frame = shop(seed, 120)
        orders = frame["orders"].to_numpy()
        revenue = frame["net_revenue_amount"].to_numpy()
        courses = (
            sum_course(orders, 0.05 / 3),
            sum_course(revenue, 0.05 / 3),
            value_course(revenue / orders, orders, 0.05 / 3),
        )
        alarms += any((np.abs(one.distance) > one.threshold).any() for one in courses)
    assert alarms <= stats.binom.ppf(0.999, 60, 0.05)


def test_a_day_is_unusual_exactly_where_it_is_outside_its_band():
    rows = found(shop(3, 150), false_alarm_rate=0.9999).days
    assert rows["unusual"].any()
    outside = (rows["observed"] < rows["low"]) | (rows["observed"] > rows["high"])
    assert (outside == rows["unusual"]).all()


def test_withheld_days_are_neither_judged_nor_told():
    frame = shop(4, 100)
    frame.loc[[50, 51], "active_customers"] = 2
    result = anomalies(daily_series(frame, minimum_cell=5))
    own = result.days[result.days["day"] == frame["day"][50]]
    assert own["observed"].isna().all()
    assert not own["unusual"].any()
    assert (result.series["days"] < 100).all()


@pytest.mark.parametrize("frame", [shop(5, 40), shop(5, 200, mean=1.0), shop(5, 200).iloc[:0]])
def test_too_little_is_missing_and_says_how_much_there_is(frame: pd.DataFrame):
    result = anomalies(daily_series(frame))
    assert isinstance(result, Missing)
    assert "56 days" in result.because


def test_equal_days_are_all_usual():
    frame = shop(6, 100).assign(orders=40.0, net_revenue_amount=4000.0)
    assert found(frame).anomalies.empty


def test_days_near_an_end_have_more_say_in_their_own_course():
    own = own_say(200)
    assert own[0] > own[100] > 0
    assert own[0] == pytest.approx(own[-1])


def test_the_tail_of_normal_noise_is_one_and_heavier_noise_has_more():
    random = np.random.default_rng(7)
    ratios = []
    for noise in (random.normal(size=100_000), random.standard_t(3, 100_000)):
        body, shoulder = np.quantile(np.abs(noise), [0.5, 0.97])
        ratios.append(tail_of(float(shoulder / body)))
    assert ratios[0] == pytest.approx(1, abs=0.02)
    assert ratios[1] > 1.2
