"""Errors of forecasts, each a mean over the last axis; an error is forecast - actual."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


def symmetric_percentage_error(actual: Floats, forecast: Floats) -> Floats:
    """Return the mean of 2 |forecast - actual| / (|actual| + |forecast|), 0 to 2.

    With absolute values in the denominator, as in the M-competitions; 0 where both are 0.

    References
    ----------
    Makridakis & Hibon (2000), The M3-Competition, International Journal of Forecasting 16.
    """
    size = np.abs(actual) + np.abs(forecast)
    gap = 2 * np.abs(forecast - actual)
    error: Floats = np.divide(gap, size, out=np.zeros_like(gap), where=size > 0).mean(axis=-1)
    return error


def mean_absolute_percentage_error(actual: Floats, forecast: Floats) -> Floats:
    """Return the mean of |forecast - actual| / |actual|; infinite where an actual value is 0."""
    with np.errstate(divide="ignore", invalid="ignore"):
        error: Floats = np.abs((forecast - actual) / actual).mean(axis=-1)
    return error


def mean_absolute_scaled_error(
    actual: Floats, forecast: Floats, history: Floats, *, season: int
) -> Floats:
    """Return the mean absolute error over that of the seasonal naive forecast within `history`.

    Null where the history is no longer than a season, or does not change over one.

    References
    ----------
    Hyndman & Koehler (2006), Another look at measures of forecast accuracy, IJF 22.
    """
    if history.shape[-1] <= season:
        return np.asarray(np.nan)
    scale = np.abs(history[..., season:] - history[..., :-season]).mean(axis=-1)
    error = np.abs(forecast - actual).mean(axis=-1)
    scaled: Floats = np.where(scale > 0, error / np.where(scale > 0, scale, 1), np.nan)
    return scaled


def pinball_loss(actual: Floats, quantile: Floats, *, level: float) -> Floats:
    """Return the mean pinball loss of a forecast quantile: least for the true one."""
    gap = actual - quantile
    loss: Floats = np.maximum(level * gap, (level - 1) * gap).mean(axis=-1)
    return loss
