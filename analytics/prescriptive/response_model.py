"""Weekly contribution margin as a function of spend, trend and season.

For region r in week t:

    margin = exp(level(r) + trend(r) + season(t)) x (1 + sum over channels of response(r, t))
    response = effect x (1 + half) x stock / (stock + half)

where stock is spend after adstock, relative to the channel's mean spend in the region. Season
(annual Fourier terms) and trend multiply what marketing brings: an advertisement finds more buyers
in the weeks in which more is bought. Effects (beside demand without marketing, at mean spend) are
not negative; effects and shapes are the same in all regions. Without regions there is one.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from analytics.prescriptive.response import adstocked

Floats = npt.NDArray[np.float64]
HIGHEST_CARRY = 0.9


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
class Parts:
    """The parameters by what they are; each an array."""

    levels: Floats
    trends: Floats
    season: Floats
    effects: Floats
    logs: Floats
    raw: Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class ResponseModel:
    """Scaled data and what the model makes of them.

    Attributes
    ----------
    margin : array, shape (weeks, regions)
        With mean 1 in each region.
    observed : array of bool, shape (weeks, regions)
        Whether the margin is known.
    spend : array, shape (weeks, channels, regions)
        With mean 1 by channel and region.
    years : array, shape (weeks,)
        Time with mean 0.
    season : array, shape (weeks, terms)
        `season_columns`.
    priors : Priors
        Of all parameters but the levels.
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

    def parts(self, parameters: Floats) -> Parts:
        """Return the parameters, cut where one kind ends and the next begins."""
        regions, terms, channels = self.sizes
        cuts = np.cumsum([regions, regions, terms, channels, channels])
        return Parts(**dict(zip(Parts.__slots__, np.split(parameters, cuts), strict=True)))

    def factors(self, parts: Parts) -> Floats:
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
        carry = np.repeat(HIGHEST_CARRY * sigmoid, regions)
        flat = self.spend.reshape(weeks, channels * regions)
        stock, by_carry = (part.reshape(self.spend.shape) for part in adstocked(flat, carry))
        # 1 at mean spend, so that effects do not depend on the shape.
        saturation = (1 + half) * stock / (stock + half)
        by_stock = (1 + half) * half / (stock + half) ** 2
        by_log_half = half * stock * (stock - 1) / (stock + half) ** 2
        chain = (HIGHEST_CARRY * sigmoid * (1 - sigmoid))[:, None]
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

    def prior(self) -> tuple[Floats, Floats]:
        """Return centre and standard deviation of every parameter; infinite where there is none."""
        regions, terms, channels = self.sizes
        priors = self.priors
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

    def lowest(self) -> Floats:
        """Return the least value of every parameter: 0 of effects."""
        regions, terms, channels = self.sizes
        low = np.full(2 * regions + terms + 3 * channels, -np.inf)
        low[2 * regions + terms : 2 * regions + terms + channels] = 0
        return low

    def start(self) -> Floats:
        """Return a start: shapes at the priors' centres, marketing a third of demand."""
        regions, terms, channels = self.sizes
        return np.concatenate(
            [
                np.full(regions, np.log(2 / 3)),
                np.zeros(regions + terms),
                np.full(channels, 0.5 / channels),
                np.zeros(channels),
                np.full(channels, self.priors.carry_centre),
            ]
        )


def season_columns(years: Floats, *, pairs: int | None = None) -> Floats:
    """Return annual Fourier terms.

    Three pairs with two whole years or more, else two: one year cannot tell a short season
    from chance.
    """
    if pairs is None:
        pairs = 3 if len(years) >= 2 * 52 else 2
    waves = 2 * np.pi * np.outer(years, np.arange(1, pairs + 1))
    return np.hstack([np.sin(waves), np.cos(waves)])
