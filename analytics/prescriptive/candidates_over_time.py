"""Candidates over time: the season, trends and months that leave the usual path."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import stats

from analytics.prescriptive.candidates import Candidate

Floats = npt.NDArray[np.float64]


def season_candidate(months: pd.DataFrame, *, margin_rate: float) -> Candidate | None:
    """Return whether the twelve months of one year look like those of the year before.

    Parameters
    ----------
    months : DataFrame
        start, net_revenue_amount: 24 complete months, the earliest first.
    margin_rate : float
        Contribution margin of a unit of net revenue.
    """
    if len(months) != 24 or not (months["net_revenue_amount"] > 0).all():
        return None
    values = np.log(_a_day(months)).reshape(2, 12)
    slope = float((values[1] - values[0]).mean()) / 12
    shape = values - values.mean(axis=1, keepdims=True) - slope * (np.arange(12) - 5.5)
    test = stats.pearsonr(shape[0], shape[1], alternative="greater")
    # Whether there is a season is tested by the day; told are months, on average of both years.
    level = np.exp(
        np.log(months["net_revenue_amount"].to_numpy(dtype=float)).reshape(2, 12).mean(0)
    )
    names = pd.to_datetime(months["start"]).dt.month.to_numpy()[:12]
    peak, bottom = int(names[level.argmax()]), int(names[level.argmin()])
    # What months above the mean bring more: as much as those below it bring less.
    moved = float(np.abs(level - level.mean()).sum()) / 2 * margin_rate
    low, high = (float(v) for v in test.confidence_interval(0.9))
    return Candidate(
        pattern="season", kpi="net_revenue", dimension="all", part=f"{peak}/{bottom}",
        value=float(test.statistic), low=low, high=min(1.0, high),
        base=float(level.max() / level.min()), other=1.0,
        sample=24.0, p_value=float(test.pvalue), impact_amount=moved,
        page="descriptive/kpis.html",
    )  # fmt: skip


def trend_candidates(
    series: Mapping[str, pd.Series], worth: Mapping[str, float]
) -> Iterator[Candidate]:
    """Yield the trend of monthly figures without a season of their own.

    The slope's standard error counts neighbouring months as less than independent.

    Parameters
    ----------
    series : mapping
        Monthly values by KPI.
    worth : mapping
        Contribution margin in a year that one unit of a KPI is worth; a KPI that is not in it is
        told after all that is worth something.
    """
    for kpi, values in series.items():
        y = values.dropna().to_numpy(dtype=float)
        if len(y) < 12 or float(np.ptp(y)) == 0:
            continue
        x = np.arange(len(y)) - (len(y) - 1) / 2
        slope = float((x * y).sum() / (x**2).sum())
        residual = y - y.mean() - slope * x
        memory = float(np.clip((residual[1:] * residual[:-1]).sum() / (residual**2).sum(), 0, 0.9))
        error = float(
            np.sqrt((residual**2).sum() / (len(y) - 2) / (x**2).sum() * (1 + memory) / (1 - memory))
        )
        if error <= 0:
            continue
        reach = float(stats.t.ppf(0.975, len(y) - 2)) * error * 12
        p_value = float(2 * stats.t.sf(abs(slope) / error, len(y) - 2))
        yield Candidate(
            pattern="trend", kpi=kpi, dimension="all", part="all", value=slope * 12,
            low=slope * 12 - reach, high=slope * 12 + reach,
            base=float(y.mean() + slope * x[-1]), other=float(y.mean() + slope * x[0]),
            sample=float(len(y)), p_value=p_value,
            impact_amount=abs(slope * 12) * worth.get(kpi, 0.0), page="descriptive/kpis.html",
        )  # fmt: skip


def outlier_candidates(months: pd.DataFrame, *, margin_rate: float) -> Iterator[Candidate]:
    """Yield months that left the path of the year before: deviations from the median growth."""
    if len(months) != 24 or not (months["net_revenue_amount"] > 0).all():
        return
    amounts = months["net_revenue_amount"].to_numpy(dtype=float)[12:]
    values = np.log(_a_day(months)).reshape(2, 12)
    growth = values[1] - values[0]
    middle = float(np.median(growth))
    # 1.4826 makes the median deviation a standard deviation; few months make the tails long.
    spread = 1.4826 * float(np.median(np.abs(growth - middle)))
    if spread <= 0:
        return
    for at in range(12):
        deviation = float(growth[at] - middle)
        p_value = float(2 * stats.t.sf(abs(deviation) / spread, 5))
        month = pd.Timestamp(months["start"].iloc[12 + at])
        amount = float(amounts[at])
        usual = amount / float(np.exp(deviation))
        yield Candidate(
            pattern="outlier", kpi="net_revenue", dimension="month", part=f"{month:%Y-%m}",
            value=deviation, low=deviation - 1.96 * spread, high=deviation + 1.96 * spread,
            base=amount, other=usual, sample=12.0, p_value=p_value,
            impact_amount=abs(amount - usual) * margin_rate,
            page="descriptive/kpis.html",
        )  # fmt: skip


def _a_day(months: pd.DataFrame) -> Floats:
    """Return net revenue a day: a February is no low for being short."""
    days = pd.DatetimeIndex(months["start"]).days_in_month.to_numpy(dtype=float)
    values: Floats = months["net_revenue_amount"].to_numpy(dtype=float) / days
    return values
