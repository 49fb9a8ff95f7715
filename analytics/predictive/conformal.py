"""Intervals around predictions by split-conformal calibration."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class ConformalInterval:
    """Prediction plus `low` or `high` times a spread that grows with the prediction.

    Attributes
    ----------
    low, high : float
        Quantiles of the scaled calibration errors.
    spread_at_zero, spread_slope : float
        The spread is spread_at_zero + spread_slope x prediction, both at least 0.
    """

    low: float
    high: float
    spread_at_zero: float
    spread_slope: float

    def ends(self, predicted: Floats) -> tuple[Floats, Floats]:
        """Return lower and upper ends, each of shape (predictions,)."""
        spread = self._spread(predicted)
        return predicted + self.low * spread, predicted + self.high * spread

    def _spread(self, predicted: Floats) -> Floats:
        return _spread(predicted, self.spread_at_zero, self.spread_slope)


def error_spread(actual: Floats, predicted: Floats) -> tuple[float, float]:
    """Return the line, with no negative part, of absolute errors on predictions."""
    from scipy.optimize import nnls

    columns = np.column_stack([np.ones(len(predicted)), np.maximum(predicted, 0)])
    at_zero, slope = nnls(columns, np.abs(actual - predicted))[0]
    return float(at_zero), float(slope)


def conformal_interval(
    actual: Floats, predicted: Floats, spread: tuple[float, float], *, level: float
) -> ConformalInterval:
    """Return the interval that covers new customers like these with probability >= `level`.

    Parameters
    ----------
    actual, predicted : array, shape (customers,)
        Of customers that neither the model nor the spread was fitted on.
    spread : (float, float)
        `error_spread` of other customers.
    level : float
        Such as .8; each side is missed with at most half of the rest.

    References
    ----------
    Lei et al. (2018), Distribution-Free Predictive Inference for Regression, JASA 113.
    """
    scaled = np.sort((actual - predicted) / _spread(predicted, *spread))
    count = len(scaled)
    miss = (1 - level) / 2
    # Rounded, since 20 x (1 - .8) / 2 is 1.9999999999999996.
    below = math.floor(round((count + 1) * miss, 6)) - 1
    above = math.ceil(round((count + 1) * (1 - miss), 6)) - 1
    return ConformalInterval(
        low=float(scaled[max(below, 0)]),
        high=float(scaled[min(above, count - 1)]),
        spread_at_zero=spread[0],
        spread_slope=spread[1],
    )


def _spread(predicted: Floats, at_zero: float, slope: float) -> Floats:
    spread: Floats = np.maximum(at_zero + slope * np.maximum(predicted, 0), 1e-9)
    return spread
