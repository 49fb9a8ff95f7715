"""Intervals around predictions by split-conformal calibration."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


SMALLEST_GROUP = 150  # customers: the tails of fewer are not known
MOST_GROUPS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class ConformalInterval:
    """Prediction plus a multiple of a spread that grows with the prediction.

    The multiples are quantiles of the scaled errors of customers with about that prediction, so
    that small and large predictions are covered alike; between groups they are interpolated.

    Attributes
    ----------
    at : array, shape (groups,)
        Mean prediction of each group of calibration customers, ascending.
    low, high : array, shape (groups,)
        Quantiles of the group's scaled errors.
    spread_at_zero, spread_slope : float
        The spread is spread_at_zero + spread_slope x prediction, both at least 0.
    """

    at: Floats
    low: Floats
    high: Floats
    spread_at_zero: float
    spread_slope: float

    def ends(self, predicted: Floats) -> tuple[Floats, Floats]:
        """Return lower and upper ends, each of shape (predictions,)."""
        spread = _spread(predicted, self.spread_at_zero, self.spread_slope)
        low = np.interp(predicted, self.at, self.low)
        high = np.interp(predicted, self.at, self.high)
        return predicted + low * spread, predicted + high * spread


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
    scaled = (actual - predicted) / _spread(predicted, *spread)
    groups = int(np.clip(len(predicted) // SMALLEST_GROUP, 1, MOST_GROUPS))
    parts = np.array_split(np.argsort(predicted, kind="stable"), groups)
    ends = np.array([_tails(scaled[part], level) for part in parts])
    return ConformalInterval(
        at=np.array([float(predicted[part].mean()) for part in parts]),
        low=ends[:, 0],
        high=ends[:, 1],
        spread_at_zero=spread[0],
        spread_slope=spread[1],
    )


def _tails(scaled: Floats, level: float) -> tuple[float, float]:
    """Return the errors between which new ones lie with probability >= `level`."""
    ordered, count = np.sort(scaled), len(scaled)
    miss = (1 - level) / 2
    # Rounded, since 20 x (1 - .8) / 2 is 1.9999999999999996.
    below = math.floor(round((count + 1) * miss, 6)) - 1
    above = math.ceil(round((count + 1) * (1 - miss), 6)) - 1
    return float(ordered[max(below, 0)]), float(ordered[min(above, count - 1)])


def _spread(predicted: Floats, at_zero: float, slope: float) -> Floats:
    spread: Floats = np.maximum(at_zero + slope * np.maximum(predicted, 0), 1e-9)
    return spread
