"""The forecasters judged at earlier origins, as if each had been today."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt
import pandas as pd

from analytics.predictive.forecasters import ARIMA, FORECASTERS, SEASONAL_NAIVE
from analytics.stats.forecast_errors import pinball_loss, symmetric_percentage_error

Floats = npt.NDArray[np.float64]
LEVELS = (0.8, 0.95)
NESTED = "Chosen at each origin"
# Differences below it are noise with a few origins that overlap.
_CLEARLY = 0.9


@dataclass(frozen=True, slots=True, kw_only=True)
class Backtest:
    """Forecasts at earlier origins beside what came.

    Attributes
    ----------
    origins : tuple of date
        First day of the first month forecast, the earliest first.
    actual : array, shape (origins, months)
    forecasts : mapping
        Forecaster to array of that shape.
    """

    origins: tuple[date, ...]
    actual: Floats
    forecasts: Mapping[str, Floats]

    def log_errors(self, name: str) -> Floats:
        """Return log(actual / forecast), shape (origins, months)."""
        errors: Floats = np.log(np.maximum(self.actual, 1e-9)) - np.log(
            np.maximum(self.forecasts[name], 1e-9)
        )
        return errors


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """How far off forecasts were in logs, by months ahead; see `error_spread`."""

    by_month: Floats
    factors: Mapping[float, float]

    def ends(self, forecast: Floats, level: float) -> tuple[Floats, Floats]:
        """Return the ends of the interval of that level, each of the forecast's shape."""
        half = self.factors[level] * self.by_month[: forecast.shape[-1]]
        return forecast * np.exp(-half), forecast * np.exp(half)


def chosen_forecaster(test: Backtest) -> str:
    """Return the forecaster in use: ARIMA, or another that is clearly better.

    Where the seasonal naive forecast beats ARIMA at all, whichever is best is used, so that what
    loses to the naive forecast never is. Errors of a month are relative to what came.
    """
    return _picked({name: _relative(test, name) for name in FORECASTERS})


def nested_choice(test: Backtest) -> Floats:
    """Return the forecasts of what would have been chosen at each origin, shape as `actual`.

    By the errors of earlier origins in months that were over then; ARIMA at first.
    """
    picked = np.empty_like(test.actual)
    for at, origin in enumerate(test.origins):
        seen = [
            (before, month)
            for before, other in enumerate(test.origins[:at])
            for month in range(test.actual.shape[1])
            if _month_number(other) + month < _month_number(origin)
            and test.actual[before, month] > 0
        ]
        name = ARIMA
        if len(seen) >= test.actual.shape[1]:
            name = _picked(
                {
                    name: float(
                        np.mean([abs(test.forecasts[name][s] / test.actual[s] - 1) for s in seen])
                    )
                    for name in FORECASTERS
                }
            )
        picked[at] = test.forecasts[name][at]
    return picked


def _picked(errors: Mapping[str, float]) -> str:
    best = min(FORECASTERS, key=lambda name: (errors[name], FORECASTERS.index(name)))
    if errors[ARIMA] <= errors[SEASONAL_NAIVE] and errors[best] >= _CLEARLY * errors[ARIMA]:
        return ARIMA
    return best


def error_spread(log_errors: Floats) -> Spread:
    """Return the spread by months ahead with the factors of the intervals.

    Root mean squares over the origins, made to grow with the distance; the factor of a level is
    the larger of Student's t quantile, origins that overlap counting half, and the split-conformal
    quantile of the scaled errors.

    Parameters
    ----------
    log_errors : array, shape (origins, months)
        Of a backtest.
    """
    from scipy.stats import t

    rms = np.sqrt((log_errors**2).mean(axis=0))
    pooled = float(np.sqrt((log_errors**2).mean()))
    by_month = np.maximum.accumulate(0.5 * rms + 0.5 * pooled)
    by_month = np.maximum(by_month, 1e-6)
    scaled = np.sort(np.abs(log_errors / by_month).ravel())
    freedom = max(2.0, len(log_errors) / 2)
    factors = {}
    for level in LEVELS:
        place = min(int(np.ceil((len(scaled) + 1) * level)), len(scaled)) - 1
        factors[level] = max(float(t.ppf((1 + level) / 2, freedom)), float(scaled[place]))
    return Spread(by_month=by_month, factors=factors)


def backtest_scores(test: Backtest) -> pd.DataFrame:
    """Return scores of every forecaster and of the nested choice.

    Intervals of an origin come from the errors at the other origins.

    Returns
    -------
    DataFrame
        model, metric (mae, relative_mae, smape, pinball, bias_rate, coverage_80, coverage_95),
        value.
    """
    shown = {name: test.forecasts[name] for name in FORECASTERS} | {NESTED: nested_choice(test)}
    whole = Backtest(origins=test.origins, actual=test.actual, forecasts=shown)
    naive = float(np.abs(shown[SEASONAL_NAIVE] - test.actual).mean())
    rows = []
    for name, forecast in shown.items():
        error = float(np.abs(forecast - test.actual).mean())
        covered, lost = _intervals(whole, name)
        values = {
            "mae": error,
            "relative_mae": error / naive if naive > 0 else np.nan,
            "smape": float(symmetric_percentage_error(test.actual, forecast).mean()),
            "pinball": lost,
            "bias_rate": float(forecast.sum() / max(test.actual.sum(), 1e-9) - 1),
            "coverage_80": covered[0.8],
            "coverage_95": covered[0.95],
        }
        rows += [(name, metric, value) for metric, value in values.items()]
    return pd.DataFrame(rows, columns=["model", "metric", "value"])


def _intervals(test: Backtest, name: str) -> tuple[dict[float, float], float]:
    errors = test.log_errors(name)
    inside: dict[float, list[bool]] = {level: [] for level in LEVELS}
    losses = []
    for at in range(len(errors)):
        others = np.delete(errors, at, axis=0)
        if len(others) == 0:
            continue
        spread = error_spread(others)
        forecast, actual = test.forecasts[name][at], test.actual[at]
        for level in LEVELS:
            low, high = spread.ends(forecast, level)
            inside[level] += list((low <= actual) & (actual <= high))
        low, high = spread.ends(forecast, 0.8)
        losses.append(float(pinball_loss(actual, low, level=0.1)))
        losses.append(float(pinball_loss(actual, high, level=0.9)))
    return (
        {level: float(np.mean(inside[level])) if inside[level] else np.nan for level in LEVELS},
        float(np.mean(losses)) if losses else np.nan,
    )


def _relative(test: Backtest, name: str) -> float:
    known = test.actual > 0
    gap = np.abs(test.forecasts[name] - test.actual)[known] / test.actual[known]
    return float(gap.mean()) if len(gap) else np.inf


def _month_number(day: date) -> int:
    return day.year * 12 + day.month


def origins_before(end: date, count: int, months: int, first: date) -> Sequence[date]:
    """Return up to `count` month starts, a month apart, whose months are over by `end`.

    Parameters
    ----------
    end : date
        First day of the first month to forecast.
    count, months : int
        Origins wanted, and months ahead of each.
    first : date
        No earlier ones.
    """
    days = []
    for back in range(months + count - 1, months - 1, -1):
        number = end.year * 12 + end.month - 1 - back
        day = date(number // 12, number % 12 + 1, 1)
        if day >= first:
            days.append(day)
    return days
