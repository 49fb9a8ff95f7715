"""What a cell of a table of parts by periods is expected to hold, by a log-linear model."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.float64]
Codes: TypeAlias = NDArray[np.int64]
_STEPS = 40
_RIDGE = 1e-9  # of a design whose columns depend on each other where a part has no cell


@dataclass(frozen=True, slots=True, kw_only=True)
class Expectation:
    """A fitted log-linear model of a table, shape (cells, periods).

    Attributes
    ----------
    mean : ndarray, shape (cells, periods)
        Expected values, above 0.
    masked_mean : ndarray, shape (cells, periods)
        What is expected of each entry by the model that does not see it (one Newton step).
    log_variance : ndarray, shape (cells, periods)
        Variance of log(value / masked_mean) in units of the dispersion, where the value is a
        Poisson count at its expectation.
    """

    mean: Floats
    masked_mean: Floats
    log_variance: Floats


def growth_design(parts: Codes, periods: int) -> Floats:
    """Return the design of cell levels, period effects, and growth by each dimension's parts.

    Parameters
    ----------
    parts : ndarray of int, shape (cells, dimensions)
        Each cell's part of each dimension, coded from 0.
    periods : int
        Number of periods, at least 3.

    Returns
    -------
    ndarray, shape (cells * periods, parameters)
        Period by period within a cell. The period effects hold the season and the growth that
        all cells share; a part's own growth is a straight line in the logarithm.
    """
    cells = len(parts)
    time = np.tile(np.linspace(-1, 1, periods), cells)
    return np.column_stack(
        [_levels(cells, periods)]
        + [
            (np.repeat(codes, periods) == part)[:, None] * time[:, None]
            for codes in parts.T
            for part in range(1, int(codes.max()) + 1)
        ]
    )


def interaction_design(parts: Codes, periods: int) -> Floats:
    """Return the design of cell levels and, for each dimension's parts, free period effects.

    What is left to explain is how a cell differs from all that its parts have in common in
    that period: the region's own season and marketing, the category's, the channel's.
    Arguments and shape are those of `growth_design`.
    """
    cells = len(parts)
    period = np.tile(np.arange(periods), cells)
    return np.column_stack(
        [_levels(cells, periods)]
        + [
            ((np.repeat(codes, periods) == part) & (period == when))[:, None].astype(float)
            for codes in parts.T
            for part in range(1, int(codes.max()) + 1)
            for when in range(1, periods)
        ]
    )


def expectation(values: Floats, design: Floats) -> Expectation:
    """Return the fitted model of a table.

    Parameters
    ----------
    values : ndarray, shape (cells, periods)
        Counts or amounts; negative ones count 0. Every cell has a value above 0.
    design : ndarray, shape (cells * periods, parameters)
        Such as that of `growth_design`.

    Notes
    -----
    Poisson likelihood with a log link: the estimate is consistent for any value of which the
    mean is right, whatever its variance (Gourieroux, Monfort & Trognon 1984, Econometrica 52).
    """
    y = np.maximum(values.ravel(), 0.0)
    unit = y.mean()
    y = y / unit
    _, mean, inverse = fitted_poisson(y, design)
    variance = np.einsum("ij,jk,ik->i", design, inverse, design)
    leverage = np.minimum(variance * mean, 1 - 1e-9)
    without = variance / (1 - leverage)
    masked = mean * np.exp(np.clip(-without * (y - mean), -5, 5))
    return Expectation(
        mean=(mean * unit).reshape(values.shape),
        masked_mean=(masked * unit).reshape(values.shape),
        log_variance=((1 / masked + without) / unit).reshape(values.shape),
    )


def fitted_poisson(
    y: Floats, design: Floats, weights: Floats | None = None
) -> tuple[Floats, Floats, Floats]:
    """Return coefficients, means and the inverse information of a Poisson regression.

    Parameters
    ----------
    y : ndarray, shape (rows,)
        At least 0, not all 0.
    design : ndarray, shape (rows, parameters)
        Levels, effects and growth.
    weights : ndarray, shape (rows,), optional
        0 leaves a row out.

    Returns
    -------
    tuple of ndarray
        Shapes (parameters,), (rows,) and (parameters, parameters).
    """
    kept = np.ones_like(y) if weights is None else weights
    eta = np.log(np.maximum(y, 0.1 * y.mean()))
    beta = np.zeros(design.shape[1])
    deviance = np.inf
    for _ in range(_STEPS):
        mean = np.exp(np.clip(eta, -30, 30))
        w = mean * kept
        information = (design * w[:, None]).T @ design
        information[np.diag_indices_from(information)] += _RIDGE * max(float(w.max()), 1.0)
        beta = np.linalg.solve(information, design.T @ (w * eta + kept * (y - mean)))
        eta = design @ beta
        mean = np.exp(np.clip(eta, -30, 30))
        now = 2 * float(kept @ (mean - y * eta))
        if abs(deviance - now) <= 1e-10 * (abs(now) + 1):
            break
        deviance = now
    w = mean * kept
    information = (design * w[:, None]).T @ design
    information[np.diag_indices_from(information)] += _RIDGE * max(float(w.max()), 1.0)
    return beta, mean, np.linalg.inv(information)


def _levels(cells: int, periods: int) -> Floats:
    level = np.repeat(np.eye(cells), periods, axis=0)
    effect = np.tile(np.eye(periods)[:, 1:], (cells, 1))
    return np.column_stack([level, effect])
