"""Months from weekly forecasts, and what daily totals say of a month's distinct customers."""

from __future__ import annotations

from datetime import date

import numpy as np
import numpy.typing as npt
import pandas as pd

from analytics.predictive.forecasters import (
    FORECASTERS,
    Trend,
    fitted_trend,
    weekly_forecasts,
)

Floats = npt.NDArray[np.float64]


def weekly_history(daily: pd.Series, origin: date) -> tuple[Floats, float]:
    """Return the sums of whole weeks that end with the day before `origin`, and their phase.

    Parameters
    ----------
    daily : Series
        A value for every day, by day.
    origin : date
        The first day that is not known yet.

    Returns
    -------
    (array, float)
        Sums of shape (weeks,), and the weeks from the start of a year to the first.
    """
    known = daily[daily.index < pd.Timestamp(origin)]
    weeks = len(known) // 7
    kept = known.iloc[len(known) - 7 * weeks :]
    sums: Floats = kept.to_numpy(dtype=float).reshape(weeks, 7).sum(axis=1)
    first = pd.Timestamp(kept.index[0]).day_of_year if weeks else 0
    return sums, first / 7


def month_starts(origin: date, months: int) -> pd.DatetimeIndex:
    """Return the first days of the months from `origin` on."""
    return pd.date_range(pd.Timestamp(origin), periods=months, freq="MS")


def months_of(daily: pd.Series) -> pd.DatetimeIndex:
    """Return the first day of the month of each day of a series by day."""
    return pd.DatetimeIndex(daily.index).to_period("M").to_timestamp()


def monthly_sums(weekly: Floats, origin: date, months: int) -> Floats:
    """Return weekly forecasts from `origin` on, spread over days, summed by month."""
    days = pd.date_range(pd.Timestamp(origin), periods=7 * len(weekly))
    spread = pd.Series(np.repeat(weekly / 7, 7), days)
    sums = spread.groupby(days.to_period("M")).sum()
    wanted = month_starts(origin, months).to_period("M")
    return np.asarray(sums.reindex(wanted), dtype=np.float64)


def weeks_of(origin: date, months: int) -> int:
    """Return how many weeks reach the end of the months."""
    start = pd.Timestamp(origin)
    return int(np.ceil(((start + pd.DateOffset(months=months)) - start).days / 7))


def monthly_forecasts(daily: pd.Series, origin: date, months: int) -> dict[str, Floats]:
    """Return each forecaster's monthly sums from `origin` on, shape (months,)."""
    sums, phase = weekly_history(daily, origin)
    weekly = weekly_forecasts(sums, weeks_of(origin, months), phase)
    return {name: monthly_sums(weekly[name], origin, months) for name in FORECASTERS}


def trend_months(daily: pd.Series, origin: date, months: int) -> Floats:
    """Return level, shrunken growth and season alone, by month: cheap, for shares of parts."""
    sums, phase = weekly_history(daily, origin)
    positive = sums[sums > 0]
    if len(positive) == 0:
        return np.zeros(months)
    trend: Trend = fitted_trend(np.log(np.maximum(sums, positive.min() / 2)), phase)
    horizon = weeks_of(origin, months)
    weeks = np.arange(len(sums), len(sums) + horizon, dtype=np.float64)
    return monthly_sums(np.exp(trend.at(weeks)), origin, months)


def distinct_customers(
    summed: Floats, daily: pd.Series, monthly: pd.Series, origin: date
) -> Floats:
    """Return the distinct customers of months whose daily counts sum to `summed`.

    Log distinct customers are linear in log daily sums, fitted on the whole months before
    `origin`; at least six of them, else the mean ratio.

    Parameters
    ----------
    summed : array, shape (months,)
        Daily distinct customers, summed by month.
    daily, monthly : Series
        Distinct customers by day, and by month (its first day).
    origin : date
        The first day that is not known yet.
    """
    known = daily[daily.index < pd.Timestamp(origin)]
    days = known.groupby(months_of(known)).agg(["sum", "size"])
    whole = days[days["size"] == pd.DatetimeIndex(days.index).days_in_month]
    both = whole["sum"].to_frame().join(monthly.rename("distinct"), how="inner")
    both = both[(both["sum"] > 0) & (both["distinct"] > 0)]
    if both.empty:
        return summed
    x, y = np.log(both["sum"].to_numpy(float)), np.log(both["distinct"].to_numpy(float))
    wanted = np.log(np.maximum(summed, 1e-9))
    if len(both) < 6 or np.ptp(x) < 0.05:
        counted: Floats = np.exp(wanted + (y - x).mean())
    else:
        slope = float(np.clip(np.cov(x, y)[0, 1] / x.var(ddof=1), 0.2, 1.0))
        counted = np.exp(y.mean() + slope * (wanted - x.mean()))
    return np.minimum(counted, summed)
