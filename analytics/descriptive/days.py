"""KPIs of days, and which parts of a dimension can be told by day."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from analytics.descriptive.definitions import OF_THE_CUSTOMER
from analytics.privacy import OTHER
from analytics.results import DailySeries

WEEK, YEAR = 7, 364
_USUAL_WEEKS = 4


def daily_figures(series: DailySeries) -> pd.DataFrame:
    """Return day, kpi, value and usual: the mean of the same weekday of the four weeks before.

    Parameters
    ----------
    series : DailySeries
        Totals by day as they are published: days that are withheld have no values, and no day
        is compared with them.
    """
    days = series.days.sort_values("day", ignore_index=True)
    revenue, orders = days["net_revenue_amount"], days["orders"]
    values = {
        "net_revenue": revenue,
        "contribution_margin": days["contribution_margin_amount"],
        "contribution_margin_rate": days["contribution_margin_amount"]
        / revenue.where(revenue != 0),
        "orders": orders,
        "average_order_value": revenue / orders.where(orders != 0),
        "active_customers": days["active_customers"],
    }
    told = []
    for kpi, value in values.items():
        if not value.notna().any():
            continue
        before = pd.concat(
            [value.shift(WEEK * week) for week in range(1, _USUAL_WEEKS + 1)], axis=1
        )
        usual = before.mean(axis=1).where(before.notna().all(axis=1))
        told.append(pd.DataFrame({"day": days["day"], "kpi": kpi, "value": value, "usual": usual}))
    if not told:
        return pd.DataFrame(columns=["day", "kpi", "value", "usual"])
    return pd.concat(told, ignore_index=True)


def told_parts(
    parts: pd.DataFrame, dimension: str, *, days: pd.DatetimeIndex, minimum_cell: int
) -> pd.DataFrame:
    """Return net revenue by day and part, small parts in ``Other``.

    A part that stands for fewer than `minimum_cell` customers on one of the days, and for one
    at least, is in ``Other`` on all of them, and so are the smallest parts besides, until two
    are, and ``Other`` stands for enough on every day on which anyone is in it. So what is not
    told is a whole rectangle of days and parts, of which only sums are known; no cell of it
    follows from them.

    Parameters
    ----------
    parts : DataFrame
        day, part, net_revenue_amount, active_customers: exact.
    dimension : str
        Of the parts.
    days : DatetimeIndex
        Days to tell of.
    minimum_cell : int
        Fewest customers that a figure may stand for; 1 merges nothing.

    Returns
    -------
    DataFrame
        day, part, net_revenue_amount; a row for each day and part, zeros filled. Empty where
        no two parts are left.
    """
    here = parts[parts["day"].isin(days)]
    nothing = pd.DataFrame(columns=["day", "part", "net_revenue_amount"])
    if here.empty:
        return nothing
    amounts = _wide(here, "net_revenue_amount", days).round(2)
    customers = pd.concat(
        [_wide(here, "active_customers", days), _left_over(parts, here["part"], days)]
    )
    merged = _merged(customers, minimum_cell, exclusive=dimension in OF_THE_CUSTOMER)
    if merged:
        other = amounts[merged].sum(axis=1).round(2)
        amounts = amounts.drop(columns=merged).assign(**{OTHER: other})
    if amounts.shape[1] < 2:
        return nothing
    told = amounts.rename_axis(index="day").reset_index()
    return told.melt(id_vars="day", var_name="part", value_name="net_revenue_amount")


def _wide(rows: pd.DataFrame, figure: str, days: pd.DatetimeIndex) -> pd.DataFrame:
    wide = rows.pivot_table(index="day", columns="part", values=figure, aggfunc="sum")
    return wide.reindex(days).fillna(0.0)


def _left_over(parts: pd.DataFrame, told: pd.Series, days: pd.DatetimeIndex) -> pd.DataFrame:
    """Return the fewest customers of each part on the days of a month that are not told."""
    rows = parts.assign(month=parts["day"].dt.to_period("M").dt.start_time.to_numpy())
    rest = rows[
        rows["month"].isin(days.to_period("M").start_time)
        & ~rows["day"].isin(days)
        & rows["part"].isin(set(told))
    ]
    # Customers of a day are customers of all days that are left.
    most = rest.pivot_table(index="month", columns="part", values="active_customers", aggfunc="max")
    wide: pd.DataFrame = most.reindex(columns=sorted(set(told))).fillna(0.0)
    return wide


def _merged(customers: pd.DataFrame, minimum: int, *, exclusive: bool) -> list[str]:
    small = ((customers > 0) & (customers < minimum)).any()
    if not small.any():
        return []
    # A part that is called Other would be taken for the merged one, and joins it.
    first = small | (customers.columns == OTHER)
    size = customers.sum().to_dict()
    order = sorted(customers.columns, key=lambda part: (not first[part], size[part], part))
    taken = max(int(first.sum()), 2)
    while taken < len(order):
        held = customers[order[:taken]].to_numpy()
        stands_for = held.sum(axis=1) if exclusive else held.max(axis=1)
        if not ((stands_for > 0) & (stands_for < minimum)).any():
            break
        taken += 1
    return order[:taken]


def daily_movers(
    parts: Mapping[str, pd.DataFrame],
    series: DailySeries,
    days: pd.DatetimeIndex,
    *,
    minimum_cell: int,
) -> pd.DataFrame:
    """Return net revenue by part of each day and of the day it is compared with.

    Parameters
    ----------
    parts : mapping
        Dimension to its mart `daily_by`.
    series : DailySeries
        Totals as published; days that are withheld are compared with nothing.
    days : DatetimeIndex
        Days that get a report.
    minimum_cell : int
        See `told_parts`.

    Returns
    -------
    DataFrame
        start, against (week_before, year_before), dimension, part, current_amount, base_amount.
    """
    known = series.days.loc[series.days["net_revenue_amount"].notna(), "day"]
    steps = {"week_before": WEEK, "year_before": YEAR}
    pairs = []
    for against, step in steps.items():
        base = days - pd.Timedelta(days=step)
        both = np.asarray(days.isin(known)) & np.asarray(base.isin(known))
        pairs.append(pd.DataFrame({"start": days[both], "base": base[both], "against": against}))
    pair = pd.concat(pairs, ignore_index=True)
    columns = ["start", "against", "dimension", "part", "current_amount", "base_amount"]
    tables = []
    needed = pd.DatetimeIndex(sorted({*pair["start"], *pair["base"]}))
    for dimension in sorted(parts) if len(needed) else ():
        told = told_parts(parts[dimension], dimension, days=needed, minimum_cell=minimum_cell)
        if told.empty:
            continue
        current = told.set_axis(["start", "part", "current_amount"], axis=1)
        then = told.set_axis(["base", "part", "base_amount"], axis=1)
        rows = pair.merge(current, on="start").merge(then, on=["base", "part"])
        tables.append(rows.assign(dimension=dimension)[columns])
    return pd.concat(tables, ignore_index=True) if tables else pd.DataFrame(columns=columns)
