"""The directions of findings, computed anew from marts that the findings were not made of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

Directions = dict[tuple[str, str, str, str], int]
_MARGIN, _REVENUE = "contribution_margin_amount", "net_revenue_amount"


def monthly_directions(monthly: pd.DataFrame, first: date, middle: date, end: date) -> Directions:
    """Return 1 or -1 by pattern, kpi, dimension and part: changes, growth, shares and ranks.

    Parameters
    ----------
    monthly : DataFrame
        `Marts.monthly`, its month named start.
    first, middle, end : date
        The year before is [first, middle), the last one [middle, end).
    """
    rows = monthly.assign(start=pd.to_datetime(monthly["start"]))
    then = rows[(rows["start"] >= pd.Timestamp(first)) & (rows["start"] < pd.Timestamp(middle))]
    now = rows[(rows["start"] >= pd.Timestamp(middle)) & (rows["start"] < pd.Timestamp(end))]
    names = [_REVENUE, _MARGIN, "orders"]
    before, after = (
        _by_part(part.groupby(["dimension", "part"])[names].sum()) for part in (then, now)
    )
    found: Directions = {}
    whole, earlier = after.get(("all", "all")), before.get(("all", "all"))
    if whole is None:
        return found
    for (dimension, part), row in after.items():
        if dimension == "all":
            continue
        rest = {name: whole[name] - row[name] for name in names}
        if rest[_REVENUE] > 0 and row[_REVENUE] > 0:
            own, other = (v[_MARGIN] / v[_REVENUE] for v in (row, rest))
            found[("rank", "contribution_margin_rate", dimension, part)] = _sign(own - other)
        old = before.get((dimension, part))
        if earlier is None or old is None:
            continue
        if old[_REVENUE] > 0 and earlier[_REVENUE] > old[_REVENUE]:
            usual = rest[_REVENUE] / (earlier[_REVENUE] - old[_REVENUE])
            growth = row[_REVENUE] / old[_REVENUE]
            found[("growth", "net_revenue", dimension, part)] = _sign(growth - usual)
        for kpi, name in (("net_revenue", _REVENUE), ("contribution_margin", _MARGIN)):
            if whole[name] > 0 and earlier[name] > 0:
                change = row[name] / whole[name] - old[name] / earlier[name]
                found[("share", kpi, dimension, part)] = _sign(change)
    if earlier is not None:
        for kpi, name in (("net_revenue", _REVENUE), ("orders", "orders")):
            found[("change", kpi, "all", "all")] = _sign(whole[name] - earlier[name])
        for kpi, top, bottom in (
            ("average_order_value", _REVENUE, "orders"),
            ("contribution_margin_rate", _MARGIN, _REVENUE),
        ):
            if whole[bottom] > 0 and earlier[bottom] > 0:
                change = whole[top] / whole[bottom] - earlier[top] / earlier[bottom]
                found[("change", kpi, "all", "all")] = _sign(change)
    return found


def customer_directions(
    now: pd.DataFrame, then: pd.DataFrame | None, *, margin: bool
) -> Directions:
    """Return 1 or -1 for the value of each part's customers, and for the number of customers.

    Parameters
    ----------
    now, then : DataFrame
        `Marts.customer_features` at the end of the last year, and at its start; None where the
        year before is not observed. Their years have 365 days.
    margin : bool
        Whether value is contribution margin, else net revenue.
    """
    active = now[now["orders_last_365_days"] > 0]
    kpi = "contribution_margin" if margin else "net_revenue"
    value = f"{kpi}_last_365_days_amount"
    found: Directions = {}
    for dimension in ("region", "segment", "acquisition_channel"):
        if dimension not in active:
            continue
        for part in active[dimension].dropna().unique():
            own = active[dimension] == part
            if own.all():
                continue
            change = float(active.loc[own, value].mean() - active.loc[~own, value].mean())
            found[("value", kpi, dimension, str(part))] = _sign(change)
    if then is not None:
        before = int((then["orders_last_365_days"] > 0).sum())
        found[("change", "active_customers", "all", "all")] = _sign(len(active) - before)
    return found


def daily_directions(daily: pd.DataFrame, middle: date, end: date) -> Directions:
    """Return 1 for the season that the days show, and 1 or -1 for each month of the last year.

    Parameters
    ----------
    daily : DataFrame
        `Marts.daily`.
    middle, end : date
        The last year is [middle, end), and the year before is observed too.
    """
    stamps = pd.DatetimeIndex(daily["day"])
    months = daily[_REVENUE].astype(float).groupby(stamps.to_period("M")).mean()
    names = pd.period_range(_month(middle), _month(end) - 1, freq="M")
    last, before = months.reindex(names), months.reindex(names - 12)
    if len(names) != 12 or not (last > 0).all() or not (before > 0).all():
        return {}
    found: Directions = {}
    days = names.days_in_month.to_numpy(dtype=float)
    both = last.to_numpy() * before.to_numpy() * days * (names - 12).days_in_month.to_numpy()
    part = f"{names[int(both.argmax())].month}/{names[int(both.argmin())].month}"
    found[("season", "net_revenue", "all", part)] = 1
    growth = last.to_numpy() / before.to_numpy()
    middle_growth = float(np.exp(np.median(np.log(growth))))
    for month, rate in zip(names, growth, strict=True):
        found[("outlier", "net_revenue", "month", str(month))] = _sign(rate - middle_growth)
    return found


def trend_directions(
    rows: Mapping[str, tuple[pd.Series, pd.Series]], orders: pd.Series
) -> Directions:
    """Return 1 or -1 for the trend of answers, and of events in relation to orders, one by one.

    Parameters
    ----------
    rows : mapping
        By KPI, the days of single answers or events with their values. Values without any
        variation count events, which are held against the orders of the same days.
    orders : Series
        Orders by day, indexed by day.
    """
    found: Directions = {}
    days = pd.DatetimeIndex(orders.index)
    for kpi, (at, values) in rows.items():
        inside = (at >= days.min()) & (at <= days.max()) if len(days) else at.isna()
        place = (at[inside] - days.min()).dt.total_seconds().to_numpy()
        amount = values[inside].to_numpy(dtype=float)
        if len(place) < 2:
            continue
        if float(np.ptp(amount)) > 0:
            change = float(((place - place.mean()) * amount).sum())
        else:
            usual = (days - days.min()).total_seconds().to_numpy()
            weight = orders.to_numpy(dtype=float)
            change = float(place.mean() - (usual * weight).sum() / max(weight.sum(), 1.0))
        found[("trend", kpi, "all", "all")] = _sign(change)
    return found


def _by_part(frame: pd.DataFrame) -> dict[tuple[str, str], dict[str, float]]:
    return dict(_parts(frame))


def _parts(frame: pd.DataFrame) -> Iterator[tuple[tuple[str, str], dict[str, float]]]:
    rows: list[Any] = list(frame.itertuples())
    for row in rows:
        values = {str(n): float(getattr(row, str(n))) for n in frame.columns}
        yield (str(row.Index[0]), str(row.Index[1])), values


def _month(day: date) -> pd.Period:
    return pd.Period(pd.Timestamp(day), freq="M")


def _sign(value: float) -> int:
    return 1 if np.isfinite(value) and value >= 0 else -1
