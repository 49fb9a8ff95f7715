"""Times until an event that not everybody has seen: curves, their comparison, hazard ratios."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy import special, stats

Floats: TypeAlias = NDArray[np.float64]
Flags: TypeAlias = NDArray[np.bool_]
_STEPS = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class SurvivalCurve:
    """A Kaplan-Meier curve at the times of its events, with pointwise 95 % intervals."""

    times: Floats
    survival: Floats
    low: Floats
    high: Floats
    at_risk: NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class CoxModel:
    """A fitted proportional hazards model.

    Attributes
    ----------
    coefficients : ndarray, shape (p,)
        Log hazard ratios.
    covariance : ndarray, shape (p, p)
        Inverse of the information.
    log_likelihood : float
        Partial, at the coefficients.
    event_times : ndarray, shape (events,)
    residuals : ndarray, shape (events, p)
        Schoenfeld residuals: an event's covariates less those expected at its time.
    """

    coefficients: Floats
    covariance: Floats
    log_likelihood: float
    event_times: Floats
    residuals: Floats


def kaplan_meier(duration: Floats, event: Flags, *, level: float = 0.95) -> SurvivalCurve:
    """Return the share that has not had the event, by time.

    Parameters
    ----------
    duration : ndarray, shape (n,)
        Time to the event, or to the end of being watched.
    event : ndarray of bool, shape (n,)
        Whether it came.
    level : float
        Of the interval: Greenwood's variance on the log(-log) scale, which stays in 0 to 1;
        NaN where the curve is 0.

    References
    ----------
    Kaplan & Meier (1958); Kalbfleisch & Prentice (2002), section 1.4.
    """
    times, deaths, at_risk = _counts(duration, event)
    survival = np.asarray(np.cumprod(1 - deaths / at_risk), dtype=np.float64)
    z = float(special.ndtri((1 + level) / 2))
    with np.errstate(divide="ignore", invalid="ignore"):
        variance = np.cumsum(deaths / (at_risk * (at_risk - deaths)))
        half = z * np.sqrt(variance) / np.abs(np.log(survival))
        low, high = survival ** np.exp(half), survival ** np.exp(-half)
    known = survival > 0
    return SurvivalCurve(
        times=times,
        survival=survival,
        low=np.where(known, low, np.nan),
        high=np.where(known, high, np.nan),
        at_risk=at_risk.astype(np.int64),
    )


def log_rank(duration: Floats, event: Flags, group: NDArray[np.int64]) -> tuple[float, float]:
    """Return the chi-square and the p-value of equal survival in all groups.

    Parameters
    ----------
    duration, event : ndarray, shape (n,)
        As in `kaplan_meier`.
    group : ndarray of int, shape (n,)
        Coded from 0.

    References
    ----------
    Mantel (1966); Peto & Peto (1972), Journal of the Royal Statistical Society A 135.
    """
    count = int(group.max()) + 1
    times, deaths, at_risk = _counts(duration, event)
    difference = np.zeros(count)
    own_risk = np.empty((count, len(times)))
    for code in range(count):
        chosen = group == code
        own_risk[code] = chosen.sum() - np.searchsorted(np.sort(duration[chosen]), times)
        difference[code] = (event & chosen).sum() - (deaths * own_risk[code] / at_risk).sum()
    spread = deaths * (at_risk - deaths) / np.maximum(at_risk - 1, 1)
    share = own_risk / at_risk
    covariance = np.diag((spread * share).sum(axis=1)) - (spread * share) @ share.T
    kept = slice(0, count - 1)
    solved = np.linalg.pinv(covariance[kept, kept]) @ difference[kept]
    chi_square = float(difference[kept] @ solved)
    return chi_square, float(stats.chi2.sf(chi_square, count - 1))


def cox_model(start: Floats, stop: Floats, event: Flags, covariates: Floats) -> CoxModel:
    """Return the proportional hazards model of rows that are at risk in (start, stop].

    Parameters
    ----------
    start, stop : ndarray, shape (n,)
        A subject may have several rows, one after the other, as its covariates change.
    event : ndarray of bool, shape (n,)
        Whether the event came at `stop`.
    covariates : ndarray, shape (n, p)
        Linearly independent.

    Returns
    -------
    CoxModel
        Ties by Efron's method; Newton's steps, halved where they overshoot.

    References
    ----------
    Cox (1972); Efron (1977), Journal of the American Statistical Association 72.
    """
    centre = covariates.mean(axis=0)
    x = covariates - centre
    risk_sets = []
    for time in np.unique(stop[event]):
        rows = np.flatnonzero((start < time) & (stop >= time))
        died = event[rows] & (stop[rows] == time)
        risk_sets.append((float(time), x[rows], died))
    beta = np.zeros(x.shape[1])
    value, score, information, _ = _partial(beta, risk_sets)
    for _ in range(_STEPS):
        step = np.linalg.solve(information, score)
        if float(score @ step) < 1e-10:
            break
        size = 1.0
        while True:
            tried = _partial(beta + size * step, risk_sets)
            if tried[0] >= value or size < 1e-6:
                break
            size /= 2
        beta = beta + size * step
        value, score, information, _ = tried
    residuals = _partial(beta, risk_sets)[3]
    times = [np.full(int(died.sum()), time) for time, _, died in risk_sets]
    return CoxModel(
        coefficients=beta,
        covariance=np.asarray(np.linalg.inv(information), dtype=np.float64),
        log_likelihood=value,
        event_times=np.concatenate(times),
        residuals=residuals,
    )


def proportionality(model: CoxModel) -> tuple[Floats, float]:
    """Return p-values of hazard ratios that do not change with time: each, and all together.

    Schoenfeld residuals are regressed on the ranks of the event times.

    References
    ----------
    Grambsch & Therneau (1994), Biometrika 81.
    """
    g = stats.rankdata(model.event_times)
    g = g - g.mean()
    events, square = len(g), float(g @ g)
    p = len(model.coefficients)
    if square == 0:
        return np.full(p, np.nan), float("nan")
    trend = g @ model.residuals
    scaled = model.covariance @ trend
    each = scaled**2 * events / (np.diag(model.covariance) * square)
    together = float(trend @ scaled) * events / square
    return stats.chi2.sf(each, 1), float(stats.chi2.sf(together, p))


def wald_p_value(model: CoxModel, which: list[int]) -> float:
    """Return the p-value of these coefficients all being 0."""
    beta = model.coefficients[which]
    covariance = model.covariance[np.ix_(which, which)]
    distance = float(beta @ np.linalg.pinv(covariance) @ beta)
    return float(stats.chi2.sf(distance, len(which)))


def _counts(duration: Floats, event: Flags) -> tuple[Floats, Floats, Floats]:
    times, deaths = np.unique(duration[event], return_counts=True)
    at_risk = len(duration) - np.searchsorted(np.sort(duration), times)
    return times.astype(np.float64), deaths.astype(np.float64), at_risk.astype(np.float64)


def _partial(
    beta: Floats, risk_sets: list[tuple[float, Floats, Flags]]
) -> tuple[float, Floats, Floats, Floats]:
    """Return the log partial likelihood, its score, the information and the residuals."""
    p = len(beta)
    value, score, information = 0.0, np.zeros(p), np.zeros((p, p))
    residuals = []
    for _, x, died in risk_sets:
        weight = np.exp(np.clip(x @ beta, -50, 50))
        weighted = x * weight[:, None]
        all0, all1, all2 = weight.sum(), weighted.sum(axis=0), weighted.T @ x
        own0, own1 = weight[died].sum(), weighted[died].sum(axis=0)
        own2 = weighted[died].T @ x[died]
        count = int(died.sum())
        part = np.arange(count) / count
        below = all0 - part * own0
        means = (all1 - part[:, None] * own1) / below[:, None]
        value += float((x[died] @ beta).sum() - np.log(below).sum())
        score += x[died].sum(axis=0) - means.sum(axis=0)
        information += (1 / below).sum() * all2 - (part / below).sum() * own2 - means.T @ means
        residuals.append(x[died] - means.mean(axis=0))
    return value, score, information, np.concatenate(residuals)
