"""Who is at risk of leaving when, and who left: customers by fortnights."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics.results import SourceFacts

Floats: TypeAlias = NDArray[np.float64]
Flags: TypeAlias = NDArray[np.bool_]
Codes: TypeAlias = NDArray[np.int64]

WINDOW_GAPS = 3.0
LEAST_DAYS, MOST_DAYS = 90, 180
PERIOD_DAYS = 14
LEAST_ORDER_DAYS = 3  # before a gap is usual


@dataclass(frozen=True, slots=True, kw_only=True)
class AtRisk:
    """Customers by periods of a fortnight, from the first order to the end of the study.

    Attributes
    ----------
    customers : Index
        Ids, sorted.
    starts : ndarray, shape (periods,)
        First day of each period, in days since the observation began.
    at_risk, left : ndarray of bool, shape (customers, periods)
        Whether the customer is watched in the period, and left in it.
    gap_days : ndarray, shape (customers, periods)
        Usual gap between orders before the period; NaN where there is none yet.
    left_out : int
        Customers who are never watched.
    """

    customers: pd.Index
    starts: Floats
    at_risk: Flags
    left: Flags
    gap_days: Floats
    left_out: int


def days_since(days: pd.Series, facts: SourceFacts) -> Floats:
    """Return days since the observation began, with the time of day as fraction."""
    start = np.datetime64(facts.observation_start, "us")
    moments = days.to_numpy().astype("datetime64[us]")
    return np.asarray((moments - start) / np.timedelta64(1, "D"), dtype=np.float64)


def at_risk(orders: pd.DataFrame, facts: SourceFacts) -> AtRisk | None:
    """Return who is watched when, and who left; None where the observation is too short.

    A customer is watched from the first period before which there are three days with orders
    and a usual gap (mean to date) that the window can tell apart: three of it within 180 days.
    The last order is taken for the end where the silence after it, to the end of observation,
    lasts for the window; the customer is then watched for one usual gap more, in which the
    next order was due. The study ends 180 days before the observation does, so that every
    window is seen whole.
    """
    day = np.floor(days_since(orders["day"], facts))
    end = float((facts.observation_end - facts.observation_start).days)
    inside = (day >= 0) & (day < end)
    code, ids = pd.factorize(orders["customer_id"][inside], sort=True)
    visits = np.unique(np.column_stack([code, day[inside]]), axis=0)
    periods = int((end - MOST_DAYS) // PERIOD_DAYS)
    if periods < 2 or not len(visits):
        return None
    starts = np.arange(periods, dtype=np.float64) * PERIOD_DAYS
    who, when = visits[:, 0].astype(np.int64), visits[:, 1]
    count, latest = to_date(who, when, len(ids), starts)
    first = np.full(len(ids), np.inf)
    np.minimum.at(first, who, when)
    last = np.full(len(ids), -np.inf)
    np.maximum.at(last, who, when)
    with np.errstate(invalid="ignore", divide="ignore"):
        gap = (latest - first[:, None]) / (count - 1)
    usual = (count >= LEAST_ORDER_DAYS) & (gap * WINDOW_GAPS <= MOST_DAYS)
    all_visits = np.bincount(who, minlength=len(ids))
    final_gap = (last - first) / np.maximum(all_visits - 1, 1)
    window = np.clip(WINDOW_GAPS * final_gap, LEAST_DAYS, MOST_DAYS)
    gone = (end - last >= window) & (all_visits >= LEAST_ORDER_DAYS)
    leaving = np.where(gone, last + np.minimum(final_gap, MOST_DAYS / WINDOW_GAPS), np.inf)
    watched = usual & (leaving[:, None] >= starts)
    left = watched & (leaving[:, None] < starts + PERIOD_DAYS)
    ever = watched.any(axis=1)
    return AtRisk(
        customers=pd.Index(ids)[ever],
        starts=starts,
        at_risk=watched[ever],
        left=left[ever],
        gap_days=np.where(count >= LEAST_ORDER_DAYS, gap, np.nan)[ever],
        left_out=int((~ever).sum()),
    )


def to_date(who: Codes, when: Floats, customers: int, starts: Floats) -> tuple[Floats, Floats]:
    """Return how many of the moments lie before each start, and the latest of them.

    Parameters
    ----------
    who, when : ndarray, shape (moments,)
        Customer and day of each moment.
    customers : int
        Number of customers.
    starts : ndarray, shape (periods,)
        Ascending, evenly spaced.

    Returns
    -------
    tuple of ndarray, shape (customers, periods)
        The latest is NaN where there is none.
    """
    place = np.searchsorted(starts, when, side="right")
    inside = place < len(starts)
    count = np.zeros((customers, len(starts)))
    np.add.at(count, (who[inside], place[inside]), 1)
    latest = np.full((customers, len(starts)), -np.inf)
    np.maximum.at(latest, (who[inside], place[inside]), when[inside])
    latest = np.maximum.accumulate(latest, axis=1)
    return np.cumsum(count, axis=1), np.where(np.isfinite(latest), latest, np.nan)


def sum_to_date(who: Codes, when: Floats, values: Floats, customers: int, starts: Floats) -> Floats:
    """Return the sum of the values before each start, shape (customers, periods)."""
    place = np.searchsorted(starts, when, side="right")
    inside = place < len(starts)
    sums = np.zeros((customers, len(starts)))
    np.add.at(sums, (who[inside], place[inside]), values[inside])
    return np.cumsum(sums, axis=1)
