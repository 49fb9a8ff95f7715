from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest

from analytics.predictive.forecast import forecast
from analytics.predictive.forecast_backtest import (
    Backtest,
    chosen_forecaster,
    error_spread,
    nested_choice,
    origins_before,
)
from analytics.predictive.forecast_months import distinct_customers, monthly_sums
from analytics.predictive.forecasters import (
    ARIMA,
    COMBINATION,
    FORECASTERS,
    SEASONAL_NAIVE,
    weekly_forecasts,
)
from analytics.results import Forecast, Missing
from analytics.settings import ForecastSettings

START, END = date(2022, 7, 1), date(2024, 6, 30)
SETTINGS = ForecastSettings(horizon_months=3, origins=3)


def days_of(growth: float, seed: int) -> pd.DataFrame:
    """Daily totals with a season, growth and noise; the parts A and B hold 70 and 30 %."""
    days = pd.date_range(START, END)
    random = np.random.default_rng(seed)
    wave = 0.35 * np.cos(2 * np.pi * (days.day_of_year - 75) / 365.25)
    years = np.arange(len(days)) / 365.25
    orders = random.poisson(200 * np.exp(wave + growth * years))
    return pd.DataFrame(
        {
            "day": days,
            "net_revenue_amount": orders * 50.0,
            "contribution_margin_amount": orders * 20.0,
            "orders": orders,
            "active_customers": orders,
        }
    )


def months_of(daily: pd.DataFrame, dimension: str, part: str, share: float) -> pd.DataFrame:
    sums = daily.groupby(daily["day"].dt.to_period("M").dt.to_timestamp())
    frame = sums[["net_revenue_amount", "orders"]].sum() * share
    distinct = (sums["active_customers"].sum() * share) ** 0.9
    return frame.assign(active_customers=distinct, dimension=dimension, part=part).rename_axis(
        "month"
    ).reset_index()  # fmt: skip


@pytest.fixture(scope="module")
def shop() -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    daily = days_of(0.05, seed=1)
    parts = pd.concat(
        [
            daily.assign(part=part, **{
                name: daily[name] * share
                for name in ("net_revenue_amount", "orders", "active_customers")
            })
            for part, share in (("A", 0.7), ("B", 0.3))
        ]
    )  # fmt: skip
    monthly = pd.concat(
        [
            months_of(daily, "all", "all", 1.0),
            months_of(daily, "region", "A", 0.7),
            months_of(daily, "region", "B", 0.3),
        ],
        ignore_index=True,
    )
    return daily, parts, monthly


def made(shop, **changes):
    daily, parts, monthly = shop
    arguments = {
        "settings": SETTINGS,
        "observation_start": START,
        "observation_end": END,
    }
    return forecast(daily, {"region": parts}, monthly, **(arguments | changes))


@pytest.fixture(scope="module")
def result(shop) -> Forecast:
    found = made(shop)
    assert isinstance(found, Forecast)
    return found


def test_months_follow_the_last_whole_one(result):
    own = result.months.query("dimension == 'all' and measure == 'orders'")
    assert own["month"].dt.strftime("%Y-%m").tolist() == ["2024-07", "2024-08", "2024-09"]


def test_the_forecast_is_near_what_the_process_expects(result):
    own = result.months.query("dimension == 'all' and measure == 'orders'")
    days = pd.date_range("2024-07-01", "2024-09-30")
    wave = 0.35 * np.cos(2 * np.pi * (days.day_of_year - 75) / 365.25)
    years = (days - pd.Timestamp(START)).days / 365.25
    expected = pd.Series(200 * np.exp(wave + 0.05 * years), days).groupby(days.month).sum()
    assert own["value"].to_numpy() == pytest.approx(expected.to_numpy(), rel=0.06)


def test_a_seasonal_series_is_forecast_better_than_by_last_year(result):
    rows = result.scores.query("measure == 'orders' and metric == 'relative_mae'")
    assert rows.set_index("model")["value"]["Chosen at each origin"] < 0.9


def test_parts_sum_to_the_total_in_every_month(result):
    for measure in ("net_revenue_amount", "orders"):
        own = result.months[result.months["measure"] == measure]
        sums = own.groupby(["dimension", "month"])["value"].sum().unstack(0)
        assert sums["region"].to_numpy() == pytest.approx(sums["all"].to_numpy())


def test_a_small_part_is_not_told_by_subtraction(shop):
    daily, parts, monthly = shop
    months = monthly.loc[monthly["dimension"] == "all", "month"]
    few = pd.DataFrame(
        {
            "month": months, "dimension": "region", "part": "C", "net_revenue_amount": 90.0,
            "orders": 2.0, "active_customers": 2.0,
        }
    )  # fmt: skip
    tiny = parts[parts["part"] == "B"].assign(part="C", orders=0, net_revenue_amount=0.0)
    third = parts[parts["part"] == "B"].assign(part="D")
    more = monthly[monthly["part"] == "B"].assign(part="D")
    found = made((daily, pd.concat([parts, tiny, third]), pd.concat([monthly, few, more])))
    told = found.months[found.months["dimension"] == "region"]["part"]
    assert set(told) == {"A", "D"}
    assert set(found.history[found.history["dimension"] == "region"]["part"]) == {"A", "D"}


def test_intervals_hold_the_forecast_and_grow(result):
    rows = result.months
    assert (rows["low_95"] < rows["low_80"]).all()
    assert (rows["low_80"] < rows["value"]).all()
    assert (rows["value"] < rows["high_80"]).all()
    assert (rows["high_80"] < rows["high_95"]).all()
    own = rows.query("dimension == 'all' and measure == 'orders'")
    width = np.log(own["high_80"] / own["low_80"]).to_numpy()
    assert (np.diff(width) >= -1e-12).all()


def test_a_partial_last_month_is_neither_history_nor_forecast(shop):
    daily, parts, monthly = shop
    cut = pd.Timestamp("2024-06-12")
    found = made(
        (daily[daily["day"] <= cut], parts[parts["day"] <= cut], monthly),
        observation_end=cut.date(),
    )
    assert found.origin == date(2024, 6, 1)
    assert found.history["month"].max() == pd.Timestamp("2024-05-01")


def test_a_short_history_says_what_to_add(shop):
    found = made(shop, observation_start=date(2023, 9, 1))
    assert isinstance(found, Missing)
    assert "add older orders" in found.because


def test_under_three_years_the_season_is_called_weak(result):
    assert result.season_weak


def test_without_orders_there_is_no_forecast(shop):
    daily, parts, monthly = shop
    nothing = daily.assign(orders=0, net_revenue_amount=0.0, active_customers=0)
    assert isinstance(made((nothing, parts, monthly)), Missing)


def test_weeks_with_nothing_are_no_error():
    values = np.random.default_rng(1).poisson(2, 80).astype(float)
    values[10:20] = 0
    found = weekly_forecasts(values, 13, 0.0)
    assert set(found) == set(FORECASTERS)
    assert all(np.isfinite(one).all() and (one >= 0).all() for one in found.values())


def test_the_seasonal_naive_forecast_is_last_years_weeks():
    values = np.arange(1.0, 81.0)
    assert weekly_forecasts(values, 6, 0.0)[SEASONAL_NAIVE] == pytest.approx(values[28:34])


def test_weeks_are_spread_over_days_and_summed_by_month():
    # 31 days of July at 1 a day, of August at 2 a day.
    weekly = np.array([7.0] * 4 + [3 + 2 * 4] + [14.0] * 4)
    sums = monthly_sums(weekly, date(2024, 7, 1), 2)
    assert sums[0] == pytest.approx(28 + 3 * 11 / 7)
    assert sums.sum() < weekly.sum()


def test_distinct_customers_follow_the_log_line_of_the_past():
    days = pd.date_range("2023-01-01", "2023-12-31")
    daily = pd.Series(np.linspace(100, 200, 365), days)
    sums = daily.groupby(days.to_period("M").to_timestamp()).sum()
    monthly = np.exp(1.0 + 0.8 * np.log(sums))
    found = distinct_customers(np.array([5000.0]), daily, monthly, date(2024, 1, 1))
    assert found[0] == pytest.approx(np.exp(1.0 + 0.8 * np.log(5000.0)), rel=1e-6)


def backtest(errors: dict[str, float]) -> Backtest:
    days = origins_before(date(2024, 7, 1), 5, 3, date(2023, 1, 1))
    actual = np.full((5, 3), 100.0)
    return Backtest(
        origins=tuple(days),
        actual=actual,
        forecasts={name: actual * (1 + errors.get(name, 0.5)) for name in FORECASTERS},
    )


def test_origins_are_a_month_apart_and_over_by_the_end():
    days = origins_before(date(2024, 7, 1), 3, 6, date(2022, 1, 1))
    assert days == [date(2023, 11, 1), date(2023, 12, 1), date(2024, 1, 1)]


def test_the_naive_forecast_is_chosen_where_nothing_beats_it():
    assert chosen_forecaster(backtest({SEASONAL_NAIVE: 0.1})) == SEASONAL_NAIVE
    assert chosen_forecaster(backtest({COMBINATION: 0.1})) == COMBINATION


def test_another_forecaster_is_chosen_only_where_it_is_clearly_better():
    assert chosen_forecaster(backtest({ARIMA: 0.1, COMBINATION: 0.095})) == ARIMA
    assert chosen_forecaster(backtest({ARIMA: 0.1, COMBINATION: 0.05})) == COMBINATION


def test_the_nested_choice_knows_earlier_errors_only():
    test = backtest({SEASONAL_NAIVE: 0.1, ARIMA: 0.3})
    picked = nested_choice(test)
    assert picked[0] == pytest.approx(130)  # nothing is known yet: ARIMA
    assert picked[-1] == pytest.approx(110)


def test_intervals_from_independent_errors_cover_at_least_their_rate():
    random = np.random.default_rng(2)
    inside = []
    for _ in range(300):
        spread = error_spread(random.normal(0, 0.1, (7, 6)))
        low, high = spread.ends(np.full(6, 100.0), 0.8)
        actual = 100 * np.exp(random.normal(0, 0.1, 6))
        inside.append(((low <= actual) & (actual <= high)).mean())
    assert 0.8 <= np.mean(inside) < 0.95
