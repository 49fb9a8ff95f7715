"""How demand runs over the year and the week, for a customer who is always active."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import numpy.typing as npt

from analytics.synthetic.assumptions import SEASON_AMPLITUDE, WEEKDAYS

Floats = npt.NDArray[np.float64]
DAYS_A_YEAR = 365.25
PEAK_DAY = 74  # 16 March, counted from the start of the year


def _wave(phase: Floats) -> Floats:
    # The first terms of a triangle wave: a plain cosine is so flat at its top that two months
    # can tie.
    wave: Floats = np.exp(
        SEASON_AMPLITUDE * (np.cos(phase) + np.cos(3 * phase) / 9 + np.cos(5 * phase) / 25)
    )
    return wave


def seasonal_demand(start: date, days: int) -> Floats:
    """Return the demand of each day, with mean 1 over a year.

    Parameters
    ----------
    start : date
        The first day.
    days : int
        How many days.

    Returns
    -------
    array, shape (days,)
        Season times weekday; highest in the middle of March, lowest in that of September.
    """
    first = (start - date(start.year, 1, 1)).days
    phase = 2 * np.pi * (first + np.arange(days, dtype=np.float64) - PEAK_DAY) / DAYS_A_YEAR
    mean = float(_wave(2 * np.pi * np.arange(3653, dtype=np.float64) / 3653).mean())
    weekday = np.asarray(WEEKDAYS)
    by_day = (weekday / weekday.mean())[(start.weekday() + np.arange(days)) % 7]
    demand: Floats = _wave(phase) / mean * by_day
    return demand


def month_numbers(start: date, days: int) -> npt.NDArray[np.int64]:
    """Return for each day the number of its month, counted from 0 at `start`'s."""
    first = np.datetime64(start, "D")
    months = (first + np.arange(days)).astype("datetime64[M]")
    numbers: npt.NDArray[np.int64] = (months - first.astype("datetime64[M]")).astype(np.int64)
    return numbers


def calendar_days(start: date, days: npt.NDArray[np.int64]) -> npt.NDArray[np.datetime64]:
    """Return the dates that lie so many days after `start`."""
    return (np.datetime64(start, "D") + days).astype("datetime64[us]")


def next_monday(day: date) -> date:
    """Return `day` where it is a Monday, else the Monday after it."""
    return day + timedelta(days=-day.weekday() % 7)
