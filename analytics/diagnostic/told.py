"""What can be told of slices beside the published cube and KPIs without giving a few away."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics.diagnostic.slices import REST, UNKNOWN, OrderTable, Slice, cells, members
from analytics.results import Kpis, MonthlyCube

Flags: TypeAlias = NDArray[np.bool_]
CUBE_DIMENSIONS = ("region", "segment", "category", "sales_channel")
MERGED = "in_merged_cell"
_FEW_DIMENSIONS = 2  # whose customers are published as distinct counts


def told_orders(
    orders: pd.DataFrame, kpis: Kpis, cube: MonthlyCube, *, dimensions: tuple[str, ...]
) -> pd.DataFrame:
    """Return the orders with the parts that are published, and which lie in merged cells.

    Parameters
    ----------
    orders : DataFrame
        Completed orders: day and the dimensions.
    kpis : Kpis
        Which parts of a dimension are told in which month.
    cube : MonthlyCube
        Which cells are told.
    dimensions : tuple of str
        Dimensions of the source.

    Returns
    -------
    DataFrame
        A part that the KPIs merge in any of its months is ``Other`` in all. Column
        ``in_merged_cell`` says whether the cube merges an order's cell.
    """
    month = orders["day"].dt.to_period("M").dt.to_timestamp().astype("datetime64[us]")
    named = kpis.values[kpis.values["kpi"] == "net_revenue"]
    found: dict[str, pd.Series] = {}
    for name in dimensions:
        rows = named[named["dimension"] == name]
        known = pd.MultiIndex.from_arrays([rows["month"], rows["part"]])
        own = pd.MultiIndex.from_arrays([month, orders[name]])
        untold = sorted(set(orders[name][~own.isin(known)]))
        found[name] = orders[name].where(~orders[name].isin(untold), REST)
    held = [name for name in CUBE_DIMENSIONS if name in dimensions]
    merged = np.zeros(len(orders), dtype=bool)
    if held:
        cells = pd.MultiIndex.from_frame(cube.cells[["month", *held]])
        own = pd.MultiIndex.from_arrays([month, *(orders[name] for name in held)])
        merged = ~own.isin(cells)
    return orders.assign(**found, **{MERGED: merged})


def told_members(table: OrderTable, slice_: Slice, *, minimum: int) -> Flags | None:
    """Return which orders of the slice's parts can be counted in what is told of it.

    A slice of dimensions of the published cube is told by the sums of the cube's own cells:
    those of merged cells are left out, so that it says nothing that the cube does not. One of
    another dimension, of which no cells are published, is told only where every cell of its
    dimensions has no customer or enough: then neither can be had by subtracting others from a
    published total.

    Returns
    -------
    ndarray of bool or None
        None where the slice itself, in its period or in the one it is compared with, stands
        for some customers but fewer than the minimum, or would give such a cell away.
    """
    held = members(table, slice_)
    within_cube = set(slice_.dimensions) <= set(CUBE_DIMENSIONS)
    if within_cube:
        held &= ~table.merged
    for period in (slice_.period, compared_period(slice_.period)):
        if _is_few(table.customer[held & (table.period == period)], minimum):
            return None
        if not within_cube and _has_small_cell(table, slice_.dimensions, period, minimum):
            return None
    return held


def _has_small_cell(
    table: OrderTable, dimensions: tuple[str, ...], period: int, minimum: int
) -> bool:
    """Return whether a cell of these dimensions stands for a few customers in the period."""
    if minimum <= 1 or len(dimensions) < 2:
        return False
    own = table.period == period
    cell, _ = cells(table, dimensions)
    seen = np.unique(np.column_stack([cell[own], table.customer[own]]), axis=0)[:, 0]
    counts = np.bincount(seen)
    return bool(((counts > 0) & (counts < minimum)).any())


def known_orders(table: OrderTable, slice_: Slice, dimension: str, *, minimum: int) -> OrderTable:
    """Return the orders without those of an unknown part of the dimension, if these are of few.

    Fewer than the minimum of customers in the slice and its period are few; with enough, or
    none, the table itself is returned.
    """
    if UNKNOWN not in table.parts[dimension]:
        return table
    unknown = table.codes[dimension] == table.parts[dimension].index(UNKNOWN)
    inside = members(table, slice_) & (table.period == slice_.period)
    if not _is_few(table.customer[inside & unknown], minimum):
        return table
    return replace(
        table,
        period=table.period[~unknown],
        customer=table.customer[~unknown],
        codes={name: codes[~unknown] for name, codes in table.codes.items()},
        revenue=table.revenue[~unknown],
        merged=table.merged[~unknown],
    )


def are_customers_told(table: OrderTable, slice_: Slice, told: Flags) -> bool:
    """Return whether the customers of the told orders can stand beside the distinct counts."""
    complete = bool((told == members(table, slice_)).all())
    return complete or len(slice_.dimensions) > _FEW_DIMENSIONS


def compared_period(period: int) -> int:
    """Return the place of the period that a slice's own is compared with: a year before."""
    return period - 4 if period >= 4 else period - 1 if period else period + 1


def merged_groups(customers: Mapping[str, int], minimum: int) -> dict[str, str]:
    """Return the group of each part: itself, or ``Other`` for those with too few customers.

    Where ``Other`` would be too few itself, the smallest of the named ones joins it.
    """
    order = sorted(customers, key=lambda part: (customers[part], part))
    few = [part for part in order if 0 < customers[part] < minimum]
    rest = [part for part in order if customers[part] >= minimum]
    while few and rest and sum(customers[part] for part in few) < minimum:
        few.append(rest.pop(0))
    return {part: REST if part in few else part for part in order}


def _is_few(customers: NDArray[np.int64], minimum: int) -> bool:
    return 0 < len(np.unique(customers)) < minimum
