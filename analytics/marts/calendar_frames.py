"""Periods without an order put in, with zeros: what a GROUP BY cannot know of."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import pandas as pd

from analytics.calendar import PeriodKind, periods


def month_starts(numbers: pd.Series) -> pd.Series:
    """Return the first days of months that are numbered from year 0."""
    parts = pd.DataFrame({"year": numbers // 12, "month": numbers % 12 + 1, "day": 1})
    return pd.to_datetime(parts).astype("datetime64[us]")


def filled(
    frame: pd.DataFrame, starts: Sequence[date], *, name: str, zeros: Sequence[str]
) -> pd.DataFrame:
    """Return a row for each start, in order; the columns `zeros` are zero where there was none.

    Parameters
    ----------
    frame : DataFrame
        With a column ``start``, unique, and figures.
    starts : sequence of date
        The first days of the periods.
    name : str
        What the column of starts is called in what comes back.
    zeros : sequence of str
        Columns that are zero, not unknown, in a period without an order.
    """
    index = pd.DatetimeIndex(pd.to_datetime(list(starts)), name=name).as_unit("us")
    dtypes = frame.dtypes
    result = frame.set_index("start").reindex(index)
    for column in zeros:
        result[column] = result[column].fillna(0).astype(dtypes[column])
    return result.reset_index()


def period_starts(first: date, last: date, kind: PeriodKind) -> list[date]:
    """Return the first days of the periods that touch the observation."""
    return [period.start for period in periods(first, last, kind)]
