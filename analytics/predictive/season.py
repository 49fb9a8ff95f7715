"""The season of orders, and days counted by it.

A day in a month in which customers order twice as often counts as two days: in this time the
customers' rates are constant, and what is silent in the low season is not mistaken for lost.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt
import pandas as pd

Floats = npt.NDArray[np.float64]
HARMONICS = 2
FEWEST_WEEKS = 60  # with fewer the season cannot be told from the trend
FEWEST_ORDERS = 20  # a week, on average


@dataclass(frozen=True, slots=True, kw_only=True)
class Season:
    """Log demand by day of the year.

    Attributes
    ----------
    start : date
        Day 0 of what `elapsed` counts from.
    coefficients : tuple of float
        Cosine and sine of each harmonic; none where no season is known.
    """

    start: date
    coefficients: tuple[float, ...]

    @property
    def is_known(self) -> bool:
        """Whether there is more than a constant."""
        return bool(self.coefficients)

    def elapsed(self, days: Floats) -> Floats:
        """Return the seasonal days from `start` to each number of days after it (interpolated)."""
        last = int(np.ceil(max(float(np.max(days, initial=0.0)), 0.0))) + 1
        first = int(np.floor(min(float(np.min(days, initial=0.0)), 0.0))) - 1
        grid = np.arange(first, last + 1)
        rate = self.rates(grid[:-1].astype(float) + 0.5)
        total = np.concatenate([[0.0], np.cumsum(rate)])
        total -= np.interp(0.0, grid, total)
        counted: Floats = np.interp(days, grid, total)
        return counted

    def rates(self, days: Floats) -> Floats:
        """Return the demand at each number of days after `start`, 1 on average over a year."""
        if not self.coefficients:
            return np.ones(len(days))
        demand: Floats = np.exp(
            _waves(self.start, days, len(self.coefficients) // 2) @ np.array(self.coefficients)
        )
        whole: Floats = np.arange(365, dtype=np.float64)
        year = np.exp(
            _waves(self.start, whole, len(self.coefficients) // 2) @ np.array(self.coefficients)
        )
        return demand / float(year.mean())


def fitted_season(rates: pd.DataFrame, *, end: date, start: date) -> Season:
    """Return the season of orders a settled customer, from the weeks before `end`.

    Log orders a customer are regressed on a trend (customers leave) and harmonics of the year.
    Customers are settled after 90 days; see `Marts.order_rates`.

    Parameters
    ----------
    rates : DataFrame
        `Marts.order_rates`.
    end : date
        Weeks that end after it are not read.
    start : date
        Day 0 of the season's count of days.
    """
    rows: pd.DataFrame = rates[rates["week"] + pd.Timedelta(days=7) <= pd.Timestamp(end)]
    joined: pd.Series = rows["joining_customers"].cumsum().shift(13).fillna(0)
    settled: pd.Series = joined >= max(50, 0.3 * float(rows["joining_customers"].sum()))
    rows, joined = rows[settled], joined[settled]
    flat = Season(start=start, coefficients=())
    if len(rows) < FEWEST_WEEKS or rows["settled_orders"].mean() < FEWEST_ORDERS:
        return flat
    log_rate = np.log(((rows["settled_orders"] + 0.5) / joined).to_numpy(dtype=float))
    days = np.asarray((rows["week"] - pd.Timestamp(start)).dt.days + 3.5, dtype=np.float64)
    years = days / 365.25
    design = np.column_stack(
        [np.ones(len(rows)), years - years.mean(), _waves(start, days, HARMONICS)]
    )
    # A weak ridge: a season of a factor of e is unheard of for the second harmonic.
    penalty = np.diag([0.0, 0.0] + [0.02] * (2 * HARMONICS))
    solved = np.linalg.solve(design.T @ design + penalty, design.T @ log_rate)
    return Season(start=start, coefficients=tuple(float(value) for value in solved[2:]))


def _waves(start: date, days: Floats, harmonics: int) -> Floats:
    turn = 2 * np.pi * (days + start.timetuple().tm_yday) / 365.25
    columns = [wave((k + 1) * turn) for k in range(harmonics) for wave in (np.cos, np.sin)]
    waves: Floats = np.column_stack(columns)
    return waves
