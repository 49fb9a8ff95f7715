"""Cells that stand for few customers: merged with others, so that totals hold."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from math import fsum

import pandas as pd

OTHER = "Other"
# Amounts have two decimals; more would be the error of the machine's numbers.
_PLACES = 6


def merged_small_cells(
    frame: pd.DataFrame,
    dimensions: Sequence[str],
    *,
    by: str | Sequence[str],
    customers: str,
    minimum: int,
    exclusive: Sequence[str] = (),
) -> pd.DataFrame:
    """Return the cells of a table with the small ones merged into `OTHER`.

    Within each group of `by`, the cells with fewer than `minimum` customers become one. Where
    that would be a single cell, or might still stand for fewer than `minimum` customers, the
    next smallest cells join them: a single cell could be found by subtraction.

    Parameters
    ----------
    frame : DataFrame
        A row a cell: the columns `by`, `dimensions` and `customers`, and additive figures.
        Columns of text that are neither keep their value where it is the same in all cells.
    dimensions : sequence of str
        What tells the cells of a group apart. Where there are none, nothing can be merged.
    by : str or sequence of str
        The groups, such as the month. A group that has fewer than `minimum` customers in all
        becomes one cell; whether it may be shown is not decided here.
    customers : str
        Column with the distinct customers of the cell. They do not add up over cells, since
        one customer may be in several: a merged cell is taken to stand for no more than the
        largest of its cells, and its count says that.
    minimum : int
        Fewest customers of a cell.
    exclusive : sequence of str
        Dimensions of which a customer has only one value, such as the region: over these the
        customers do add up.

    Returns
    -------
    DataFrame
        The same columns, sorted by `by` and `dimensions`. Sums of figures with at most six
        decimals are the same as before.
    """
    groups = [by] if isinstance(by, str) else list(by)
    names = list(dimensions)
    cells = frame.sort_values([*groups, *names], ignore_index=True)
    if not names or cells.empty:
        return cells
    kept: list[pd.DataFrame] = []
    merged: list[dict[Hashable, object]] = []
    for _, group in cells.groupby(groups, sort=True):
        # A genuine cell called Other would be taken for the merged one, and joins it.
        genuine = (group[names] == OTHER).all(axis=1)
        small = group[customers] < minimum
        ordered = group.assign(_last=~(genuine | small))
        ordered = ordered.sort_values(["_last", customers, *names], kind="stable")
        taken = 0
        if small.any():
            first = int((~ordered["_last"]).sum())
            taken = _taken(ordered, first, customers, minimum, list(exclusive))
        ordered = ordered.drop(columns="_last")
        kept.append(ordered.iloc[taken:])
        if taken:
            merged.append(_merged(ordered.iloc[:taken], groups, names, customers, list(exclusive)))
    whole = pd.concat(kept)
    if merged:
        other = pd.DataFrame(merged, columns=cells.columns).astype(cells.dtypes.to_dict())
        whole = pd.concat([whole, other])
    return whole.sort_values([*groups, *names], ignore_index=True)


def _known_customers(cells: pd.DataFrame, customers: str, exclusive: list[str]) -> int:
    """Return the fewest customers that the cells together can stand for."""
    if not exclusive:
        return int(cells[customers].max())
    return int(cells.groupby(exclusive)[customers].max().sum())


def _taken(
    ordered: pd.DataFrame, first: int, customers: str, minimum: int, exclusive: list[str]
) -> int:
    """Return how many of the ordered cells are merged, the `first` of them at least."""
    taken = max(first, 2)
    while taken < len(ordered):
        if _known_customers(ordered.iloc[:taken], customers, exclusive) >= minimum:
            break
        taken += 1
    return min(taken, len(ordered))


def _merged(
    cells: pd.DataFrame,
    groups: list[str],
    names: list[str],
    customers: str,
    exclusive: list[str],
) -> dict[Hashable, object]:
    row: dict[Hashable, object] = {}
    for name in cells.columns:
        column = cells[name]
        if name in names:
            row[name] = OTHER
        elif name == customers:
            row[name] = _known_customers(cells, customers, exclusive)
        elif name in groups or not pd.api.types.is_numeric_dtype(column):
            row[name] = column.iloc[0]
        elif pd.api.types.is_float_dtype(column):
            known = column.dropna()
            row[name] = round(fsum(known), _PLACES) if len(known) else float("nan")
        else:
            row[name] = int(column.sum())
    return row
