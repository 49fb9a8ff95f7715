"""Differences between the variants of an experiment, plain and adjusted for the time before.

CUPED takes from each customer's outcome what the weeks before the assignment already foretold:
y - theta (x - mean x). The assignment cannot have moved x, so that the difference stays unbiased
and its variance falls by the squared correlation of y and x.

References
----------
Deng, Xu, Kohavi & Walker (2013), Improving the Sensitivity of Online Controlled Experiments by
Utilizing Pre-Experiment Data.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import stats

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lift:
    """A variant against the control; relative figures are null where the control's mean is 0."""

    control_mean: float
    variant_mean: float
    difference: float
    low: float
    high: float
    lift_rate: float
    lift_low_rate: float
    lift_high_rate: float
    p_value: float
    variance_saved_rate: float


def split_p_value(counts: Floats, shares: Floats) -> float:
    """Return the chance of counts this far from the planned shares (chi-squared)."""
    return float(stats.chisquare(counts, counts.sum() * shares / shares.sum()).pvalue)


def cuped_slope(outcome: Floats, before: Floats, variant: npt.NDArray[np.int64]) -> float:
    """Return theta, pooled over the variants; 0 where the time before says nothing."""
    centred = [
        (outcome[variant == v] - outcome[variant == v].mean(), before[variant == v])
        for v in np.unique(variant)
    ]
    square = sum(float(((x - x.mean()) ** 2).sum()) for _, x in centred)
    product = sum(float((y * (x - x.mean())).sum()) for y, x in centred)
    return product / square if square > 0 else 0.0


def adjusted(outcome: Floats, before: Floats, variant: npt.NDArray[np.int64]) -> Floats:
    """Return outcomes less what the time before foretold; their overall mean is unchanged."""
    theta = cuped_slope(outcome, before, variant)
    values: Floats = outcome - theta * (before - before.mean())
    return values


def lift(control: Floats, variant: Floats, *, level: float, saved: float = 0.0) -> Lift:
    """Return the difference of two means with Welch's interval, and as a share of the control's.

    The interval of the share is by the delta method on the log scale where both means
    are above 0, else the difference's over the control's mean.

    Parameters
    ----------
    control, variant : array
        Outcomes, at least 2 each.
    level : float
        1 less the confidence, such as .05.
    saved : float
        Share of the variance that an adjustment took away, handed on.
    """
    first, second = float(control.mean()), float(variant.mean())
    spread = [float(values.var(ddof=1)) / len(values) for values in (control, variant)]
    error = float(np.sqrt(sum(spread)))
    difference = second - first
    if error > 0:
        freedom = sum(spread) ** 2 / sum(
            part**2 / (len(values) - 1)
            for part, values in zip(spread, (control, variant), strict=True)
        )
        p_value = float(2 * stats.t.sf(abs(difference) / error, freedom))
        half = float(stats.t.isf(level / 2, freedom)) * error
    else:
        p_value, half, freedom = (1.0 if difference == 0 else 0.0), 0.0, float("inf")
    relative = (np.nan, np.nan, np.nan)
    if first > 0 and second > 0:
        log_error = np.sqrt(spread[0] / first**2 + spread[1] / second**2)
        reach = float(stats.t.isf(level / 2, freedom)) * log_error
        centre = np.log(second / first)
        relative = tuple(np.exp([centre, centre - reach, centre + reach]) - 1)
    elif first > 0:
        relative = (difference / first, (difference - half) / first, (difference + half) / first)
    return Lift(
        control_mean=first,
        variant_mean=second,
        difference=difference,
        low=difference - half,
        high=difference + half,
        lift_rate=float(relative[0]),
        lift_low_rate=float(relative[1]),
        lift_high_rate=float(relative[2]),
        p_value=p_value,
        variance_saved_rate=saved,
    )
