"""The best plan under other totals and bounds, and spread over the weeks to come."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import numpy as np
import numpy.typing as npt
import pandas as pd

from analytics.prescriptive.allocation import Curve, greedy_allocation
from analytics.prescriptive.response_model import season_columns
from analytics.results import Budget

Floats = npt.NDArray[np.float64]
_TOTALS = np.linspace(0.5, 1.5, 21)
# Without maxima a channel gets no more than this multiple of today: curves are not known further.
_WIDEST = 4.0
_YEAR_WEEKS = 365.25 / 7
_EPOCH = pd.Timestamp("2000-01-03")
_PACING_PIECES = 30


def plans_table(
    channels: Sequence[str],
    curves: Sequence[Curve],
    current: Floats,
    lower: Floats,
    upper: Floats,
    floors: Floats,
    pieces: int,
) -> pd.DataFrame:
    """Return the best plan for each total, with and without minima and maxima.

    What the page's slider and switches move along; totals that the bounds do not allow are
    left out.
    """
    rows = []
    for minima in (True, False):
        for maxima in (True, False):
            low = lower if minima else floors
            high = upper if maxima else np.maximum(upper, _WIDEST * current)
            for total in _TOTALS * current.sum():
                if not low.sum() <= total <= high.sum():
                    continue
                plan = greedy_allocation(curves, low, high, total=float(total), pieces=pieces)
                rows += [
                    (minima, maxima, float(total), name, float(spend), plan.value,
                     plan.shadow_price)
                    for name, spend in zip(channels, plan.amounts, strict=True)
                ]  # fmt: skip
    return pd.DataFrame(rows, columns=[c.name for c in Budget.FRAMES["plans"]])


def pacing_table(
    channels: Sequence[str],
    curves: Sequence[Curve],
    lower: Floats,
    upper: Floats,
    season: Floats,
    weeks_known: pd.DatetimeIndex,
    *,
    total: float,
    weeks: int,
) -> pd.DataFrame:
    """Return the spend of each channel and week to come, more of it where more is bought.

    Parameters
    ----------
    channels, curves, lower, upper : sequences of equal length
        Name, curve, least and most a week of each marketing channel.
    season : array, shape (terms,)
        `ResponseFit.season`.
    weeks_known : DatetimeIndex
        Mondays of the observation; the plan starts after the last.
    total : float
        Of an average week.
    weeks : int
        At least 1.
    """
    coming = pd.date_range(weeks_known[-1] + pd.Timedelta(weeks=1), periods=weeks, freq="7D")
    pairs = len(season) // 2
    year = pd.date_range(weeks_known[-1] - pd.Timedelta(weeks=51), periods=52, freq="7D")
    usual = np.exp(season_columns(_years(year), pairs=pairs) @ season).mean()
    demand = np.exp(season_columns(_years(coming), pairs=pairs) @ season) / usual
    scaled = [
        partial(_times, curve=curve, factor=float(factor)) for factor in demand for curve in curves
    ]
    plan = greedy_allocation(
        scaled, np.tile(lower, weeks), np.tile(upper, weeks), total=total * weeks,
        pieces=_PACING_PIECES,
    )  # fmt: skip
    return pd.DataFrame(
        {
            "week": np.repeat(coming, len(channels)),
            "marketing_channel": list(channels) * weeks,
            "spend_amount": plan.amounts,
            "season": np.repeat(demand, len(channels)),
        }
    )


def _times(spend: Floats, curve: Curve, factor: float) -> Floats:
    return factor * curve(spend)


def _years(weeks: pd.DatetimeIndex) -> Floats:
    values: Floats = (weeks - _EPOCH).days.to_numpy(dtype=float) / 7 / _YEAR_WEEKS
    return values
