"""What the dashboard of KPIs adds up in the reader's browser, as one compact object.

Sums come from three published tables: totals and totals by one part from `Kpis`, everything
under two filters and more from the monthly cube, and customers from their own counts. Amounts
are whole cents, so that the browser's sums are exact.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics.presentation.figures import definitions
from analytics.presentation.formats import currency_mark, sentence_start, words
from analytics.results import DistinctCounts, Kpis, MonthlyCube

CUBE_DIMENSIONS = ("region", "segment", "category", "sales_channel")
# Dimensions of which a customer has one value: customers add up over their parts.
OF_THE_CUSTOMER = ("region", "segment")
ALL = "all"
# About 60 KB compressed: what a page has to spare for cells and counts.
MOST_CELLS = 5_500
MOST_MONTHS = 120
RATE_SCALE = 10_000
_SUMS = {
    "net_revenue": ("net_revenue_amount", 100),
    "contribution_margin": ("contribution_margin_amount", 100),
    "orders": ("orders", 1),
}
HOW: dict[str, tuple[str, ...]] = {
    "net_revenue": ("sum", "net_revenue"),
    "contribution_margin": ("sum", "contribution_margin"),
    "contribution_margin_rate": ("ratio", "contribution_margin", "net_revenue"),
    "orders": ("sum", "orders"),
    "average_order_value": ("ratio", "net_revenue", "orders"),
    "active_customers": ("active",),
    "new_customers": ("new",),
    "returning_customers": ("returning",),
    "customer_growth_rate": ("growth",),
    "retention_rate": ("retention",),
}
_DIGITS = {"rate": 6, "score": 5, "ratio": 5, "days": 5, "per_1000": 4, "currency": 2, "count": 0}


def dashboard_cells(
    kpis: Kpis, cube: MonthlyCube | None, counts: DistinctCounts | None, *, currency: str
) -> dict[str, Any]:
    """Return months, parts, sums, counts and told KPIs as JSON can hold them.

    Where the cube has more than `MOST_CELLS` cells, a page could not carry it: dimensions with
    the most parts are summed over until 13 months fit, and then the earliest months are left
    out, as are those before the last `MOST_MONTHS`. ``leftOut`` says so in words.
    """
    held = tuple(name for name in CUBE_DIMENSIONS if cube is not None and name in cube.dimensions)
    cells = cube.cells if cube is not None and len(cube.cells) else None
    left_out: list[str] = []
    known = sorted(kpis.values.loc[kpis.values["dimension"] == ALL, "month"].unique())
    months = pd.DatetimeIndex(known)
    months, early = months[-MOST_MONTHS:], months[:-MOST_MONTHS]
    if len(early) and cells is not None:
        cells = cells[cells["month"] >= months[0]]
    if cells is not None and held and len(cells):
        cells, held, first, dropped = cells_that_fit(cells, held)
        if dropped:
            names = " and ".join(words(name) for name in dropped)
            left_out.append(f"{names}, which has too many parts for a page")
        months = months[months >= first] if first > cells["month"].min() else months
        cells = cells[cells["month"] >= first]
    if months[0] > known[0]:
        left_out.append(f"the months before {months[0]:%B %Y}, which are too many for a page")
    values = kpis.values[kpis.values["month"].isin(months)]
    parts = {name: _parts(values, cells, name) for name in held}
    totals = values[values["dimension"] == ALL]
    complete = totals.groupby("month")["complete"].max().reindex(months).fillna(False)
    sums = [name for name in _SUMS if name in set(values["kpi"])]
    return {
        "currency": currency_mark(currency),
        "unit": currency,
        "months": [f"{month:%Y-%m}" for month in months],
        "complete": [int(value) for value in complete],
        "latest": f"{kpis.latest_month:%Y-%m}" if kpis.latest_month else None,
        "dimensions": [
            {
                "name": name,
                "title": sentence_start(words(name)),
                "parts": parts[name],
                "exclusive": name in OF_THE_CUSTOMER,
                # Where parts merge in the cube alone, Other is nothing to choose.
                "offered": len(parts[name]) - int(_is_of_the_cube_alone(values, name, parts[name])),
            }
            for name in held
        ],
        "kpis": [
            {"name": each.kpi, "title": each.title, "unit": each.unit, "good": each.good,
             "how": list(HOW.get(each.kpi, ("told",)))}
            for each in definitions(kpis).values()
        ],
        "sums": sums,
        "totals": {name: _course(values, name, ALL, ALL, months) for name in sums},
        "byPart": {
            name: {
                dimension: [_course(values, name, dimension, part, months) for part in all_parts]
                for dimension, all_parts in parts.items()
            }
            for name in sums
        },
        "cells": None if cells is None else _cells(cells, parts, months, sums),
        "minimum": 0 if cube is None else cube.minimum_cell,
        "told": {
            kpi: _told(values, kpi, parts, months, unit)
            for kpi, unit in ((each.kpi, each.unit) for each in definitions(kpis).values())
            if kpi not in HOW
        },
        "counts": None if counts is None else _counts(counts, parts, months),
        "leftOut": left_out,
    }  # fmt: skip


def cells_that_fit(
    cells: pd.DataFrame, held: tuple[str, ...]
) -> tuple[pd.DataFrame, tuple[str, ...], pd.Timestamp, list[str]]:
    """Return cells, their dimensions, the first month that a page can carry, what is left out.

    Cells are summed over the dimensions with the most parts until 13 months fit; the earliest
    months that are too many then are still in the cells.
    """
    cells, held, dropped = _narrowed(cells, held)
    first = _first_month(cells) if len(cells) > MOST_CELLS else cells["month"].min()
    return cells, held, pd.Timestamp(first), dropped


def _narrowed(
    cells: pd.DataFrame, held: tuple[str, ...]
) -> tuple[pd.DataFrame, tuple[str, ...], list[str]]:
    """Return the cells summed over the largest dimensions until 13 months of them fit."""
    dropped: list[str] = []
    figures = [column for column, _ in _SUMS.values()]
    while len(held) > 1:
        last = np.sort(cells["month"].unique())[-13:]
        if int(cells["month"].isin(last).sum()) <= MOST_CELLS:
            break
        largest = max(held, key=lambda name: cells[name].nunique())
        held = tuple(name for name in held if name != largest)
        dropped.append(largest)
        grouped = cells.groupby(["month", *held], sort=True)[figures].sum(min_count=1)
        cells = grouped.reset_index()
    return cells, held, dropped


def _first_month(cells: pd.DataFrame) -> pd.Timestamp:
    sizes = cells.groupby("month").size().sort_index(ascending=False).cumsum()
    fitting = sizes.index[sizes <= MOST_CELLS]
    first = fitting[-1] if len(fitting) else sizes.index[0]
    return pd.Timestamp(first)


def _parts(values: pd.DataFrame, cells: pd.DataFrame | None, dimension: str) -> list[str]:
    """Return the parts of a dimension, largest first; merged and unknown ones last."""
    rows = values[(values["dimension"] == dimension) & (values["kpi"] == "net_revenue")]
    sums = rows.groupby("part")["value"].sum()
    size = {str(part): float(value) for part, value in sums.items()}
    if cells is not None:
        for part in cells[dimension].unique():
            size.setdefault(str(part), 0.0)
    remainder = {"Unknown": 1, "Other": 2}
    return sorted(size, key=lambda part: (remainder.get(part, 0), -size[part], part))


def _is_of_the_cube_alone(values: pd.DataFrame, dimension: str, parts: list[str]) -> bool:
    told = values.loc[values["dimension"] == dimension, "part"]
    return bool(parts) and parts[-1] == "Other" and "Other" not in set(told)


def _course(
    values: pd.DataFrame, kpi: str, dimension: str, part: str, months: pd.DatetimeIndex
) -> list[int | None]:
    rows = values[
        (values["kpi"] == kpi) & (values["dimension"] == dimension) & (values["part"] == part)
    ]
    series = rows.set_index("month")["value"].reindex(months)
    factor = _SUMS[kpi][1]
    return [None if value != value else round(value * factor) for value in series.tolist()]


def _cells(
    cells: pd.DataFrame, parts: dict[str, list[str]], months: pd.DatetimeIndex, sums: list[str]
) -> dict[str, Any]:
    """Return the cells in the order of their places; a place is told by its distance."""
    place = months.get_indexer(pd.DatetimeIndex(cells["month"]))
    for name, all_parts in parts.items():
        place = place * len(all_parts) + pd.Index(all_parts).get_indexer(pd.Index(cells[name]))
    order = np.argsort(place, kind="stable")
    steps = np.diff(place[order], prepend=0)
    told = {
        name: (cells[_SUMS[name][0]].to_numpy(dtype=float) * _SUMS[name][1])[order].round()
        for name in sums
    }
    content: dict[str, Any] = {"at": steps.tolist()}
    # Differences from a guess have fewer digits: orders times the mean order value of the
    # segment, and net revenue times the margin rate of the category, both whole numbers.
    for name, base, by, scale in (
        ("contribution_margin", "net_revenue", "category", RATE_SCALE),
        ("net_revenue", "orders", "segment", 1),
    ):
        if name in told and base in told:
            codes = np.zeros(len(cells), dtype=np.int64)
            if by in parts:
                codes = pd.Index(parts[by]).get_indexer(pd.Index(cells[by]))[order]
            size = len(parts[by]) if by in parts else 1
            rates = _rates(told[name], told[base], codes, size, scale)
            told[name] = told[name] - np.floor(told[base] * rates[codes] / scale)
            content[f"{name}_rates"] = rates.tolist()
    for name, values in told.items():
        content[name] = [None if value != value else int(value) for value in values.tolist()]
    return content


def _rates(
    values: NDArray[np.float64],
    base: NDArray[np.float64],
    codes: NDArray[np.int64],
    size: int,
    scale: int,
) -> NDArray[np.int64]:
    """Return whole rates in units of 1 / scale by part: sum of values over sum of base."""
    known = np.isfinite(values) & np.isfinite(base)
    top = np.bincount(codes[known], weights=values[known], minlength=size)
    bottom = np.bincount(codes[known], weights=base[known], minlength=size)
    share = np.divide(top, bottom, out=np.zeros(size), where=bottom > 0)
    rates: NDArray[np.int64] = np.rint(share * scale).astype(np.int64)
    return rates


def _told(
    values: pd.DataFrame,
    kpi: str,
    parts: dict[str, list[str]],
    months: pd.DatetimeIndex,
    unit: str,
) -> dict[str, Any]:
    """Return a KPI that is told by month and one part at most, rounded for showing."""
    digits = _DIGITS.get(unit, 4)
    rows = values[values["kpi"] == kpi]
    by = rows.set_index(["dimension", "part", "month"])["value"]
    known = set(rows["dimension"])

    def course(dimension: str, part: str) -> list[float | None]:
        keys = [(dimension, part, month) for month in months]
        series = by.reindex(pd.MultiIndex.from_tuples(keys))
        return [None if value != value else round(value, digits) for value in series.tolist()]

    return {
        "all": course(ALL, ALL),
        **{
            name: [course(name, part) for part in all_parts]
            for name, all_parts in parts.items()
            if name in known
        },
    }


def _counts(
    counts: DistinctCounts, parts: dict[str, list[str]], months: pd.DatetimeIndex
) -> dict[str, Any]:
    """Return the counts of customers by period: rows of a place and three numbers.

    The place numbers the combination of parts, 0 of a dimension standing for all of it. A
    withheld combination has -1 as its count; retained customers are -1 where not comparable, and
    elsewhere the count of the period before is the one that they were retained from.
    """
    frame = counts.counts
    for name in CUBE_DIMENSIONS:
        if name not in parts:
            frame = frame[frame[name] == ALL]
    place = np.zeros(len(frame), dtype=np.int64)
    for name, all_parts in parts.items():
        index = pd.Index([ALL, *all_parts]).get_indexer(pd.Index(frame[name]))
        place = np.where(index < 0, -1, place * (len(all_parts) + 1) + index)
    frame = frame.assign(_place=place)
    frame = frame[(frame["_place"] >= 0) & ((frame["start"] >= months[0]) | (frame["kind"] == ALL))]
    periods = []
    for _, group in frame.groupby(["kind", "start"], sort=True):
        rows = group.sort_values("_place")
        periods.append(
            {
                "kind": str(rows["kind"].iloc[0]),
                "start": f"{rows['start'].iloc[0]:%Y-%m}",
                "complete": int(rows["complete"].all()),
                "at": np.diff(rows["_place"], prepend=0).tolist(),
                "active": _whole(rows["active_customers"]),
                "new": _whole(rows["new_customers"]),
                "retained": _whole(rows["retained_customers"]),
            }
        )
    return {"periods": periods}


def _whole(values: pd.Series[float]) -> list[int]:
    return [-1 if value != value else round(value) for value in values.tolist()]
