"""Response curves from weekly contribution margin and spend.

For region r in week t:

    margin = exp(level(r) + trend(r) + season(t)) x (1 + sum over channels of response(r, t))
    response = effect x (1 + half) x stock / (stock + half)

where stock is spend after adstock, relative to the channel's mean spend in the region. Season
(annual Fourier terms) and trend multiply what marketing brings: an advertisement finds more buyers
in the weeks in which more is bought. Effects (beside demand without marketing, at mean spend) are
not negative; effects and shapes are the same in all regions. Without regions there is one.

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

from analytics.prescriptive.response import ResponseCurves, adstocked

Floats = npt.NDArray[np.float64]
_HIGHEST_CARRY = 0.9
_BLOCK_WEEKS = 4
_YEAR_WEEKS = 365.25 / 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Priors:
    """Standard deviations of normal priors; all centres but the carry-over's are 0.

    Attributes
    ----------
    effect : float
        Of a channel's effect at mean spend, in units of the demand without any marketing.
    log_half : float
        Of log(half-saturation / mean weekly spend): two thirds between .4 and 2.7 times the mean.
    carry_centre, carry : float
        Of logit(carry-over / .9): median .3, two thirds between .14 and .52.
    season : float
        Of each Fourier coefficient, and of a year's trend, on the log scale.
    """

    effect: float = 0.3
    log_half: float = 1.0
    carry_centre: float = -0.7
    carry: float = 1.0
    season: float = 0.5


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
    """

    curves: ResponseCurves
    carry: Floats
    fitted: Floats
    r2: float


@dataclass(frozen=True, slots=True, kw_only=True)
class _Parts:
    levels: Floats
    trends: Floats
    season: Floats
    effects: Floats
    logs: Floats
    raw: Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class _Problem:
    """Scaled data: margin with mean 1 a region, spend with mean 1 a channel and region.

    Shapes: margin and observed (weeks, regions), spend (weeks, channels, regions).
    """

    margin: Floats
    observed: npt.NDArray[np.bool_]
    spend: Floats
    years: Floats
    season: Floats
    priors: Priors

    @property
    def sizes(self) -> tuple[int, int, int]:
        """Regions, Fourier terms, channels."""
        return self.margin.shape[1], self.season.shape[1], self.spend.shape[1]

    def parts(self, parameters: Floats) -> _Parts:
        regions, terms, channels = self.sizes
        cuts = np.cumsum([regions, regions, terms, channels, channels])
        return _Parts(**dict(zip(_Parts.__slots__, np.split(parameters, cuts), strict=True)))

    def factors(self, parts: _Parts) -> Floats:
        """Return demand without marketing, shape (weeks, regions)."""
        logs = parts.levels + self.years[:, None] * parts.trends
        factors: Floats = np.exp(logs + (self.season @ parts.season)[:, None])
        return factors

    def model(self, parameters: Floats) -> tuple[Floats, Floats]:
        """Return margins, shape (weeks, regions), and their derivatives by the parameters."""
        parts = self.parts(parameters)
        weeks, (regions, _, channels) = len(self.margin), self.sizes
        half, sigmoid = np.exp(parts.logs)[:, None], 1 / (1 + np.exp(-parts.raw))
        effects = parts.effects[:, None]
        carry = np.repeat(_HIGHEST_CARRY * sigmoid, regions)
        flat = self.spend.reshape(weeks, channels * regions)
        stock, by_carry = (part.reshape(self.spend.shape) for part in adstocked(flat, carry))
        # 1 at mean spend, so that effects do not depend on the shape.
        saturation = (1 + half) * stock / (stock + half)
        by_stock = (1 + half) * half / (stock + half) ** 2
        by_log_half = half * stock * (stock - 1) / (stock + half) ** 2
        chain = (_HIGHEST_CARRY * sigmoid * (1 - sigmoid))[:, None]
        factors = self.factors(parts)
        margin = factors * (1 + (saturation * effects).sum(axis=1))
        by_level = margin[:, :, None] * np.eye(regions)
        wide = factors[:, None, :]
        jacobian = np.concatenate(
            [
                by_level,
                by_level * self.years[:, None, None],
                margin[:, :, None] * self.season[:, None, :],
                (wide * saturation).transpose(0, 2, 1),
                (wide * effects * by_log_half).transpose(0, 2, 1),
                (wide * effects * by_stock * by_carry * chain).transpose(0, 2, 1),
            ],
            axis=2,
        )
        return margin, jacobian


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
    problem = _Problem(
        margin=np.where(observed, margin, level) / level,
        observed=observed,
        spend=np.divide(spend, mean_spend, out=np.zeros_like(spend), where=mean_spend > 0),
        years=years - years.mean(),
        season=_season_columns(years),
        priors=priors or Priors(),
    )
    centre, scale = _prior(problem)
    noise = np.full(margin.shape[1], 0.1)
    parameters = _start(problem)
    for _ in range(3):
        parameters = _solution(problem, problem.margin, parameters, centre, scale, noise)
        fitted, _ = problem.model(parameters)
        residuals = np.where(observed, problem.margin - fitted, 0)
        noise = _noise(problem, residuals)
    rows = np.flatnonzero(observed.all(axis=1))
    spread = noise / np.maximum(residuals[rows].std(axis=0), 1e-12)
    centred = (residuals[rows] - residuals[rows].mean(axis=0)) * spread
    random = np.random.default_rng(seed)
    drawn = []
    for _ in range(draws):
        noisy = fitted.copy()
        noisy[rows] += centred[_block_rows(len(rows), random)]
        centres = centre + np.where(np.isfinite(scale), scale, 0) * random.normal(size=len(centre))
        drawn.append(_solution(problem, noisy, parameters, centres, scale, noise))
    total, wanted = (fitted * level)[rows].sum(axis=1), margin[rows].sum(axis=1)
    return ResponseFit(
        curves=_curves(problem, drawn, level, mean_spend.sum(axis=1)),
        carry=np.array([_HIGHEST_CARRY / (1 + np.exp(-problem.parts(draw).raw)) for draw in drawn]),
        fitted=fitted * level,
        r2=float(1 - ((wanted - total) ** 2).sum() / ((wanted - wanted.mean()) ** 2).sum()),
    )


def _curves(
    problem: _Problem, drawn: list[Floats], level: Floats, mean_spend: Floats
) -> ResponseCurves:
    recent = np.flatnonzero(problem.observed.any(axis=1))[-52:]
    gains, halves = [], []
    for parameters in drawn:
        parts = problem.parts(parameters)
        demand = float((problem.factors(parts)[recent].mean(axis=0) * level).sum())
        gains.append(demand * parts.effects * (1 + np.exp(parts.logs)))
        halves.append(mean_spend * np.exp(parts.logs))
    return ResponseCurves(gain=np.array(gains), half=np.array(halves))


def _season_columns(years: Floats) -> Floats:
    """Return annual Fourier terms.

    Three pairs with two whole years or more, else two: one year cannot tell a short season
    from chance.
    """
    pairs = 3 if len(years) >= 2 * 52 else 2
    waves = 2 * np.pi * np.outer(years, np.arange(1, pairs + 1))
    return np.hstack([np.sin(waves), np.cos(waves)])


def _noise(problem: _Problem, residuals: Floats) -> Floats:
    """Return the residuals' standard deviation by region.

    The shapes do not count as fitted: their priors mostly hold them.
    """
    regions, terms, channels = problem.sizes
    weeks = problem.observed.sum(axis=0)
    freedom = np.maximum(weeks - 2 - (terms + channels) / regions, weeks / 4)
    noise: Floats = np.sqrt((residuals**2).sum(axis=0) / freedom)
    return np.maximum(noise, 1e-6)


def _prior(problem: _Problem) -> tuple[Floats, Floats]:
    """Return centre and standard deviation of every parameter; infinite where there is none."""
    regions, terms, channels = problem.sizes
    priors = problem.priors
    centre = np.zeros(2 * regions + terms + 3 * channels)
    centre[-channels:] = priors.carry_centre
    scale = np.concatenate(
        [
            np.full(regions, np.inf),
            np.full(regions + terms, priors.season),
            np.full(channels, priors.effect),
            np.full(channels, priors.log_half),
            np.full(channels, priors.carry),
        ]
    )
    return centre, scale


def _start(problem: _Problem) -> Floats:
    """Return a start: shapes at the priors' centres, marketing a third of demand."""
    regions, terms, channels = problem.sizes
    return np.concatenate(
        [
            np.full(regions, np.log(2 / 3)),
            np.zeros(regions + terms),
            np.full(channels, 0.5 / channels),
            np.zeros(channels),
            np.full(channels, problem.priors.carry_centre),
        ]
    )


def _solution(
    problem: _Problem,
    margin: Floats,
    start: Floats,
    centre: Floats,
    scale: Floats,
    noise: Floats,
) -> Floats:
    """Return the parameters at the maximum a posteriori."""
    from scipy.optimize import least_squares

    regions, terms, channels = problem.sizes
    held, rows = np.isfinite(scale), problem.observed
    prior_rows = np.diag(1 / scale)[held]

    def residuals(parameters: Floats) -> Floats:
        fitted, _ = problem.model(parameters)
        return np.concatenate(
            [((fitted - margin) / noise)[rows], ((parameters - centre) / scale)[held]]
        )

    def jacobian(parameters: Floats) -> Floats:
        _, slopes = problem.model(parameters)
        return np.vstack([(slopes / noise[:, None])[rows], prior_rows])

    low = np.full(len(start), -np.inf)
    low[2 * regions + terms : 2 * regions + terms + channels] = 0
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
