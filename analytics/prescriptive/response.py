"""How sales answer to marketing: spend that lingers (adstock) and wears off (saturation).

References
----------
Jin et al. (2017), Bayesian Methods for Media Mix Modeling with Carryover and Shape Effects.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


def adstocked(spend: Floats, carry: Floats) -> tuple[Floats, Floats]:
    """Return spend after geometric adstock, and its derivative by `carry`.

    A(t) = carry x A(t-1) + (1 - carry) x spend(t), from the mean spend before the first week;
    constant spend stays what it is.

    Parameters
    ----------
    spend : array, shape (weeks, channels)
        In any unit.
    carry : array, shape (channels,)
        What lingers from a week to the next, 0 to below 1.

    Returns
    -------
    pair of arrays, shape (weeks, channels)
    """
    stock, slope = spend.mean(axis=0), np.zeros(spend.shape[1])
    stocks, slopes = np.empty_like(spend), np.empty_like(spend)
    for week, amount in enumerate(spend):
        slope = stock - amount + carry * slope
        stock = carry * stock + (1 - carry) * amount
        stocks[week], slopes[week] = stock, slope
    return stocks, slopes


@dataclass(frozen=True, slots=True, kw_only=True)
class ResponseCurves:
    """Draws of each channel's curve of steady weekly spend s: gain x s / (s + half).

    Attributes
    ----------
    gain : array, shape (draws, channels)
        Margin a week at full saturation.
    half : array, shape (draws, channels)
        Weekly spend that brings half of it, above 0.
    """

    gain: Floats
    half: Floats

    def margin(self, spend: Floats) -> Floats:
        """Return margin a week by draw and channel.

        Parameters
        ----------
        spend : array, shape (channels,) or (draws, channels)
            Steady spend a week.
        """
        values: Floats = self.gain * spend / (spend + self.half)
        return values

    def marginal(self, spend: Floats) -> Floats:
        """Return the margin of one more unit of weekly spend, by draw and channel."""
        slopes: Floats = self.gain * self.half / (spend + self.half) ** 2
        return slopes

    def channel_margin(self, channel: int, spend: Floats) -> Floats:
        """Return one channel's margin a week, shape (draws, spends)."""
        gain, half = self.gain[:, channel, None], self.half[:, channel, None]
        values: Floats = gain * spend / (spend + half)
        return values
