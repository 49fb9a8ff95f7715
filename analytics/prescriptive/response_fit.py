"""Response curves from weekly contribution margin and spend.

margin(t) = season(t) x (organic + sum over channels of effect x saturation(adstock(spend, t)))

Season (annual Fourier terms) and trend multiply what marketing brings: an advertisement finds more
buyers in the weeks in which more is bought. Effects and the organic part are not negative.

A year or two of weekly sums do not identify carry-over and saturation of every channel, so that
weak priors hold them (`Priors`), and the intervals say what is left open: each bootstrap draw
adds resampled blocks of residuals to the fit *and* draws the priors' centres anew, so that a
curve that the data say nothing about varies as much as its prior does (randomised maximum a
posteriori). The curves shown are means over the draws.
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
    """Normal priors: centre 0 of everything but the carry-over.

    Attributes
    ----------
    log_half : float
        Standard deviation of log(half-saturation / mean weekly spend): two thirds between .4 and
        2.7 times the mean spend.
    carry_centre, carry : float
        Of logit(carry-over / .9): median .3, two thirds between .14 and .52.
    season : float
        Standard deviation of each Fourier coefficient and of a year's trend, on the log scale.
    """

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
        One curve a bootstrap draw and channel, of an average week of the last 52.
    carry : array, shape (draws, channels)
        Carry-over of adstock.
    fitted : array, shape (weeks,)
        Margin a week by the fit.
    r2 : float
        Share of the weekly variance that the fit explains (in sample).
    """

    curves: ResponseCurves
    carry: Floats
    fitted: Floats
    r2: float


@dataclass(frozen=True, slots=True, kw_only=True)
class _Problem:
    """Scaled data: margin with mean 1, spend with mean 1 a channel."""

    margin: Floats
    observed: npt.NDArray[np.bool_]
    spend: Floats
    season: Floats
    priors: Priors

    @property
    def channels(self) -> int:
        return self.spend.shape[1]

    def parts(self, parameters: Floats) -> tuple[Floats, Floats, Floats, Floats, Floats]:
        """Return organic (1), effects, log halves, raw carries, season coefficients."""
        n = self.channels
        cuts = [1, 1 + n, 1 + 2 * n, 1 + 3 * n]
        organic, effects, logs, raw, season = np.split(parameters, cuts)
        return organic, effects, logs, raw, season

    def model(self, parameters: Floats) -> tuple[Floats, Floats]:
        """Return margin a week, and its derivatives by the parameters."""
        organic, effects, logs, raw, season = self.parts(parameters)
        half, sigmoid = np.exp(logs), 1 / (1 + np.exp(-raw))
        stock, by_carry = adstocked(self.spend, _HIGHEST_CARRY * sigmoid)
        # Effects are those at mean spend: (1 + half) s / (s + half) is 1 at s = 1.
        saturation = (1 + half) * stock / (stock + half)
        by_stock = (1 + half) * half / (stock + half) ** 2
        by_log_half = half * stock * (stock - 1) / (stock + half) ** 2
        factor = np.exp(self.season @ season)
        demand = organic[0] + saturation @ effects
        chain = _HIGHEST_CARRY * sigmoid * (1 - sigmoid)
        jacobian = np.column_stack(
            [
                factor,
                factor[:, None] * saturation,
                factor[:, None] * effects * by_log_half,
                factor[:, None] * effects * by_stock * by_carry * chain,
                (factor * demand)[:, None] * self.season,
            ]
        )
        return factor * demand, jacobian


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
    margin : array, shape (weeks,)
        Contribution margin of consecutive weeks; null where a week is not observed whole.
    spend : array, shape (weeks, channels)
        Each channel's has a mean above 0.
    week_number : array, shape (weeks,)
        Weeks since any fixed one, for the season.
    draws : int
        At least 1.
    seed : int
        Of the bootstrap.
    priors : Priors, optional
    """
    priors = priors or Priors()
    observed = np.isfinite(margin)
    level = float(margin[observed].mean())
    problem = _Problem(
        margin=np.where(observed, margin, level) / level,
        observed=observed,
        spend=spend / spend.mean(axis=0),
        season=_season_columns(week_number),
        priors=priors,
    )
    centre, scale = _prior(problem)
    noise = 0.1
    parameters = _start(problem)
    for _ in range(3):
        parameters = _solution(problem, problem.margin, parameters, centre, scale, noise)
        fitted, _ = problem.model(parameters)
        residuals = (problem.margin - fitted)[observed]
        freedom = max(len(residuals) - _free(problem), len(residuals) / 4)
        noise = float(np.sqrt((residuals**2).sum() / freedom))
    spread = noise / max(float(residuals.std()), 1e-12)
    shape_scale = np.where(_is_shape(problem), scale, 0)
    random = np.random.default_rng(seed)
    drawn = []
    for _ in range(draws):
        noisy = fitted.copy()
        noisy[observed] += _resampled(residuals - residuals.mean(), random) * spread
        centres = centre + shape_scale * random.normal(size=len(centre))
        drawn.append(_solution(problem, noisy, parameters, centres, scale, noise))
    return _fit(problem, np.array(drawn), fitted, level, spend.mean(axis=0))


def _fit(
    problem: _Problem, drawn: Floats, fitted: Floats, level: float, mean_spend: Floats
) -> ResponseFit:
    gains, halves, carries = [], [], []
    recent = np.flatnonzero(problem.observed)[-52:]
    for parameters in drawn:
        _, effects, logs, raw, season = problem.parts(parameters)
        factor = float(np.exp(problem.season[recent] @ season).mean())
        gains.append(level * factor * effects * (1 + np.exp(logs)))
        halves.append(mean_spend * np.exp(logs))
        carries.append(_HIGHEST_CARRY / (1 + np.exp(-raw)))
    actual = problem.margin[problem.observed]
    errors = actual - fitted[problem.observed]
    return ResponseFit(
        curves=ResponseCurves(gain=np.array(gains), half=np.array(halves)),
        carry=np.array(carries),
        fitted=fitted * level,
        r2=float(1 - (errors**2).sum() / ((actual - actual.mean()) ** 2).sum()),
    )


def _season_columns(week_number: Floats) -> Floats:
    """Return trend (in years, centred) and annual Fourier terms.

    Three pairs with two whole years or more, else two: one year cannot tell a short season
    from chance.
    """
    years = week_number / _YEAR_WEEKS
    pairs = 3 if len(week_number) >= 2 * 52 else 2
    columns = [years - years.mean()]
    for pair in range(1, pairs + 1):
        columns += [np.sin(2 * np.pi * pair * years), np.cos(2 * np.pi * pair * years)]
    return np.column_stack(columns)


def _free(problem: _Problem) -> int:
    # The shapes are mostly held by their priors.
    return 1 + problem.channels + problem.season.shape[1]


def _prior(problem: _Problem) -> tuple[Floats, Floats]:
    """Return centre and standard deviation of every parameter; infinite where there is none."""
    n, priors = problem.channels, problem.priors
    season = problem.season.shape[1]
    centre = np.concatenate(
        [np.zeros(1 + 2 * n), np.full(n, priors.carry_centre), np.zeros(season)]
    )
    scale = np.concatenate(
        [
            np.full(1 + n, np.inf),
            np.full(n, priors.log_half),
            np.full(n, priors.carry),
            np.full(season, priors.season),
        ]
    )
    return centre, scale


def _is_shape(problem: _Problem) -> npt.NDArray[np.bool_]:
    """Return which parameters are shapes: half-saturations and carry-overs."""
    n = problem.channels
    number = np.arange(1 + 3 * n + problem.season.shape[1])
    shape: npt.NDArray[np.bool_] = (number > n) & (number <= 3 * n)
    return shape


def _start(problem: _Problem) -> Floats:
    """Return a start: shapes at the priors' centres, effects by nonnegative least squares."""
    from scipy.optimize import nnls

    n = problem.channels
    stock, _ = adstocked(problem.spend, np.full(n, 0.3))
    columns = np.column_stack([np.ones(len(stock)), 2 * stock / (stock + 1)])
    rows = problem.observed
    weights = nnls(columns[rows], problem.margin[rows])[0] + 1e-3
    return np.concatenate(
        [
            weights,
            np.zeros(n),
            np.full(n, problem.priors.carry_centre),
            np.zeros(problem.season.shape[1]),
        ]
    )


def _solution(
    problem: _Problem,
    margin: Floats,
    start: Floats,
    centre: Floats,
    scale: Floats,
    noise: float,
) -> Floats:
    from scipy.optimize import least_squares

    held = np.isfinite(scale)
    rows = problem.observed
    prior_rows = np.diag(1 / scale)[held]

    def residuals(parameters: Floats) -> Floats:
        fitted, _ = problem.model(parameters)
        return np.concatenate(
            [
                (fitted - margin)[rows] / noise,
                (parameters - centre)[held] / scale[held],
            ]
        )

    def jacobian(parameters: Floats) -> Floats:
        _, slopes = problem.model(parameters)
        return np.vstack([slopes[rows] / noise, prior_rows])

    low = np.full(len(start), -np.inf)
    low[: 1 + problem.channels] = 0
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


def _resampled(residuals: Floats, random: np.random.Generator) -> Floats:
    """Return as many residuals, in blocks of consecutive weeks (the end joined to the start)."""
    count = len(residuals)
    starts = random.integers(0, count, -(-count // _BLOCK_WEEKS))
    rows = (starts[:, None] + np.arange(_BLOCK_WEEKS)).ravel()[:count] % count
    drawn: Floats = residuals[rows]
    return drawn
