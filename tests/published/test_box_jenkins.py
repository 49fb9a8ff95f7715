"""AirPassengers: Box & Jenkins, Time Series Analysis, series G, 1949 to 1960, thousands.

The airline model on logs as printed by Box & Jenkins (and by R's `arima`); the model of the raw
series is the one that Hyndman's auto.arima chooses, with its AICc.
"""

from __future__ import annotations

import numpy as np
import pytest
from statsmodels.tsa.exponential_smoothing.ets import ETSModel

from analytics.predictive.forecasters import fitted_arima
from analytics.stats.forecast_errors import (
    mean_absolute_percentage_error,
    mean_absolute_scaled_error,
)

PASSENGERS = np.array(
    """
    112 118 132 129 121 135 148 148 136 119 104 118
    115 126 141 135 125 149 170 170 158 133 114 140
    145 150 178 163 172 178 199 199 184 162 146 166
    171 180 193 181 183 218 230 242 209 191 172 194
    196 196 236 235 229 243 264 272 237 211 180 201
    204 188 235 227 234 264 302 293 259 229 203 229
    242 233 267 269 270 315 364 347 312 274 237 278
    284 277 317 313 318 374 413 405 355 306 271 306
    315 301 356 348 355 422 465 467 404 347 305 336
    340 318 362 348 363 435 491 505 404 359 310 337
    360 342 406 396 420 472 548 559 463 407 362 405
    417 391 419 461 472 535 622 606 508 461 390 432
    """.split(),  # noqa: SIM905 -- a year a line, as printed
    dtype=float,
)
TRAIN, TEST = PASSENGERS[:-24], PASSENGERS[-24:]


def test_the_airline_model_on_logs():
    model = fitted_arima(np.log(PASSENGERS), (0, 1, 1), (0, 1, 1, 12), differenced=True)
    assert model is not None
    assert model.parameters["ma.L1"] == pytest.approx(-0.4018, abs=5e-4)
    assert model.parameters["ma.S.L12"] == pytest.approx(-0.5569, abs=5e-4)
    assert model.parameters["sigma2"] == pytest.approx(0.001348, abs=2e-6)
    assert model.log_likelihood == pytest.approx(244.696, abs=5e-3)


def test_the_model_of_the_raw_series():
    model = fitted_arima(PASSENGERS, (2, 1, 1), (0, 1, 0, 12), differenced=True)
    assert model is not None
    assert model.parameters["ar.L1"] == pytest.approx(0.5960, abs=5e-4)
    assert model.parameters["ar.L2"] == pytest.approx(0.2143, abs=5e-4)
    assert model.parameters["ma.L1"] == pytest.approx(-0.9819, abs=5e-4)
    assert model.aicc == pytest.approx(1018.17, abs=5e-3)


def scaled(forecast: np.ndarray) -> float:
    return float(mean_absolute_scaled_error(TEST, forecast, TRAIN, season=12))


def test_the_seasonal_naive_forecast_of_the_last_two_years():
    assert scaled(np.tile(TRAIN[-12:], 2)) == pytest.approx(2.494, abs=5e-4)


def test_the_airline_forecast_of_the_last_two_years():
    model = fitted_arima(np.log(TRAIN), (0, 1, 1), (0, 1, 1, 12))
    assert model is not None
    forecast = np.exp(model.forecast(24))
    assert scaled(forecast) == pytest.approx(1.381, abs=5e-4)
    error = float(mean_absolute_percentage_error(TEST, forecast))
    assert error * 100 == pytest.approx(8.52, abs=5e-3)


def test_exponential_smoothing_of_the_last_two_years():
    model = ETSModel(TRAIN, error="mul", trend="add", seasonal="mul", seasonal_periods=12)
    forecast = np.asarray(model.fit(disp=0, maxiter=1000).forecast(24))
    assert scaled(forecast) == pytest.approx(1.692, abs=5e-4)
