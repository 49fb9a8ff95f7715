"""Slices of the orders: one part of each of one to three dimensions, by quarter."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics.calendar import Period

Floats: TypeAlias = NDArray[np.float64]
Codes: TypeAlias = NDArray[np.int64]

SCANNED_DIMENSIONS: tuple[str, ...] = (
    "region",
    "segment",
    "category",
    "sales_channel",
    "payment_method",
)
LARGEST_PARTS = 10  # of a dimension; the rest are taken together and never named
REST = "Other"
UNKNOWN = "Unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderTable:
    """Completed orders of whole periods, coded for counting.

    Attributes
    ----------
    periods : tuple of Period
        Complete ones, in order.
    period : ndarray of int, shape (orders,)
        Each order's place among them.
    customer : ndarray of int, shape (orders,)
        Each order's customer, coded from 0.
    customers : int
        Number of customers.
    codes : mapping of str to ndarray, shape (orders,)
        Each order's part of each dimension.
    parts : mapping of str to tuple of str
        The parts' names.
    revenue : ndarray, shape (orders,)
        Net revenue.
    merged : ndarray of bool, shape (orders,)
        Whether the published cube merges the order's cell.
    """

    periods: tuple[Period, ...]
    period: Codes
    customer: Codes
    customers: int
    codes: Mapping[str, Codes]
    parts: Mapping[str, tuple[str, ...]]
    revenue: Floats
    merged: NDArray[np.bool_]

    @property
    def dimensions(self) -> tuple[str, ...]:
        """The dimensions, in the order of the scan."""
        return tuple(self.codes)


@dataclass(frozen=True, slots=True, kw_only=True)
class Slice:
    """The orders of some parts in one period.

    Attributes
    ----------
    dimensions, parts : tuple of str
        One to three dimensions, and the part of each.
    period : int
        Place among the table's periods.
    """

    dimensions: tuple[str, ...]
    parts: tuple[str, ...]
    period: int

    @property
    def name(self) -> str:
        """The parts, such as ``North x Electronics x Online``."""
        return " x ".join(self.parts)

    def contains(self, other: Slice) -> bool:
        """Return whether every order of the other slice is one of this one."""
        own = dict(zip(self.dimensions, self.parts, strict=True))
        theirs = dict(zip(other.dimensions, other.parts, strict=True))
        return self.period == other.period and own.items() <= theirs.items()


def order_table(orders: pd.DataFrame, periods: tuple[Period, ...]) -> OrderTable:
    """Return the orders of these periods, coded.

    Parameters
    ----------
    orders : DataFrame
        Completed orders, one row each: customer_id, day (datetime64), net_revenue_amount, those
        of `SCANNED_DIMENSIONS` that the source has, and where it is known in_merged_cell.
    periods : tuple of Period
        Consecutive complete periods, at least one.

    Returns
    -------
    OrderTable
        A dimension with a single part is left out: it tells nothing apart.
    """
    starts = np.array([np.datetime64(period.start) for period in periods])
    days = orders["day"].to_numpy().astype("datetime64[D]")
    inside = (days >= starts[0]) & (days < np.datetime64(periods[-1].end))
    rows, days = orders[inside], days[inside]
    customer, people = pd.factorize(rows["customer_id"], sort=True)
    codes, parts = {}, {}
    for name in SCANNED_DIMENSIONS:
        if name in rows and rows[name].nunique(dropna=False) > 1:
            codes[name], parts[name] = _coded(rows[name])
    return OrderTable(
        periods=periods,
        period=np.searchsorted(starts, days, side="right").astype(np.int64) - 1,
        customer=customer.astype(np.int64),
        customers=len(people),
        codes=codes,
        parts=parts,
        revenue=rows["net_revenue_amount"].to_numpy(dtype=np.float64),
        merged=(
            rows["in_merged_cell"].to_numpy(dtype=bool)
            if "in_merged_cell" in rows
            else np.zeros(len(rows), dtype=bool)
        ),
    )


def dimension_sets(dimensions: tuple[str, ...], most: int = 3) -> list[tuple[str, ...]]:
    """Return all sets of one to `most` dimensions, smaller ones first."""
    return [chosen for size in range(1, most + 1) for chosen in combinations(dimensions, size)]


def cells(table: OrderTable, dimensions: tuple[str, ...]) -> tuple[Codes, int]:
    """Return each order's cell of these dimensions, in row-major order, and their number."""
    sizes = tuple(len(table.parts[name]) for name in dimensions)
    flat = np.ravel_multi_index(tuple(table.codes[name] for name in dimensions), sizes)
    return flat.astype(np.int64), int(np.prod(sizes))


def cell_parts(table: OrderTable, dimensions: tuple[str, ...]) -> Codes:
    """Return each cell's codes, shape (cells, dimensions), in row-major order."""
    sizes = tuple(len(table.parts[name]) for name in dimensions)
    return np.indices(sizes).reshape(len(sizes), -1).T.astype(np.int64)


def cube(table: OrderTable, dimensions: tuple[str, ...], values: Floats) -> Floats:
    """Return the sums of `values` over orders, shape (cells, periods)."""
    cell, count = cells(table, dimensions)
    width = len(table.periods)
    sums = np.bincount(cell * width + table.period, values, count * width)
    return np.asarray(sums, dtype=np.float64).reshape(count, width)


def members(table: OrderTable, slice_: Slice) -> NDArray[np.bool_]:
    """Return which orders are of the slice's parts, in any period."""
    held = np.ones(len(table.period), dtype=bool)
    for dimension, part in zip(slice_.dimensions, slice_.parts, strict=True):
        held &= table.codes[dimension] == table.parts[dimension].index(part)
    return held


def _coded(column: pd.Series) -> tuple[Codes, tuple[str, ...]]:
    values = column.astype(object).where(column.notna(), UNKNOWN).astype(str)
    sizes = values.value_counts()
    ranked = sorted(sizes.index, key=lambda name: (-int(sizes[name]), name))
    named = set(ranked[:LARGEST_PARTS])
    if len(ranked) > LARGEST_PARTS:
        values = values.where(values.isin(named), REST)
    codes, parts = pd.factorize(values, sort=True)
    return codes.astype(np.int64), tuple(str(part) for part in parts)
