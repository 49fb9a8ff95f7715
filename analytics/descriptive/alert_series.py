"""The series that an alert rule watches: a KPI in total, by parts, or of slices of the cube."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics.descriptive.cube import CUBE_DIMENSIONS
from analytics.privacy import OTHER
from analytics.results import Kpis, MonthlyCube
from analytics.settings import AlertRule

JOINT = " x "
CUBE_COLUMNS = {
    "net_revenue": "net_revenue_amount",
    "contribution_margin": "contribution_margin_amount",
    "orders": "orders",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchedSeries:
    """A KPI in every month, of one slice or of several.

    Attributes
    ----------
    months : DatetimeIndex
        Every month from the first to the last complete one.
    names : tuple of str
        Slices, such as ``North x Books``; one empty name for the total.
    labels : tuple of tuple of str
        The parts that each slice is made of, one of each dimension.
    values, samples : array of shape (months, slices)
        NaN, and 0, where not known or not complete.
    told : array of bool of shape (months, slices)
        Whether the value can be told: it follows from what is published.
    totals : array of shape (months,)
        The KPI in total.
    complete : array of bool of shape (months,)
        Whether the KPI is known of the whole month.
    """

    months: pd.DatetimeIndex
    names: tuple[str, ...]
    labels: tuple[tuple[str, ...], ...]
    values: NDArray[np.float64]
    samples: NDArray[np.float64]
    told: NDArray[np.bool_]
    totals: NDArray[np.float64]
    complete: NDArray[np.bool_]

    def groups(self) -> NDArray[np.float64]:
        """Return which slice has which part: an array of shape (slices, parts)."""
        places = [
            (at, part)
            for at in range(len(self.labels[0]))
            for part in sorted({label[at] for label in self.labels})
        ]
        return np.array(
            [[float(label[at] == part) for at, part in places] for label in self.labels]
        )


def watched_series(
    rule: AlertRule, kpis: Kpis, *, cells: pd.DataFrame | None, cube: MonthlyCube | None
) -> WatchedSeries | None:
    """Return what a rule watches; None where the source does not have it.

    Parameters
    ----------
    rule : AlertRule
        A rule that was checked.
    kpis : Kpis
        KPIs by month, as published.
    cells : DataFrame, optional
        The mart `cube`, exact.
    cube : MonthlyCube, optional
        The cube as published. A slice is not told in a month in which one of its cells is
        merged: its value would give the cell away.
    """
    rows = kpis.values[kpis.values["kpi"] == rule.kpi]
    total = rows[rows["dimension"] == "all"]
    if total.empty:
        return None
    months = pd.DatetimeIndex(
        pd.date_range(total["month"].min(), total["month"].max(), freq="MS")
    ).as_unit("us")
    whole = _wide(total.assign(part=""), months)
    if len(rule.by) > 1:
        if cells is None or cube is None or not set(rule.by) <= set(cube.dimensions):
            return None
        values, samples, told = _cube_slices(rule, cells, cube, months)
        # An incomplete month is unknown in every slice.
        values = values.where(whole[0].iloc[:, 0].notna(), axis=0)
    elif rule.by:
        parts = rows[rows["dimension"] == rule.by[0]]
        # What is in Other differs from month to month.
        parts = parts[parts["part"] != OTHER]
        if parts.empty:
            return None
        values, samples = _wide(parts, months)
        told = values.notna()
    else:
        values, samples = whole
        told = values.notna()
    if rule.part and rule.part not in values.columns:
        return None
    names = tuple(str(name) for name in values.columns)
    return WatchedSeries(
        months=months,
        names=names,
        labels=tuple(tuple(name.split(JOINT)) if len(rule.by) > 1 else (name,) for name in names),
        values=values.to_numpy(dtype=float),
        samples=samples.reindex(columns=values.columns).fillna(0).to_numpy(dtype=float),
        told=told.to_numpy(dtype=bool),
        totals=whole[0].iloc[:, 0].to_numpy(dtype=float),
        complete=np.asarray(months.isin(total.loc[total["complete"], "month"])),
    )


def _wide(rows: pd.DataFrame, months: pd.DatetimeIndex) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return values and samples by month and part; unknown in months that are partial."""
    rows = rows.assign(value=rows["value"].where(rows["complete"]))
    value = rows.pivot(index="month", columns="part", values="value").reindex(months)
    sample = rows.pivot(index="month", columns="part", values="sample").reindex(months)
    return value, sample.fillna(0)


def _cube_slices(
    rule: AlertRule, cells: pd.DataFrame, cube: MonthlyCube, months: pd.DatetimeIndex
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Return values, orders, and whether every cell of the slice is published by itself."""
    keys = ["month", *CUBE_DIMENSIONS]
    published = pd.MultiIndex.from_frame(cells[keys]).isin(
        pd.MultiIndex.from_frame(cube.cells[keys])
    )
    name = cells[rule.by[0]].astype("str")
    for dimension in rule.by[1:]:
        name = name + JOINT + cells[dimension].astype("str")
    figure = CUBE_COLUMNS[rule.kpi]
    rows = pd.DataFrame(
        {
            "month": cells["month"],
            "slice": name,
            "value": cells[figure].astype("float64"),
            "sample": cells["orders"].astype("float64"),
            "hidden": ~published,
        }
    )
    sums = rows.groupby(["month", "slice"], as_index=False).agg(
        value=("value", "sum"), sample=("sample", "sum"), hidden=("hidden", "any")
    )
    value, sample, hidden = (
        sums.pivot(index="month", columns="slice", values=name).reindex(months)
        for name in ("value", "sample", "hidden")
    )
    return value.fillna(0.0).round(2), sample.fillna(0.0), ~hidden.eq(True)
