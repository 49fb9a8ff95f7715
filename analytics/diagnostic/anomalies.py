"""Days of a daily series that are farther from its own course than chance puts one of them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache
from typing import TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from analytics.results import Anomalies, Columns, DailySeries, Missing

FALSE_ALARM_RATE = 0.05  # of a shop, over all series and days
LEAST_DAYS = 56
LEAST_ORDERS = 5.0  # a day on the mean: of fewer, a day without any is nothing unusual
_WEEK = 7
_TREND, _SEASON = 29, 35  # days and weeks that the smoothers look at
_EDGE, _INNER = 21, 301  # days near an end, whose value has more say in its own course
_RATIO_ERROR = 1.57  # of the ratio of the two quantiles: its standard error times root(days)
_SCALE_ERROR = 2.72  # days for one degree of freedom of a scale from the median
# Quantiles of the absolute residuals that tell the tail: beyond them anomalies may lie.
_BODY, _SHOULDER = 0.5, 0.97

Floats: TypeAlias = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """A series' course, and how far each day is from it.

    Attributes
    ----------
    expected, low, high : ndarray, shape (days,)
        In the unit of the series; the ends are where a day begins to be unusual.
    distance : ndarray, shape (days,)
        In robust standard deviations; NaN for a day that is not known.
    threshold : float
    tail : float
        The noise is like a normal variable to this power: 1 for normal noise, more for heavier
        tails.
    """

    expected: Floats
    low: Floats
    high: Floats
    distance: Floats
    threshold: float
    tail: float


def anomalies(
    daily: DailySeries, *, false_alarm_rate: float = FALSE_ALARM_RATE
) -> Anomalies | Missing:
    """Return the unusual days of orders, net revenue and average order value.

    Parameters
    ----------
    daily : DailySeries
        As it is published: what is told of its days gives no other day away.
    false_alarm_rate : float
        Probability of any anomaly, over all series, in a shop in which nothing happens.

    Returns
    -------
    Anomalies or Missing
        Missing below eight weeks or five orders a day on the mean.
    """
    days = daily.days
    known = days[["orders", "net_revenue_amount"]].notna().all(axis=1)
    least = LEAST_ORDERS * max(int(known.sum()), 1)
    if int(known.sum()) < LEAST_DAYS or float(days["orders"].sum()) < least:
        mean = float(days["orders"].sum()) / max(int(known.sum()), 1)
        return Missing(
            of=Anomalies.KIND,
            needs=("transactions",),
            because=(
                f"Unusual days are looked for in at least {LEAST_DAYS} days with "
                f"{LEAST_ORDERS:.0f} orders a day on the mean; {int(known.sum())} days are told "
                f"of, with {mean:.1f}."
            ),
        )
    orders = days["orders"].to_numpy(dtype=np.float64)
    revenue = days["net_revenue_amount"].to_numpy(dtype=np.float64)
    valued = np.where((orders > 0) & (revenue > 0), revenue / np.maximum(orders, 1.0), np.nan)
    series = {"orders": orders, "net_revenue": revenue, "average_order_value": valued}
    rate = false_alarm_rate / len(series)
    found = {
        name: (
            value_course(values, orders, rate)
            if name == "average_order_value"
            else sum_course(values, rate)
        )
        for name, values in series.items()
    }
    told = pd.concat(
        [_days(name, days["day"], series[name], course) for name, course in found.items()],
        ignore_index=True,
    )
    return Anomalies(
        false_alarm_rate=false_alarm_rate,
        anomalies=_ranked(told),
        series=_frame(
            "series",
            pd.DataFrame(
                {
                    "series": name,
                    "days": int(np.isfinite(course.distance).sum()),
                    "least_fall_rate": _least_fall(course),
                    "threshold": course.threshold,
                    "tail": course.tail,
                    "found": int((np.abs(course.distance) > course.threshold).sum()),
                }
                for name, course in found.items()
            ),
        ),
        days=_frame("days", told),
    )


def sum_course(values: Floats, false_alarm_rate: float) -> Course:
    """Return the course of a count or a sum over orders, whose variance grows with its mean.

    The square root makes the noise of such a series the same on all days (Anscombe 1948,
    Biometrika 35); 3/8 of a mean order keeps it so for small counts.

    Parameters
    ----------
    values : ndarray, shape (days,)
        NaN where not known; below 0 counts 0.
    false_alarm_rate : float
        Probability of any unusual day.
    """
    held = np.maximum(values, 0.0)
    spread = float(np.nanmedian(np.abs(np.diff(held)))) ** 2 / max(float(np.nanmean(held)), 1e-300)
    shift = 0.375 * min(spread, float(np.nanmean(held)))
    root = np.sqrt(held + shift)
    fitted, noise, drawn = _decomposed(root)
    scale, tail, threshold, distance = _judged(noise, false_alarm_rate)
    reach = threshold * scale / drawn

    def back(level: Floats) -> Floats:
        return np.maximum(np.maximum(level, 0.0) ** 2 - shift, 0.0)

    return Course(
        expected=back(fitted),
        low=back(fitted - reach),
        high=back(fitted + reach),
        distance=distance,
        threshold=threshold,
        tail=tail,
    )


def value_course(values: Floats, orders: Floats, false_alarm_rate: float) -> Course:
    """Return the course of a mean over the day's orders, whose noise shrinks with their number.

    Parameters
    ----------
    values : ndarray, shape (days,)
        Above 0; NaN where there is none.
    orders : ndarray, shape (days,)
        How many orders the mean is over.
    false_alarm_rate : float
        Probability of any unusual day.
    """
    fitted, noise, drawn = _decomposed(np.log(values))
    root = np.sqrt(np.maximum(np.nan_to_num(orders, nan=1.0), 1.0))
    scale, tail, threshold, distance = _judged(noise * root, false_alarm_rate)
    reach = threshold * scale / (root * drawn)
    return Course(
        expected=np.exp(fitted),
        low=np.exp(fitted - reach),
        high=np.exp(fitted + reach),
        distance=distance,
        threshold=threshold,
        tail=tail,
    )


def _decomposed(values: Floats) -> tuple[Floats, Floats, Floats]:
    """Return trend with weekday, what is left of each day, and what that was multiplied by.

    NaN is left where the value is not known.
    """
    from statsmodels.tsa.seasonal import STL

    known = np.isfinite(values)
    place = np.arange(len(values))
    whole = np.interp(place, place[known], values[known])
    parts = STL(whole, period=_WEEK, trend=_TREND, seasonal=_SEASON, robust=True).fit()
    fitted = np.asarray(parts.trend + parts.seasonal, dtype=np.float64)
    own = own_say(len(values))
    drawn = np.sqrt((1 - own) / (1 + own))
    return fitted, np.where(known, (values - fitted) * drawn, np.nan), drawn


def own_say(days: int) -> Floats:
    """Return each day's say in its own course, 0 to 1.

    An unusual day is left out of its course by the robust smoothers: it lies farther from it
    than a usual one, which draws the course towards itself, by the root of (1 + h) / (1 - h).
    """
    ends, middle = _impulses(min(days, _INNER))
    own = np.full(days, middle)
    reach = min(_EDGE, days // 2)
    own[:reach] = ends[:reach]
    own[days - reach :] = ends[:reach][::-1]
    return own


@cache
def _impulses(days: int) -> tuple[Floats, float]:
    """Return what is left in the course of a value of 1 among zeros, near an end and amid."""
    from statsmodels.tsa.seasonal import STL

    def held(place: int) -> float:
        series = np.zeros(days)
        series[place] = 1.0
        parts = STL(series, period=_WEEK, trend=_TREND, seasonal=_SEASON).fit()
        return float(np.clip(parts.trend[place] + parts.seasonal[place], 0.0, 0.9))

    return np.array([held(place) for place in range(min(_EDGE, days // 2))]), held(days // 2)


def _judged(noise: Floats, false_alarm_rate: float) -> tuple[float, float, float, Floats]:
    """Return scale, tail, threshold and distances of what trend and weekday leave.

    The scale comes from the median of the absolute noise, the weight of the tail from how far
    its 97 % quantile lies beyond that (by a standard error more, to be safe): neither moves for
    a few unusual days. The scale has an error of its own, that of as many degrees of freedom
    of Student's t as `_SCALE_ERROR` says.
    """
    held = np.abs(noise[np.isfinite(noise)])
    body, shoulder = np.quantile(held, [_BODY, _SHOULDER])
    if body <= 0:
        return 0.0, 1.0, math.inf, np.where(np.isfinite(noise), 0.0, np.nan)
    tail = tail_of(float(shoulder / body) * (1 + _RATIO_ERROR / math.sqrt(len(held))))
    usual = float(stats.norm.ppf((1 + _BODY) / 2))
    level = false_alarm_rate / (2 * len(held))
    normal = float(stats.t.isf(level, max(len(held) / _SCALE_ERROR, 3.0)))
    threshold = usual * (normal / usual) ** tail
    scale = float(body) / usual
    return scale, tail, float(threshold), noise / scale


def tail_of(ratio: float) -> float:
    """Return the power of a normal variable whose two quantiles have this ratio, at least 1."""
    body, shoulder = stats.norm.ppf([(1 + _BODY) / 2, (1 + _SHOULDER) / 2])
    return max(1.0, math.log(ratio) / math.log(float(shoulder / body)))


def _least_fall(course: Course) -> float:
    """Return the median over days of how far the lower end lies below the course."""
    some = course.expected > 0
    if not some.any():
        return float("nan")
    return float(np.median(course.low[some] / course.expected[some] - 1))


def _days(name: str, day: pd.Series, values: Floats, course: Course) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "series": name,
            "day": day,
            "observed": values,
            "expected": course.expected,
            "low": course.low,
            "high": course.high,
            "unusual": np.abs(np.nan_to_num(course.distance)) > course.threshold,
            "distance": course.distance,
        }
    )


def _ranked(told: pd.DataFrame) -> pd.DataFrame:
    rows = told[told["unusual"]].copy()
    rows["size"] = rows["distance"].abs()
    rows = rows.sort_values(["size", "series", "day"], ascending=[False, True, True])
    expected = rows["expected"].where(rows["expected"] > 0)
    rows = rows.assign(rank=range(1, len(rows) + 1), change_rate=rows["observed"] / expected - 1)
    return _frame("anomalies", rows)


def _frame(name: str, rows: pd.DataFrame) -> pd.DataFrame:
    columns: Columns = Anomalies.FRAMES[name]
    frame = rows.reindex(columns=[column.name for column in columns]).reset_index(drop=True)
    return frame.astype({column.name: column.pandas_dtype for column in columns})
