"""The change of net revenue by the parts of one dimension, as the published months tell it."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analytics.calendar import Period
from analytics.privacy import OTHER
from analytics.results import Kpis, MonthlyCube

ALL = "all"


def net_revenue_rows(kpis: Kpis) -> pd.DataFrame:
    """Return month, dimension, part and value of net revenue, as it is published."""
    rows = kpis.values[kpis.values["kpi"] == "net_revenue"]
    return rows[["month", "dimension", "part", "value"]]


def are_told(revenue: pd.DataFrame, *periods: Period) -> bool:
    """Return whether the total of every month of the periods is published."""
    total = revenue[(revenue["dimension"] == ALL) & revenue["value"].notna()]
    return all(month in set(total["month"]) for period in periods for month in _months(period))


def parts_of_periods(
    revenue: pd.DataFrame, dimension: str, current: Period, base: Period
) -> pd.DataFrame:
    """Return part, current_amount and base_amount; the parts sum to the totals, to the cent.

    A part is told where it is told in every month of both periods, or cannot be among those
    that a month tells together; all others are `OTHER`.
    """
    rows = revenue[revenue["value"].notna()]
    total = rows[rows["dimension"] == ALL].set_index("month")["value"]
    own = rows[rows["dimension"] == dimension]
    wide = own.pivot_table(index="month", columns="part", values="value", aggfunc="sum")
    both = [*_months(current), *_months(base)]
    wide = wide.reindex(pd.DatetimeIndex(sorted(set(both))))
    merged = wide[OTHER].notna() if OTHER in wide else pd.Series(False, index=wide.index)
    named = wide.drop(columns=OTHER, errors="ignore")
    is_told = ~(named.isna() & merged.to_numpy()[:, None]).any()
    named = named.loc[:, is_told & named.notna().any()].fillna(0.0)
    amounts = {}
    for column, period in (("current_amount", current), ("base_amount", base)):
        months = _months(period)
        sums = named.loc[months].sum().round(2)
        rest = round(float(total.loc[months].sum()) - float(sums.sum()), 2)
        amounts[column] = {**sums.to_dict(), OTHER: rest}
    frame = pd.DataFrame(amounts).rename_axis("part").reset_index()
    empty = (frame["part"] == OTHER) & (frame[["current_amount", "base_amount"]] == 0).all(axis=1)
    return frame[~empty].reset_index(drop=True)


def certain_changes(
    pairs: pd.DataFrame, cube: MonthlyCube, revenue: pd.DataFrame, current: Period, base: Period
) -> pd.DataFrame:
    """Return the pairs of parts whose change is no matter of which cells the cube merges.

    What the cube merges of a pair is at most what either of its parts has beside its cells. A
    change that this could turn round, and any pair with `OTHER`, is left out.

    Parameters
    ----------
    pairs : DataFrame
        outer_dimension, outer_part, dimension, part, change_amount, of one pair of dimensions.
    cube : MonthlyCube
        What the pairs were added up from.
    revenue : DataFrame
        See `net_revenue_rows`.
    current, base : Period
        The periods that are compared.
    """
    if pairs.empty:
        return pairs
    outer, inner = pairs["outer_dimension"].iloc[0], pairs["dimension"].iloc[0]
    months = pd.DatetimeIndex([*_months(current), *_months(base)])
    rests = [
        _merged(cube, revenue, name).reindex(months, fill_value=float("inf"))
        for name in (outer, inner)
    ]
    left = [
        rest.reindex(columns=pairs[column], fill_value=float("inf")).to_numpy()
        for rest, column in zip(rests, ("outer_part", "part"), strict=True)
    ]
    hidden = pd.Series(np.minimum(*left).sum(axis=0), index=pairs.index)
    named = (pairs["outer_part"] != OTHER) & (pairs["part"] != OTHER)
    return pairs[named & (hidden <= pairs["change_amount"].abs() + 0.005)]


def _merged(cube: MonthlyCube, revenue: pd.DataFrame, dimension: str) -> pd.DataFrame:
    """Return month x part: net revenue that is in no cell of its own; infinite where not told."""
    own = revenue[(revenue["dimension"] == dimension) & revenue["value"].notna()]
    told = own.pivot_table(index="month", columns="part", values="value", aggfunc="sum")
    cells = cube.cells.pivot_table(
        index="month", columns=dimension, values="net_revenue_amount", aggfunc="sum"
    )
    held = cells.reindex(index=told.index, columns=told.columns).fillna(0.0)
    return (told - held).round(2).fillna(float("inf"))


def _months(period: Period) -> list[pd.Timestamp]:
    months = pd.date_range(period.start, period.end, freq="MS", inclusive="left")
    return list(months)
