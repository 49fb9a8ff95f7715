"""Retention by cohort: the triangle, and the curves of cohorts taken together."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analytics.calendar import complete_periods
from analytics.privacy import partition
from analytics.results import CustomerBase, SourceFacts
from analytics.stats.intervals import wilson_interval

ALL = "all"


def cohort_triangle(
    calendar: pd.DataFrame, *, facts: SourceFacts, minimum_cell: int
) -> pd.DataFrame:
    """Return the share of each cohort that is active in each month from its first.

    Parameters
    ----------
    calendar : DataFrame
        The mart `cohorts`, exact.
    facts : SourceFacts
        Its observation says which months are complete.
    minimum_cell : int
        Fewest customers of a published figure. A month's small cells are withheld, and, since
        the cohorts add up to the month's active customers, further ones until what follows by
        subtraction stands for enough.
    """
    months = complete_periods(facts.observation_start, facts.observation_end, "month")
    whole = [pd.Timestamp(month.start) for month in months]
    rows = calendar.sort_values(["cohort", "month"], ignore_index=True)
    rows = rows.assign(complete=rows["month"].isin(whole) & rows["cohort"].isin(whole))
    columns = ["cohort", "month", "months_since", "complete", "customers", "active_customers"]
    rows = rows[columns]
    hidden = _hidden(rows, minimum_cell)
    first = rows.loc[hidden & (rows["months_since"] == 0), "cohort"]
    hidden |= rows["cohort"].isin(first)
    for name in ("customers", "active_customers"):
        rows[name] = rows[name].astype("float64").mask(hidden)
    return _with_rates(rows)


def retention_curves(triangle: pd.DataFrame) -> pd.DataFrame:
    """Return retention by months since the first order, of all cohorts and of each year's.

    Only complete months of complete cohorts count, and only cells that the triangle tells: what
    is withheld there does not follow from the curves. Cohorts drop out as they are observed
    less long, so that neighbouring points may stand for different cohorts.
    """
    told = triangle[triangle["complete"] & triangle["active_customers"].notna()]
    years = told["cohort"].dt.year.astype("str")
    rows = pd.concat([told.assign(series=ALL), told.assign(series=years)], ignore_index=True)
    sums = rows.groupby(["series", "months_since"], as_index=False, sort=True)[
        ["customers", "active_customers"]
    ].sum()
    columns = [column.name for column in CustomerBase.FRAMES["curves"]]
    return _with_rates(sums)[columns]


def _hidden(rows: pd.DataFrame, minimum: int) -> pd.Series:
    if minimum <= 1:
        return pd.Series(False, index=rows.index)
    active = rows[rows["active_customers"] > 0]
    cells = pd.DataFrame(
        {
            "month": active["month"],
            "dimension": "cohort",
            "part": active["cohort"].dt.strftime("%Y-%m"),
            "active_customers": active["active_customers"],
        }
    )
    found = partition(
        cells, customers="active_customers", minimum=minimum, exclusive=("cohort",)
    ).merged
    keys = pd.MultiIndex.from_arrays([found["month"], found["part"]])
    own = pd.MultiIndex.from_arrays([rows["month"], rows["cohort"].dt.strftime("%Y-%m")])
    # A month whose cohorts are too few to merge tells nothing at all.
    small = (rows["active_customers"] > 0) & (rows["active_customers"] < minimum)
    return pd.Series(own.isin(keys), index=rows.index) | small


def _with_rates(rows: pd.DataFrame) -> pd.DataFrame:
    customers = rows["customers"].to_numpy(dtype=np.float64)
    active = rows["active_customers"].to_numpy(dtype=np.float64)
    known = np.isfinite(customers) & (customers > 0)
    low, high = (np.full(len(rows), np.nan) for _ in range(2))
    low[known], high[known] = wilson_interval(active[known], customers[known])
    # Everybody orders in the first month: that is no estimate.
    first = (rows["months_since"] == 0).to_numpy()
    share = np.divide(active, customers, out=np.full(len(rows), np.nan), where=known)
    return rows.assign(
        retention_rate=share,
        low=np.where(first, np.nan, low),
        high=np.where(first, np.nan, high),
    )
