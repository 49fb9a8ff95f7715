"""The change of net revenue by the parts of one dimension, as the published months tell it."""

from __future__ import annotations

import pandas as pd

from analytics.calendar import Period
from analytics.privacy import OTHER
from analytics.results import Kpis

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


def _months(period: Period) -> list[pd.Timestamp]:
    months = pd.date_range(period.start, period.end, freq="MS", inclusive="left")
    return list(months)
