"""What a period is expected to bring, from the periods before it, with an interval.

Both expectations look back only, so that a history of what would have been expected can be told.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

WINDOW = 12
FEWEST_GROWTHS = 5
FEWEST_SHARES = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """What is expected of one period, of one series or of several.

    Attributes
    ----------
    value, low, high : array
        The expectation and its interval; null where nothing can be expected.
    score : array
        How far off what came is: in units of the interval's half width towards it, with sign;
        below -1 or above 1 it lies outside.
    """

    value: Floats
    low: Floats
    high: Floats
    score: Floats


def seasonal_expectation(
    values: Floats,
    *,
    usable: Flags,
    miss_rate: float,
    logarithmic: bool,
    season: int = 12,
) -> Expected:
    """Return what is expected of the last period from the change over one season before.

    The change of each period over the same period one season before is taken as a level with
    noise; the mean of the changes of the last `WINDOW` periods is expected to go on. The
    interval is that of Student for one more value.

    Parameters
    ----------
    values : array of shape (n,)
        The series; its last value is what is judged. NaN where unknown.
    usable : array of bool of shape (n,)
        Which periods may say what is expected; false for those that were extraordinary.
    miss_rate : float
        Chance that the value lies below the interval where nothing has changed, and the same
        above.
    logarithmic : bool
        Whether changes are relative; the values must then be positive.
    season : int
        Periods in a season.

    Returns
    -------
    Expected
        Arrays of shape (1,); null with fewer than `FEWEST_GROWTHS` changes.
    """
    series = np.log(np.where(values > 0, values, np.nan)) if logarithmic else values
    last = len(series) - 1
    known = np.where(usable, series, np.nan)
    nothing = np.full(1, np.nan)
    unknown = Expected(value=nothing, low=nothing, high=nothing, score=nothing)
    if last < season or not np.isfinite(known[last - season]):
        return unknown
    changes = known[season:last] - known[: last - season]
    changes = changes[-WINDOW:]
    changes = changes[np.isfinite(changes)]
    if len(changes) < FEWEST_GROWTHS:
        return unknown
    spread = float(changes.std(ddof=1))
    half = spread * np.sqrt(1 + 1 / len(changes))
    half *= float(stats.t.isf(miss_rate, len(changes) - 1))
    centre = known[last - season] + changes.mean()
    with np.errstate(divide="ignore", invalid="ignore"):
        score = (series[last] - centre) / half
    ends = np.array([centre, centre - half, centre + half])
    value, low, high = np.exp(ends) if logarithmic else ends
    return Expected(
        value=np.array([value]), low=np.array([low]), high=np.array([high]), score=np.array([score])
    )


def share_expectation(
    values: Floats,
    totals: Floats,
    *,
    groups: Floats,
    usable: Flags,
    judged: Flags,
    miss_rate: float,
) -> Expected:
    """Return what is expected of slices in the last period, from their share of the total.

    The total carries season and growth. The share of each slice follows an exponential trend
    over the last `WINDOW` periods, of which slices of one group share a part; values vary
    about it with a variance that grows with the expectation and with its square.

    Parameters
    ----------
    values : array of shape (n, slices)
        Sums of slices, not negative; the last row is what is judged. NaN where unknown.
    totals : array of shape (n,)
        Sums over everything.
    groups : array of shape (slices, groups)
        1 where a slice belongs to a group: the trend of its share is the sum of its groups'.
    usable : array of bool of shape (n, slices)
        Which values may say what is expected.
    judged : array of bool of shape (slices,)
        Which slices are judged; the others only tell how much slices vary.
    miss_rate : float
        Chance that any judged slice lies below its interval where nothing has changed, and the
        same above: shared out over them.

    Returns
    -------
    Expected
        Arrays of shape (slices,); null for slices that are not judged, or have fewer than
        `FEWEST_SHARES` values.
    """
    last = len(values) - 1
    first = max(0, last - WINDOW)
    past, whole = values[first:last], totals[first:last]
    fit = np.isfinite(past) & usable[first:last] & (whole > 0)[:, None]
    enough = (fit.sum(axis=0) >= FEWEST_SHARES) & (np.nansum(np.where(fit, past, 0), axis=0) > 0)
    nothing = np.full(values.shape[1], np.nan)
    if not enough.any() or not totals[last] > 0:
        return Expected(value=nothing, low=nothing, high=nothing, score=nothing)
    x = np.arange(first, last, dtype=float) - last
    y = np.where(fit, past, 0.0)
    exposure = np.where(fit, whole[:, None], 0.0)
    level, slope, spread, free = _trends(y, exposure, fit, x, enough, groups)
    mean = np.exp(level[None] + slope[None] * x[:, None]) * exposure
    freedom = int((fit & enough).sum() - enough.sum() - free)
    if freedom < 1:
        return Expected(value=nothing, low=nothing, high=nothing, score=nothing)
    within = fit & enough & (mean > 0)
    count, growing = _variance(y[within], mean[within], freedom)
    value = np.where(enough, np.exp(level) * totals[last], np.nan)
    told = judged & enough & np.isfinite(values[last])
    value = np.where(judged, value, np.nan)
    quantile = float(stats.t.isf(miss_rate / max(int(told.sum()), 1), freedom))
    # to the power of 2/3, of which counts are not skewed (Anscombe)
    variance = (count + growing * value) * (1 + value * spread)
    with np.errstate(divide="ignore", invalid="ignore"):
        half = quantile * 2 / 3 * value ** (1 / 6) * np.sqrt(variance)
        centre = value ** (2 / 3) * (1 - variance / (9 * value))
        score = (np.clip(values[last], 0, None) ** (2 / 3) - centre) / half
    return Expected(
        value=value,
        low=np.clip(centre - half, 0, None) ** 1.5,
        high=np.clip(centre + half, 0, None) ** 1.5,
        score=score,
    )


def _variance(y: Floats, mean: Floats, freedom: int) -> tuple[float, float]:
    """Return how the variance grows with the expectation, and with its square.

    The second is what large slices share, such as the weather of a region; both are fitted to
    the squared residuals, and are not negative.
    """
    squares = (y - mean) ** 2 / mean * (len(y) / freedom)
    count, growing = float(squares.mean()), 0.0
    for _ in range(5):
        weights = 1 / (count + growing * mean) ** 2
        at, of = np.average(mean, weights=weights), np.average(squares, weights=weights)
        across = np.average((mean - at) ** 2, weights=weights)
        together = np.average((mean - at) * (squares - of), weights=weights)
        growing = float(max(together / across, 0.0)) if across > 0 else 0.0
        count = float(max(of - growing * at, 0.1 * of))
    return count, growing


def _trends(
    y: Floats, exposure: Floats, fit: Flags, x: Floats, enough: Flags, groups: Floats
) -> tuple[Floats, Floats, Floats, int]:
    """Return log shares at the last period, slopes, leverages there, and free slopes.

    A Poisson regression with the total as exposure, by Newton's method: a level for each slice,
    a slope for each group. The leverage is the variance of the log share for a dispersion of
    one.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        level = np.where(enough, np.log(y.sum(axis=0) / exposure.sum(axis=0)), 0.0)
    slopes = np.zeros(groups.shape[1])
    columns = x[:, None]
    weight = enough.astype(float)
    for _ in range(25):
        slope = groups @ slopes
        mean = np.exp(np.clip(level + slope * columns, -50, 50)) * exposure * weight
        gap = np.where(fit, y - mean, 0.0) * weight
        a = np.where(enough, mean.sum(axis=0), 1.0)
        b, c = (mean * columns).sum(axis=0), (mean * columns**2).sum(axis=0)
        g, h = gap.sum(axis=0), (gap * columns).sum(axis=0)
        inverse = np.linalg.pinv(groups.T @ ((c - b * b / a)[:, None] * groups), hermitian=True)
        step = np.clip(inverse @ (groups.T @ (h - b * g / a)), -1, 1)
        rise = np.clip((g - b * (groups @ step)) / a, -2, 2)
        level, slopes = level + rise, slopes + step
        if max(np.abs(rise).max(), np.abs(step).max()) < 1e-10:
            break
    uncertain = np.einsum("sg,gh,sh->s", groups, inverse, groups)
    leverage = 1 / a + (b / a) ** 2 * uncertain
    return level, groups @ slopes, leverage, int(np.linalg.matrix_rank(inverse, hermitian=True))
