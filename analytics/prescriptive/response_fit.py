"""Response curves fitted to weekly contribution margin and spend.

A year or two of weekly sums do not identify carry-over and saturation of every channel, so that
weak priors hold them (`Priors`), and the intervals say what is left open: each bootstrap draw
adds resampled blocks of weekly residuals to the fit *and* draws the priors' centres anew, so
that a curve that the data say nothing about varies as much as its prior does (randomised maximum
a posteriori). The curves shown are means over the draws.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from analytics.prescriptive.response import ResponseCurves
from analytics.prescriptive.response_model import (
    HIGHEST_CARRY,
    Priors,
    ResponseModel,
    season_columns,
)

Floats = npt.NDArray[np.float64]
_BLOCK_WEEKS = 8
_YEAR_WEEKS = 365.25 / 7


@dataclass(frozen=True, slots=True, kw_only=True)
class ResponseFit:
    """Fitted curves.

    Attributes
    ----------
    curves : ResponseCurves
        One curve a bootstrap draw and channel, of all regions together in an average week of
        the last 52, each channel's spend divided over the regions as it was on average.
    carry : array, shape (draws, channels)
        Carry-over of adstock.
    fitted : array, shape (weeks, regions)
        Margin a week by the fit.
    r2 : float
        Share of the variance of the weekly totals that the fit explains (in sample).
    season : array, shape (terms,)
        Mean coefficients of `season_columns`, on the log scale.
    noise : float
        Standard deviation of what the fit leaves of the weekly totals.
    """

    curves: ResponseCurves
    carry: Floats
    fitted: Floats
    r2: float
    season: Floats
    noise: float


def fitted_response(
    margin: Floats,
    spend: Floats,
    week_number: Floats,
    *,
    draws: int,
    seed: int,
    priors: Priors | None = None,
) -> ResponseFit:
    """Return the response curves with bootstrap draws.

    Parameters
    ----------
    margin : array, shape (weeks, regions)
        Contribution margin of consecutive weeks; null where a week is not observed whole.
    spend : array, shape (weeks, channels, regions)
        Each channel's has a mean above 0 in some region.
    week_number : array, shape (weeks,)
        Weeks since any fixed one, for the season.
    draws : int
        At least 1.
    seed : int
        Of the bootstrap.
    priors : Priors, optional
        Other than the stated ones.
    """
    observed = np.isfinite(margin)
    level = np.nanmean(margin, axis=0)
    mean_spend = spend.mean(axis=0)
    years = week_number / _YEAR_WEEKS
    problem = ResponseModel(
        margin=np.where(observed, margin, level) / level,
        observed=observed,
        spend=np.divide(spend, mean_spend, out=np.zeros_like(spend), where=mean_spend > 0),
        years=years - years.mean(),
        season=season_columns(years),
        priors=priors or Priors(),
    )
    centre, scale = problem.prior()
    noise = np.full(margin.shape, 0.1)
    parameters = problem.start()
    for _ in range(3):
        parameters = _solution(problem, problem.margin, parameters, centre, scale, noise)
        fitted, _ = problem.model(parameters)
        residuals = np.where(observed, problem.margin - fitted, 0)
        noise = _noise(problem, residuals, fitted)
    rows = np.flatnonzero(observed.all(axis=1))
    # In units of their noise, so that a quiet week's residual can stand in a busy week.
    units = residuals[rows] / noise[rows]
    centred = (units - units.mean(axis=0)) / np.maximum(units.std(axis=0), 1e-12)
    random = np.random.default_rng(seed)
    blocks = max(4, len(rows) // _BLOCK_WEEKS)
    drawn = []
    for _ in range(draws):
        noisy = fitted.copy()
        # So many blocks tell the size of the noise only so well.
        unsure = np.sqrt(blocks / random.chisquare(blocks))
        noisy[rows] += centred[_block_rows(len(rows), random)] * noise[rows] * unsure
        centres = centre + np.where(np.isfinite(scale), scale, 0) * random.normal(size=len(centre))
        drawn.append(_solution(problem, noisy, parameters, centres, scale, noise))
    total, wanted = (fitted * level)[rows].sum(axis=1), margin[rows].sum(axis=1)
    return ResponseFit(
        curves=_curves(problem, drawn, level, mean_spend.sum(axis=1)),
        carry=np.array([HIGHEST_CARRY / (1 + np.exp(-problem.parts(draw).raw)) for draw in drawn]),
        fitted=fitted * level,
        season=np.mean([problem.parts(draw).season for draw in drawn], axis=0),
        noise=float((wanted - total).std(ddof=1)),
        r2=float(1 - ((wanted - total) ** 2).sum() / ((wanted - wanted.mean()) ** 2).sum()),
    )


def _curves(
    problem: ResponseModel, drawn: list[Floats], level: Floats, mean_spend: Floats
) -> ResponseCurves:
    recent = np.flatnonzero(problem.observed.any(axis=1))[-52:]
    gains, halves = [], []
    for parameters in drawn:
        parts = problem.parts(parameters)
        demand = float((problem.factors(parts)[recent].mean(axis=0) * level).sum())
        gains.append(demand * parts.effects * (1 + np.exp(parts.logs)))
        halves.append(mean_spend * np.exp(parts.logs))
    return ResponseCurves(gain=np.array(gains), half=np.array(halves))


def _noise(problem: ResponseModel, residuals: Floats, fitted: Floats) -> Floats:
    """Return the residuals' standard deviation by week and region.

    Within a region it grows with the square root of what is expected, as that of sums of orders
    does. The shapes do not count as fitted: their priors mostly hold them.
    """
    regions, terms, channels = problem.sizes
    weeks = problem.observed.sum(axis=0)
    freedom = np.maximum(weeks - 2 - (terms + channels) / regions, weeks / 4)
    expected = np.maximum(fitted, 0.1)
    level = np.sqrt((residuals**2 / expected).sum(axis=0) / freedom)
    noise: Floats = np.maximum(level, 1e-6) * np.sqrt(expected)
    return noise


def _solution(
    problem: ResponseModel,
    margin: Floats,
    start: Floats,
    centre: Floats,
    scale: Floats,
    noise: Floats,
) -> Floats:
    """Return the parameters at the maximum a posteriori."""
    from scipy.optimize import least_squares

    held, rows = np.isfinite(scale), problem.observed
    prior_rows = np.diag(1 / scale)[held]

    def residuals(parameters: Floats) -> Floats:
        fitted, _ = problem.model(parameters)
        return np.concatenate(
            [((fitted - margin) / noise)[rows], ((parameters - centre) / scale)[held]]
        )

    def jacobian(parameters: Floats) -> Floats:
        _, slopes = problem.model(parameters)
        return np.vstack([(slopes / noise[:, :, None])[rows], prior_rows])

    low = problem.lowest()
    found = least_squares(
        residuals,
        np.maximum(start, np.where(np.isfinite(low), 1e-6, -np.inf)),
        jac=jacobian,
        bounds=(low, np.inf),
        x_scale="jac",
        ftol=1e-6,
        xtol=1e-6,
        gtol=1e-6,
        max_nfev=60,
    )
    solution: Floats = found.x
    return solution


def _block_rows(count: int, random: np.random.Generator) -> npt.NDArray[np.int64]:
    """Return `count` rows in blocks of consecutive weeks (the end joined to the start)."""
    starts = random.integers(0, count, -(-count // _BLOCK_WEEKS))
    rows: npt.NDArray[np.int64] = (starts[:, None] + np.arange(_BLOCK_WEEKS)).ravel()[:count]
    return rows % count
