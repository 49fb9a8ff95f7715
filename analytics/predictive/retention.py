"""Retention of a cohort under contract: the shifted beta-geometric distribution.

References
----------
Fader & Hardie (2007), How to Project Customer Retention, Journal of Interactive Marketing 21(1).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class RetentionModel:
    """Beta mixture of the chance of leaving in a period, with its log likelihood."""

    alpha: float
    beta: float
    log_likelihood: float


def fitted_retention(remaining: Floats) -> RetentionModel:
    """Return the model by maximum likelihood.

    Parameters
    ----------
    remaining : array, shape (periods + 1,)
        Customers of a cohort at the start and after each period.
    """
    from scipy.optimize import minimize

    lost = -np.diff(remaining)
    periods = np.arange(1, len(remaining))

    def loss(logs: Floats) -> float:
        alpha, beta = np.exp(logs)
        here = log_survival(alpha, beta, periods)
        before = log_survival(alpha, beta, periods - 1)
        leaving = before + np.log(-np.expm1(here - before))
        return -float((lost * leaving).sum() + remaining[-1] * here[-1])

    found = minimize(
        loss, np.zeros(2), method="Nelder-Mead", options={"xatol": 1e-9, "fatol": 1e-10}
    )
    alpha, beta = np.exp(found.x)
    return RetentionModel(alpha=float(alpha), beta=float(beta), log_likelihood=-float(found.fun))


def survival(model: RetentionModel, periods: npt.NDArray[np.int64]) -> Floats:
    """Return the share of a cohort that is still there after each number of periods."""
    shares: Floats = np.exp(log_survival(model.alpha, model.beta, periods))
    return shares


def log_survival(alpha: float, beta: float, periods: npt.NDArray[np.int64]) -> Floats:
    """Return the log of B(alpha, beta + t) / B(alpha, beta)."""
    from scipy.special import betaln

    logs: Floats = betaln(alpha, beta + periods) - betaln(alpha, beta)
    return logs
