"""Forecasts of one weekly series, each by another idea.

All work on logs, so that season and growth multiply. With less than three years of history a year's
season is seen twice at most: it is estimated with a ridge on few harmonics, and growth is drawn
towards none, since a free trend takes for growth what is season.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
YEAR_WEEKS = 52.1775
SEASON_WEEKS = 52
SEASONAL_NAIVE, GROWING, ARIMA, SMOOTHING, COMBINATION = (
    "Seasonal naive",
    "Seasonal naive with growth",
    "ARIMA with Fourier terms",
    "Exponential smoothing",
    "Combination",
)
FORECASTERS = (SEASONAL_NAIVE, GROWING, ARIMA, SMOOTHING, COMBINATION)
HARMONICS = 3  # a season has narrower peaks than one or two of them draw
FEWEST_WEEKS = 26
ORDERS = ((0, 0, 0), (1, 0, 0), (2, 0, 0), (1, 0, 1), (0, 1, 1), (1, 1, 1))
_SEASON_SPREAD = 0.25  # prior spread of a harmonic's log amplitude
_GROWTH_SPREAD = 0.10  # prior spread of a year's log growth
_NOISE = 0.06  # spread of a week's log noise that the priors are held against


@dataclass(frozen=True, slots=True, kw_only=True)
class Trend:
    """Level, growth and season of a log series, estimated with priors.

    Attributes
    ----------
    coefficients : array
        Level, yearly growth, cosine and sine of each harmonic.
    middle : float
        Week that growth counts from.
    phase : float
        Weeks from the start of a year to week 0.
    """

    coefficients: Floats
    middle: float
    phase: float

    def at(self, weeks: Floats) -> Floats:
        """Return the log series' expectation at these week numbers."""
        expected: Floats = _design(weeks, self.middle, self.phase) @ self.coefficients
        return expected


def fitted_trend(log_values: Floats, phase: float) -> Trend:
    """Return level, growth and season at the posterior mean."""
    weeks = np.arange(len(log_values), dtype=np.float64)
    middle = float(weeks.mean())
    design = _design(weeks, middle, phase)
    spread = np.array([np.inf, _GROWTH_SPREAD] + [_SEASON_SPREAD] * (2 * HARMONICS))
    # Weeks depend on each other: what is new in one is about a quarter of a week's worth.
    penalty = np.diag(4 * _NOISE**2 / spread**2)
    solved = np.linalg.solve(design.T @ design + penalty, design.T @ log_values)
    return Trend(coefficients=np.asarray(solved, dtype=np.float64), middle=middle, phase=phase)


def weekly_forecasts(values: Floats, horizon: int, phase: float) -> dict[str, Floats]:
    """Return the forecasts of each forecaster, shape (horizon,), at least 0.

    Parameters
    ----------
    values : array, shape (weeks,)
        The series, at least `FEWEST_WEEKS` long.
    horizon : int
        Weeks ahead.
    phase : float
        Weeks from the start of a year to the first week of the series.
    """
    floor = _floor(values)
    logs = np.log(np.maximum(values, floor))
    found = {
        SEASONAL_NAIVE: _seasonal_naive(logs, horizon),
        GROWING: _growing(logs, horizon),
        ARIMA: arima_forecast(logs, horizon, phase),
        SMOOTHING: smoothing_forecast(logs, horizon, phase),
    }
    found[COMBINATION] = (found[GROWING] + found[ARIMA] + found[SMOOTHING]) / 3
    return {name: np.maximum(np.exp(found[name]), 0.0) for name in FORECASTERS}


def _floor(values: Floats) -> float:
    positive = values[values > 0]
    return float(positive.min()) / 2 if len(positive) else 1e-9


def _seasonal_naive(logs: Floats, horizon: int) -> Floats:
    if len(logs) >= SEASON_WEEKS:
        last = logs[-SEASON_WEEKS:]
        return last[np.arange(horizon) % SEASON_WEEKS]
    return np.full(horizon, logs[-1])


def _growing(logs: Floats, horizon: int) -> Floats:
    """Return last year's weeks, smoothed, times a growth drawn towards none.

    Growth is that of the last weeks over the same ones a year before, as many as there are up to
    26; the prior counts as much as about eight weeks.
    """
    if len(logs) < SEASON_WEEKS + 4:
        return _seasonal_naive(logs, horizon)
    pairs = min(26, len(logs) - SEASON_WEEKS)
    gaps = logs[-pairs:] - logs[-pairs - SEASON_WEEKS : len(logs) - SEASON_WEEKS]
    weight = pairs / (pairs + 8.0)
    growth = weight * float(gaps.mean())
    padded = np.pad(logs, 2, mode="edge")
    smooth = np.convolve(padded, np.array([1, 2, 3, 2, 1]) / 9.0, mode="valid")
    last = smooth[-SEASON_WEEKS:]
    grown: Floats = last[np.arange(horizon) % SEASON_WEEKS] + growth
    return grown


def arima_forecast(logs: Floats, horizon: int, phase: float) -> Floats:
    """Return Fourier season and drawn-in growth, plus an ARMA of what they leave.

    The order is the one of `ORDERS` with the least AICc; differenced ones are among themselves.
    """
    trend = fitted_trend(logs, phase)
    weeks = np.arange(len(logs) + horizon, dtype=np.float64)
    expected = trend.at(weeks)
    left = logs - expected[: len(logs)]
    ahead: Floats = expected[len(logs) :] + arma_forecast(left, horizon)
    return ahead


def arma_forecast(values: Floats, horizon: int) -> Floats:
    """Return the forecast of the stationary ARMA with the least AICc (mean 0)."""
    best: tuple[float, Floats] | None = None
    for order in ORDERS:
        if order[1] or len(values) < 30:
            continue
        fitted = fitted_arima(values, order)
        if fitted is None:
            continue
        if best is None or fitted.aicc < best[0]:
            best = (fitted.aicc, np.asarray(fitted.forecast(horizon), dtype=np.float64))
    return np.zeros(horizon) if best is None else best[1]


@dataclass(frozen=True, slots=True, kw_only=True)
class FittedArima:
    """A seasonal ARIMA by maximum likelihood, with its AICc."""

    parameters: Mapping[str, float]
    log_likelihood: float
    aicc: float
    forecast: Callable[[int], Floats]


def fitted_arima(
    values: Floats,
    order: tuple[int, int, int],
    seasonal: tuple[int, int, int, int] = (0, 0, 0, 0),
    *,
    differenced: bool = False,
) -> FittedArima | None:
    """Return the model by exact maximum likelihood; None where the search fails.

    Parameters
    ----------
    values : array, shape (periods,)
        The series, without a constant.
    order : tuple of int
        Autoregressive terms, differences, moving-average terms.
    seasonal : tuple of int
        The same a season apart, and the length of the season.
    differenced : bool
        Whether the likelihood is that of the differenced series, as textbooks print it; forecasts
        are then of differences.
    """
    import warnings

    from statsmodels.tsa.statespace.sarimax import SARIMAX

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            model = SARIMAX(
                values, order=order, seasonal_order=seasonal, simple_differencing=differenced
            )
            fitted = model.fit(disp=0, maxiter=200)
        except (np.linalg.LinAlgError, ValueError):
            return None
    names = list(model.param_names)
    return FittedArima(
        parameters=dict(zip(names, (float(value) for value in fitted.params), strict=True)),
        log_likelihood=float(fitted.llf),
        aicc=float(fitted.aicc),
        forecast=lambda horizon: np.asarray(fitted.forecast(horizon), dtype=np.float64),
    )


def smoothing_forecast(logs: Floats, horizon: int, phase: float) -> Floats:
    """Return exponential smoothing of the deseasonalised logs, with the season put back.

    Simple or with a damped trend, by AICc.
    """
    import warnings

    from statsmodels.tsa.holtwinters import ExponentialSmoothing

    trend = fitted_trend(logs, phase)
    season = Trend(
        coefficients=np.concatenate([[0.0, 0.0], trend.coefficients[2:]]),
        middle=trend.middle,
        phase=phase,
    )
    weeks = np.arange(len(logs) + horizon, dtype=np.float64)
    waves = season.at(weeks)
    level = logs - waves[: len(logs)]
    best: tuple[float, Floats] | None = None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for damped in (False, True):
            model = ExponentialSmoothing(
                level,
                trend="add" if damped else None,
                damped_trend=damped,
                initialization_method="heuristic" if len(level) >= 10 else "estimated",
            )
            fitted = model.fit(optimized=True)
            if best is None or float(fitted.aicc) < best[0]:
                best = (float(fitted.aicc), np.asarray(fitted.forecast(horizon), np.float64))
    assert best is not None
    ahead: Floats = best[1] + waves[len(logs) :]
    return ahead


def _design(weeks: Floats, middle: float, phase: float) -> Floats:
    years = (weeks - middle) / YEAR_WEEKS
    turn = 2 * np.pi * (weeks + phase) / YEAR_WEEKS
    waves = [wave((k + 1) * turn) for k in range(HARMONICS) for wave in (np.cos, np.sin)]
    design: Floats = np.column_stack([np.ones(len(weeks)), years, *waves])
    return design
